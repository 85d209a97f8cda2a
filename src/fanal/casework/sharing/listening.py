"""What sharing does when it hears news from below."""

from fanal.casework.evidence.events import ContentsErased
from fanal.casework.sharing.actions import end_claims
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of erased contents."""
    listen(ContentsErased, end_work)


def end_work(news: ContentsErased) -> None:
    """End the claims on contents that nobody has any more."""
    end_claims(news.contents)
