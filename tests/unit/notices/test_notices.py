"""Notices: proposed where nobody else is told, sealed for a compared key alone, tracked until the country answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pyrage
import pysequoia
import pytest
from django.db import transaction
from pypdf import PageObject, PdfReader

from desk import at_the_desk, content_of, examined
from fanal.casework.alerts.queries import alerts_after
from fanal.casework.entries.actions import Subject, judge_country, open_entry
from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import country_verdicts
from fanal.casework.evidence.models import Submission, Visibility
from fanal.casework.leads.findings import Box
from fanal.casework.notices import dossier
from fanal.casework.notices.actions import (
    NoticeBefore,
    Written,
    acknowledged,
    answered,
    ask_release,
    begin,
    compare_key,
    enter_recipient,
    hand_out,
    seal,
    sent,
    withdraw,
    write,
)
from fanal.casework.notices.crops import crops_offered
from fanal.casework.notices.models import Notice, Recipient, State
from fanal.casework.notices.queries import listed_notices, steps_of, visible_notice
from fanal.casework.notices.tracking import BeingCut, KeyNotCompared, NotReleased, quiet
from fanal.casework.registry.actions import Words, keep_clue
from fanal.core.access.actions import admit_agency
from fanal.core.access.models import Agency, User
from fanal.core.approvals.actions import agree
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.errors import Conflict, Invalid, NotFound, Refused
from labour import all_done
from programs import program
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = Written("A room with a tiled stove.", "Do you know the stove?", "desk@nz.example", "en")


@dataclass(frozen=True)
class Scene:
    """New Zealand has a series; Morocco is not connected; the key of Morocco is a test's."""

    who: Cast
    chief: User
    morocco: Agency
    delivered: Submission
    series: Entry
    identity: pyrage.x25519.Identity


@pytest.fixture
def scene(fresh_data: Path, tmp_path: Path) -> Scene:
    who = cast()
    chief = enrolled(who.new_zealand, "chief", "supervisor")
    morocco = admit_agency(code="MA", name="Moroccan unit", country="MA", actor=SYSTEM, connected=False)
    delivered = submitted(who.new_zealand, folder_of_pictures(tmp_path / "forum", range(40, 42)), case="NZ-1")
    examined([delivered])
    series = open_entry("series", "NZ-S-1", who.mere, [content_of(delivered, "0040.jpg").pk])
    return Scene(who, chief, morocco, delivered, series, pyrage.x25519.Identity.generate())


def known_key(scene: Scene, key: str = "") -> Recipient:
    """Enter Morocco's key, and have it compared."""
    public = key or str(scene.identity.to_public())
    made = enter_recipient(scene.morocco, "Rabat desk", public, "fr", scene.chief)
    return compare_key(made.pk, scene.who.mere)


def told(agency: Agency, kind: str) -> list[str]:
    all_done("alerts")
    return [alert.key for alert in alerts_after(agency, 0) if alert.kind == kind]


def begun(scene: Scene, words: Written = WORDS) -> Notice:
    notice = begin("MA", scene.who.mere, entry=scene.series.pk)
    return write(notice.pk, words, scene.who.mere)


def on_its_way(scene: Scene) -> Notice:
    known_key(scene)
    notice = seal(begun(scene).pk, scene.who.mere)
    return sent(notice.pk, "liaison officer", scene.who.mere)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_a_country_that_is_not_connected_has_a_notice_proposed_and_another_has_not(scene: Scene) -> None:
    judge_country(Subject(entry=scene.series.pk), "MA", "confirmed", scene.who.mere)
    judge_country(Subject(entry=scene.series.pk), "FR", "confirmed", scene.who.mere)
    notices = told(scene.who.new_zealand, "notice")
    made = Notice.objects.get()
    assert (made.country, made.state, made.entry_id) == ("MA", State.PROPOSED, scene.series.pk)
    assert notices == [f"notice:{made.pk}"]
    assert told(scene.who.france, "notice") == []
    assert listed_notices(scene.who.france).count() == 0


def test_contents_of_one_submission_are_one_proposal_that_goes_into_that_of_their_entry(scene: Scene) -> None:
    for name in ("0040.jpg", "0041.jpg"):
        judge_country(Subject(content=content_of(scene.delivered, name).pk), "MA", "confirmed", scene.who.mere)
    assert len(told(scene.who.new_zealand, "notice")) == 1
    assert len(Notice.objects.get().contents) == 2
    second = open_entry("series", "NZ-S-2", scene.who.mere, Notice.objects.get().contents)
    judge_country(Subject(entry=second.pk), "MA", "confirmed", scene.who.mere)
    all_done("alerts")
    made = Notice.objects.get()
    assert (made.entry_id, made.contents) == (second.pk, [])


