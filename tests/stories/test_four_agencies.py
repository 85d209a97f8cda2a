"""The story that Fanal is for, told by four agencies: New Zealand submits, France's catalogue makes France the likely
country, France is alerted, claims and identifies, and Australia's later question is answered *identified*."""

import hashlib
import json
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from PIL import Image

from desk import at_the_desk, content_of, examined
from fanal.casework.entries.actions import open_entry, state
from fanal.casework.entries.facts import stated_state
from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Lead
from fanal.casework.registry.actions import Words, judge_sighting, keep_clue
from fanal.casework.registry.models import Sighting
from fanal.core.access.models import Agency
from fanal.core.audit.actions import sign_checkpoint
from fanal.core.audit.models import Leaf
from labour import all_done
from leaves import room
from programs import Program, program
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

QUEUES = ("match", "alerts", "default")
BOTTLE = Words("Shampoo bottle", "A hexagon on its label.", ["bottle"], ["FR"])


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


def jpeg(picture: Image.Image, quality: int = 92) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def said(answer: HttpResponse) -> Any:
    """Return what an answer says."""
    assert answer.status_code < 300, answer.content
    return json.loads(answer.content)


def sent(by: Program, name: str, data: bytes, case: str) -> str:
    """Submit one file over the network, as a program of an agency does; return the submission."""
    opening = {"label": case, "case_reference": case, "visibility": "all_connected", "origin": case}
    submission = said(by.post("/submissions", opening))["id"]
    digest = hashlib.sha256(data)
    announced = {"path": name, "size": len(data), "sha256": digest.hexdigest()}
    upload = said(by.post(f"/submissions/{submission}/files", announced))["id"]
    checked = f"sha-256=:{b64encode(digest.digest()).decode()}:"
    piece = {"Upload_Offset": "0", "Content_Digest": checked, "Content_Type": "application/octet-stream"}
    given = by.ask("PUT", f"/uploads/{upload}/bytes", data, piece)
    assert given.status_code == 200, given.content
    assert by.post(f"/uploads/{upload}/complete").status_code == 200
    assert by.post(f"/submissions/{submission}/close").status_code == 200
    return str(submission)


def worked() -> None:
    """Have everything examined, compared and told."""
    from fanal.casework.evidence.models import Submission

    examined(Submission.objects.all())
    all_done(*QUEUES)


def kinds(by: Program) -> set[tuple[str, str]]:
    """Return what an agency was told, and of whom, as its program reads it."""
    return {(one["kind"], one["other"]) for one in said(by.get("/alerts"))["items"]}


def answer(by: Program, data: bytes) -> dict[str, object]:
    """Ask whether a file is known, by its digest alone."""
    (told,) = said(by.post("/check", {"sha256": [hashlib.sha256(data).hexdigest()]}))["answers"]
    return dict(told)


def test_from_a_bottle_in_the_background_to_a_child_who_is_identified(who: Cast, tmp_path: Path) -> None:
    programs = {name: program(getattr(who, name)) for name in ("mere", "camille", "jack", "edith")}
    (tmp_path / "catalogue").mkdir()
    room(20).save(tmp_path / "catalogue" / "bottle.jpg", quality=92)
    catalogue = submitted(who.france, tmp_path / "catalogue", visibility=Visibility.ALL_CONNECTED)
    worked()
    keep_clue(
        content_of(catalogue, "bottle.jpg").pk, Box(0.25, 0.25, 0.5, 0.5), "reference", BOTTLE, who.camille, shared=True
    )
    worked()

    # New Zealand submits what was found in a forum; the bottle stands in the background.
    found = jpeg(room(21, 20))
    assert answer(programs["mere"], found) == {
        "sha256": hashlib.sha256(found).hexdigest(),
        "known": False,
        "identified": False,
        "contacts": [],
    }
    sent(programs["mere"], "forum.jpg", found, "NZ-2015-17")
    worked()
    (seen,) = Sighting.objects.all()
    assert ("sighting", "NZ") in kinds(programs["camille"])
    judge_sighting(seen.pk, "same", who.camille)
    worked()
    assert ("country", "NZ") in kinds(programs["camille"]), "France is the likely country, and is told"
    assert ("judgement", "FR") in kinds(programs["mere"])
    assert kinds(programs["edith"]) == set(), "it concerns nobody else"

    # France claims, and identifies.
    content = seen.content_id
    assert at_the_desk(who.camille).post(f"/contents/{content}/claim/", {"note": "Ariège."}).status_code == 302
    assert "Ariège." in at_the_desk(who.mere).get(f"/contents/{content}/").content.decode()
    victim = open_entry("victim", "FR-2015-0009", who.camille, [content])
    state(victim.pk, stated_state("identified", "2015-03-02", "FR", "FR-2015-0009"), who.camille)
    worked()
    assert ("identified", "FR") in kinds(programs["mere"])

    # Australia asks before it uploads, and uploads an altered copy all the same.
    told = answer(programs["jack"], found)
    assert (told["known"], told["identified"]) == (True, True)
    sent(programs["jack"], "phone.jpg", jpeg(room(21, 20).resize((480, 360)), 60), "AU-2015-3")
    worked()
    copy = Content.objects.latest("pk")
    assert Lead.objects.filter(left=content, right=copy).exists()
    assert ("lead", "NZ") in kinds(programs["jack"])

    # Every step stands in the log, which is signed.
    steps = set(Leaf.objects.values_list("action", flat=True))
    assert steps >= {
        "evidence.received",
        "registry.clue_kept",
        "registry.sighted",
        "registry.judged",
        "entries.routed",
        "entries.opened",
        "entries.stated",
        "sharing.asked",
        "sharing.claimed",
        "leads.proposed",
        "alerts.raised",
    }
    assert sign_checkpoint() is not None
    assert Agency.objects.count() == 4
