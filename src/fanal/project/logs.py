"""What is written to the log: what happened and where in the code, never content, names of files or arguments."""

import logging
import time
from types import TracebackType
from typing import Any

from fanal.kit.faults import without_words

JOB_ACTIONS = ("start_job", "loaded_job_info", "finish_task", "job_")


class PlainFormatter(logging.Formatter):
    """One line a record in UTC; an error as its types and places, without its message, which may quote content."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        """Return the time in UTC."""
        return time.gmtime(seconds)

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return type and code of the error and of its causes, and the lines of the program it came through."""
        return without_words(ei[1]) if ei[1] is not None else ""


class WithoutArguments(logging.Filter):
    """Keeps back the queue's own lines about single jobs: they hold the job's arguments. Ours name the job only."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record may be written."""
        return not str(getattr(record, "action", "")).startswith(JOB_ACTIONS)


class WithoutAddresses(logging.Filter):
    """Puts the pattern of an address in the place of the address that was asked for: it may name a digest."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record where it is about a request; it is always written."""
        request = getattr(record, "request", None)
        if request is not None:
            match = getattr(request, "resolver_match", None)
            where = f"/{match.route}" if match is not None and match.route else "no address of ours"
            status = getattr(record, "status_code", None) or record.levelname
            record.msg, record.args = "%s %s: %s", (getattr(request, "method", ""), where, status)
        return True


def configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, for the service manager to keep."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"()": PlainFormatter, "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
        },
        "filters": {"without-arguments": {"()": WithoutArguments}, "without-addresses": {"()": WithoutAddresses}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "plain",
                "filters": ["without-arguments", "without-addresses"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "httpx": {"level": "WARNING"},  # its own lines name addresses
            "fido2": {"level": "WARNING"},  # its own lines name the keys of people
            "procrastinate": {"level": "WARNING" if level == "INFO" else level},
        },
    }
