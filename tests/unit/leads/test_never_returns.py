"""A pair that was judged different never comes back by itself, whatever happens; a person can take it back."""

from pathlib import Path

import numpy as np
import pytest
from django.db import transaction

from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.leads import matching
from fanal.casework.leads.actions import judge, propose, withdraw
from fanal.casework.leads.findings import Finding, Proposal
from fanal.casework.leads.models import Lead
from fanal.casework.leads.queries import leads_concerning, leads_of_content, visible_leads
from fanal.casework.prints import actions, queries
from fanal.casework.prints.models import Print
from fanal.core.access.models import Agency
from fanal.engine.fingerprint.pdq import TECHNIQUE
from fanal.engine.media.findings import Findings
from fanal.engine.media.findings import Print as FoundPrint
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def prints(seed: int) -> Findings:
    """Return what examining the same picture finds, always."""
    hashed = np.random.default_rng(seed).integers(0, 256, 32, dtype=np.uint8).tobytes()
    made = FoundPrint(TECHNIQUE, hashed, 100, None, bytes(7 * 32))
    return Findings(family="image", media_type="image/jpeg", width=8, height=8, prints=(made,))


def compared(*contents: int) -> None:
    with transaction.atomic():
        propose(matching.resembling(contents))


def given(who: Cast, tmp_path: Path) -> tuple[int, int]:
    """France has one picture, New Zealand another, and their prints agree by mistake."""
    for agency, name in ((who.france, "fr"), (who.new_zealand, "nz")):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
        submitted(agency, tmp_path / name)
    one, two = (Content.objects.get(exhibits__path=name).pk for name in ("fr", "nz"))
    with transaction.atomic():
        actions.write({one: prints(1), two: prints(1)}, {}, {})
    compared(one, two)
    return one, two


def open_leads(agency: Agency, content: int) -> int:
    """Return how many open leads the lists of an agency have."""
    lists = [visible_leads(agency), leads_concerning(agency), leads_of_content(agency, content)]
    return max(found.filter(state=Lead.State.OPEN).count() for found in lists)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


def test_not_by_a_further_technique_nor_a_new_version_of_one(who: Cast, tmp_path: Path) -> None:
    one, two = given(who, tmp_path)
    judge(Lead.objects.get().pk, "different", who.mere)
    for technique in ("local/1", "pdq/2", "mean-colour/1"):
        with transaction.atomic():
            assert propose([Proposal((one, two), (Finding(technique, None, 0.999, "They look alike."),))]) == 0
    lead = Lead.objects.get()
    assert lead.state == Lead.State.DIFFERENT
    assert {said["technique"] for said in lead.findings} == {"pdq/1", "pdq/2", "local/1", "mean-colour/1"}
    assert open_leads(who.new_zealand, two) == open_leads(who.france, one) == 0


def test_not_when_it_is_compared_again_with_an_index_built_anew(who: Cast, tmp_path: Path) -> None:
    one, two = given(who, tmp_path)
    judge(Lead.objects.get().pk, "different", who.camille)
    compared(one, two)
    queries.live_index.cache_clear()
    queries.live_comparers.cache_clear()
    compared(two, one)
    with transaction.atomic():
        actions.write({one: prints(1), two: prints(1)}, {}, {})
    compared(one, two)
    assert Print.objects.count() == 2
    assert Lead.objects.get().state == Lead.State.DIFFERENT
    assert open_leads(who.new_zealand, two) == open_leads(who.france, one) == 0


def test_not_when_the_same_files_are_submitted_again_by_anyone(who: Cast, tmp_path: Path) -> None:
    one, two = given(who, tmp_path)
    judge(Lead.objects.get().pk, "different", who.mere)
    submitted(who.france, tmp_path / "fr")
    submitted(who.australia, tmp_path / "nz", visibility=Visibility.ALL_CONNECTED)
    compared(one, two)
    with transaction.atomic():
        propose(matching.equal([one, two]))
    pair = Lead.objects.get(left=min(one, two), right=max(one, two))
    assert pair.state == Lead.State.DIFFERENT
    # What is new is that two agencies hold the same bytes: a lead of that content with itself, and no other.
    assert set(Lead.objects.exclude(pk=pair.pk).values_list("left", "right")) == {(two, two)}


def test_a_person_can_take_it_back(who: Cast, tmp_path: Path) -> None:
    one, two = given(who, tmp_path)
    lead = Lead.objects.get().pk
    judge(lead, "different", who.mere)
    assert open_leads(who.new_zealand, two) == 0
    withdraw(lead, who.mere)
    assert Lead.objects.get().state == Lead.State.OPEN
    assert open_leads(who.new_zealand, two) == open_leads(who.france, one) == 1
    judge(lead, "different", who.camille)
    judge(lead, "same", who.mere)
    assert Lead.objects.get().state == Lead.State.SAME