def test_a_second_notice_of_the_same_says_so_first(scene: Scene) -> None:
    first = begun(scene)
    with pytest.raises(NoticeBefore, match=first.reference):
        begin("MA", scene.who.mere, contents=[content_of(scene.delivered, "0040.jpg").pk])
    again = begin("MA", scene.who.mere, entry=scene.series.pk, knowing=True)
    assert again.reference != first.reference
    begin("MA", scene.who.mere, contents=[content_of(scene.delivered, "0041.jpg").pk])
    with pytest.raises(Conflict, match="connected"):
        begin("FR", scene.who.mere, entry=scene.series.pk)


def test_only_a_compared_key_is_sealed_for_and_its_owner_reads_the_text_back(scene: Scene) -> None:
    notice = begun(scene)
    with pytest.raises(Conflict, match="Nobody is known"):
        seal(notice.pk, scene.who.mere)
    public = str(scene.identity.to_public())
    with pytest.raises(Refused):
        enter_recipient(scene.morocco, "Rabat desk", public, "fr", scene.who.mere)
    entered = enter_recipient(scene.morocco, "Rabat desk", public, "fr", scene.chief)
    with pytest.raises(KeyNotCompared):
        seal(notice.pk, scene.who.mere)
    with pytest.raises(Refused, match="does not compare"):
        compare_key(entered.pk, scene.chief)
    compare_key(entered.pk, scene.who.mere)
    seal(notice.pk, scene.who.mere)
    name, sealed = hand_out(notice.pk, scene.who.mere)
    assert name == f"{notice.reference}.pdf.age"
    assert b"tiled stove" not in sealed
    text = text_of(pyrage.decrypt(sealed, [scene.identity]))
    assert "A room with a tiled stove." in text
    assert "NZ-S-1" in text
    assert "Notice to Morocco" in text
    leaf = Leaf.objects.filter(action="notices.sealed").get()
    assert "stove" not in leaf.entry


def test_openpgp_too_is_opened_by_its_owner_alone(scene: Scene) -> None:
    secret = pysequoia.Tsk.generate("Rabat <desk@ma.example>")
    known_key(scene, str(secret.extract_certificate()))
    notice = seal(begun(scene).pk, scene.who.mere)
    name, sealed = hand_out(notice.pk, scene.who.mere)
    assert name.endswith(".pdf.pgp")
    assert "tiled stove" in text_of(pysequoia.decrypt(decryptor=secret.decryptor(), bytes=sealed).bytes or b"")
    with pytest.raises(RuntimeError):
        pysequoia.decrypt(decryptor=pysequoia.Tsk.generate("x").decryptor(), bytes=sealed)


def test_crops_are_cut_behind_the_wall_and_what_shows_most_of_a_picture_is_none(scene: Scene) -> None:
    content = content_of(scene.delivered, "0040.jpg")
    for title, box in (("Stove", Box(0.1, 0.1, 0.3, 0.4)), ("Nearly all", Box(0, 0, 0.9, 0.9))):
        keep_clue(content.pk, box, "clue", Words(title, countries=["MA"]), scene.who.mere, shared=False)
    known_key(scene)
    notice = begin("MA", scene.who.mere, entry=scene.series.pk)
    offered = crops_offered(scene.who.new_zealand, notice)
    assert [one.title for one in offered] == ["Stove"]
    words = Written("k", "a", "c", "en", [offered[0].source])
    write(notice.pk, words, scene.who.mere)
    with pytest.raises(BeingCut):
        seal(notice.pk, scene.who.mere)
    all_done("match")
    seal(notice.pk, scene.who.mere)
    _, sealed = hand_out(notice.pk, scene.who.mere)
    reader = PdfReader(BytesIO(pyrage.decrypt(sealed, [scene.identity])))
    pictures = [image.image for page in reader.pages for image in page.images]
    assert [picture.size for picture in pictures if picture] == [(192, 192)]
    with pytest.raises(Invalid, match="on offer"):
        write(notice.pk, Written("k", "a", "c", "en", ["clue:0"]), scene.who.mere)


