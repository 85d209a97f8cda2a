"""Promise 12: a blind check says hit or no-hit. What may not be told is answered as what is not there: the same fields,
the same length, the same statements to the database in the same order, and as many entries in the log.

Times are not asserted: `python benchmarks/blind_check.py` prints them.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from desk import at_the_desk
from fanal.casework.evidence.models import Visibility
from fanal.casework.sharing.actions import disclose
from fanal.core.audit.models import Leaf
from fanal.kit.actor import SYSTEM
from programs import program
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

Send = Callable[[list[str]], HttpResponse]
ROUNDS = 12
AT_ONCE = 5
DECLARED = {"sha256", "known", "identified", "contacts"}
SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12,}|\d+(\.\d+)?")
"""What differs between any two requests: ids, digests, numbers and times."""


@dataclass(frozen=True)
class Held:
    """Digests of what others keep to themselves and do not tell of, of what they tell of, and of what nobody holds."""

    who: Cast
    kept: list[str]
    told: list[str]

    def absent(self, dice: Random, count: int) -> list[str]:
        """Return digests that nobody holds."""
        return [dice.randbytes(32).hex() for _ in range(count)]


@pytest.fixture
def held(fresh_data: Path, tmp_path: Path) -> Held:
    """Britain keeps files and tells nobody; Australia keeps files and lets others know of hits."""
    who, digests = cast(), {}
    for agency, name in ((who.britain, "kept"), (who.australia, "told")):
        folder = tmp_path / name
        folder.mkdir()
        for number in range(20):
            (folder / f"{number}.bin").write_bytes(f"{name} {number}".encode())
        submitted(agency, folder, visibility=Visibility.OWN)
        digests[name] = [sha256(f"{name} {number}".encode()).hexdigest() for number in range(20)]
    disclose(who.australia, answers=True, contact="desk@example", actor=SYSTEM)
    return Held(who, digests["kept"], digests["told"])


@dataclass(frozen=True)
class Asked:
    """What an answer shows to whoever measures it: its length, what was asked of the database, what was logged."""

    status: int
    length: int
    statements: tuple[str, ...]
    logged: int
    headers: tuple[str, ...]


def measured(send: Send, digests: list[str]) -> Asked:
    """Ask once, and look at it from outside."""
    before = Leaf.objects.count()
    with CaptureQueriesContext(connection) as seen:
        answer = send(digests)
    # How many nodes the log's tree gains goes by the number of the entry, whatever it says.
    asked = [query["sql"] for query in seen.captured_queries if "audit_node" not in query["sql"]]
    statements = tuple(SHAPE.sub("#", sql).split("VALUES")[0] for sql in asked)
    kinds = tuple(sorted(answer.headers))
    return Asked(answer.status_code, len(answer.content), statements, Leaf.objects.count() - before, kinds)


def test_what_may_not_be_told_is_answered_as_what_is_not_there(held: Held, dice: Random) -> None:
    """At the API and at the desk, one digest or several, in turns: all rounds look alike from outside."""
    asking, desk = program(held.who.camille), at_the_desk(held.who.camille)

    def api(digests: list[str]) -> HttpResponse:
        return asking.post("/check", {"sha256": digests})

    def page(digests: list[str]) -> HttpResponse:
        return desk.post("/check/", {"digests": "\n".join(digests)})  # type: ignore[return-value]

    api(held.absent(dice, 100))  # the page says how many were asked: from here on in three digits
    for send in (api, page):
        for count in (1, AT_ONCE):
            send(held.absent(dice, count))  # what is done once only: a token's use is noted, words are compiled
            rounds = []
            for _ in range(ROUNDS):
                pair = [held.absent(dice, count), dice.sample(held.kept, count)]
                dice.shuffle(pair)
                rounds += [measured(send, digests) for digests in pair]
            assert len(set(rounds)) == 1
            assert rounds[0].status == 200
            assert rounds[0].logged == 1


def test_answers_differ_in_declared_fields_alone(held: Held, dice: Random) -> None:
    asking = program(held.who.camille)
    digests = [*held.absent(dice, 2), held.kept[0], held.told[0]]
    dice.shuffle(digests)
    answers = json.loads(asking.post("/check", {"sha256": digests}).content)
    assert set(answers) == {"answers"}
    for one in answers["answers"]:
        assert set(one) == DECLARED
        hit = one["sha256"] == held.told[0]
        assert one["known"] == hit
        assert not one["identified"]
        assert one["contacts"] == ([{"agency": "AU", "country": "AU", "contact": "desk@example"}] if hit else [])
