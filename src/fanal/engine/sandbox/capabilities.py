"""Give up every privilege of the superuser, now and for ever (capabilities(7), prctl(2))."""

import ctypes
import os

from fanal.engine.sandbox.errors import NotConfined
from fanal.engine.sandbox.libc import call, prctl

_PR_SET_NO_NEW_PRIVS = 38
_PR_CAPBSET_READ = 23
_PR_CAPBSET_DROP = 24
_PR_SET_DUMPABLE = 4
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY_EVER = 63
_NOBODY = 65534


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def no_new_privileges() -> None:
    """Let no later exec give anything back. Raises NotConfined."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_all() -> None:
    """Empty the effective, permitted, inheritable, ambient and bounding sets. Raises NotConfined."""
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(_LAST_CAPABILITY_EVER + 1):
        if not _drop_from_bounding_set(capability):
            break
    empty_sets()


def empty_sets() -> None:
    """Empty the effective, permitted and inheritable sets: all that counts where exec is forbidden."""
    empty = (ctypes.c_uint32 * 6)()
    call("capset", ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), ctypes.byref(empty))


def _drop_from_bounding_set(capability: int) -> bool:
    """Return False where the kernel knows no such capability."""
    try:
        held = prctl(_PR_CAPBSET_READ, capability)
    except NotConfined:
        return False
    if held:
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except NotConfined:
            # One who lacks CAP_SETPCAP cannot lower the bound; without exec of set-uid files it bounds nothing.
            return True
    return True


def become_nobody() -> None:
    """Leave the superuser's identity, where we have it. Raises NotConfined."""
    if os.geteuid() != 0 and os.getuid() != 0:
        return
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError as error:
        raise NotConfined(f"setresuid: {error.strerror}") from None


def dumpable(yes: bool) -> None:
    """Say whether others of the same user may trace us and read our memory. Raises NotConfined."""
    prctl(_PR_SET_DUMPABLE, int(yes))
