"""Pages of notices: the list, one with its steps, its pages as they will be read, and the steps an officer takes."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from fanal.casework.entries.queries import visible_entry
from fanal.casework.evidence.queries import visible_contents
from fanal.casework.notices import actions, dossier
from fanal.casework.notices.crops import Offered, being_cut, crops_offered, pictures_offered
from fanal.casework.notices.models import Language, Notice, Outcome
from fanal.casework.notices.queries import (
    WAITING,
    listed_notices,
    matter_of,
    of_the_same,
    own_notice,
    recipient_for,
    rejected,
    steps_of,
    visible_notice,
)
from fanal.core.access.models import User
from fanal.doors.downloads import handed_out
from fanal.doors.web.counted import page_of
from fanal.doors.web.deeds import asked_contents
from fanal.doors.web.officer import log_view, officer_page, still_at_the_desk
from fanal.doors.web.tiles import Tile, tiles_of
from fanal.kit import clock
from fanal.kit.countries import COUNTRIES
from fanal.kit.errors import Invalid

NOTICES_A_PAGE = 24
SCOPES = ("waiting", "away", "answered", "all")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a notice can show: a crop, or a whole picture."""

    value: str
    title: str
    tile: Tile
    chosen: bool


@officer_page
def index(request: HttpRequest, officer: User) -> HttpResponse:
    """List notices: those to go on with, those that are away, those that were answered, or all."""
    scope = request.GET.get("scope", "")
    scope = scope if scope in SCOPES else "waiting"
    page = page_of(listed_notices(officer.agency, scope), NOTICES_A_PAGE, request.GET.get("page"))
    log_view(officer, "notices.seen", notices=[str(notice.pk) for notice in page.object_list])
    return render(request, "web/notices.html", {"page": page, "scope": scope})


@officer_page
def new(request: HttpRequest, officer: User) -> HttpResponse:
    """Ask for which country, and begin a notice of an entry or of contents."""
    given = request.POST if request.method == "POST" else request.GET
    entry, contents = _asked_entry(given), asked_contents(given)
    before = ""
    if request.method == "POST":
        try:
            made = actions.begin(
                given.get("country", ""), officer, entry=entry, contents=contents, knowing=given.get("knowing") == "yes"
            )
        except actions.NoticeBefore:
            before = gettext("There is a notice of this to this country already.")
        else:
            messages.success(request, gettext("Begun. Write what is known, then look at the pages."))
            return redirect("web:notice", made.pk)
    about = visible_entry(officer.agency, entry) if entry else None
    shown = list(visible_contents(officer.agency).filter(pk__in=contents))
    log_view(officer, "notices.seen", f"entry:{entry}" if entry else "", contents=[str(one.pk) for one in shown])
    context = {
        "entry": about,
        "contents": ",".join(map(str, contents)),
        "tiles": list(tiles_of(officer, shown).values()),
        "country": given.get("country", ""),
        "countries": sorted(COUNTRIES),
        "before": before,
    }
    return render(request, "web/notice_new.html", context)


def _asked_entry(given: QueryDict) -> UUID | None:
    try:
        return UUID(given.get("entry", "")) if given.get("entry") else None
    except ValueError:
        raise Invalid("No entry was chosen.", next_step="Begin at the page of an entry.") from None


