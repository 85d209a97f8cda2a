"""What notices do when they hear news from below."""

from fanal.casework.entries.events import CountryRouted
from fanal.casework.evidence.events import ContentsErased
from fanal.casework.notices.models import Crop
from fanal.casework.notices.queries import is_connected
from fanal.core.jobs.actions import defer
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear which countries are to be told, and what was erased."""
    listen(ContentsErased, forget_crops)
    listen(CountryRouted, propose_notice)


def propose_notice(news: CountryRouted) -> None:
    """Have a notice proposed for a country that no alert reaches."""
    if not is_connected(news.country):
        entry = str(news.entry) if news.entry else None
        defer("notices.propose", country=news.country, content=news.content, entry=entry)


def forget_crops(news: ContentsErased) -> None:
    """Let go of what was cut out of contents that were erased; what was sent stays where it went."""
    Crop.objects.filter(content__in=news.contents).delete()
