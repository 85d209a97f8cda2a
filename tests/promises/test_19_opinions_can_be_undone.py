"""Promise 19, leads, sightings and clues: whatever officers of several agencies say and take back, in whatever order,
what was said before holds again, nothing that was said is lost, and nobody takes back what another agency said. What is
seen of a withdrawn clue is as if it were not there, for everybody, until the clue is looked for again.
"""

import os
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from desk import story
from fanal.casework.leads import actions as leads
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Judgement, Lead, Opinion, Proposed
from fanal.casework.registry import actions as registry
from fanal.casework.registry.models import Clue, Sighting, SightingJudgement
from fanal.core.access.models import User
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from fanal.kit.errors import Conflict, NotFound
from world import cast

pytestmark = pytest.mark.django_db

RUNS, STEPS = (500, 20) if os.environ.get("FANAL_SOAK") else (8, 12)
OFFICERS, THINGS = st.integers(0, 2), st.integers(0, 3)
VERDICTS = st.sampled_from(["same", "different", "unsure"])


class Officers(RuleBasedStateMachine):
    """Officers of three agencies judge two leads and two sightings of a clue, and take it back."""

    people: tuple[User, ...]
    judged: tuple[Proposed, ...]
    clue: Clue

    def __init__(self) -> None:
        super().__init__()
        with connection.cursor() as cursor:
            for model in (Judgement, SightingJudgement):
                cursor.execute(f"DELETE FROM {model._meta.db_table}")
        Lead.objects.update(state="open")
        Sighting.objects.update(state="open")
        Clue.objects.update(withdrawn_at=None, withdrawn_by=None)
        self.leaves = Leaf.objects.count()
        self.said: dict[UUID, list[tuple[User, str]]] = {one.pk: [] for one in self.judged}
        self.everything = 0

    @rule(who=OFFICERS, what=THINGS, verdict=VERDICTS)
    def judges(self, who: int, what: int, verdict: str) -> None:
        """Say what one thinks of it."""
        officer, held = self.people[who], self.judged[what]
        judge = leads.judge if isinstance(held, Lead) else registry.judge_sighting
        if self.is_hidden(held):
            with pytest.raises(NotFound):
                judge(held.pk, verdict, officer, "As I see it.")
            return
        judge(held.pk, verdict, officer, "As I see it.")
        self.said[held.pk].append((officer, verdict))
        self.everything += 1
        self.holds(held)

    @rule(who=OFFICERS, what=THINGS)
    def takes_back(self, who: int, what: int) -> None:
        """Take back what one's agency said last, where it said something that still counts."""
        officer, held = self.people[who], self.judged[what]
        said = self.said[held.pk]
        take_back = leads.withdraw if isinstance(held, Lead) else registry.withdraw_judgement
        own = [number for number, (by, _) in enumerate(said) if by == officer]
        if self.is_hidden(held) or not own:
            with pytest.raises(NotFound if self.is_hidden(held) else Conflict):
                take_back(held.pk, officer)
        else:
            taken: Opinion = take_back(held.pk, officer)
            assert (taken.by, taken.verdict) == said.pop(own[-1])
        self.holds(held)

    @rule(who=OFFICERS)
    def withdraws_or_restores_the_clue(self, who: int) -> None:
        """Have it looked for no more, or again; only the first agency may."""
        officer, before = self.people[who], Clue.objects.get().withdrawn_at is not None
        change = registry.restore_clue if before else registry.withdraw_clue
        if who:
            with pytest.raises(NotFound):
                change(self.clue.pk, officer)
        else:
            change(self.clue.pk, officer)
        assert (Clue.objects.get().withdrawn_at is not None) == (before if who else not before)

    def is_hidden(self, held: Proposed) -> bool:
        """Return whether nobody sees it now: it is seen of a clue that is withdrawn."""
        return isinstance(held, Sighting) and Clue.objects.get().withdrawn_at is not None

    def holds(self, held: Proposed) -> None:
        """What counts is what was said last and not taken back; all that was ever said is kept, and in the log."""
        held.refresh_from_db()
        said = self.said[held.pk]
        assert held.state == (said[-1][1] if said else "open")
        rows = Judgement.objects.count() + SightingJudgement.objects.count()
        logged = Leaf.objects.filter(index__gte=self.leaves, action__in=("leads.judged", "registry.judged")).count()
        assert rows == logged == self.everything

    def teardown(self) -> None:
        """Take back all that is left: all is open as in the beginning, and all that was said is kept."""
        if Clue.objects.get().withdrawn_at is not None:
            registry.restore_clue(self.clue.pk, self.people[0])
        for held in self.judged:
            for officer in [by for by, _ in reversed(self.said[held.pk])]:
                (leads.withdraw if isinstance(held, Lead) else registry.withdraw_judgement)(held.pk, officer)
            self.said[held.pk] = []
            self.holds(held)


@pytest.mark.usefixtures("fresh_data")
def test_what_was_said_is_taken_back_and_what_was_before_holds(tmp_path: Path) -> None:
    who = cast()
    _, _, between = story(who, tmp_path)
    clue = registry.keep_clue(
        between[2].left_id, Box(0.2, 0.2, 0.4, 0.5), "clue", registry.Words("Bottle"), who.mere, shared=True
    )
    seen = [
        Sighting.objects.create(
            clue=clue, content_id=lead.right_id, technique="local/1", confidence=0.9, why="", created_at=clock.now()
        )
        for lead in between[:2]
    ]
    Officers.people = (who.mere, who.camille, who.edith)
    Officers.judged, Officers.clue = (*between[:2], *seen), clue
    patient = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Officers, settings=patient)
