"""What the tests of the desk stand on: evidence that is examined at once, leads between it, and people at the desk."""

from collections.abc import Iterable
from pathlib import Path

from django.db import transaction
from django.test import Client

from fanal.casework.evidence.models import Content, Exhibit, Submission
from fanal.casework.evidence.queries import waiting_contents
from fanal.casework.leads.actions import propose
from fanal.casework.leads.findings import Finding, Proposal
from fanal.casework.leads.matching import equal
from fanal.casework.leads.models import Lead
from fanal.casework.prints.actions import seal_previews, write
from fanal.core.access.models import User
from fanal.core.vault.actions import holdings, open_plain
from fanal.engine.match import explain
from fanal.engine.match.orientation import Orientation
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import examine
from fanal.engine.media.findings import Findings
from fanal.engine.media.refusals import Refusal
from world import PASSWORD, Cast, folder_of_pictures, submitted

__all__ = ["at_the_desk", "content_of", "examined", "lead_between", "shared_bytes", "story"]


def at_the_desk(user: User) -> Client:
    """Return a browser in which this person is signed in."""
    client = Client()
    answer = client.post("/sign-in/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def examined(submissions: Iterable[Submission]) -> None:
    """Examine what waits in submissions here and now, as a worker's decoder would."""
    waiting = Content.objects.filter(exhibits__submission__in=list(submissions), state=Content.State.STORED)
    found: dict[int, Findings] = {}
    refused: dict[int, Refusal] = {}
    sealed = {}
    for content, sha256, name in waiting_contents(waiting.values_list("pk", flat=True)):
        with open_plain(sha256) as file:
            try:
                found[content] = examine(file, name)
            except MediaRefused as refusal:
                refused[content] = refusal.refusal
        if content in found:
            sealed[content] = seal_previews(holdings([sha256])[sha256], found[content])
    with transaction.atomic():
        write(found, refused, sealed)


def content_of(submission: Submission, name: str) -> Content:
    """Return the content of a file of a submission, by the end of its path."""
    return Exhibit.objects.select_related("content").get(submission=submission, path__endswith=name).content


def lead_between(first: Content, second: Content, distance: int, orientation: Orientation = Orientation.SAME) -> Lead:
    """Propose that two pictures are the same."""
    left, right = sorted((first, second), key=lambda content: content.pk)
    done = orientation if left == first else orientation.inverse
    reason = explain.explain_pictures(distance, done)
    detail = {"orientation": int(done), "segments": [], "reason": reason.plain()}
    with transaction.atomic():
        finding = Finding("pdq/1", distance, 1 - distance / 1000, str(reason), detail)
        propose([Proposal((left.pk, right.pk), (finding,))])
    return Lead.objects.get(left=left, right=right)


def shared_bytes(content: Content) -> Lead:
    """Propose that several agencies hold one content."""
    with transaction.atomic():
        propose(equal([content.pk]))
    return Lead.objects.get(left=content, right=content)


def story(who: Cast, folder: Path) -> tuple[Submission, Submission, list[Lead]]:
    """Have France submit what New Zealand holds, edited: two submissions and the leads between them, surest first."""
    seeds = range(40, 43)
    theirs = submitted(who.new_zealand, folder_of_pictures(folder / "forum", seeds), case="NZ-1")
    ours = submitted(who.france, folder_of_pictures(folder / "laptop", seeds, edit=True), case="FR-1")
    examined([theirs, ours])
    names = [f"IMG_{seed:04}.jpg" for seed in seeds]
    leads = [
        lead_between(content_of(theirs, name), content_of(ours, name), distance)
        for distance, name in zip((2, 6, 12), names, strict=True)
    ]
    return theirs, ours, leads
