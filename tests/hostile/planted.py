"""Decoders that try to get out, to lie or to last: planted behind the wall by the test of promise 10.

The bytes of a file name the attempt. One that gets through says `escaped`; one that hears no says which errno it was.
"""

import ctypes
import mmap
import os
import resource
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings, Preview, Print
from fanal.engine.media.limits import Limits
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox import answer, wire
from fanal.engine.sandbox.seccomp import FILE, WIRE

FINE = Findings("text/plain", "other", facts={"fine": 1})
_libc = ctypes.CDLL(None, use_errno=True)
_CALLS = {"keyctl": 250, "bpf": 321, "io_uring_setup": 425, "userfaultfd": 323, "perf_event_open": 298}
"""Numbers on x86-64 of calls that the C library does not wrap; elsewhere they are other calls, refused as well."""


def examine(file: BinaryIO, name: str, limits: Limits) -> Findings:
    """Do what the file says, after as many bytes as a JPEG begins with if it is one."""
    words = file.read().removeprefix(b"\xff\xd8\xff").decode()
    if words in ATTEMPTS:
        return _report(ATTEMPTS[words])
    if words in LIES:
        LIES[words]()
        return FINE
    if words == "refuse":
        raise MediaRefused(Refusal.MALFORMED)
    return FINE


def unpack(file: BinaryIO, name: str, limits: Limits) -> Iterator[Member]:
    """Yield members as the file says: `count size`."""
    words = file.read().decode()
    if words in LIES:
        LIES[words]()
        return
    count, size = map(int, words.split())
    for number in range(count):
        yield Member(f"m{number}", size, None, iter([bytes([number % 256]) * size]))


def nothing_to_warm(examine: object, unpack: object) -> None:
    """Let encodings be there: members have names."""


def without_seccomp(examine: object, unpack: object) -> None:
    """Make this zygote one of a machine whose libseccomp is missing."""
    from fanal.engine.sandbox import seccomp
    from fanal.engine.sandbox.errors import NotConfined

    def missing() -> bytes:
        raise NotConfined("libseccomp.so.2 is not installed")

    seccomp.compile_filter = missing


def with_a_hole(examine: object, unpack: object) -> None:
    """Make this zygote believe in a filter that is never loaded."""
    from fanal.engine.sandbox import seccomp

    seccomp.load = lambda program: None


def _report(attempt: Callable[[], object]) -> Findings:
    try:
        got = attempt()
    except OSError as error:
        return Findings("text/plain", "other", facts={"errno": error.errno or 0})
    except ValueError:
        return Findings("text/plain", "other", facts={"errno": 0})
    return Findings("text/plain", "other", facts={"escaped": str(got)[:100]})


def _call(name: str, *arguments: Any) -> int:
    ctypes.set_errno(0)
    result = int(getattr(_libc, name)(*arguments))
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def _raw(name: str, *arguments: int) -> int:
    return _call("syscall", ctypes.c_long(_CALLS[name]), *map(ctypes.c_long, arguments))


def _executable_memory() -> object:
    return mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


def _send_a_descriptor() -> object:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=WIRE) as out:
        return socket.send_fds(out, [b"x"], [FILE])


def _raise_a_limit() -> object:
    resource.setrlimit(resource.RLIMIT_CPU, (100, 100))
    return "raised"


