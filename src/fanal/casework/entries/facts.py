"""What can be stated of an entry, in words that are checked: a reference, a state, an age at a date, a country."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from fanal.kit.countries import COUNTRIES
from fanal.kit.errors import ONE_OF, Invalid

LONGEST_REFERENCE, OLDEST = 40, 120
_REFERENCE = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9._/-]{2,39}")


class VictimState(StrEnum):
    """How far it is with a victim."""

    UNIDENTIFIED = "unidentified"
    IDENTIFIED = "identified"
    SAFEGUARDED = "safeguarded"
    DECEASED = "deceased"


SOLVED = frozenset(VictimState) - {VictimState.UNIDENTIFIED}
"""It is known who the victim is."""


def checked_reference(text: str) -> str:
    """Return a reference as it is kept. Raises Invalid for what may be a name.

    It has 3 to 40 capital letters, digits and marks, a digit among them, and no space: a name stays in the national
    file.
    """
    reference = text.replace("\0", "").strip().upper()
    if not _REFERENCE.fullmatch(reference):
        raise Invalid(
            "A reference has 3 to 40 letters, digits and the marks - . / _, with a digit and without a space.",
            next_step="Give the number of your own file, such as NZ-2015-0441. Names stay in that file.",
        )
    return reference


def checked_country(text: str) -> str:
    """Return the code of a country, or "" for none. Raises Invalid for what is no country."""
    code = text.strip().upper()
    if code and code not in COUNTRIES:
        raise Invalid(
            "%(given)s is no country.", next_step="Use a code of two letters as in ISO 3166, such as FR.", given=text
        )
    return code


@dataclass(frozen=True, slots=True)
class State:
    """Where it stands with a victim: since when, in which country, and under which reference it is known there."""

    state: VictimState
    on: date | None = None
    country: str = ""
    reference: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as it is kept."""
        on = self.on.isoformat() if self.on else ""
        return {"state": self.state.value, "on": on, "country": self.country, "reference": self.reference}


def stated_state(state: str, on: str = "", country: str = "", reference: str = "") -> State:
    """Return a state from words. Raises Invalid; whoever is identified is so on a day, in a country."""
    if state not in set(VictimState):
        raise Invalid("%(given)s is no state.", next_step=ONE_OF, given=state, known=", ".join(VictimState))
    day, code = (_day(on) if on.strip() else None), checked_country(country)
    if state != VictimState.UNIDENTIFIED and (day is None or not code):
        raise Invalid("Say on which day and in which country.", next_step="Give a day as 2015-03-01 and a country.")
    return State(VictimState(state), day, code, checked_reference(reference) if reference.strip() else "")


@dataclass(frozen=True, slots=True)
class Age:
    """How old a victim was on a day: a range of whole years, known or estimated."""

    youngest: int
    oldest: int
    on: date
    known: bool

    def plain(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"youngest": self.youngest, "oldest": self.oldest, "on": self.on.isoformat(), "known": self.known}

    def at(self, day: date) -> tuple[int, int]:
        """Return the youngest and the oldest that it can have been on another day; below zero before birth.

        Whole years are rounded down, so each end may be off by the year that has not passed yet.
        """
        years = (day.year - self.on.year) + (-1 if (day.month, day.day) < (self.on.month, self.on.day) else 0)
        exact = (day.month, day.day) == (self.on.month, self.on.day)
        return self.youngest + years, self.oldest + years + (0 if exact else 1)


def stated_age(youngest: str, oldest: str, on: str, *, known: bool) -> Age:
    """Return an age from words. Raises Invalid."""
    try:
        low, high = int(youngest), int(oldest or youngest)
    except ValueError:
        raise Invalid("An age is a whole number of years.", next_step="Give the youngest and the oldest.") from None
    if not 0 <= low <= high <= OLDEST:
        raise Invalid("The youngest is above the oldest, or nobody is so old.", next_step="Correct the range.")
    return Age(low, high, _day(on), known)


def age_from(value: Mapping[str, Any]) -> Age:
    """Return an age as `Age.plain` wrote it."""
    return Age(value["youngest"], value["oldest"], date.fromisoformat(value["on"]), value["known"])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("%(given)s is no day.", next_step="Give it as 2015-03-01.", given=text) from None
