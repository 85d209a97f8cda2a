"""Agencies cosign one another's history: a log that was rewritten, by whoever and however well, is caught."""

import json
import random
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection
from django.db.utils import IntegrityError
from test_verify_audit_command import NoDatabase, Prepared

from audited import append, behind_its_back
from fanal.casework.custody import verify as standalone
from fanal.casework.custody.actions import export_dossier
from fanal.casework.evidence.models import Exhibit
from fanal.core.access.models import Agency
from fanal.core.access.queries import operator_of
from fanal.core.audit import check
from fanal.core.audit.actions import sign_checkpoint
from fanal.core.audit.models import Cosignature, Leaf
from fanal.core.audit.witness_folder import REFUSED, SEEN, WitnessFolder
from fanal.core.audit.witnessing import admit_witness, keep_cosignature, offer, seen_by_witnesses, witness_of
from fanal.doors.cli import app
from fanal.engine.merkle.errors import MalformedNote, ProofFailed, UnverifiedNote
from fanal.engine.merkle.keys import SigningKey, VerifierKey, cosigned_at
from fanal.engine.merkle.notes import Note, Signature, parse_note
from fanal.engine.merkle.witness import Request, parse_request
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, NotFound
from world import cast, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_data")]

EVERYTHING = "TRUNCATE audit_leaf, audit_node, audit_checkpoint, audit_cosignature"


@pytest.fixture
def france() -> Agency:
    """The agency that witnesses."""
    return cast().france


@pytest.fixture
def folder(tmp_path: Path, france: Agency) -> WitnessFolder:
    """Its folder, with a key that was admitted."""
    made = WitnessFolder.make(tmp_path / "witness", "unit.example/fr", VerifierKey.parse(check.verifier_key()))
    admit_witness(str(made.key.verifier), france.pk, SYSTEM)
    return made


def witnessed(folder: WitnessFolder, france: Agency) -> int:
    """Have the log witnessed as it stands; return how much of it."""
    return keep_cosignature(folder.cosign(offer(witness_of(france.pk), SYSTEM)), SYSTEM).size


def rewrite(data: Path, leaves: int) -> None:
    """Do what whoever holds database, data folder and key can do: write the whole log anew and sign it."""
    behind_its_back(EVERYTHING)
    shutil.rmtree(data / "audit")
    append(leaves, "content:another")
    sign_checkpoint()
    assert check.verify().holds, "alone, the log cannot show that it was rewritten"


def test_a_witness_cosigns_what_continues_what_it_saw(folder: WitnessFolder, france: Agency) -> None:
    append(3)
    first = witnessed(folder, france)
    assert witnessed(folder, france) > first
    report = check.verify()
    assert report.holds, report.faults
    (said,) = report.witnessed
    assert said.startswith(
        f"unit.example/fr saw the first {Cosignature.objects.latest('id').checkpoint.size} leaves on"
    )
    assert Leaf.objects.filter(action="audit.witnessed").count() == 2


def test_a_cosignature_is_as_the_standard_says(folder: WitnessFolder, france: Agency) -> None:
    append(3)
    note = parse_note(folder.cosign(offer(witness_of(france.pk), SYSTEM)))
    log, cosigned = note.signatures
    at = cosigned_at(cosigned.content)
    message = f"cosignature/v1\ntime {at}\n{note.text}".encode()
    Ed25519PublicKey.from_public_bytes(folder.key.verifier.public).verify(cosigned.content[8:], message)
    assert (len(log.content), len(cosigned.content)) == (64, 72)
    assert standalone.Key(str(folder.key.verifier)).when_signed(note.text, cosigned.content) == at


