"""What leads do when they hear news from below."""

from fanal.casework.evidence.events import ContentsReceived
from fanal.casework.prints.events import PrintsMade
from fanal.core.jobs.actions import defer
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of received contents and of new prints."""
    listen(ContentsReceived, match_known)
    listen(PrintsMade, match_prints)


def match_known(news: ContentsReceived) -> None:
    """Have contents that somebody had submitted before compared by who submitted them."""
    known = sorted(set(news.contents) - set(news.fresh))
    if known:
        defer("leads.match_equal", contents=known)


def match_prints(news: PrintsMade) -> None:
    """Have new prints compared with all others."""
    defer("leads.match", contents=list(news.contents))
