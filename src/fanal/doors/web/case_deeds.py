"""What officers do in a case at the desk; what can be undone is undone by one key."""

from datetime import date
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from fanal.casework.cases import actions, contributions, participation
from fanal.casework.cases.models import Document
from fanal.casework.cases.queries import contribution, joined_case
from fanal.core.access.models import User
from fanal.doors.downloads import handed_out
from fanal.doors.web.cases import case_page, room_page
from fanal.doors.web.officer import log_view, still_at_the_desk
from fanal.kit.errors import Changed, Invalid


def _done(request: HttpRequest, case: UUID, words: str, undo: str = "") -> HttpResponse:
    messages.success(request, words, extra_tags=undo)
    return redirect("web:case", case)


def _back(case: UUID, kind: str, one: UUID) -> str:
    return reverse("web:case-take-back", args=[case, kind, one])


def _given(request: HttpRequest, name: str) -> str:
    """Return what a form says; the key that undoes says it in the address."""
    return str(request.POST.get(name) or request.GET.get(name, ""))


def _version(request: HttpRequest) -> int | None:
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() else None


@require_POST
@case_page
def answer(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Join a case, or decline."""
    joins = request.POST.get("joins") == "yes"
    participation.answer_invitation(case, officer, joins=joins)
    if joins:
        return _done(request, case, gettext("Your agency takes part from now on."))
    messages.info(request, gettext("Declined."))
    return redirect("web:cases")


@require_POST
@case_page
def leave(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Take part no longer."""
    participation.leave(case, officer)
    messages.info(request, gettext("Your agency has left the case. What it put in stays."))
    return redirect("web:cases")


@require_POST
@case_page
def invite(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Invite an agency, or withdraw its invitation."""
    code = _given(request, "agency")
    if _given(request, "withdraw"):
        participation.uninvite(case, code, officer)
        return _done(request, case, gettext("The invitation is withdrawn."))
    participation.invite(case, code, officer)
    undo = f"{reverse('web:case-invite', args=[case])}?withdraw=yes&agency={quote(code)}"
    return _done(request, case, gettext("Invited. It sees the title and who takes part until it joins."), undo)


@require_POST
@case_page
def officers(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Say which colleagues work on it."""
    participation.say_officers(case, request.POST.getlist("officers"), officer)
    return _done(request, case, gettext("Saved."))


@require_POST
@case_page
def lead(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Offer the lead, take the offer back, accept or refuse it."""
    said = _given(request, "answer")
    if said == "withdraw":
        participation.withdraw_offer(case, officer)
        return _done(request, case, gettext("The offer is withdrawn."))
    if said:
        accepts = said == "accept"
        participation.answer_offer(case, officer, accepts=accepts)
        return _done(request, case, gettext("Your agency leads the case.") if accepts else gettext("Refused."))
    participation.offer_lead(case, _given(request, "to"), officer, as_seen=_version(request))
    undo = f"{reverse('web:case-lead', args=[case])}?answer=withdraw"
    return _done(request, case, gettext("Offered. You lead until it is accepted."), undo)


@require_POST
@case_page
def title(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Give the case another title."""
    before = joined_case(officer.agency, case).title
    actions.rename(case, _given(request, "title"), officer, as_seen=_version(request))
    undo = f"{reverse('web:case-title', args=[case])}?title={quote(before)}"
    return _done(request, case, gettext("Saved."), undo)


@require_POST
@case_page
def close(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Close the case, with what came of it; or open it again."""
    if _given(request, "again"):
        actions.reopen_case(case, officer, as_seen=_version(request))
        return _done(request, case, gettext("The case is open again."))
    actions.close_case(case, _given(request, "outcome"), officer, as_seen=_version(request))
    undo = f"{reverse('web:case-close', args=[case])}?again=yes"
    return _done(request, case, gettext("Closed. Nothing of it is lost."), undo)


@require_POST
@case_page
def note(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Write a note."""
    made = contributions.note(case, _given(request, "text"), officer)
    return _done(request, case, gettext("Written down."), _back(case, "note", made.pk))


@require_POST
@case_page
def edit(request: HttpRequest, officer: User, case: UUID, note: UUID) -> HttpResponse:
    """Give a note another text. Who comes second is shown both texts, and nothing is lost."""
    text, seen = _given(request, "text"), _given(request, "number")
    try:
        contributions.edit_note(case, note, text, officer, as_seen=int(seen) if seen.isdecimal() else 0)
    except Changed:
        held = joined_case(officer.agency, case)
        return room_page(request, officer, held, status=Changed.status, meanwhile=note, unsaved=text)
    return _done(request, case, gettext("Saved. The text before is kept."))


@require_POST
@case_page
def task(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Set a task. `to` names an agency, or one of its officers as `FR/camille`."""
    code, _, name = _given(request, "to").partition("/")
    due = _day(_given(request, "due"))
    made = contributions.set_task(case, _given(request, "title"), officer, to=code, officer=name, due=due)
    return _done(request, case, gettext("The task is set."), _back(case, "task", made.pk))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("That is no day.", next_step="Write it as 2026-11-30.") from None


@require_POST
@case_page
def finish(request: HttpRequest, officer: User, case: UUID, task: UUID) -> HttpResponse:
    """Say that a task is done, or that it is not after all."""
    done = _given(request, "done") != "no"
    contributions.finish_task(case, task, officer, done=done, as_seen=_version(request))
    undo = f"{reverse('web:case-task-done', args=[case, task])}?done={'no' if done else 'yes'}"
    return _done(request, case, gettext("Done.") if done else gettext("The task is open again."), undo)


@require_POST
@case_page
def decide(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Write a decision down, and why."""
    made = contributions.decide(case, _given(request, "what"), _given(request, "why"), officer)
    return _done(request, case, gettext("Written down."), _back(case, "decision", made.pk))


@require_POST
@case_page
def attach(request: HttpRequest, officer: User, case: UUID) -> HttpResponse:
    """Attach a file."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Invalid("No file was chosen.", next_step="Choose one.")
    # One byte more than may be, so that too much is noticed and never read whole.
    made = contributions.attach(case, sent.name or "", sent.read(contributions.MOST_BYTES + 1), officer)
    return _done(request, case, gettext("Attached."), _back(case, "document", made.pk))


@require_GET
@case_page
def document(request: HttpRequest, officer: User, case: UUID, document: UUID) -> StreamingHttpResponse:
    """Hand out an attached file, as a download: no browser shows it. It is in the log before the first byte leaves."""

    def look() -> Document:
        found: Document = contribution(officer.agency, joined_case(officer.agency, case), "document", document)
        return found

    found = look()
    log_view(officer, "cases.served", f"case:{case}", document=str(found.pk))
    return handed_out(found.name, contributions.bytes_of(found), still_at_the_desk(request, officer, look))


@require_POST
@case_page
def take_back(request: HttpRequest, officer: User, case: UUID, kind: str, one: UUID) -> HttpResponse:
    """Take back what the officer's agency put in."""
    contributions.withdraw(case, kind, one, officer)
    undo = reverse("web:case-put-back", args=[case, kind, one])
    return _done(request, case, gettext("Taken back. It is kept."), undo)


@require_POST
@case_page
def put_back(request: HttpRequest, officer: User, case: UUID, kind: str, one: UUID) -> HttpResponse:
    """Put back what the officer's agency had taken back."""
    contributions.restore(case, kind, one, officer)
    return _done(request, case, gettext("Put back."), _back(case, kind, one))
