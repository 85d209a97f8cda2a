"""Compiles a kernel to machine code once a machine: the result is kept in a folder that only its owner can write.

To load compiled code is to run it, so a cache folder that others own or can write to is not used.
"""

import hashlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.extending import intrinsic as _intrinsic

from fanal.kit.machine import caches

Function = TypeVar("Function", bound=Callable[..., object])

KERNEL_SOURCES = (
    "compiled.py",
    "fingerprint/kernel.py",
    "fingerprint/local/colours.py",
    "fingerprint/local/extrema.py",
    "fingerprint/local/kernels.py",
    "fingerprint/local/pyramid.py",
    "fingerprint/local/tinting.py",
    "fingerprint/local/vectors.py",
    "fingerprint/sound/peaks.py",
    "instructions.py",
    "match/hamming/bands.py",
    "match/hamming/bits.py",
    "match/hamming/buckets.py",
    "match/hamming/compare.py",
    "match/hamming/crowds.py",
    "match/hamming/probe.py",
    "match/hamming/scan.py",
    "match/hamming/snapshot.py",
    "match/hamming/sweep.py",
    "match/local/boxed.py",
    "match/local/evidence.py",
    "match/local/fitting.py",
    "match/local/grid.py",
    "match/local/guided.py",
    "match/local/index.py",
    "match/local/lists.py",
    "match/local/proposals.py",
    "match/local/tinted.py",
    "match/local/votes.py",
    "match/sound/kernels.py",
    "match/sound/voting.py",
)
"""Every file whose code or constants go into compiled code."""

config: Any = numba.config

_ONE_AT_A_TIME = threading.RLock()
"""Two threads that load compiled code at once would exchange their folders."""

READ_U64 = numba.types.Array(numba.uint64, 1, "C", readonly=True)
READ_I64_ROWS = numba.types.Array(numba.int64, 2, "C", readonly=True)
READ_I32 = numba.types.Array(numba.int32, 1, "C", readonly=True)
READ_U32 = numba.types.Array(numba.uint32, 1, "C", readonly=True)
READ_U8 = numba.types.Array(numba.uint8, 1, "C", readonly=True)
READ_U8_ROWS = numba.types.Array(numba.uint8, 2, "C", readonly=True)
READ_I64 = numba.types.Array(numba.int64, 1, "C", readonly=True)


def kernel(*signatures: object) -> Callable[[Function], Function]:
    """Decorate a function that is compiled for these argument types when its module is imported, or loaded compiled.

    Without a signature it is compiled for whatever calls it. The function runs without the interpreter's lock.
    """

    def decorate(function: Function) -> Function:
        folder = _folder()
        with _ONE_AT_A_TIME, _cached_in(folder):
            options: Any = {"cache": folder is not None, "nogil": True, "error_model": "numpy"}
            compiled = numba.njit(list(signatures) or None, **options)
            return cast("Function", compiled(function))

    return decorate


def inlined(function: Function) -> Function:
    """Decorate a small part of kernels; it is compiled into each kernel that calls it."""
    return cast("Function", numba.njit(nogil=True, error_model="numpy")(function))


def intrinsic(function: Callable[..., object]) -> Any:
    """Decorate a function that writes LLVM instructions itself."""
    return _intrinsic(function)


@contextmanager
def _cached_in(folder: Path | None) -> Iterator[None]:
    before = config.CACHE_DIR
    if folder is not None:
        config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = before


@cache
def _folder() -> Path | None:
    """Return where compiled code of exactly these sources is kept; None where no safe place can be written."""
    candidates = [Path(tempfile.gettempdir()) / f"fanal-{os.geteuid()}"]
    with suppress(RuntimeError):  # this user has no home
        candidates.insert(0, caches() / "fanal")
    if config.CACHE_DIR:
        candidates.insert(0, Path(config.CACHE_DIR) / "fanal")
    for candidate in candidates:
        if _is_ours(candidate):
            return candidate / f"compiled-{_sources()}"
    return None


def _is_ours(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.lstat()
    except OSError:
        return False
    return facts.st_uid == os.geteuid() and not facts.st_mode & 0o022 and os.access(folder, os.W_OK | os.X_OK)


def _sources() -> str:
    """Return a name for these sources: a kernel holds code of its neighbours, which the compiler's cache forgets."""
    digest = hashlib.sha256()
    for name in KERNEL_SOURCES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:16]
