"""Work on readings: read what was examined, after everything that leads wait for."""

from fanal.casework.evidence.queries import file_of
from fanal.casework.readings.actions import give_up, write
from fanal.casework.readings.queries import unread, unread_among
from fanal.core.jobs.actions import defer_many, fence
from fanal.core.jobs.queries import shelved_arguments, unfinished
from fanal.core.jobs.registry import Attempt, every, job
from fanal.core.vault.actions import open_plain
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.reading.models import folder
from fanal.engine.sandbox.shared import shared_reading_sandbox
from fanal.kit import crash, settings

QUEUE = "read"
AT_ONCE = 2_000
"""Contents that are put into the queue when it is empty: what was submitted before text was read here."""


def reads_text() -> bool:
    """Tell whether text is read here: the extra is installed, and the operator did not switch it off."""
    return settings.read().text and folder() is not None


@job("readings.read", queue=QUEUE, priority=-10, attempts=3, subject="content")
def read_content(attempt: Attempt, content: int) -> None:
    """Read one content, if it still waits. It costs a second or more: each has a job of its own, behind all others."""
    if not reads_text() or not unread_among([content]):
        return
    crash.here("read.begun")
    sha256, name = file_of(content)
    try:
        with open_plain(sha256) as plain:
            prints = shared_reading_sandbox().examine(plain, name).prints
    except MediaRefused as refused:
        with fence(attempt):
            give_up(content, refused.code)
        return
    crash.here("read.done")
    with fence(attempt):
        write(content, prints)


@every(600, "readings.catch_up")
def catch_up(_: Attempt) -> None:
    """Have read what was examined before text was read here."""
    if reads_text() and not unfinished([QUEUE]):
        shelved = [arguments["content"] for arguments in shelved_arguments("readings.read")]
        defer_many("readings.read", ({"content": content} for content in unread(AT_ONCE, but_not=shelved)))
