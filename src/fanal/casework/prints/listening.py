"""What prints do when they hear news from below."""

from django.db import transaction

from fanal.casework.evidence.actions import note_shelved
from fanal.casework.evidence.events import ContentsErased, ContentsReceived
from fanal.casework.evidence.queries import waiting_contents
from fanal.casework.prints.forgetting import forget
from fanal.casework.prints.jobs import CONTENTS_A_JOB
from fanal.core.jobs.actions import defer_many
from fanal.core.jobs.errors import WorkerDied
from fanal.core.jobs.events import JobShelved
from fanal.engine.media.refusals import Refusal
from fanal.kit.events import listen
from fanal.kit.portions import some_at_once


def start_listening() -> None:
    """Hear of received and of erased contents, and of jobs that failed for good."""
    listen(ContentsReceived, examine_fresh)
    listen(ContentsErased, forget_erased)
    listen(JobShelved, shelve_what_kills)


def examine_fresh(news: ContentsReceived) -> None:
    """Have new contents examined, in the transaction that received them."""
    defer_many("prints.examine", ({"contents": part} for part in some_at_once(news.fresh, CONTENTS_A_JOB)))


def forget_erased(news: ContentsErased) -> None:
    """Let go of prints and previews of contents that were erased."""
    forget(news.contents)


@transaction.atomic
def shelve_what_kills(news: JobShelved) -> None:
    """Give up on a content that killed every worker. What failed for another reason waits on the shelf for a retry."""
    if news.task == "prints.examine" and news.code == WorkerDied.code:
        for content, _, _ in waiting_contents(news.arguments["contents"]):
            note_shelved(content, Refusal.DECODER_DIED)