@pytest.mark.parametrize(
    ("leaves", "why"), [(40, "history was rewritten"), (2, "leaves were taken away"), (30, "but this witness saw")]
)
def test_a_log_rewritten_by_whoever_holds_its_key_is_refused(
    folder: WitnessFolder, france: Agency, fresh_data: Path, leaves: int, why: str
) -> None:
    append(10)
    seen = witnessed(folder, france)
    kept = (folder.path / SEEN).read_text()
    rewrite(fresh_data, leaves)
    request = offer(witness_of(france.pk), SYSTEM)
    if leaves == 40:
        # The forger knows what was seen, and proves what can be proven.
        from fanal.core.audit.queries import consistency, latest_checkpoint, size

        assert sign_checkpoint() == latest_checkpoint()
        request = str(Request(seen, consistency(seen, size()), latest_checkpoint() or ""))
    with pytest.raises(ProofFailed, match=why):
        folder.cosign(request)
    assert (folder.path / SEEN).read_text() == kept
    assert (folder.path / REFUSED).read_text() == request


def test_nobody_else_cosigns(folder: WitnessFolder, france: Agency, tmp_path: Path) -> None:
    append(3)
    request = parse_request(offer(witness_of(france.pk), SYSTEM))
    stranger = WitnessFolder.make(tmp_path / "stranger", "unit.example/fr", folder.log)
    with pytest.raises(UnverifiedNote, match="No witness"):
        keep_cosignature(stranger.cosign(str(request)), SYSTEM)
    note = parse_note(request.note)
    own = folder.key
    forged = Signature(own.name, own.verifier.id, SigningKey(own.name, bytes(32), 4).cosign(note.text, 1))
    with pytest.raises(UnverifiedNote, match="but is not"):
        keep_cosignature(str(Note(note.text, (*note.signatures, forged))), SYSTEM)
    with pytest.raises(NotFound):
        keep_cosignature(folder.cosign(str(request)).replace("fanal/", "other/", 1), SYSTEM)
    assert not Cosignature.objects.exists()
    foreign = SigningKey("other", bytes(32))
    with pytest.raises(UnverifiedNote):
        folder.cosign(str(Request(0, (), str(Note(note.text, (Signature("other", foreign.verifier.id, bytes(64)),))))))


def test_a_key_is_admitted_for_one_agency_and_only_if_it_cosigns(folder: WitnessFolder, france: Agency) -> None:
    key = str(folder.key.verifier)
    assert admit_witness(key, france.pk, SYSTEM).agency == france.pk
    with pytest.raises(Conflict):
        admit_witness(key, cast().australia.pk, SYSTEM)
    with pytest.raises(Invalid, match="signs logs"):
        admit_witness(str(folder.log), france.pk, SYSTEM)
    with pytest.raises(NotFound):
        witness_of(cast().australia.pk)
    assert Leaf.objects.filter(action="audit.witness_admitted").count() == 1


