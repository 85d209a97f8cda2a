"""Whatever the bytes come from, a decoder holds them for reading only."""

import errno
import fcntl
import os
import tempfile
from pathlib import Path

import pytest

from fanal.engine.sandbox.source import opened
from fanal.kit.errors import Invalid


def assert_read_only(descriptor: int) -> None:
    assert fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.write(descriptor, b"x")


def test_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    with opened(path) as file:
        assert file.size == 3
        assert os.read(file.descriptor, 9) == b"abc"
        file.rewind()
        assert os.read(file.descriptor, 9) == b"abc"
        assert_read_only(file.descriptor)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(file.descriptor)


def test_bytes() -> None:
    with opened(b"abc") as file:
        assert file.size == 3
        assert os.read(file.descriptor, 9) == b"abc"
        assert_read_only(file.descriptor)


def test_an_open_file_keeps_its_own_position() -> None:
    with tempfile.TemporaryFile() as held:
        held.write(b"abcdef")
        held.flush()
        held.seek(2)
        with opened(held) as file:
            assert os.read(file.descriptor, 9) == b"abcdef"
            assert_read_only(file.descriptor)
        assert held.read() == b"cdef"


def test_a_pipe_does_not_stop_us(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(Invalid), opened(pipe):
        pass


@pytest.mark.parametrize("path", ["/dev/zero", "/"])
def test_only_regular_files(path: str) -> None:
    with pytest.raises(Invalid), opened(Path(path)):
        pass


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(tmp_path / "none"):
        pass
