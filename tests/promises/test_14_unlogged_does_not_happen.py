"""Promise 14: what cannot be logged does not happen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from audited import everything_stored
from broken_audit import Breakage
from fanal.casework.custody.actions import export_dossier
from fanal.casework.evidence.actions import Delivery, close_submission, open_submission
from fanal.casework.evidence.models import Content
from fanal.casework.leads.actions import judge, propose, withdraw
from fanal.casework.leads.findings import Finding, Proposal
from fanal.casework.leads.models import Lead
from fanal.core.access.actions import admit_agency, enrol_user, note_refused_sign_in, note_sign_in, note_sign_out
from fanal.core.access.models import Agency
from fanal.core.access.queries import operator_of
from fanal.core.audit import check
from fanal.core.audit.actions import AuditUnavailable, record, sign_checkpoint
from fanal.core.audit.witnessing import admit_witness, offer
from fanal.engine.merkle.keys import COSIGNATURE, SigningKey
from fanal.kit.actor import SYSTEM
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)
Sensitive = Callable[[], object]


def admitting(_: Cast, __: Path) -> Sensitive:
    """Admit an agency."""
    return lambda: admit_agency(code="BE", name="Belgian unit", country="BE", actor=SYSTEM)


def enrolling(who: Cast, _: Path) -> Sensitive:
    """Give a person an account."""
    return lambda: enrol_user(
        username="new", display_name="New", agency=who.france, password="a long enough one", actor=SYSTEM
    )


def signing_in(who: Cast, _: Path) -> Sensitive:
    """Sign in."""
    return lambda: note_sign_in(who.mere, "192.0.2.1")


def failing_to_sign_in(_: Cast, __: Path) -> Sensitive:
    """Be refused at the door."""
    return note_refused_sign_in


def signing_out(who: Cast, _: Path) -> Sensitive:
    """Sign out."""
    return lambda: note_sign_out(who.mere)


def opening(who: Cast, folder: Path) -> Sensitive:
    """Open a submission."""
    delivery = Delivery(agency=who.france, label="a phone", origin=str(folder))
    return lambda: open_submission(delivery, operator_of(who.france))


def closing(who: Cast, folder: Path) -> Sensitive:
    """Declare a submission complete."""
    actor = operator_of(who.france)
    submission = open_submission(Delivery(agency=who.france, label="a phone", origin=str(folder)), actor)
    return lambda: close_submission(submission, actor)


def submitting(who: Cast, folder: Path) -> Sensitive:
    """Submit a folder."""
    pictures = folder_of_pictures(folder / "phone", range(2))
    return lambda: submitted(who.france, pictures)


def proposing(who: Cast, folder: Path) -> Sensitive:
    """Propose a lead."""
    proposal = _proposal(who, folder)
    return lambda: transaction.atomic(propose)([proposal])


def judging(who: Cast, folder: Path) -> Sensitive:
    """Judge a lead."""
    lead = _lead(who, folder)
    return lambda: judge(lead.pk, "same", who.mere)


def taking_back(who: Cast, folder: Path) -> Sensitive:
    """Take a judgement back."""
    lead = _lead(who, folder)
    judge(lead.pk, "same", who.mere)
    return lambda: withdraw(lead.pk, who.mere)


def admitting_a_witness(who: Cast, _: Path) -> Sensitive:
    """Let a key cosign the log."""
    key = SigningKey("unit.example/fr", bytes(32), COSIGNATURE).verifier
    return lambda: admit_witness(str(key), who.france.pk, SYSTEM)


def offering_a_checkpoint(who: Cast, _: Path) -> Sensitive:
    """Show the log to a witness."""
    key = SigningKey("unit.example/gb", bytes(range(32)), COSIGNATURE).verifier
    witness = admit_witness(str(key), who.britain.pk, SYSTEM)
    return lambda: offer(witness, SYSTEM)


def exporting_custody(who: Cast, folder: Path) -> Sensitive:
    """Write a dossier; where it is refused, no folder is there."""
    submission = submitted(who.france, folder_of_pictures(folder / "phone", range(900, 901)))
    exhibit, out = submission.exhibits.get(), folder / "dossier"

    def export() -> None:
        try:
            export_dossier(who.france, f"exhibit:{exhibit.pk}", out, operator_of(who.france), with_bytes=True)
        except AuditUnavailable:
            assert not out.exists()
            raise

    return export


def _proposal(who: Cast, folder: Path) -> Proposal:
    fresh = 100 + Content.objects.count()
    for agency, seed in ((who.new_zealand, fresh), (who.france, fresh + 1)):
        submitted(agency, folder_of_pictures(folder / agency.code, range(seed, seed + 1)))
    left, right = Content.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    return Proposal((left, right), (Finding("pdq/1", distance=4, confidence=0.9, why="They look alike."),))


def _lead(who: Cast, folder: Path) -> Lead:
    with transaction.atomic():
        propose([_proposal(who, folder)])
    return Lead.objects.latest("created_at")


SENSITIVE = [
    admitting,
    enrolling,
    signing_in,
    failing_to_sign_in,
    signing_out,
    opening,
    closing,
    submitting,
    proposing,
    judging,
    taking_back,
    admitting_a_witness,
    offering_a_checkpoint,
    exporting_custody,
]


def test_every_sensitive_action_is_refused_while_the_log_is_broken(
    broken_audit: Breakage, fresh_data: Path, tmp_path: Path
) -> None:
    who = cast()
    prepared = {action.__name__: action(who, tmp_path / action.__name__) for action in SENSITIVE}
    with broken_audit():
        before = everything_stored()
        for name, act in prepared.items():
            with pytest.raises(AuditUnavailable):
                act()
            assert everything_stored() == before, f"{name} left something behind"
    for name, act in prepared.items():
        act()
        assert everything_stored() != before, f"{name} does nothing that is stored"
        before = everything_stored()
    assert check.verify().holds


def test_who_swallows_the_refusal_cannot_commit_either(broken_audit: Breakage, fresh_data: Path) -> None:
    with broken_audit():
        before = everything_stored()
        with transaction.atomic():
            Agency.objects.create(code="XX", name="Unlogged", country="BE")
            with pytest.raises(AuditUnavailable):
                record("access.agency_admitted", actor=SYSTEM)
    assert everything_stored() == before


def test_nothing_is_signed_while_the_log_is_broken(broken_audit: Breakage, fresh_data: Path) -> None:
    with broken_audit():
        before = everything_stored()
        with transaction.atomic(), pytest.raises(AuditUnavailable):
            record("audit.verified", actor=SYSTEM)
        with pytest.raises(AuditUnavailable):
            _sign_something()
    assert everything_stored() == before


def _sign_something() -> None:
    with transaction.atomic():
        record("audit.verified", actor=SYSTEM)
    sign_checkpoint()
