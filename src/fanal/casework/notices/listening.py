"""What notices do when they hear news from below."""

from fanal.casework.entries.events import CountryRouted
from fanal.casework.notices.queries import is_connected
from fanal.core.jobs.actions import defer
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear which countries are to be told."""
    listen(CountryRouted, propose_notice)


def propose_notice(news: CountryRouted) -> None:
    """Have a notice proposed for a country that no alert reaches."""
    if not is_connected(news.country):
        entry = str(news.entry) if news.entry else None
        defer("notices.propose", country=news.country, content=news.content, entry=entry)
