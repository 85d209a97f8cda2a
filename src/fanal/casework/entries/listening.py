"""What entries do when they hear news from below, and of themselves."""

from fanal.casework.entries.actions import forget, forget_evidence
from fanal.casework.entries.events import EntriesChanged
from fanal.casework.evidence.events import ContentsErased, ContentsReceived, VisibilityNarrowed, VisibilityWidened
from fanal.casework.evidence.queries import placed_among
from fanal.casework.leads.events import LeadJudged, LeadsErased
from fanal.casework.leads.queries import accepted_among
from fanal.casework.prints.events import PrintsMade
from fanal.casework.readings.queries import with_text
from fanal.casework.registry.events import CluesSighted, SightingJudged
from fanal.casework.registry.queries import seen_in
from fanal.core.jobs.actions import defer
from fanal.engine.text.stored import TECHNIQUE as TEXT
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of all that may speak for a country or propose a series, and of what was erased."""
    listen(PrintsMade, weigh_examined)
    listen(CluesSighted, weigh_sighted)
    listen(SightingJudged, weigh_judged)
    listen(EntriesChanged, weigh_entries)
    listen(LeadsErased, forget_leads)
    listen(ContentsErased, forget_erased)
    listen(LeadJudged, propose_judged)
    listen(ContentsReceived, propose_received)
    listen(VisibilityWidened, propose_shown)
    listen(VisibilityNarrowed, propose_shown)


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
    entries = [str(entry) for entry in news.entries]
    defer("entries.route", entries=entries, contents=list(news.contents))
    if entries:
        defer("entries.settle", entries=entries)


def forget_leads(news: LeadsErased) -> None:
    """Let verdicts stand without the leads that they were said of."""
    forget_evidence(news.leads)


def forget_erased(news: ContentsErased) -> None:
    """Let go of what contents that were erased had said of a country, and of series that were proposed with them."""
    forget(news.contents)
    defer("entries.propose_of", contents=list(news.contents))


def propose_judged(news: LeadJudged) -> None:
    """Have series proposed anew to those whom a judged lead concerns."""
    defer("entries.propose", lead=str(news.lead))


def propose_received(news: ContentsReceived) -> None:
    """Have series proposed to whoever delivered what accepted leads join."""
    joined = accepted_among(set(news.contents) - set(news.fresh))
    if joined:
        defer("entries.propose_of", contents=joined)


def propose_shown(news: VisibilityWidened | VisibilityNarrowed) -> None:
    """Have series proposed anew to all, of whom some see more now, or less."""
    defer("entries.propose_all")


def _weigh(contents: list[int]) -> None:
    if contents:
        defer("entries.route", contents=sorted(set(contents)))
