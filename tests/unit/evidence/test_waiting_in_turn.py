"""Deliveries and examinations of the same contents wait for one another, never crosswise."""

import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from fanal.casework.evidence.models import Content
from fanal.casework.prints.actions import write
from fanal.engine.media.findings import Findings
from world import cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_examination_takes_contents_in_the_order_of_deliveries(fresh_data: Path, tmp_path: Path) -> None:
    by_digest = delivered_in_reverse(tmp_path)

    with transaction.atomic():
        Content.objects.select_for_update().get(pk=by_digest[0])
        examining = threading.Thread(target=examined, args=(sorted(by_digest),))
        examining.start()
        until_someone_waits(examining)
        # A delivery that has the first content must get the second, or both would wait for ever.
        assert Content.objects.select_for_update(nowait=True).get(pk=by_digest[1])
    examining.join(300)

    assert set(Content.objects.values_list("state", flat=True)) == {Content.State.EXAMINED}


def delivered_in_reverse(folder: Path) -> list[int]:
    """Deliver two files, that with the greater digest first; return the contents in the order of digests."""
    agency = cast().new_zealand
    names = ("0", "1")  # their digests are 5fec… and 6b86…
    for name in reversed(names):
        (folder / name).mkdir()
        (folder / name / "file").write_text(name)
        submitted(agency, folder / name)
    found = list(Content.objects.order_by("sha256").values_list("pk", flat=True))
    assert found == sorted(found, reverse=True)
    return found


def examined(contents: list[int]) -> None:
    """Write that these contents were examined, in a transaction."""
    try:
        with transaction.atomic():
            write({content: Findings("text/plain", "other") for content in contents}, {}, {})
    finally:
        connection.close()


def until_someone_waits(examining: threading.Thread) -> None:
    """Return once a transaction waits for a lock; fail if the examination ended without waiting."""
    with connection.cursor() as cursor:
        while examining.is_alive():
            cursor.execute("SELECT count(*), pg_sleep(0.02) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits.")
