"""Pages of submissions: the list, one with its files, and its live progress."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fanal.casework.evidence.models import Exhibit
from fanal.casework.evidence.queries import progress_of, visible_submission, visible_submissions
from fanal.casework.leads.queries import leads_of_submission, linked_contents
from fanal.core.access.models import User
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.tiles import tiles_of

FILES_A_PAGE = 60
FAMILIES = ("image", "video", "audio", "archive")


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List the submissions that the officer may see."""
    page = Paginator(visible_submissions(officer.agency), 25).get_page(request.GET.get("page"))
    rows = [(submission, progress_of(submission)) for submission in page.object_list]
    return render(request, "web/submissions.html", {"page": page, "rows": rows})


@officer_page
def show(request: HttpRequest, officer: User, submission: UUID) -> HttpResponse:
    """Show the files of a submission as a grid, blurred."""
    shown = visible_submission(officer.agency, submission)
    log_view(officer, "evidence.seen", f"submission:{shown.id}")
    family, linked = request.GET.get("family", ""), request.GET.get("linked") == "1"
    exhibits = _filtered(shown.exhibits.select_related("content", "parent").order_by("id"), family)
    if linked:
        exhibits = exhibits.filter(content__in=linked_contents(officer.agency, shown.id))
    page = Paginator(exhibits, FILES_A_PAGE).get_page(request.GET.get("page"))
    tiles = tiles_of([exhibit.content for exhibit in page.object_list])
    context = {
        "submission": shown,
        "progress": progress_of(shown),
        "page": page,
        "rows": [(exhibit, tiles[exhibit.content_id]) for exhibit in page.object_list],
        "leads": leads_of_submission(officer.agency, shown.id).count(),
        "family": family,
        "families": FAMILIES,
        "linked": linked,
    }
    return render(request, "web/submission.html", context)


@officer_page
def progress(request: HttpRequest, officer: User, submission: UUID) -> HttpResponse:
    """Answer with the progress bar alone, for the page that asks each second."""
    shown = visible_submission(officer.agency, submission)
    context = {
        "submission": shown,
        "progress": progress_of(shown),
        "leads": leads_of_submission(officer.agency, shown.id).count(),
    }
    return render(request, "web/parts/progress.html", context)


def _filtered(exhibits: QuerySet[Exhibit], family: str) -> QuerySet[Exhibit]:
    return exhibits.filter(content__family=family) if family in FAMILIES else exhibits
