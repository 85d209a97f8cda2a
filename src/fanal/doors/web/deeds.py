"""What officers do with registry entries at the desk; each can be undone by one key."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from fanal.casework.entries import actions
from fanal.casework.entries.actions import Evidence, Subject
from fanal.casework.entries.facts import Age, State, stated_age, stated_state
from fanal.core.access.models import User
from fanal.doors.web.officer import officer_page
from fanal.kit.errors import Invalid


def said(request: HttpRequest, words: str, deed: int, back: str = "") -> None:
    """Tell what was done, with a key to undo it, which leads `back` to that page, else to the list."""
    undoing = reverse("web:deed-undo", args=[deed])
    messages.success(request, words, extra_tags=f"{undoing}?{urlencode({'back': back})}" if back else undoing)


def asked_contents(given: QueryDict) -> list[int]:
    """Return the contents that a form names, each once. Raises Invalid for what is no number."""
    named = [word for listed in given.getlist("contents") for word in listed.split(",") if word.strip()]
    try:
        return list(dict.fromkeys(int(word) for word in named))
    except ValueError:
        raise Invalid("That is no list of contents.", next_step="Choose them on the page.") from None


def _asked_entry(given: QueryDict, name: str) -> UUID:
    try:
        return UUID(given.get(name, ""))
    except ValueError:
        raise Invalid("No entry was chosen.", next_step="Choose one from the list.") from None


@require_POST
@officer_page
def link(request: HttpRequest, officer: User) -> HttpResponse:
    """Judge whether contents, or another entry, belong to an entry."""
    given = request.POST
    entry, verdict = _asked_entry(given, "entry"), given.get("verdict", "same")
    why, contents = Evidence(note=given.get("note", "")), asked_contents(given)
    if contents:
        done = actions.link_contents(entry, contents, verdict, officer, why)
    else:
        done = actions.link_entries(entry, _asked_entry(given, "other"), verdict, officer, why)
    on_content = given.get("page") == "content" and contents
    back = reverse("web:content", args=[contents[0]]) if on_content else reverse("web:entry", args=[entry])
    said(request, gettext("Linked.") if verdict == "same" else gettext("Judged not to belong to it."), done.pk, back)
    return redirect(back)


@require_POST
@officer_page
def state(request: HttpRequest, officer: User, entry: UUID) -> HttpResponse:
    """State how far it is with a victim, how old it was on a day, or to which country an entry belongs."""
    given, back = request.POST, reverse("web:entry", args=[entry])
    done = actions.state(entry, _stated(given), officer)
    said(request, gettext("Stated."), done.pk, back)
    return redirect(back)


def _stated(given: QueryDict) -> State | Age | str:
    on, country = given.get("on", ""), given.get("country", "")
    if given.get("about") == "state":
        return stated_state(given.get("state", ""), on, country, given.get("reference", ""))
    if given.get("about") == "age":
        return stated_age(given.get("youngest", ""), given.get("oldest", ""), on, known=given.get("known") == "yes")
    return country


@require_POST
@officer_page
def merge(request: HttpRequest, officer: User, entry: UUID) -> HttpResponse:
    """Say that two entries are one."""
    back = reverse("web:entry", args=[entry])
    done = actions.merge(_asked_entry(request.POST, "other"), entry, officer)
    said(request, gettext("Merged. Both keep all that is known of them."), done.pk, back)
    return redirect(back)


@require_POST
@officer_page
def split(request: HttpRequest, officer: User, entry: UUID) -> HttpResponse:
    """Take the chosen contents out into a new entry, or say that they do not belong here."""
    given, back = request.POST, reverse("web:entry", args=[entry])
    contents = asked_contents(given)
    if not contents:
        raise Invalid("Nothing was chosen.", next_step="Choose pictures first.")
    if given.get("into") == "none":
        done = actions.link_contents(entry, contents, "different", officer)
        said(request, gettext("Judged not to belong to it."), done.pk, back)
        return redirect(back)
    made = actions.split(entry, contents, given.get("reference", ""), officer)
    said(request, gettext("Taken out into an entry of its own."), made.deed_id, back)
    return redirect("web:entry", made.pk)


@require_POST
@officer_page
def entry_country(request: HttpRequest, officer: User, entry: UUID) -> HttpResponse:
    """Confirm or reject a likely country of an entry."""
    return _judge_country(request, officer, Subject(entry=entry), reverse("web:entry", args=[entry]))


@require_POST
@officer_page
def content_country(request: HttpRequest, officer: User, content: int) -> HttpResponse:
    """Confirm or reject a likely country of a content."""
    return _judge_country(request, officer, Subject(content=content), reverse("web:content", args=[content]))


def _judge_country(request: HttpRequest, officer: User, subject: Subject, back: str) -> HttpResponse:
    verdict = request.POST.get("verdict", "")
    done = actions.judge_country(subject, request.POST.get("country", ""), verdict, officer)
    told = gettext("Confirmed. The country is told.") if verdict == "confirmed" else gettext("Rejected.")
    said(request, told, done.pk, back)
    return redirect(back)


@require_POST
@officer_page
def decline(request: HttpRequest, officer: User) -> HttpResponse:
    """Say that what leads hold together is no series."""
    done = actions.decline_series(asked_contents(request.POST), officer)
    said(request, gettext("Not proposed to your agency again."), done.pk, reverse("web:entries"))
    return redirect("web:entries")


@require_POST
@officer_page
def undo(request: HttpRequest, officer: User, deed: int) -> HttpResponse:
    """Let nothing of one deed count any more."""
    actions.undo_deed(deed, officer)
    messages.info(request, gettext("Undone. It is kept in the history."))
    back = request.GET.get("back", "")
    here = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if here else reverse("web:entries"))
