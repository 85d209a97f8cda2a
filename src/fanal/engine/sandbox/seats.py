"""Which descriptors a decoder sits down with: the file, the wire, three that lead nowhere, and no other."""

import fcntl
import os

from fanal.engine.sandbox.seccomp import FILE, WIRE

_OUT_OF_THE_WAY = 16


def seat(file: int, wire: int) -> None:
    """Put the file and the wire in their places and close everything else but standard input and output."""
    # First both out of the way, for either may sit where the other goes.
    held_file = fcntl.fcntl(file, fcntl.F_DUPFD, _OUT_OF_THE_WAY)
    held_wire = fcntl.fcntl(wire, fcntl.F_DUPFD, _OUT_OF_THE_WAY)
    os.dup2(held_file, FILE)
    os.dup2(held_wire, WIRE)
    os.closerange(WIRE + 1, os.sysconf("SC_OPEN_MAX"))


def stand_up(*descriptors: int) -> None:
    """Close descriptors that went to somebody else."""
    for descriptor in descriptors:
        os.close(descriptor)