def _threads() -> object:
    """Start as many threads as there may be; getting a hundred is an escape."""
    stay = threading.Event()
    started = 0
    try:
        for _ in range(100):
            threading.Thread(target=stay.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        raise OSError(11, f"{started} threads") from None
    return started


def _environment() -> object:
    held = " ".join(f"{name}={value}" for name, value in os.environ.items())
    if "canary" in held or "DATABASE" in held:
        return held
    raise OSError(0, "nothing there")


def _other_descriptors() -> object:
    found = [number for number in range(WIRE + 1, 1024) if _is_open(number)]
    if found:
        return found
    raise OSError(0, "none")


def _is_open(number: int) -> bool:
    try:
        os.lseek(number, 0, os.SEEK_CUR)
    except OSError as error:
        return error.errno != 9
    return True


def _fork_bomb() -> object:
    while True:
        os.fork()


def _grandchild() -> object:
    return os.posix_spawn("/bin/sleep", ["sleep", "60"], {})


def _vfork() -> object:
    return _call("vfork")


ATTEMPTS: dict[str, Callable[[], object]] = {
    # Files.
    "read /etc/passwd": lambda: Path("/etc/passwd").read_text(),
    "read the environment": lambda: Path("/proc/self/environ").read_bytes(),
    "find secrets in the environment": _environment,
    "use a descriptor left open": _other_descriptors,
    "list the root": lambda: list(Path("/").iterdir()),
    "write a file": lambda: Path("/tmp/fanal-escaped").write_text("x"),
    "write into the file it reads": lambda: os.pwrite(FILE, b"x", 0),
    "cut the file it reads": lambda: os.ftruncate(FILE, 0),
    "open /proc/self/mem": lambda: os.open("/proc/self/mem", os.O_RDWR),
    "link out": lambda: Path("/tmp/fanal-escaped").symlink_to("/etc/passwd"),
    "make a file in memory": lambda: os.memfd_create("x"),
    # The network.
    "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "open a local socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "ask the DNS": lambda: socket.getaddrinfo(b"example.org", 80),
    "send a descriptor out": _send_a_descriptor,
    # Other processes.
    "trace the parent": lambda: _call("ptrace", 16, os.getppid(), 0, 0),
    "read the parent's memory": lambda: _call("process_vm_readv", os.getppid(), None, 0, None, 0, 0),
    "kill the parent": lambda: os.kill(os.getppid(), signal.SIGKILL),
    "kill everyone": lambda: os.kill(-1, signal.SIGKILL),
    "hold the parent": lambda: os.pidfd_open(os.getppid()),
    "fork without end": _fork_bomb,
    "leave a grandchild": _grandchild,
    "vfork": _vfork,
    "exec a shell": lambda: os.execv("/bin/sh", ["sh", "-c", "true"]),
    "start threads without end": _threads,
    # The kernel.
    "mount": lambda: _call("mount", b"none", b"/", b"tmpfs", 0, None),
    "enter another namespace": lambda: _call("setns", FILE, 0),
    "make a namespace": lambda: _call("unshare", 0x10000000),
    "become root": lambda: os.setuid(0),
    "change the root": lambda: os.chroot("/"),
    "look at keys": lambda: _raw("keyctl", 0, -3, 0),
    "load BPF": lambda: _raw("bpf", 0, 0, 0),
    "use io_uring": lambda: _raw("io_uring_setup", 8, 0),
    "use userfaultfd": lambda: _raw("userfaultfd", 0),
    "measure others": lambda: _raw("perf_event_open", 0, 0, -1, -1, 0),
    "map new code": _executable_memory,
    "raise its limits": _raise_a_limit,
}


def _say(*parts: bytes) -> None:
    for part in parts:
        left = memoryview(part)
        while left:
            left = left[os.write(WIRE, left) :]


def _end(status: int = 0) -> None:
    os._exit(status)


def _forever() -> None:
    while True:
        time.sleep(3600)


def _spin() -> None:
    while True:
        pass


def _spin_and_ignore() -> None:
    for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _spin()


def _drip() -> None:
    said = answer.findings_said(Findings("text/plain", "other", facts={"x": "y" * 4000}))
    for byte in said:
        _say(bytes([byte]))
        time.sleep(0.02)


def _flood() -> None:
    while True:
        _say(b"\0" * 65536)


def _head(width: bytes = b"\0") -> bytes:
    """Findings up to their height, with the width as given."""
    return bytes([wire.FINDINGS]) + b"".join(struct.pack("!I", len(t)) + t for t in (b"image/jpeg", b"image")) + width


_AFTER_SIZE = b"\0\0\0"
"""No height, duration or frames."""
_NO_FACTS = struct.pack("!I", 0)
_GOOD_PDQ = Print("pdq/1", bytes(32))


def _findings(**fields: Any) -> bytes:
    return answer.findings_said(Findings("image/jpeg", "image", **fields))


def _half_a_preview() -> bytes:
    return _head() + _AFTER_SIZE + _NO_FACTS + struct.pack("!III", 0, 1, 1 << 31)


def _then(*steps: Callable[[], None]) -> Callable[[], None]:
    """Return what does one step after the other."""

    def all_of_them() -> None:
        for step in steps:
            step()

    return all_of_them


LIES: dict[str, Callable[[], object]] = {
    # Of resources.
    "take 64 GB": lambda: bytearray(64 << 30),
    "spin": _spin,
    "spin and ignore signals": _spin_and_ignore,
    "sleep": _forever,
    "crash": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "raise": lambda: 1 // 0,
    "end early": _then(partial(_say, _head()), _end),
    "end with a status": _then(partial(_say, _findings()), partial(_end, 3)),
    # Of the wire.
    "stall within": _then(partial(_say, _head()), _forever),
    "drip": _drip,
    "flood": _flood,
    "lie about a size": _then(partial(_say, _half_a_preview()), _forever),
    "say more": _then(partial(_say, _findings() + b"x"), _end),
    "answer twice": _then(partial(_say, _findings() * 2), _end),
    "say a huge text": lambda: _say(bytes([wire.FINDINGS]) + struct.pack("!I", 0xFFFFFFFF) + b"x" * 100_000),
    "say a negative number": lambda: _say(_head(struct.pack("!Bq", 1, -1)) + _AFTER_SIZE + _NO_FACTS * 3),
    "say not a number": lambda: _say(_findings(duration=float("nan"))),
    "say infinity": lambda: _say(_findings(facts={"x": float("inf")})),
    "say an unknown refusal": lambda: _say(struct.pack("!BH", wire.REFUSED, 0xBEEF)),
    "say an unknown kind": lambda: _say(b"\xee" * 100),
    "say too many prints": lambda: _say(_findings(prints=(_GOOD_PDQ,) * (wire.MOST_PRINTS + 1))),
    "say a print of another width": lambda: _say(_findings(prints=(Print("pdq/1", bytes(31)),))),
    "say what is not text": lambda: _say(bytes([wire.FINDINGS]) + struct.pack("!I", 4) + b"\xff\xfe\xff\xfe"),
    "say a terminal's command": lambda: _say(_findings(facts={"x": "?"}).replace(b"?", b"\x1b")),
    "say a type that is markup": lambda: _say(answer.findings_said(Findings("<script>", "image"))),
    "say a preview that is a page": lambda: _say(_findings(previews=(Preview(b"<svg onload=x>", 1, 1),))),
    "answer as an archive": lambda: _say(bytes([wire.MEMBER]) + b"\0" * 100),
    # Of the end.
    "linger a little": _then(partial(_say, _findings(facts={"fine": 1})), partial(time.sleep, 0.3), _end),
    "linger": _then(partial(_say, _findings()), _forever),
    "refuse and linger": _then(partial(_say, answer.refusal_said(Refusal.ENCRYPTED)), _forever),
    # Of an archive.
    "unpack a chunk too large": lambda: _say(
        struct.pack("!BI", wire.MEMBER, 1) + b"m\0\0" + struct.pack("!BI", wire.CHUNK, wire.LONGEST_CHUNK + 1)
    ),
    "unpack an empty chunk": lambda: _say(
        struct.pack("!BI", wire.MEMBER, 1) + b"m\0\0" + struct.pack("!BI", wire.CHUNK, 0)
    ),
    "unpack a year that is none": lambda: _say(
        struct.pack("!BI", wire.MEMBER, 1) + b"m\0" + struct.pack("!BBq", 1, 1, 1 << 61)
    ),
}
