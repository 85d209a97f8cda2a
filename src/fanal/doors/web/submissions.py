"""Pages of submissions: the list, one with its files, and its live progress."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.evidence.models import Exhibit, Submission, Visibility
from fanal.casework.evidence.progress import progress_of, progress_of_each
from fanal.casework.evidence.queries import (
    members_of_each,
    named_agencies,
    visible_submission,
    visible_submissions,
)
from fanal.casework.evidence.visibility import WIDEN, change_visibility
from fanal.casework.leads.queries import linked_contents, some_leads_of_submission
from fanal.casework.retention.queries import deleted_before
from fanal.core.access.database.among import Among
from fanal.core.access.database.made import made_once
from fanal.core.access.models import User
from fanal.core.access.queries import agencies, agency_by_code
from fanal.core.approvals.queries import waiting_on
from fanal.doors.web.counted import MOST, capped, page_of
from fanal.doors.web.officer import log_view, officer_page
from fanal.doors.web.tiles import tiles_of
from fanal.kit.errors import NotFound

SUBMISSIONS_A_PAGE, FILES_A_PAGE = 25, 60
FAMILIES = ("image", "video", "audio", "archive")


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List the submissions that the officer may see."""
    page = page_of(visible_submissions(officer.agency), SUBMISSIONS_A_PAGE, request.GET.get("page"))
    listed = list(page.object_list)
    log_view(officer, "evidence.seen", submissions=[str(submission.pk) for submission in listed])
    progress = progress_of_each(listed)
    rows = [(submission, progress[submission.pk]) for submission in listed]
    return render(request, "web/submissions.html", {"page": page, "rows": rows})


@officer_page
def show(request: HttpRequest, officer: User, submission: UUID) -> HttpResponse:
    """Show the files of a submission as a grid, blurred."""
    shown = visible_submission(officer.agency, submission)
    wanted = _wanted(request)
    log_view(officer, "evidence.seen", f"submission:{shown.id}", page=request.GET.get("page", "1")[:10], **wanted)
    progress = progress_of(shown)
    page = _page(_files(officer, shown, wanted), None if wanted else progress.exhibits, request.GET.get("page"))
    exhibits = _loaded(list(page.object_list))
    inside = members_of_each(exhibits)
    tiles = tiles_of(officer, [exhibit.content for exhibit in exhibits])
    own = shown.agency_id == officer.agency_id
    context = {
        "submission": shown,
        "choices": Visibility.choices if own else (),
        "others": [one for one in agencies() if one.connected and one != officer.agency] if own else [],
        "proposed": waiting_on(officer.agency, WIDEN.name, f"submission:{shown.pk}") if own else None,
        "deleted_before": deleted_before(officer.agency, [shown.pk]).get(shown.pk, 0),
        "named": named_agencies(officer.agency, shown),
        "progress": progress,
        "page": page,
        "rows": [
            (exhibit, tiles[exhibit.content_id], PurePosixPath(exhibit.path), inside.get(exhibit.pk, 0))
            for exhibit in exhibits
        ],
        "leads": _leads(officer, shown),
        "wanted": wanted,
        "asked": "".join(f"{name}={value}&" for name, value in wanted.items()),
        "archive": _archive(shown, wanted),
    }
    return render(request, "web/submission.html", context)


@require_POST
@officer_page
def visibility(request: HttpRequest, officer: User, submission: UUID) -> HttpResponse:
    """Show the agency's own submission to fewer agencies, or propose to show it to more."""
    wanted = request.POST.get("visibility", "")
    if wanted not in Visibility.values:
        raise NotFound("There is no such visibility.")
    named = [agency_by_code(code) for code in request.POST.getlist("named")] if wanted == Visibility.NAMED else []
    reason = request.POST.get("reason", "")
    if change_visibility(submission, Visibility(wanted), named, reason, officer):
        messages.info(request, gettext("Proposed. It is shown to them once a supervisor of your agency agrees."))
    else:
        messages.success(request, gettext("Changed. Those who are not named any more see it no longer."))
    return redirect("web:submission", submission)


@officer_page
def progress(request: HttpRequest, officer: User, submission: UUID) -> HttpResponse:
    """Answer with the progress bar alone, for the page that asks each second: counts, and nothing of a file.

    The page itself was logged; that it is still open is not, each second anew.
    """
    shown = visible_submission(officer.agency, submission)
    context = {
        "submission": shown,
        "progress": progress_of(shown),
        "leads": _leads(officer, shown),
        "live": True,
    }
    return render(request, "web/parts/progress.html", context)


def _wanted(request: HttpRequest) -> dict[str, str]:
    """Return the one filter that was asked for, or none: a family, `linked`, or the archive to look `inside` of."""
    inside = request.GET.get("inside", "")
    if inside.isascii() and inside.isdigit() and len(inside) < 18:
        return {"inside": inside}
    if request.GET.get("linked") == "1":
        return {"linked": "1"}
    family = request.GET.get("family", "")
    return {"family": family} if family in FAMILIES else {}


def _files(officer: User, submission: Submission, wanted: Mapping[str, str]) -> QuerySet[Exhibit, int]:
    """Return the ids of the files that are wanted, in their order: only those of a page are loaded."""
    exhibits = submission.exhibits.order_by("id")
    if "inside" in wanted:
        exhibits = exhibits.filter(parent=int(wanted["inside"]))
    if "linked" in wanted:
        exhibits = exhibits.filter(content__in=linked_contents(officer.agency, submission.id))
    if "family" in wanted:
        exhibits = exhibits.filter(content__family=wanted["family"], submission__hash_only=False)
    return exhibits.values_list("pk", flat=True)


def _page(files: QuerySet[Exhibit, int], count: int | None, asked: str | None) -> Page[Any]:
    """Return a page; how many files there are in all is counted only where it is not known."""
    if count is None:
        return page_of(files, FILES_A_PAGE, asked)
    pages = Paginator(files, FILES_A_PAGE)
    pages.count = count
    return pages.get_page(asked)


@made_once
def _loaded(exhibits: list[int]) -> QuerySet[Exhibit]:
    return Exhibit.objects.filter(Among("pk", exhibits)).select_related("content", "parent").order_by("id")


def _leads(officer: User, submission: Submission) -> int:
    return capped(len(some_leads_of_submission(officer.agency, submission.id, MOST + 1)))


def _archive(submission: Submission, wanted: Mapping[str, str]) -> Exhibit | None:
    return submission.exhibits.filter(pk=int(wanted["inside"])).first() if "inside" in wanted else None
