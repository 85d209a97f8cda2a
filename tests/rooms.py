"""Cases with something of each kind in them, and a request for every page and deed of a case at the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from fanal.casework.cases import actions, contributions, participation
from fanal.casework.cases.models import Case
from fanal.core.access.models import User
from world import Cast

__all__ = ["Room", "case_requests", "furnished", "room_of_two"]

Ask = Callable[[Client], HttpResponse]


@dataclass(frozen=True)
class Room:
    """A case, and one of each that was put into it."""

    case: Case
    link: UUID
    note: UUID
    task: UUID
    decision: UUID
    document: UUID


def furnished(by: User, content: int, title: str = "Own room") -> Room:
    """Open a case and put one of each into it; its title stands in every word."""
    made = actions.open_case(title, by)
    decided = contributions.decide(made.pk, f"{title} decision", f"{title} reason", by)
    return Room(
        made,
        actions.link(made.pk, "content", content, by).pk,
        contributions.note(made.pk, f"{title} note", by).pk,
        contributions.set_task(made.pk, f"{title} task", by).pk,
        decided.pk,
        contributions.attach(made.pk, f"{title}.txt", title.encode(), by).pk,
    )


def room_of_two(leads: User, guest: User, *, joins: bool = True) -> Case:
    """Open a case of one agency to which another one is invited, or has joined."""
    made = actions.open_case("Room of two", leads)
    participation.invite(made.pk, guest.agency.code, leads)
    if joins:
        participation.answer_invitation(made.pk, guest, joins=True)
    return made


def case_requests(who: Cast, content: int) -> Mapping[str, Ask]:
    """Return a request of France for every named route of cases, in an order in which each of them works."""
    own = furnished(who.camille, content)
    contributions.withdraw(own.case.pk, "decision", own.decision, who.camille)
    asked, joined, left = (room_of_two(who.mere, who.camille, joins=joins) for joins in (False, True, True))
    participation.offer_lead(joined.pk, "FR", who.mere)
    at = f"/cases/{own.case.pk}"
    return {
        "cases": lambda client: client.get("/cases/"),
        "case": lambda client: client.get(f"{at}/"),
        "case-add": lambda client: client.post("/cases/add/", {"title": "Another"}),
        "case-answer": lambda client: client.post(f"/cases/{asked.pk}/answer/", {"joins": "yes"}),
        "case-leave": lambda client: client.post(f"/cases/{left.pk}/leave/"),
        "case-lead": lambda client: client.post(f"/cases/{joined.pk}/lead/", {"answer": "accept"}),
        "case-invite": lambda client: client.post(f"{at}/invite/", {"agency": "NZ"}),
        "case-officers": lambda client: client.post(f"{at}/officers/", {"officers": ["camille"]}),
        "case-title": lambda client: client.post(f"{at}/title/", {"title": "Other words"}),
        "case-note": lambda client: client.post(f"{at}/notes/", {"text": "Written."}),
        "case-note-edit": lambda client: client.post(f"{at}/notes/{own.note}/", {"text": "Better.", "number": "1"}),
        "case-task": lambda client: client.post(f"{at}/tasks/", {"title": "Ask", "to": "FR/camille"}),
        "case-task-done": lambda client: client.post(f"{at}/tasks/{own.task}/", {"done": "yes"}),
        "case-decide": lambda client: client.post(f"{at}/decisions/", {"what": "This", "why": "For that"}),
        "case-attach": lambda client: client.post(f"{at}/files/", {"file": SimpleUploadedFile("a.txt", b"a")}),
        "case-file": lambda client: client.get(f"{at}/files/{own.document}/"),
        "case-take-back": lambda client: client.post(f"{at}/note/{own.note}/take-back/"),
        "case-put-back": lambda client: client.post(f"{at}/decision/{own.decision}/put-back/"),
        "case-close": lambda client: client.post(f"{at}/close/", {"outcome": "Safe."}),
    }


def room_addresses(room: Room) -> list[tuple[str, dict[str, str]]]:
    """Return every address of a case with what is sent to it; to those with nothing, a question."""
    at = f"/cases/{room.case.pk}"
    kinds = {"link": room.link, "note": room.note, "task": room.task}
    kinds |= {"decision": room.decision, "document": room.document}
    moved = [
        (f"{at}/{kind}/{one}/{way}/", {"a": "1"}) for kind, one in kinds.items() for way in ("take-back", "put-back")
    ]
    return [
        (f"{at}/", {}),
        (f"{at}/?page=2", {}),
        (f"{at}/files/{room.document}/", {}),
        (f"{at}/answer/", {"joins": "yes"}),
        (f"{at}/leave/", {"a": "1"}),
        (f"{at}/lead/", {"answer": "accept"}),
        (f"{at}/lead/", {"to": "GB"}),
        (f"{at}/invite/", {"agency": "GB"}),
        (f"{at}/officers/", {"officers": "edith"}),
        (f"{at}/title/", {"title": "Ours"}),
        (f"{at}/notes/", {"text": "A note"}),
        (f"{at}/notes/{room.note}/", {"text": "Ours", "number": "1"}),
        (f"{at}/tasks/", {"title": "A task", "to": "GB"}),
        (f"{at}/tasks/{room.task}/", {"done": "yes"}),
        (f"{at}/decisions/", {"what": "This", "why": "For that"}),
        (f"{at}/close/", {"outcome": "Done"}),
        (f"{at}/close/", {"again": "yes"}),
        *moved,
    ]
