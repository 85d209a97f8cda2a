"""What entries do when they hear news from below, and of themselves."""

from fanal.casework.entries.actions import forget, forget_evidence
from fanal.casework.entries.events import EntriesChanged
from fanal.casework.evidence.events import ContentsErased
from fanal.casework.evidence.queries import placed_among
from fanal.casework.leads.events import LeadsErased
from fanal.casework.prints.events import PrintsMade
from fanal.casework.readings.queries import with_text
from fanal.casework.registry.events import CluesSighted, SightingJudged
from fanal.casework.registry.queries import seen_in
from fanal.core.jobs.actions import defer
from fanal.engine.text.stored import TECHNIQUE as TEXT
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of all that may speak for a country, and of what was erased."""
    listen(PrintsMade, weigh_examined)
    listen(CluesSighted, weigh_sighted)
    listen(SightingJudged, weigh_judged)
    listen(EntriesChanged, weigh_entries)
    listen(LeadsErased, forget_leads)
    listen(ContentsErased, forget_erased)


def weigh_examined(news: PrintsMade) -> None:
    """Weigh contents that say where they were made, or in which text was read; most say neither, and cost nothing."""
    if news.technique in ("", TEXT):
        _weigh([*placed_among(news.contents), *with_text(news.contents)])


def weigh_sighted(news: CluesSighted) -> None:
    """Weigh contents in which a clue was seen."""
    _weigh(seen_in(news.sightings))


def weigh_judged(news: SightingJudged) -> None:
    """Weigh a content in which somebody says a clue is seen, or is not."""
    _weigh(seen_in([news.sighting]))


def weigh_entries(news: EntriesChanged) -> None:
    """Weigh entries that changed, and contents whose country was judged."""
    defer("entries.route", entries=[str(entry) for entry in news.entries], contents=list(news.contents))


def forget_leads(news: LeadsErased) -> None:
    """Let verdicts stand without the leads that they were said of."""
    forget_evidence(news.leads)


def forget_erased(news: ContentsErased) -> None:
    """Let go of what contents that were erased had said of a country."""
    forget(news.contents)


def _weigh(contents: list[int]) -> None:
    if contents:
        defer("entries.route", contents=sorted(set(contents)))
