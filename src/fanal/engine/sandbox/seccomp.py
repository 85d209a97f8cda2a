"""The system calls that a decoder may make: a short list, and nothing else (seccomp(2), libseccomp)."""

import ctypes
import errno
import os
from collections.abc import Iterable

from fanal.engine.sandbox.errors import NotConfined
from fanal.engine.sandbox.libc import prctl
from fanal.engine.sandbox.syscalls import ALLOWED, DEADLY, DENIED

FILE, WIRE = 3, 4
"""The two descriptors of a decoder: the file it reads and the socket it answers on."""

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_BAD_ARCHITECTURE, _OPTIMIZE = 2, 8
_BINARY_TREE = 2
_DIFFERENT, _EQUAL, _MASKED = 1, 4, 7

_PROT_EXEC = 4
_CLONE_THREAD = 0x00010000
_CLONE_VM = 0x00000100
_PR_SET_NAME = 15


class _Comparison(ctypes.Structure):
    _fields_ = (("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def _refuse(number: int) -> int:
    return 0x00050000 | number


class _Filter:
    """A filter being made by libseccomp, which knows every architecture's numbers."""

    def __init__(self, library: ctypes.CDLL, otherwise: int) -> None:
        self._library = library
        library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(otherwise)))
        if not self._context:
            raise NotConfined("seccomp_init failed")
        self._set(_BAD_ARCHITECTURE, _KILL)
        self._set(_OPTIMIZE, _BINARY_TREE)

    def _set(self, attribute: int, value: int) -> None:
        # An older library may not know an attribute; its defaults are safe.
        self._library.seccomp_attr_set(self._context, ctypes.c_int(attribute), ctypes.c_uint32(value))

    def add(self, action: int, name: str, *comparisons: tuple[int, int, int, int]) -> None:
        """Add one rule; a call that this architecture does not have needs none."""
        number = self._library.seccomp_syscall_resolve_name(name.encode("ascii"))
        if number < 0:
            return
        array = (_Comparison * len(comparisons))(*(_Comparison(*each) for each in comparisons))
        result = self._library.seccomp_rule_add_array(
            self._context, ctypes.c_uint32(action), ctypes.c_int(number), ctypes.c_uint(len(comparisons)), array
        )
        if result != 0:
            raise NotConfined(f"seccomp_rule_add {name}: {os.strerror(-result)}")

    def add_all(self, action: int, names: Iterable[str]) -> None:
        for name in names:
            self.add(action, name)

    def program(self) -> bytes:
        """Return the filter as the kernel's own program, and let the library's memory of it go."""
        descriptor = os.memfd_create("filter", os.MFD_CLOEXEC)
        try:
            result = self._library.seccomp_export_bpf(self._context, ctypes.c_int(descriptor))
            if result != 0:
                raise NotConfined(f"seccomp_export_bpf: {os.strerror(-result)}")
            os.lseek(descriptor, 0, os.SEEK_SET)
            return os.read(descriptor, 1 << 20)
        finally:
            os.close(descriptor)
            self._library.seccomp_release(self._context)


def compile_filter() -> bytes:
    """Return the decoder's filter as a BPF program, made once and loaded by each decoder. Raises NotConfined."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        raise NotConfined("libseccomp.so.2 is not installed") from None
    # An unknown call is answered as by an older kernel: a newer C library then falls back to one we know.
    rules = _Filter(library, otherwise=_refuse(errno.ENOSYS))
    rules.add_all(_ALLOW, ALLOWED)
    rules.add_all(_refuse(errno.EPERM), DENIED)
    rules.add_all(_KILL, DEADLY)
    rules.add(_refuse(errno.ENOTTY), "ioctl")
    _threads_only(rules)
    _no_new_code(rules)
    for descriptor in (1, 2, WIRE):
        rules.add(_ALLOW, "write", (0, _EQUAL, descriptor, 0))
    # A decoder that reads several files is handed each on the wire.
    rules.add(_ALLOW, "recvmsg", (0, _EQUAL, WIRE, 0))
    rules.add(_KILL, "recvmsg", (0, _DIFFERENT, WIRE, 0))
    rules.add(_ALLOW, "prctl", (0, _EQUAL, _PR_SET_NAME, 0))
    return rules.program()


def _threads_only(rules: _Filter) -> None:
    """Let codecs make threads. clone3 hides its flags from a filter: unlisted, it does not exist; glibc takes clone."""
    thread = _CLONE_THREAD | _CLONE_VM
    rules.add(_ALLOW, "clone", (0, _MASKED, thread, thread))
    rules.add(_KILL, "clone", (0, _MASKED, _CLONE_THREAD, 0))


def _no_new_code(rules: _Filter) -> None:
    """Memory may be data or the code that is there already, never new code."""
    for name in ("mmap", "mmap2", "mprotect"):
        rules.add(_ALLOW, name, (2, _MASKED, _PROT_EXEC, 0))
        rules.add(_refuse(errno.EPERM), name, (2, _MASKED, _PROT_EXEC, _PROT_EXEC))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def load(program: bytes) -> None:
    """Put the filter on this process for ever. Needs no_new_privileges. Raises NotConfined."""
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(_Program(len(program) // 8, program)))
