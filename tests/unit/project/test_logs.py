"""The log says what happened and where, never content."""

import logging
import sys

from fanal.kit.errors import Invalid
from fanal.project.logs import PlainFormatter, WithoutArguments


def record(**extra: object) -> logging.LogRecord:
    """A line of the log, about an error whose message quotes a file's name."""
    try:
        try:
            raise ValueError("secret-name.jpg")
        except ValueError as cause:
            raise Invalid("secret-name.jpg cannot be read") from cause
    except Invalid:
        made = logging.LogRecord("fanal", logging.ERROR, __file__, 1, "A file failed", None, sys.exc_info())
    made.__dict__.update(extra)
    return made


def test_an_error_is_its_type_code_and_place_without_its_message() -> None:
    line = PlainFormatter("{levelname} {message}", style="{").format(record())
    assert "secret-name" not in line
    assert line.startswith("ERROR A file failed\n  fanal.kit.errors.Invalid [invalid]\n")
    assert "builtins.ValueError" in line
    assert "test_logs.py" in line


def test_times_are_utc_to_the_millisecond() -> None:
    made = record()
    made.created, made.msecs = 0.0, 7.0
    assert PlainFormatter("{asctime}", style="{").formatTime(made) == "1970-01-01T00:00:00.007Z"


def test_the_queues_lines_with_arguments_are_kept_back() -> None:
    keep = WithoutArguments().filter
    assert not keep(record(action="job_error"))
    assert not keep(record(action="start_job"))
    assert keep(record(action="start_worker"))
    assert keep(record())
