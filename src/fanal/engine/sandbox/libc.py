"""The calls of the C library and the kernel that Python does not offer."""

import ctypes
import os

from fanal.engine.sandbox.errors import NotConfined

_library = ctypes.CDLL(None, use_errno=True)

Argument = int | bytes | None | ctypes.Structure


def call(name: str, *arguments: object) -> int:
    """Call a function of the C library that answers -1 on failure. Raises NotConfined with its name and errno."""
    function = getattr(_library, name, None)
    if function is None:
        raise NotConfined(f"{name}: not in this C library")
    ctypes.set_errno(0)
    result = int(function(*(ctypes.c_ulong(part) if isinstance(part, int) else part for part in arguments)))
    if result == -1:
        raise NotConfined(f"{name}: {os.strerror(ctypes.get_errno())}")
    return result


def prctl(option: int, *arguments: object) -> int:
    """Call prctl(2) with the unused arguments zero, as the kernel demands. Raises NotConfined."""
    return call("prctl", option, *arguments, *([0] * (4 - len(arguments))))
