"""What leads do when they hear news from below."""

from fanal.casework.evidence.events import ContentsReceived
from fanal.casework.evidence.queries import agencies_holding
from fanal.casework.prints.events import PrintsMade
from fanal.core.jobs.actions import defer
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of received contents and of new prints."""
    listen(ContentsReceived, match_known)
    listen(PrintsMade, match_prints)


def match_known(news: ContentsReceived) -> None:
    """Have contents that several agencies submitted, be it the bytes or their digests, linked to one another."""
    shared = sorted(content for content, agencies in agencies_holding(news.contents).items() if agencies > 1)
    if shared:
        defer("leads.match_equal", contents=shared)


def match_prints(news: PrintsMade) -> None:
    """Have new prints compared with all others."""
    defer("leads.match", contents=list(news.contents), technique=news.technique)
