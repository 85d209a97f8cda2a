"""A search that fails for good ends, so that no page waits for it."""

from pathlib import Path

import pytest
from django.db import transaction

from desk import content_of, examined
from fanal.casework.leads.actions import search_region
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import RegionSearch
from fanal.core.jobs.events import JobShelved
from fanal.kit.events import tell
from world import cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def shelved(task: str, search: RegionSearch) -> RegionSearch.State:
    """Tell that a job with this search failed for good, and return how far the search is then."""
    with transaction.atomic():
        tell(JobShelved(1, task, {"search": str(search.pk)}, "jobs.worker_died", "Three workers died."))
    search.refresh_from_db()
    return RegionSearch.State(search.state)


def test_a_search_whose_job_was_shelved_ends_and_what_was_answered_stays(fresh_data: Path, tmp_path: Path) -> None:
    who = cast()
    delivery = submitted(who.france, folder_of_pictures(tmp_path / "fr", range(1)))
    examined([delivery])
    asked = search_region(content_of(delivery, ".jpg").pk, Box(0.25, 0.25, 0.5, 0.5), who.camille)
    assert shelved("registry.search", asked) == RegionSearch.State.WAITING
    assert shelved("leads.search_region", asked) == RegionSearch.State.FAILED
    assert asked.finished_at is not None
    RegionSearch.objects.filter(pk=asked.pk).update(state=RegionSearch.State.DONE)
    assert shelved("leads.search_region", asked) == RegionSearch.State.DONE