@pytest.mark.parametrize("table", ["audit_witness", "audit_cosignature"])
def test_what_was_kept_is_never_removed_and_a_forged_row_is_found(
    folder: WitnessFolder, france: Agency, table: str
) -> None:
    append(3)
    witnessed(folder, france)
    with pytest.raises(IntegrityError, match="only grows"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    line = Cosignature.objects.get().line
    behind_its_back(f"UPDATE audit_cosignature SET line = '{line[:-8]}AAAAAAA='")
    assert "unit.example/fr does not hold" in " ".join(str(fault) for fault in seen_by_witnesses()[1])
    assert not check.verify().holds


@pytest.mark.parametrize(
    "request_text",
    [
        "",
        "old 1",
        "old 01\n\nx",
        "old -1\n\nx",
        "new 1\n\nx",
        "old 1\nnot base64\n\nx",
        "old 1\n" + "AA==\n" * 64 + "\nx",
    ],
)
def test_what_is_no_request_is_refused(request_text: str) -> None:
    with pytest.raises(MalformedNote):
        parse_request(request_text)


def test_a_witness_whose_key_is_known_from_elsewhere_must_have_cosigned(
    folder: WitnessFolder, france: Agency, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "phone").mkdir()
    (tmp_path / "phone" / "a").write_bytes(b"a")
    submitted(france, tmp_path / "phone")
    exhibit, key = f"exhibit:{Exhibit.objects.get().pk}", str(folder.key.verifier)
    alone = export_dossier(france, exhibit, tmp_path / "alone", operator_of(france))
    witnessed(folder, france)
    written = export_dossier(france, exhibit, tmp_path / "out", operator_of(france))
    another = WitnessFolder.make(tmp_path / "other", "unit.example/fr", VerifierKey.parse(written.key)).key.verifier

    def ends(dossier: str, *witnesses: str) -> tuple[int, str]:
        given = [word for one in witnesses for word in ("--witness", one)]
        return standalone.main([*given, str(tmp_path / dossier), "--key", written.key]), capsys.readouterr().out

    assert ends("out", key)[0] == 0
    assert "taken from the dossier itself" not in ends("out", key)[1]
    assert "taken from the dossier itself" in ends("out")[1]
    for wrong in (str(another), written.key, "nothing", ""):
        assert ends("out", wrong)[0] == 1, "of this name, but with another key, nobody cosigned"
        assert ends("out", key, wrong)[0] == 1
    assert ends("alone", key)[0] == 1, "nobody had seen it"
    assert standalone.verify(tmp_path / "alone", alone.key)


def test_any_change_to_a_request_is_refused(folder: WitnessFolder, france: Agency, dice: random.Random) -> None:
    append(3)
    witnessed(folder, france)
    append(30)
    request = offer(witness_of(france.pk), SYSTEM)
    for _ in range(100):
        at = dice.randrange(len(request))
        changed = request[:at] + chr(ord(request[at]) ^ 1) + request[at + 1 :]
        with pytest.raises((MalformedNote, ProofFailed, UnverifiedNote)):
            folder.cosign(changed)
    assert folder.cosign(request)


def test_a_dossier_says_who_saw_the_log_before(folder: WitnessFolder, france: Agency, tmp_path: Path) -> None:
    (tmp_path / "phone").mkdir()
    (tmp_path / "phone" / "a").write_bytes(b"a")
    submitted(france, tmp_path / "phone")
    witnessed(folder, france)
    written = export_dossier(france, f"exhibit:{Exhibit.objects.get().pk}", tmp_path / "out", operator_of(france))
    said = standalone.verify(tmp_path / "out", written.key)
    assert any(one.startswith(f"unit.example/fr ({folder.key.verifier}) saw the first") for one in said)
    for name in ("consistency.txt", "witnessed.txt"):
        path = tmp_path / "out" / name
        kept = path.read_text()
        for changed in (kept[:-1], kept[: len(kept) // 2], kept + "\n"):
            path.write_text(changed)
            assert standalone.main([str(tmp_path / "out"), "--key", written.key]) == 1
        path.write_text(kept)
    assert standalone.main([str(tmp_path / "out"), "--key", written.key]) == 0


def test_the_command_works_with_files_alone(france: Agency, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str, house: Prepared | None = None) -> str:
        assert app.run(house or Prepared(), ["witness", *arguments]) == 0
        return capsys.readouterr().out.strip()

    append(2)
    own, asked, answer = (str(tmp_path / name) for name in ("witness", "asked.txt", "answer.txt"))
    key = run("new", own, "--name", "unit.example/fr", "--log", check.verifier_key(), house=NoDatabase())
    run("admit", key, "--agency", "FR")
    run("ask", "--agency", "FR", "--to", asked)
    run("sign", own, asked, "--to", answer, house=NoDatabase())
    assert run("keep", answer).startswith("unit.example/fr saw the first")
    assert run("watch", own, "--agency", "FR").startswith("unit.example/fr saw the first")
    assert app.run(Prepared(), ["verify", "audit"]) == 0
    assert "unit.example/fr saw the first" in capsys.readouterr().out
    assert app.run(Prepared(), ["verify", "audit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["witnessed"]
    assert app.run(NoDatabase(), ["witness", "sign", str(tmp_path / "nothing"), asked, "--to", answer]) == 1
    assert app.run(NoDatabase(), ["witness", "new", own, "--name", "x", "--log", check.verifier_key()]) == 1