@officer_page
def show(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Show one notice: what it says, to whom it goes, and all its steps; of another agency's what came back."""
    shown = visible_notice(officer.agency, notice)
    log_view(officer, "notices.seen", f"notice:{shown.pk}")
    matter = matter_of(shown)
    earlier = list(of_the_same(officer.agency, shown.country, matter, but=shown.pk))
    context = {
        "notice": shown,
        "ours": shown.agency_id == officer.agency_id,
        "files": len(matter.files(officer.agency)),
        "steps": steps_of(officer.agency, shown),
        "earlier": earlier,
        "recipient": shown.recipient or recipient_for(shown.country),
        "outcomes": Outcome.choices,
        "waiting": shown.state in WAITING,
        "rejected": rejected(shown),
        "languages": Language.choices,
        **(_choices(officer, shown) if shown.agency_id == officer.agency_id and shown.state in WAITING else {}),
    }
    return render(request, "web/notice.html", context)


def _choices(officer: User, shown: Notice) -> dict[str, object]:
    crops = crops_offered(officer.agency, shown)
    pictures = pictures_offered(officer.agency, shown)
    wanted = {*(one.content for one in crops), *pictures}
    tiles = tiles_of(officer, list(visible_contents(officer.agency).filter(pk__in=wanted)))
    return {
        "crops": [_crop(one, tiles, shown) for one in crops if one.content in tiles],
        "pictures": [
            Choice(str(content), str(tiles[content].content), tiles[content], content in shown.pictures)
            for content in pictures
            if content in tiles
        ],
        "cutting": being_cut(shown),
        "release": actions.release_waits(shown),
    }


def _crop(one: Offered, tiles: dict[int, Tile], shown: Notice) -> Choice:
    fresh = shown.state == Notice.State.PROPOSED or not shown.known
    return Choice(one.source, one.title, tiles[one.content], one.source in shown.crops or fresh)


@require_GET
@officer_page
def pages(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Show the pages as they will be read, as pictures of our own; nothing of them is kept."""
    shown = own_notice(officer.agency, notice)
    contents = [str(content) for content in shown.pictures]
    log_view(officer, "notices.previewed", f"notice:{shown.pk}", crops=list(shown.crops), contents=contents)
    answer = render(request, "web/notice_pages.html", {"notice": shown, "pages": _pictures(shown)})
    answer["Cache-Control"] = "no-store"
    return answer


def _pictures(shown: Notice) -> Sequence[str]:
    made = dossier.pages(shown, clock.now().date())
    return ["data:image/png;base64," + base64.b64encode(page).decode() for page in made]


@require_POST
@officer_page
def write(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Keep what was written and chosen."""
    given = request.POST
    words = actions.Written(
        known=given.get("known", ""),
        asked=given.get("asked", ""),
        contact=given.get("contact", ""),
        language=given.get("language", ""),
        crops=given.getlist("crops"),
        pictures=[int(one) for one in given.getlist("pictures") if one.isdecimal()],
    )
    actions.write(notice, words, officer)
    messages.success(request, gettext("Kept."))
    return redirect("web:notice", notice)


@require_POST
@officer_page
def release(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Ask a second person to release the whole pictures."""
    actions.ask_release(notice, request.POST.get("reason", ""), officer)
    messages.success(request, gettext("Asked. A second person of your agency agrees or refuses, under Approvals."))
    return redirect("web:notice", notice)


@require_POST
@officer_page
def seal(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Seal it for the country's key."""
    actions.seal(notice, officer)
    messages.success(request, gettext("Sealed. Take the file and send it on your own way; then say how."))
    return redirect("web:notice", notice)


@require_GET
@officer_page
def sealed(request: HttpRequest, officer: User, notice: UUID) -> StreamingHttpResponse:
    """Hand the sealed file out; that is logged first."""
    return handed_out(*actions.hand_out(notice, officer), still_at_the_desk(request, officer))


@require_POST
@officer_page
def sent(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Take down that it was sent, and how."""
    actions.sent(notice, request.POST.get("how", ""), officer)
    messages.success(request, gettext("Sent. You are reminded each week until something comes back."))
    return redirect("web:notice", notice)


@require_POST
@officer_page
def acknowledged(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Take down that it was received there."""
    actions.acknowledged(notice, officer, request.POST.get("note", ""))
    messages.success(request, gettext("Taken down: they have received it."))
    return redirect("web:notice", notice)


@require_POST
@officer_page
def answer(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Take down what the country answered."""
    actions.answered(notice, request.POST.get("outcome", ""), request.POST.get("text", ""), officer)
    messages.success(request, gettext("Taken down. The agencies concerned are told."))
    return redirect("web:notice", notice)


@require_POST
@officer_page
def withdraw(request: HttpRequest, officer: User, notice: UUID) -> HttpResponse:
    """Let it go no further."""
    actions.withdraw(notice, request.POST.get("why", ""), officer)
    messages.info(request, gettext("Withdrawn. If it was sent, tell the country on the way that it went."))
    return redirect("web:notice", notice)
