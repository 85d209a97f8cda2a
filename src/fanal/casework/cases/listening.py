"""What cases do when they hear news from below."""

from fanal.casework.cases.contributions import forget_links
from fanal.casework.evidence.events import ExhibitsRemoved
from fanal.casework.leads.events import LeadsErased
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of what is taken away for good."""
    listen(ExhibitsRemoved, forget_exhibits)
    listen(LeadsErased, forget_leads)


def forget_exhibits(news: ExhibitsRemoved) -> None:
    """Let go of links with exhibits that were deleted."""
    forget_links(exhibit__in=news.exhibits)


def forget_leads(news: LeadsErased) -> None:
    """Let go of links with leads that went with their bytes."""
    forget_links(lead__in=news.leads)
