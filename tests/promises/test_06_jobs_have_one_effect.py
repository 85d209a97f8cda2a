"""Promise 6, work: in whatever order jobs come, and however often each is delivered, they amount to the same."""

import os
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from django.core.management import call_command

from fanal.core.jobs.registry import kinds
from histories import called_too_often, delivered, folders, house, let_out, outcome

pytestmark = pytest.mark.django_db(transaction=True)

HISTORIES = int(os.environ.get("FANAL_HISTORIES", "100" if os.environ.get("FANAL_SOAK") else "1"))
TIMES = 3


@pytest.fixture(autouse=True)
def addresses_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what is called take everything."""
    let_out(monkeypatch, 200)


def test_jobs_delivered_thrice_in_any_order_have_one_effect(
    tmp_path: Path, dice: Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    seized = folders(tmp_path / "seized")

    def lived(name: str, order: Random | None, times: int) -> tuple[Counter[str], dict[str, object]]:
        """Live one history from the beginning, in a house of its own."""
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        (tmp_path / name).mkdir()
        monkeypatch.setenv("FANAL_DATA", str(tmp_path / name))
        house(seized)
        return delivered(order, times), dict(outcome())

    once, expected = lived("undisturbed", None, 1)
    assert {kind.name for kind in kinds() if not kind.name.startswith("trial.")} - set(once) == set()
    assert all(expected.values()), "nothing came of some work"
    deliveries = 0
    for number in range(HISTORIES):
        seed = dice.randrange(2**32)
        done, found = lived(f"history {number}", Random(seed), TIMES)
        differ = {part: (expected[part], found[part]) for part in expected if found[part] != expected[part]}
        assert differ == {}, f"history {number}, drawn by {seed}"
        assert called_too_often() == [], f"history {number}, drawn by {seed}"
        assert all(done[name] >= TIMES for name in once)
        deliveries += done.total()
    sys.stdout.write(f"{HISTORIES} histories of {len(once)} kinds of jobs, {deliveries} deliveries: one state\n")