def test_programs_choose_what_a_notice_shows(scene: Scene) -> None:
    content = content_of(scene.delivered, "0040.jpg")
    words = Words("Stove", countries=["MA"])
    keep_clue(content.pk, Box(0.1, 0.1, 0.3, 0.4), "clue", words, scene.who.mere, shared=False)
    notice, asks = begin("MA", scene.who.mere, entry=scene.series.pk), program(scene.who.mere)
    address = f"/notices/{notice.pk}"
    offered = json.loads(asks.get(f"{address}/choices").content)
    (crop,), (picture,) = offered["crops"], offered["pictures"]
    assert (crop["title"], crop["box"], crop["chosen"]) == ("Stove", [0.1, 0.1, 0.3, 0.4], False)
    assert picture["sha256"] == crop["sha256"] == bytes(content.sha256 or b"").hex()
    said = {"known": "k", "asked": "a", "contact": "c", "language": "en"}
    shown = {"crops": [crop["crop"]], "pictures": [picture["sha256"]]}
    assert asks.post(f"{address}/words", {**said, **shown}).status_code == 200
    assert asks.post(f"{address}/words", said).status_code == 200
    notice.refresh_from_db()
    assert (notice.crops, notice.pictures) == ([crop["crop"]], [content.pk]), "what is not named stays"
    assert asks.post(f"{address}/words", {**said, "crops": ["clue:0"]}).status_code == 422
    assert asks.post(f"{address}/words", {**said, "pictures": ["ab" * 32]}).status_code == 404
    assert program(scene.who.camille).get(f"{address}/choices").status_code == 404


def test_whole_pictures_are_not_sealed_before_two_persons_released_them(scene: Scene) -> None:
    known_key(scene)
    notice = begun(scene, Written("k", "a", "c", "en", (), [content_of(scene.delivered, "0040.jpg").pk]))
    with pytest.raises(NotReleased):
        seal(notice.pk, scene.who.mere)
    asked = ask_release(notice.pk, "The stove is seen from all sides.", scene.who.mere)
    with pytest.raises(Refused):
        agree(asked.pk, scene.who.mere)
    with pytest.raises(NotReleased):
        seal(notice.pk, scene.who.mere)
    agree(asked.pk, scene.chief)
    seal(notice.pk, scene.who.mere)
    _, sealed = hand_out(notice.pk, scene.who.mere)
    reader = PdfReader(BytesIO(pyrage.decrypt(sealed, [scene.identity])))
    assert sum(len(page.images) for page in reader.pages) == 1
    write(notice.pk, Written("k", "a", "c", "en", (), notice.pictures), scene.who.mere)
    with pytest.raises(NotReleased):
        seal(notice.pk, scene.who.mere)


def test_what_was_agreed_to_are_the_pictures_that_were_asked_for(scene: Scene) -> None:
    first, second = (content_of(scene.delivered, name).pk for name in ("0040.jpg", "0041.jpg"))
    notice = begin("MA", scene.who.mere, contents=[first, second])
    write(notice.pk, Written("k", "a", "c", "en", (), [first]), scene.who.mere)
    asked = ask_release(notice.pk, "The stove.", scene.who.mere)
    write(notice.pk, Written("k", "a", "c", "en", (), [second]), scene.who.mere)
    with pytest.raises(Conflict, match="Other pictures"):
        agree(asked.pk, scene.chief)


def test_a_country_that_is_rejected_is_shown_no_whole_picture(scene: Scene) -> None:
    content = content_of(scene.delivered, "0040.jpg").pk
    notice = begun(scene, Written("A room.", "Whose is it?", "desk@nz.example", "en", pictures=[content]))
    asked = ask_release(notice.pk, "The stove.", scene.who.mere)
    assert b"rejected this country" not in at_the_desk(scene.who.mere).get(f"/notices/{notice.pk}/").content
    judge_country(Subject(entry=scene.series.pk), "MA", "rejected", scene.who.mere)
    assert b"rejected this country" in at_the_desk(scene.who.mere).get(f"/notices/{notice.pk}/").content
    assert b"a country that was rejected since" in at_the_desk(scene.chief).get("/approvals/").content
    with pytest.raises(Conflict, match="rejected"):
        agree(asked.pk, scene.chief)
    judge_country(Subject(entry=scene.series.pk), "MA", "confirmed", scene.who.mere)
    agree(asked.pk, scene.chief)


def test_a_notice_to_a_country_that_was_rejected_is_withdrawn_at_once(scene: Scene) -> None:
    notice, mere = begun(scene), scene.who.mere
    desk, page, path = at_the_desk(mere), f"/notices/{notice.pk}/", f"/notices/{notice.pk}"
    button = 'name="why" value="Officers rejected the country."'
    assert button not in desk.get(page).content.decode()
    assert json.loads(program(mere).get(path).content)["rejected"] is False
    judge_country(Subject(entry=scene.series.pk), "MA", "rejected", mere)
    assert button in desk.get(page).content.decode()
    assert json.loads(program(mere).get(path).content)["rejected"] is True
    with pytest.raises(Conflict, match="rejected"):
        seal(notice.pk, mere)
    assert desk.post(f"{page}withdraw/", {"why": "Officers rejected the country."}).status_code == 302
    told = json.loads(program(mere).get(path).content)
    assert (told["state"], told["rejected"]) == ("withdrawn", False)
    assert told["steps"][-1]["note"] == "Officers rejected the country."
    assert button not in desk.get(page).content.decode()


