"""A world of its own: no other process, no network, no files (namespaces(7), pivot_root(2))."""

import os

from fanal.engine.sandbox.capabilities import dumpable
from fanal.engine.sandbox.errors import NotConfined
from fanal.engine.sandbox.libc import call

_NEW_MOUNTS = 0x00020000
_NEW_CGROUP = 0x02000000
_NEW_HOST_NAME = 0x04000000
_NEW_IPC = 0x08000000
_NEW_USER = 0x10000000
_NEW_PROCESSES = 0x20000000
_NEW_NETWORK = 0x40000000
_MS_RECURSIVE_PRIVATE = 0x4000 | 1 << 18
_MS_READ_ONLY_REMOUNT = 1 | 32
_MS_NO_SUID_DEV_EXEC = 2 | 4 | 8
_DETACH = 2


def leave_the_world() -> None:
    """Enter new namespaces of every kind; children forked from now on see no process but each other.

    Raises NotConfined where the kernel or the container around us does not let an ordinary user do so.
    """
    user, group = os.geteuid(), os.getegid()
    # Having left the superuser's identity, our own /proc files belong to it until we are dumpable again.
    dumpable(True)
    everything = _NEW_USER | _NEW_NETWORK | _NEW_IPC | _NEW_HOST_NAME | _NEW_CGROUP | _NEW_MOUNTS | _NEW_PROCESSES
    call("unshare", everything)
    _write("/proc/self/setgroups", b"deny")
    _write("/proc/self/uid_map", b"%d %d 1" % (user, user))
    _write("/proc/self/gid_map", b"%d %d 1" % (group, group))


def _write(path: str, words: bytes) -> None:
    # Bare system calls: our own code may be out of this user's reach, so nothing may be imported from here on.
    try:
        descriptor = os.open(path, os.O_WRONLY)
        try:
            os.write(descriptor, words)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise NotConfined(f"{path}: {error.strerror}") from None


def empty_the_root() -> None:
    """Make an empty, read-only folder the root of everything. Needs `leave_the_world`. Raises NotConfined."""
    call("mount", b"none", b"/", None, _MS_RECURSIVE_PRIVATE, None)
    call("mount", b"none", b"/proc", b"tmpfs", _MS_NO_SUID_DEV_EXEC, b"size=4k,nr_inodes=2,mode=0555")
    os.chdir("/proc")
    # pivot_root(".", ".") stacks the old root on the new one, from where it is taken away.
    call("pivot_root", b".", b".")
    call("umount2", b".", _DETACH)
    os.chdir("/")
    call("mount", b"none", b"/", None, _MS_READ_ONLY_REMOUNT | _MS_NO_SUID_DEV_EXEC, None)


def own_user_namespace() -> None:
    """Enter one more user namespace, so that the kernel counts this process's threads apart. Raises NotConfined."""
    call("unshare", _NEW_USER)
