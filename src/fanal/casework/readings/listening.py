"""What readings do when they hear news from below."""

from django.db import transaction

from fanal.casework.evidence.events import ContentsErased
from fanal.casework.prints.events import PrintsMade
from fanal.casework.readings.actions import forget, give_up
from fanal.casework.readings.jobs import reads_text
from fanal.casework.readings.queries import unread_among
from fanal.core.jobs.actions import defer_many
from fanal.core.jobs.errors import WorkerDied
from fanal.core.jobs.events import JobShelved
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of examined and of erased contents, and of jobs that failed for good."""
    listen(PrintsMade, read_fresh)
    listen(ContentsErased, forget_erased)
    listen(JobShelved, give_up_on_what_kills)


def read_fresh(news: PrintsMade) -> None:
    """Have examined contents read, in the transaction that wrote their prints; what was read already is not."""
    if reads_text():
        defer_many("readings.read", ({"content": content} for content in unread_among(news.contents)))


def forget_erased(news: ContentsErased) -> None:
    """Let go of the text in contents that were erased."""
    forget(news.contents)


@transaction.atomic
def give_up_on_what_kills(news: JobShelved) -> None:
    """Give up on a content that killed every worker. What failed for another reason waits on the shelf."""
    if news.task == "readings.read" and news.code == WorkerDied.code:
        give_up(news.arguments["content"], news.code)
