"""What is seen everywhere is known to all connected agencies, also where its picture is another's alone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desk import at_the_desk, content_of, examined
from fanal.casework.cases.actions import link, open_case
from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.evidence.queries import open_contents
from fanal.casework.leads.findings import Box
from fanal.casework.registry.actions import Words, judge_sighting, keep_clue
from fanal.casework.registry.models import Clue, Sighting
from fanal.casework.registry.queries import listed_clues, sightings_of, visible_clue, visible_sighting
from fanal.core.access.asking import asking
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from programs import program
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Mark:
    """What New Zealand boxed in a picture that is its own alone, and where France sees it in a picture of its own."""

    clue: Clue
    sighting: Sighting
    secret: Content

    @property
    def tells(self) -> list[bytes]:
        """What would tell of the secret picture: its address, its digests, short ones too, and its path."""
        digests = [bytes(digest).hex() for digest in (self.secret.sha256, self.secret.sha1, self.secret.md5) if digest]
        told = [f"/contents/{self.secret.pk}/", *digests, str(self.secret), "IMG_0000.jpg"]
        return [one.encode() for one in told]


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    return cast()


@pytest.fixture
def mark(who: Cast, tmp_path: Path) -> Mark:
    theirs = submitted(who.new_zealand, folder_of_pictures(tmp_path / "nz", range(1)), visibility=Visibility.OWN)
    ours = submitted(who.france, folder_of_pictures(tmp_path / "fr", range(7, 8)))
    examined([theirs, ours])
    secret, picture = content_of(theirs, "0000.jpg"), content_of(ours, "0007.jpg")
    clue = keep_clue(secret.pk, Box(0.1, 0.2, 0.5, 0.5), "ubiquitous", Words("A player's frame"), who.mere, shared=True)
    corners = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]]
    seen = Sighting.objects.create(
        clue=clue,
        content=picture,
        technique="local/1",
        confidence=0.97,
        why="40 points of it lie alike.",
        detail={"points": [[0.2, 0.3, 0.3, 0.3]], "here": corners, "there": corners},
        created_at=clock.now(),
    )
    return Mark(clue, seen, secret)


def test_it_is_read_and_judged_without_its_picture(who: Cast, mark: Mark) -> None:
    with asking(who.france.pk):
        assert visible_clue(who.france, mark.clue.pk) == mark.clue
        assert list(listed_clues(who.france, "ubiquitous")) == [mark.clue]
        assert list(sightings_of(who.france, mark.clue)) == [mark.sighting]
        assert open_contents(who.france, [mark.secret.pk]) == {}
        judge_sighting(mark.sighting.pk, "same", who.camille)
        assert visible_sighting(who.france, mark.sighting.pk).state == Sighting.State.SAME
    with asking(who.new_zealand.pk):
        assert open_contents(who.new_zealand, [mark.secret.pk]) == {mark.secret.pk: mark.secret}
        assert list(sightings_of(who.new_zealand, mark.clue)) == [mark.sighting], "France shows its picture to all"


def test_a_program_is_told_of_it_and_nothing_of_its_picture(who: Cast, mark: Mark) -> None:
    paths = ("/clues", f"/clues/{mark.clue.pk}", f"/clues/{mark.clue.pk}/sightings", f"/sightings/{mark.sighting.pk}")

    def told(person: Any) -> list[bytes]:
        answers = [program(person).get(path) for path in paths]
        assert [answer.status_code for answer in answers] == [200] * len(paths)
        return [answer.content for answer in answers]

    listed, one, seen, sighting = told(who.camille)
    assert [clue["id"] for clue in json.loads(listed)["items"]] == [str(mark.clue.pk)]
    assert json.loads(one)["content"] is None
    assert [each["id"] for each in json.loads(seen)["items"]] == [str(mark.sighting.pk)]
    assert json.loads(sighting)["clue"] == str(mark.clue.pk)
    assert not [tell for tell in mark.tells for text in (listed, one, seen, sighting) if tell in text]
    assert mark.tells[1] in told(who.mere)[1], "its own agency is told the digest"


def test_pages_show_it_and_nothing_of_its_picture(who: Cast, mark: Mark) -> None:
    case = open_case("What is everywhere", who.camille)
    link(case.pk, "clue", mark.clue.pk, who.camille)
    kept, seen = f"/clues/{mark.clue.pk}/", f"/sightings/{mark.sighting.pk}/"
    pages = ("/clues/", kept, seen, f"/contents/{mark.sighting.content_id}/", f"/cases/{case.pk}/")
    france = at_the_desk(who.camille)
    before = Leaf.objects.count()
    for page in pages:
        answer = france.get(page)
        assert answer.status_code == 200, page
        assert b"A player&#x27;s frame" in answer.content, page
        assert not [tell for tell in mark.tells if tell in answer.content], page
    looked_at = [json.loads(leaf.entry) for leaf in Leaf.objects.filter(index__gte=before, action="registry.seen")]
    (of_clue,) = [entry for entry in looked_at if entry["subject"] == f"clue:{mark.clue.pk}"]
    assert of_clue["detail"]["contents"] == [str(mark.sighting.content_id)], "the log names what was shown"
    assert "not visible to your agency" in france.get(kept).content.decode()
    judged = france.post(f"{seen}judge/", {"verdict": "same"})
    assert (judged.status_code, judged.headers["Location"]) == (302, kept)
    own = at_the_desk(who.mere).get(kept).content
    assert mark.tells[0] in own, "its own agency is led to the picture"
