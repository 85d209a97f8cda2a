"""Entry points are loaded once and checked; what is wrong with one is told, and costs no other."""

from importlib.metadata import EntryPoint

import pytest

from fanal.engine.fingerprint.added import GROUP, Discovery, examined
from fanal.engine.fingerprint.maker import Form
from fanal.engine.match.technique import Technique
from plugin.mean_colour import MeanColour

GOOD = "plugin.mean_colour:MeanColour"


class Reading(Technique):
    """Reads pictures, for the faults below."""

    finds = "Nothing."

    def of_picture(self, pixels: object) -> tuple[()]:
        return ()


class Same(Reading):
    """Claims a name that is taken."""

    name = MeanColour.name


class Ours(Reading):
    """Claims a name of our own."""

    name = "pdq/2"


class Nameless(Reading):
    """Says not what it is called."""


class BadName(Reading):
    """Has no version."""

    name = "Mean Colour"


class Idle(Technique):
    """Reads nothing."""

    name = "idle/1"


class Raises(Reading):
    """Cannot be made."""

    name = "raises/1"

    def __init__(self) -> None:
        raise RuntimeError("no licence")


def found(*values: str) -> Discovery:
    return examined(EntryPoint(f"entry{number}", value, GROUP) for number, value in enumerate(values))


def test_a_technique_is_found_by_its_name() -> None:
    discovery = found(GOOD)
    assert [one.maker.name for one in discovery.added] == ["mean-colour/1"]
    assert not discovery.broken
    assert discovery.maker("mean-colour/1").forms == {Form.PICTURE}
    assert discovery.maker("mean-colour/1").reads == {"image"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_module:Thing", "cannot be loaded (ModuleNotFoundError"),
        (f"{__name__}:Absent", "cannot be loaded (AttributeError"),
        (f"{__name__}:Raises", "cannot be loaded (RuntimeError: no licence)"),
        ("pathlib:Path", "is no fanal.engine.match.technique.Technique"),
        (f"{__name__}:Nameless", "its name None is not"),
        (f"{__name__}:BadName", "its name 'Mean Colour' is not"),
        (f"{__name__}:Ours", "belongs to Fanal's own"),
        (f"{__name__}:Idle", "reads nothing"),
    ],
)
def test_what_is_wrong_with_one_is_told_and_costs_no_other(value: str, reason: str) -> None:
    discovery = found(value, GOOD)
    assert [one.maker.name for one in discovery.added] == ["mean-colour/1"]
    (broken,) = discovery.broken
    assert reason in str(broken)
    assert broken.next_step.endswith(".")


def test_of_two_that_claim_one_name_neither_is_used() -> None:
    discovery = found(GOOD, f"{__name__}:Same")
    assert discovery.added == ()
    assert len(discovery.broken) == 2
    assert all("more than one package claims the name mean-colour/1" in str(one) for one in discovery.broken)