def test_what_a_country_answers_reaches_the_others_and_judges_the_country(scene: Scene, tmp_path: Path) -> None:
    ours = submitted(scene.who.australia, folder_of_pictures(tmp_path / "au", range(40, 41)))
    examined([ours])
    notice = on_its_way(scene)
    assert [one.pk for one in listed_notices(scene.who.australia)] == [notice.pk]
    assert [step.verb for step in steps_of(scene.who.australia, notice)] == ["sent"]
    acknowledged(notice.pk, scene.who.mere)
    answered(notice.pk, "not_ours", "The stove is made in Spain.", scene.who.mere)
    assert country_verdicts(scene.who.new_zealand, entry=scene.series)["MA"].verdict == "rejected"
    assert told(scene.who.australia, "answered") == [f"notice:{notice.pk}"]
    assert told(scene.who.france, "answered") == [], "it sees the entry, but has nothing of it"
    answered(notice.pk, "identified", "They found her.", scene.who.mere)
    assert country_verdicts(scene.who.new_zealand, entry=scene.series)["MA"].verdict == "confirmed"
    verbs = [step.verb for step in steps_of(scene.who.new_zealand, notice)]
    assert verbs == ["begun", "written", "sealed", "sent", "acknowledged", "answered", "answered"]


def test_who_is_not_its_agency_neither_sees_nor_changes_it(scene: Scene) -> None:
    notice = begun(scene)
    deeds: tuple[Callable[[], object], ...] = (
        lambda: visible_notice(scene.who.france, notice.pk),
        lambda: write(notice.pk, WORDS, scene.who.camille),
        lambda: seal(notice.pk, scene.who.camille),
        lambda: withdraw(notice.pk, "", scene.who.camille),
    )
    for deed in deeds:
        with pytest.raises(NotFound, match="There is no such notice"):
            deed()


def test_of_material_that_is_hidden_a_sent_notice_is_hidden_too(scene: Scene) -> None:
    notice = on_its_way(scene)
    assert listed_notices(scene.who.france).count() == 1
    Submission.objects.update(visibility=Visibility.OWN)
    assert listed_notices(scene.who.france).count() == 0
    assert visible_notice(scene.who.new_zealand, notice.pk).state == State.SENT


def test_what_does_not_come_back_is_reminded_of_each_week_once(scene: Scene) -> None:
    notice = on_its_way(scene)
    with transaction.atomic():
        assert quiet() == []
    Notice.objects.update(sent_at=clock.now() - timedelta(days=15))
    with transaction.atomic():
        assert [one.pk for one in quiet()] == [notice.pk]
        assert quiet() == []
    acknowledged(notice.pk, scene.who.mere)
    Notice.objects.update(sent_at=clock.now() - timedelta(days=40))
    with transaction.atomic():
        assert quiet() == []


def test_steps_are_taken_in_their_order_and_writing_again_breaks_the_seal(scene: Scene) -> None:
    known_key(scene)
    notice = begun(scene)
    with pytest.raises(Conflict):
        sent(notice.pk, "by hand", scene.who.mere)
    seal(notice.pk, scene.who.mere)
    write(notice.pk, WORDS, scene.who.mere)
    assert Notice.objects.get().sealed is None
    with pytest.raises(Conflict, match="not sealed"):
        hand_out(notice.pk, scene.who.mere)
    seal(notice.pk, scene.who.mere)
    with pytest.raises(Invalid, match="how"):
        sent(notice.pk, " ", scene.who.mere)
    sent(notice.pk, "by hand", scene.who.mere)
    with pytest.raises(Conflict):
        write(notice.pk, WORDS, scene.who.mere)
    withdraw(notice.pk, "A mistake.", scene.who.mere)
    with pytest.raises(Conflict):
        answered(notice.pk, "working", "", scene.who.mere)


def test_a_dossier_is_the_same_document_each_time_in_four_languages_and_hides_nothing(scene: Scene) -> None:
    notice, day = begun(scene), date(2026, 11, 30)
    headings = {"en": "Why your country", "fr": "Pourquoi votre pays", "es": "Por qué su país", "ar": ""}
    for language, heading in headings.items():
        notice.language = language
        pdf = dossier.pdf(notice, day)
        assert pdf == dossier.pdf(notice, day)
        reader = PdfReader(BytesIO(pdf))
        assert heading in text_of(pdf)
        assert str(reader.root_object["/Lang"]) == language
        told = {name: str(value) for name, value in (reader.metadata or {}).items()}
        assert set(told) <= {"/Title", "/Creator", "/CreationDate", "/ModDate"}
        assert told["/Title"].endswith(notice.reference)
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in _fonts(page)}
    assert any("NotoNaskhArabic" in name for name in fonts)
    assert all("+" in name for name in fonts), "each is inside, as far as it is used"


def _fonts(page: PageObject) -> list[dict[str, object]]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
