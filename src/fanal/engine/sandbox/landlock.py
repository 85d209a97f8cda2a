"""Landlock that grants nothing: no file, no TCP port, no signal and no abstract socket outside (landlock(7))."""

import ctypes
import os

from fanal.engine.sandbox.libc import call

_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_VERSION_FLAG = 1
_FILE_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
_FILE_RIGHTS_SINCE_5 = 16
_NETWORK_SINCE = 4
_SCOPES_SINCE = 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def grant_nothing() -> None:
    """Handle every right that this kernel knows, and grant none. Needs no_new_privileges. Raises NotConfined."""
    version = call("syscall", _CREATE_RULESET, None, 0, _VERSION_FLAG)
    files = (1 << _FILE_RIGHTS_BY_VERSION.get(version, _FILE_RIGHTS_SINCE_5)) - 1
    network = 0b11 if version >= _NETWORK_SINCE else 0
    scoped = 0b11 if version >= _SCOPES_SINCE else 0
    # A kernel refuses a structure longer than it knows unless the rest is zero, which it is.
    rules = _Ruleset(files, network, scoped)
    ruleset = call("syscall", _CREATE_RULESET, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    try:
        call("syscall", _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
