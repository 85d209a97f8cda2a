"""Phrases that reasons are made of, in any language."""

from gettext import NullTranslations
from typing import Protocol

from fanal.engine.fingerprint.prints import Cell
from fanal.engine.match.orientation import Orientation

BITS = 256


class Tongue(Protocol):
    """What a language is to a sentence: as in Python's and Django's `gettext`."""

    def gettext(self, message: str, /) -> str:
        """Return the message in this language."""

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """Return the form of the message that this language uses with the number."""


ENGLISH: Tongue = NullTranslations()


def clock(seconds: float) -> str:
    """Return a position in a film as people say it: `0:07`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def done(orientation: Orientation, tongue: Tongue) -> str:
    """Return what was done to a picture, to stand behind its noun; empty for nothing."""
    return {
        Orientation.SAME: "",
        Orientation.LEFT: tongue.gettext(", turned by 90° to the left"),
        Orientation.HALF: tongue.gettext(", turned upside down"),
        Orientation.RIGHT: tongue.gettext(", turned by 90° to the right"),
        Orientation.UPSIDE_DOWN: tongue.gettext(", mirrored top to bottom"),
        Orientation.MIRRORED: tongue.gettext(", mirrored"),
        Orientation.MAIN_DIAGONAL: tongue.gettext(", mirrored and turned by 90° to the right"),
        Orientation.OTHER_DIAGONAL: tongue.gettext(", mirrored and turned by 90° to the left"),
    }[orientation]


def mirrored_and_turned(mirrored: bool, turn: int, tongue: Tongue) -> str:
    """Return what was done to a picture, to stand behind its noun; `turn` in degrees clockwise, 0 for none."""
    turned = {
        0: "",
        1: tongue.gettext(", turned by %(degrees)s° to the right"),
        -1: tongue.gettext(", turned by %(degrees)s° to the left"),
    }[(turn > 0) - (turn < 0)]
    return (tongue.gettext(", mirrored") if mirrored else "") + (turned % {"degrees": abs(turn)} if turn else "")


def speed(tempo: float, tongue: Tongue) -> str:
    """Return how much slower or faster a sound is there, to stand behind its noun; empty for as fast."""
    percent = round(abs(tempo - 1) * 100)
    if not percent:
        return ""
    slower = tongue.gettext(", %(percent)s %% slower there") % {"percent": percent}
    return slower if tempo > 1 else tongue.gettext(", %(percent)s %% faster there") % {"percent": percent}


def in_collage(cell: Cell, reason: str, tongue: Tongue, *, here: bool) -> str:
    """Return a reason that speaks of one picture of a collage: of the first file where `here`, else of the second."""
    first = tongue.gettext("In a part of this picture (%(across)s across, %(down)s down): %(reason)s")
    second = tongue.gettext("In a part of the other picture (%(across)s across, %(down)s down): %(reason)s")
    return (first if here else second) % {
        "across": f"{cell.x}–{cell.x + cell.width} %",
        "down": f"{cell.y}–{cell.y + cell.height} %",
        "reason": reason[0].lower() + reason[1:],
    }


def bits(distance: int, tongue: Tongue) -> str:
    """Return how many bits of a PDQ fingerprint differ."""
    if distance == 0:
        return tongue.gettext("all %(all)s fingerprint bits agree") % {"all": BITS}
    said = tongue.ngettext(
        "%(distance)s of %(all)s fingerprint bits differs",
        "%(distance)s of %(all)s fingerprint bits differ",
        distance,
    )
    return said % {"distance": distance, "all": BITS}
