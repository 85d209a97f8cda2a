"""What the sandbox itself may fail with; what a file fails with is a `MediaRefused`."""

from fanal.kit.errors import Unavailable


class SandboxUnavailable(Unavailable):
    """Hostile bytes cannot be decoded safely here and now, so they were not decoded at all."""

    code = "sandbox_unavailable"
    of_the_server = True
    next_step = (
        "Install libseccomp (Debian: libseccomp2) on a Linux kernel with seccomp filters. To decode without the wall, "
        "set FANAL_SANDBOX=unconfined-i-accept-the-risk."
    )


class NotConfined(Exception):
    """A mechanism could not be put in place; the words say which system call refused."""


class ZygoteLost(Exception):
    """The process from which decoders are forked is gone; a new one can be made and the file tried again."""
