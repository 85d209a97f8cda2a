"""A trial decoder that tries to get out: the wall is believed only when it has been seen to hold."""

import ctypes
import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from fanal.engine.sandbox.confine import Room, confine_decoder
from fanal.engine.sandbox.policy import Mechanism
from fanal.engine.sandbox.seats import seat, stand_up
from fanal.engine.sandbox.seccomp import WIRE

_MEMORY = 256 << 20
_CPU_SECONDS = 10
_LONGEST_REPORT = 1 << 16
_ROOM_TO_SPARE = 1 << 40


def try_the_wall(room: Room) -> None:
    """Let a confined child try to get out, and add to `room.missing` all that is not in place."""
    reader, writer = os.pipe()
    nothing = os.dup(reader)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _try_to_get_out(room, parent, nothing, writer)
    stand_up(writer, nothing)
    report = b""
    while part := os.read(reader, _LONGEST_REPORT):
        report += part
    os.close(reader)
    _, status = os.waitpid(child, 0)
    if status != 0:
        room.missing[Mechanism.SELF_TEST] = f"the trial decoder ended with status {status}"
        return
    room.missing.update({Mechanism[name]: why for name, why in json.loads(report).items()})


def _try_to_get_out(room: Room, parent: int, nothing: int, writer: int) -> None:
    try:
        seat(nothing, writer)
        confine_decoder(room, parent, _MEMORY, _CPU_SECONDS)
        ways_out = [way for way, attempt in _WAYS.items() if _works(attempt)]
        if ways_out:
            room.missing[Mechanism.SELF_TEST] = f"a trial decoder could {', '.join(ways_out)}"
        os.write(WIRE, json.dumps({mechanism.name: why for mechanism, why in room.missing.items()}).encode())
        os._exit(0)
    finally:
        os._exit(1)


def _works(attempt: Callable[[], object]) -> bool:
    with suppress(OSError, MemoryError, ValueError):
        attempt()
        return True
    return False


def _map_code() -> None:
    library = ctypes.CDLL(None, use_errno=True)
    library.mmap.restype = ctypes.c_void_p
    read_write_execute, private_anonymous = 7, 0x22
    where = library.mmap(None, ctypes.c_size_t(4096), read_write_execute, private_anonymous, -1, ctypes.c_long(0))
    if where in (None, ctypes.c_void_p(-1).value):
        raise OSError


_WAYS: dict[str, Callable[[], object]] = {
    "open a folder": lambda: os.open("/", os.O_RDONLY),
    "open a file": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "open a device": lambda: os.open("/dev/zero", os.O_RDONLY),
    "make a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "make a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "make a pipe": os.pipe,
    "make a file in memory": lambda: os.memfd_create("x"),
    "map new code": _map_code,
    "take a terabyte": lambda: bytearray(_ROOM_TO_SPARE),
}
