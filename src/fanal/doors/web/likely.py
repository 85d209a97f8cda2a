"""Likely countries in the reader's words: each reason one plain sentence, and what officers said of the country."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fanal.casework.entries.models import CountryVerdict, Entry
from fanal.casework.entries.queries import Known, country_verdicts
from fanal.casework.entries.reasons import reasons_of_contents, reasons_of_entry
from fanal.casework.entries.sentences import sentence_of
from fanal.casework.notices.queries import connected_countries
from fanal.core.access.models import User
from fanal.engine.estimate.country import Likely, Reason, likely_countries

MOST_COUNTRIES, MOST_REASONS = 5, 8
LEAST = 0.1
"""Countries for which less speaks are not listed: a time zone alone names thirty."""


@dataclass(frozen=True, slots=True)
class CountryCard:
    """One country, how likely it is, why, and what an officer said of it."""

    likely: Likely
    verdict: CountryVerdict | None
    connected: bool
    """Whether any agency of it is: else it is told by a notice alone."""

    @property
    def percent(self) -> int:
        """The score as a whole number of a hundred, never rounded up to certainty."""
        return min(99, int(self.likely.score * 100))

    @property
    def routed(self) -> bool:
        """True where the country is told: an officer confirmed it, or enough speaks for it and nobody rejected it."""
        if self.verdict is not None:
            return self.confirmed
        return self.likely.routes

    @property
    def confirmed(self) -> bool:
        """True where an officer said so."""
        return self.verdict is not None and self.verdict.verdict == CountryVerdict.Verdict.CONFIRMED

    @property
    def rejected(self) -> bool:
        """True where an officer said that it is not this country."""
        return self.verdict is not None and not self.confirmed

    @property
    def reasons(self) -> list[str]:
        """Why, in the reader's language, the strongest first."""
        return [sentence_of(reason) for reason in self.likely.reasons[:MOST_REASONS]]


def countries_of_content(officer: User, content: int) -> list[CountryCard]:
    """Return the likely countries of a content whose bytes the officer sees."""
    reasons = reasons_of_contents(officer.agency, [content])[content]
    return _cards(reasons, country_verdicts(officer.agency, content=content))


def countries_of_entry(officer: User, entry: Entry, known: Known) -> list[CountryCard]:
    """Return the likely countries of a registry entry that the officer sees; `known` is what was asked of it."""
    said = country_verdicts(officer.agency, entry=entry, known=known)
    return _cards(reasons_of_entry(officer.agency, entry, known), said)


def _cards(reasons: Iterable[Reason], said: Mapping[str, CountryVerdict]) -> list[CountryCard]:
    found = {one.country: one for one in likely_countries(reasons)}
    named = [one for one in found.values() if one.score >= LEAST][:MOST_COUNTRIES]
    listed: Sequence[Likely] = [*named, *(found.get(code, Likely(code, 0.0, ())) for code in sorted(said))]
    reached = connected_countries()
    cards = [CountryCard(one, said.get(one.country), one.country in reached) for one in dict.fromkeys(listed)]
    return sorted(cards, key=lambda card: (not card.confirmed, card.rejected, -card.likely.score, card.likely.country))
