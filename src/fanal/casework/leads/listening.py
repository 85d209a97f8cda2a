"""What leads do when they hear news from below."""

from django.db import transaction

from fanal.casework.evidence.events import ContentsErased, ContentsReceived
from fanal.casework.evidence.queries import agencies_holding
from fanal.casework.leads.actions import forget
from fanal.casework.leads.models import RegionSearch
from fanal.casework.prints.events import PrintsMade
from fanal.core.jobs.actions import defer
from fanal.core.jobs.events import JobShelved
from fanal.kit import clock
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of received and of erased contents, of new prints and of jobs that failed for good."""
    listen(ContentsReceived, match_known)
    listen(PrintsMade, match_prints)
    listen(ContentsErased, forget_erased)
    listen(JobShelved, end_search)


def match_known(news: ContentsReceived) -> None:
    """Have contents that several agencies submitted, be it the bytes or their digests, linked to one another."""
    shared = sorted(content for content, agencies in agencies_holding(news.contents).items() if agencies > 1)
    if shared:
        defer("leads.match_equal", contents=shared)


def match_prints(news: PrintsMade) -> None:
    """Have new prints compared with all others."""
    defer("leads.match", contents=list(news.contents), technique=news.technique)


def forget_erased(news: ContentsErased) -> None:
    """Let go of leads and searches of contents that were erased."""
    forget(news.contents)


@transaction.atomic
def end_search(news: JobShelved) -> None:
    """End a search that failed for good, so that no page waits for it; from the shelf it is answered after all."""
    if news.task == "leads.search_region":
        waiting = RegionSearch.objects.filter(pk=news.arguments["search"], state=RegionSearch.State.WAITING)
        waiting.update(state=RegionSearch.State.FAILED, finished_at=clock.now())
