"""Likely countries of what is there: each agency's reasons are what it may see; enough of them route, once."""

from pathlib import Path

import pytest

from desk import content_of
from fanal.casework.entries.actions import Subject, judge_country, link_entries, open_entry, state, undo_deed
from fanal.casework.entries.events import CountryRouted
from fanal.casework.entries.models import Routing
from fanal.casework.entries.queries import country_verdicts
from fanal.casework.entries.reasons import reasons_of_contents, reasons_of_entry
from fanal.casework.evidence.models import Content, Visibility
from fanal.casework.readings.models import TextLine
from fanal.casework.registry.actions import judge_sighting
from fanal.casework.registry.events import CluesSighted
from fanal.casework.registry.models import Clue, Sighting
from fanal.core.access.models import Agency
from fanal.engine.estimate.country import Likely, ReasonKind, likely_countries
from fanal.kit import clock
from fanal.kit.errors import Invalid, NotFound
from fanal.kit.events import listen, tell
from labour import all_done
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)

told: list[CountryRouted] = []


@pytest.fixture(autouse=True)
def _listening() -> None:
    told.clear()
    listen(CountryRouted, told.append)


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The people."""
    return cast()


def given(agency: Agency, folder: Path, visibility: Visibility = Visibility.ALL_CONNECTED) -> Content:
    """Submit one picture, as examined."""
    folder.mkdir()
    (folder / "picture.jpg").write_bytes(folder.name.encode())
    content = content_of(submitted(agency, folder, visibility=visibility), "picture.jpg")
    Content.objects.filter(pk=content.pk).update(
        state="examined", family="image", media_type="image/jpeg", width=640, height=480
    )
    all_done("match")
    return Content.objects.get(pk=content.pk)


def kept(content: Content, kind: str, title: str, agency: Agency) -> Clue:
    """Keep a part of a picture as a clue that was looked for."""
    box = {"x": 0.2, "y": 0.2, "width": 0.5, "height": 0.5}
    words = {"title": title, "countries": ["FR"], "shared": kind == "reference", "state": "ready"}
    return Clue.objects.create(kind=kind, content=content, agency=agency, at=clock.now(), **words, **box)


def seen_in(clue: Clue, content: Content, confidence: float = 0.97) -> Sighting:
    """Have a clue seen in a content, as the search tells it."""
    words = {"technique": "local/1", "why": "11 points of it lie alike.", "created_at": clock.now()}
    made = Sighting.objects.create(clue=clue, content=content, confidence=confidence, **words)
    tell(CluesSighted(sightings=(made.pk,)))
    all_done("match")
    return made


def likely(agency: Agency, content: Content) -> dict[str, Likely]:
    found = likely_countries(reasons_of_contents(agency, [content.pk])[content.pk])
    return {one.country: one for one in found}


def test_the_catalogue_of_one_country_routes_what_another_submitted(who: Cast, tmp_path: Path) -> None:
    shelf, scene = given(who.france, tmp_path / "shelf"), given(who.new_zealand, tmp_path / "scene")
    series = open_entry("series", "NZ-S-1", who.mere, [scene.pk])
    victim = open_entry("victim", "NZ-V-1", who.mere)
    link_entries(victim.pk, series.pk, "same", who.mere)
    bottle = kept(shelf, "reference", "Bottle", who.france)
    sighting = seen_in(bottle, scene)
    assert likely(who.new_zealand, scene)["FR"].routes
    assert {one.kind for one in likely(who.new_zealand, scene)["FR"].reasons} == {ReasonKind.REFERENCE}
    assert [one.kind for one in likely(who.new_zealand, scene)["NZ"].reasons] == [ReasonKind.ORIGIN]
    assert {(one.country, one.content, one.entry) for one in told} == {
        ("FR", scene.pk, None),
        ("FR", None, series.pk),
        ("FR", None, victim.pk),
    }
    routed = Routing.objects.get(content=scene.pk)
    assert (routed.confirmed, routed.reasons[0]["quote"]) == (False, "Bottle")
    tell(CluesSighted(sightings=(sighting.pk,)))
    all_done("match")
    assert len(told) == 3, "each once"
    judge_sighting(sighting.pk, "different", who.mere)
    assert "FR" not in likely(who.new_zealand, scene)


def test_nobody_learns_by_a_country_what_they_may_not_see(who: Cast, tmp_path: Path) -> None:
    own, scene = given(who.france, tmp_path / "own", Visibility.OWN), given(who.new_zealand, tmp_path / "scene")
    hidden = kept(own, "clue", "Uniform", who.france)
    seen_in(hidden, scene, 0.9)
    TextLine.objects.create(
        content=own, position=0, text="+33 1 40 20 50 50", confidence=1.0, corners=[], words=[], grams=[]
    )
    assert set(likely(who.new_zealand, scene)) == {"NZ"}
    assert set(likely(who.france, scene)) == {"NZ", "FR"}
    assert likely(who.new_zealand, own) == {}
    secret = open_entry("suspect", "FR-1", who.camille, [own.pk])
    state(secret.pk, "FR", who.camille)
    victim = open_entry("victim", "NZ-V-1", who.mere, [scene.pk])
    link_entries(victim.pk, secret.pk, "same", who.camille)
    assert ReasonKind.ENTRY in {one.kind for one in reasons_of_entry(who.france, victim)}
    assert {one.country for one in reasons_of_entry(who.new_zealand, victim)} == {"NZ"}
    with pytest.raises(NotFound):
        judge_country(Subject(content=own.pk), "FR", "confirmed", who.mere)
    with pytest.raises(NotFound):
        judge_country(Subject(entry=secret.pk), "FR", "confirmed", who.mere)


def test_what_files_and_text_say_adds_up(who: Cast, tmp_path: Path) -> None:
    content = given(who.new_zealand, tmp_path / "scene")
    facts = {"gps_latitude": 42.965, "gps_longitude": 1.607, "time_taken": "2015:03:01 10:00:00"}
    Content.objects.filter(pk=content.pk).update(facts={**facts, "time_taken_zone": "+01:00"})
    TextLine.objects.create(
        content=content, position=0, text="www.mairie-foix.fr", confidence=1.0, corners=[], words=[], grams=[]
    )
    france = likely(who.new_zealand, content)["FR"]
    assert [one.kind for one in france.reasons] == [ReasonKind.PLACE, ReasonKind.DOMAIN, ReasonKind.ZONE]
    assert france.reasons[0].quote == "Foix"
    assert france.reasons[2].quote == "UTC+01:00"
    assert france.reasons[2].of > 20
    assert 0.9 < france.score < 1


def test_an_officer_confirms_or_rejects_and_takes_it_back(who: Cast, tmp_path: Path) -> None:
    scene, shelf = given(who.new_zealand, tmp_path / "scene"), given(who.france, tmp_path / "shelf")
    about = Subject(content=scene.pk)
    rejected = judge_country(about, "FR", "rejected", who.mere)
    bottle = kept(shelf, "reference", "Bottle", who.france)
    seen_in(bottle, scene)
    assert told == [], "what an officer rejected is not told"
    undo_deed(rejected.pk, who.mere)
    assert country_verdicts(who.new_zealand, content=scene.pk) == {}
    all_done("match")
    assert [(one.country, one.confirmed) for one in told] == [("FR", False)]
    judge_country(about, "BE", "confirmed", who.mere)
    assert [(one.country, one.confirmed) for one in told] == [("FR", False), ("BE", True)]
    judge_country(about, "BE", "confirmed", who.camille)
    assert len(told) == 2
    for country, verdict in (("XX", "confirmed"), ("", "confirmed"), ("BE", "perhaps")):
        with pytest.raises(Invalid):
            judge_country(about, country, verdict, who.mere)
