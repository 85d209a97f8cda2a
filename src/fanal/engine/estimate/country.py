"""In which country a picture was likely made: reasons in, a score a country out, each with the reasons it rests on.

Each reason speaks with a weight from 0 to 1. Reasons of different kinds are taken as independent witnesses: the score
is one minus the product of what each leaves open (noisy-or; Pearl, *Probabilistic Reasoning*, 1988, section 4.3).
Reasons of one kind are not: the second counts half, the third a quarter, so that ten lines of one page of text are
no certainty. Countries do not share one cake: where two are likely, both are to be told.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fanal.engine.text.pointers import WEIGHTS as WEIGHTS_OF_TEXT


class ReasonKind(StrEnum):
    """What speaks for a country."""

    PLACE = "place"
    """The coordinates in a file."""
    BORDER = "border"
    """The coordinates lie near the border of this country."""
    REFERENCE = "reference"
    """A catalogue object of the country is seen."""
    CLUE = "clue"
    """A clue is seen that an officer says points there."""
    PHONE = "phone"
    EMAIL = "email"
    DOMAIN = "domain"
    CITY = "city"
    CURRENCY = "currency"
    COUNTRY = "country"
    LANGUAGE = "language"
    SCRIPT = "script"
    """Letters that are at home in one country."""
    ZONE = "zone"
    """The clock of the camera stood in a zone of the country."""
    ENTRY = "entry"
    """A victim, suspect or place that it is linked with belongs to the country."""
    ORIGIN = "origin"
    """It was found there."""


WEIGHTS: Mapping[ReasonKind, float] = {
    ReasonKind.PLACE: 0.9,
    ReasonKind.ENTRY: 0.8,
    ReasonKind.REFERENCE: 0.7,
    ReasonKind.CLUE: 0.5,
    ReasonKind.SCRIPT: 0.3,
    ReasonKind.BORDER: 0.3,
    ReasonKind.ZONE: 0.3,
    ReasonKind.ORIGIN: 0.15,
    **{ReasonKind(kind.value): weight for kind, weight in WEIGHTS_OF_TEXT.items()},
}
"""How strongly each speaks: set by judgement, not measured; the order is what counts.

Coordinates are where a device says that it stood: they can be changed, and people travel, but nothing says it more
exactly. Whom people have already linked with a country comes next. A catalogue object was given by officers who know
their country's things; what one officer takes for a clue is less. What is sold, written or spoken in a country is also
carried out of it. Where pictures were found says least of all: they are passed round the world."""

ROUTES_AT = 0.65
"""From this score on the country is to be told without waiting for a person. Coordinates, a telephone number or one
catalogue object that is surely seen are enough alone; a domain, a city, a language or a clue need a second witness."""

SCRIPTS: Mapping[str, str] = {"Armn": "AM", "Geor": "GE", "Hebr": "IL", "Jpan": "JP", "Thai": "TH"}
"""Scripts (ISO 15924) that are at home in one country alone."""


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """One thing that speaks for a country."""

    kind: ReasonKind
    country: str
    """ISO 3166-1, two capital letters."""
    quote: str = ""
    """What speaks, as a reader knows it: a town, a number, the title of a clue, a reference."""
    of: int = 1
    """To how many countries the same thing points."""
    sure: float = 1.0
    """How sure it is that the thing is there, from 0 to 1."""

    @property
    def weight(self) -> float:
        """How strongly it speaks, from 0 to 1. What points to several countries says less of each."""
        return WEIGHTS[self.kind] * self.sure / math.sqrt(max(1, self.of))


@dataclass(frozen=True, slots=True)
class Likely:
    """One country, how likely it is, and why."""

    country: str
    score: float
    """From 0 to below 1. It orders countries and says when to tell one; it is no probability."""
    reasons: tuple[Reason, ...]
    """The strongest first."""

    @property
    def routes(self) -> bool:
        """True where the country is to be told without waiting for a person."""
        return self.score >= ROUTES_AT


def likely_countries(reasons: Iterable[Reason]) -> tuple[Likely, ...]:
    """Return the countries that anything speaks for, the likeliest first.

    The same thing said twice is one reason, of its surest telling; the order of the reasons plays no role.
    """
    surest: dict[tuple[str, ReasonKind, str], Reason] = {}
    for reason in sorted(reasons, key=lambda one: (-one.weight, one)):
        surest.setdefault((reason.country, reason.kind, reason.quote), reason)
    by_country: dict[str, list[Reason]] = defaultdict(list)
    for reason in surest.values():
        by_country[reason.country].append(reason)
    found = [Likely(country, _score(said), tuple(said)) for country, said in by_country.items()]
    return tuple(sorted(found, key=lambda one: (-one.score, one.country)))


def _score(strongest_first: Iterable[Reason]) -> float:
    left_open, of_kind = 1.0, dict.fromkeys(ReasonKind, 1.0)
    for reason in strongest_first:
        left_open *= 1 - reason.weight * of_kind[reason.kind]
        of_kind[reason.kind] /= 2
    return 1 - left_open
