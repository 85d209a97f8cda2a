"""An alert whose key names nothing that can be there is shown without a link, and breaks no page."""

from pathlib import Path

import pytest

from desk import at_the_desk
from fanal.casework.alerts.models import Alert, Kind
from fanal.kit import clock
from world import cast

pytestmark = pytest.mark.django_db

REFERENCES = ("", "x", "7", "-1", "٣", "9" * 40, "01990000", "01990000-0000-7000-8000-00000000000g")
KEYS = [
    *((Kind.JUDGEMENT, kind) for kind in ("lead", "sighting")),
    *((kind, "content") for kind in (Kind.MEETING, Kind.LAPSED, Kind.ASKED, Kind.COUNTRY)),
    *((kind, "case") for kind in (Kind.INVITED, Kind.NOTE, Kind.DUE)),
    (Kind.IDENTIFIED, "entry"),
    (Kind.NOTICE, "notice"),
]


@pytest.mark.parametrize("reference", REFERENCES)
def test_what_names_nothing_is_shown_without_a_link(fresh_data: Path, reference: str) -> None:
    who, now = cast(), clock.now()
    for number, (kind, named) in enumerate(KEYS, 1):
        key = f"{named}:{reference}"
        Alert.objects.create(
            number=number,
            agency=who.france,
            kind=kind,
            key=key,
            other=who.new_zealand,
            subjects=[key],
            count=1,
            caused_at=now,
            told_at=now,
            grown_at=now,
        )
    answer = at_the_desk(who.camille).get("/alerts/?scope=all")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.count('<article class="alert') == len(KEYS)
    main = page[page.index("<main") : page.index("</main>")]
    assert not [
        place for place in ("leads", "sightings", "contents", "cases", "registry", "notices") if f"/{place}/" in main
    ]
