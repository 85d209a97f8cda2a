"""Likely countries in the reader's words: each reason one plain sentence, and what officers said of the country."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from fanal.casework.entries.models import CountryVerdict, Entry
from fanal.casework.entries.queries import country_verdicts
from fanal.casework.entries.reasons import reasons_of_contents, reasons_of_entry
from fanal.core.access.models import User
from fanal.engine.estimate.country import Likely, Reason, ReasonKind, likely_countries

_SENTENCES = {
    ReasonKind.PLACE: _("The coordinates in a file lie there, near %(quote)s."),
    ReasonKind.BORDER: _("The coordinates in a file lie near its border, at %(quote)s."),
    ReasonKind.REFERENCE: _("A catalogue reference is seen: %(quote)s."),
    ReasonKind.CLUE: _("A clue is seen that points there: %(quote)s."),
    ReasonKind.PHONE: _("A telephone number that was read has its prefix: %(quote)s."),
    ReasonKind.EMAIL: _("An e-mail address that was read has its ending: %(quote)s."),
    ReasonKind.DOMAIN: _("An internet address that was read has its ending: %(quote)s."),
    ReasonKind.CITY: _("A city of it is named: %(quote)s."),
    ReasonKind.CURRENCY: _("A price in its money was read: %(quote)s."),
    ReasonKind.COUNTRY: _("It is named: %(quote)s."),
    ReasonKind.LANGUAGE: _("The text is in a language that is official there alone: %(quote)s."),
    ReasonKind.SCRIPT: _("The text is in letters that are at home there: %(quote)s."),
    ReasonKind.ZONE: _("The camera’s clock stood in a zone that is used there: %(quote)s."),
    ReasonKind.ENTRY: _("An entry of the registry belongs there: %(quote)s."),
    ReasonKind.ORIGIN: _("It was found there. That says little: pictures are passed round the world."),
}
MOST_COUNTRIES, MOST_REASONS = 5, 8
LEAST = 0.1
"""Countries for which less speaks are not listed: a time zone alone names thirty."""


@dataclass(frozen=True, slots=True)
class CountryCard:
    """One country, how likely it is, why, and what an officer said of it."""

    likely: Likely
    verdict: CountryVerdict | None

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
        return [_sentence(reason) for reason in self.likely.reasons[:MOST_REASONS]]


def _sentence(reason: Reason) -> str:
    # Isolated (UAX 9), so that Latin letters do not turn an Arabic sentence round.
    quote = f"\N{FIRST STRONG ISOLATE}{reason.quote}\N{POP DIRECTIONAL ISOLATE}"
    return str(_SENTENCES[reason.kind]) % {"quote": quote}


def countries_of_content(officer: User, content: int) -> list[CountryCard]:
    """Return the likely countries of a content whose bytes the officer sees."""
    reasons = reasons_of_contents(officer.agency, [content])[content]
    return _cards(reasons, country_verdicts(officer.agency, content=content))


def countries_of_entry(officer: User, entry: Entry) -> list[CountryCard]:
    """Return the likely countries of a registry entry that the officer sees."""
    return _cards(reasons_of_entry(officer.agency, entry), country_verdicts(officer.agency, entry=entry))


def _cards(reasons: Iterable[Reason], said: Mapping[str, CountryVerdict]) -> list[CountryCard]:
    found = {one.country: one for one in likely_countries(reasons)}
    named = [one for one in found.values() if one.score >= LEAST][:MOST_COUNTRIES]
    listed: Sequence[Likely] = [*named, *(found.get(code, Likely(code, 0.0, ())) for code in sorted(said))]
    cards = [CountryCard(one, said.get(one.country)) for one in dict.fromkeys(listed)]
    return sorted(cards, key=lambda card: (not card.confirmed, card.rejected, -card.likely.score, card.likely.country))
