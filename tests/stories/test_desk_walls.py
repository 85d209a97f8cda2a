"""What another agency may not see answers exactly like what does not exist."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from desk import at_the_desk, content_of, examined, lead_between
from fanal.casework.evidence.models import Content, Submission, Visibility
from fanal.casework.evidence.visibility import WIDEN, Audience
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Judgement, Lead
from fanal.casework.notices.actions import begin
from fanal.casework.notices.models import Notice
from fanal.casework.registry.actions import Words, keep_clue, withdraw_clue
from fanal.casework.registry.models import Clue, Sighting, SightingJudgement
from fanal.core.access.models import User
from fanal.core.approvals.actions import propose
from fanal.core.audit.models import Leaf
from fanal.kit import clock
from world import cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = UUID("01990000-0000-7000-8000-000000000000")
NO_CONTENT = 9_999_999


def routes(
    submission: UUID, content: int, lead: UUID, clue: UUID, sighting: UUID, notice: UUID, proposal: UUID = NOWHERE
) -> Sequence[str]:
    """Return the addresses of everything that has a reference of its own; what is changed by POST last."""
    return (
        f"/submissions/{submission}/",
        f"/submissions/{submission}/?page=2",
        f"/submissions/{submission}/progress/",
        f"/contents/{content}/",
        f"/contents/{content}/previews/0/",
        f"/contents/{content}/previews/1/",
        f"/leads/{lead}/",
        f"/leads/{lead}/judge/",
        f"/leads/{lead}/withdraw/",
        f"/contents/{content}/clues/new/",
        f"/clues/{clue}/",
        f"/sightings/{sighting}/",
        f"/sightings/{sighting}/judge/",
        f"/sightings/{sighting}/withdraw/",
        f"/clues/{clue}/withdraw/",
        f"/clues/{clue}/restore/",
        f"/notices/{notice}/",
        f"/notices/{notice}/pages/",
        f"/notices/{notice}/withdraw/",
        f"/submissions/{submission}/visibility/",
        f"/approvals/{proposal}/withdraw/",
    )


def asked(client: Client, addresses: Sequence[str]) -> Iterator[Any]:
    """Yield the answers."""
    for address in addresses:
        yield (
            client.post(address, {"verdict": "same", "visibility": "all_connected", "reason": "A secret."})
            if address.endswith(("judge/", "withdraw/", "restore/", "visibility/", "agree/", "refuse/"))
            else client.get(address)
        )


def plain(answer: Any, address: str) -> tuple[int, bytes, dict[str, str]]:
    """Return all of an answer but the address that was asked for and the token drawn anew for each form."""
    body = answer.content.replace(address.replace("&", "&amp;").encode(), b"ADDRESS")
    body = re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', b"", body)
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return answer.status_code, body, headers


def boxed(content: Content, kind: str, officer: User, *, shared: bool) -> Clue:
    """Keep a part of a picture."""
    return keep_clue(content.pk, Box(0.2, 0.2, 0.5, 0.5), kind, Words("A secret mark"), officer, shared=shared)


def seen_in(content: Content, clue: Clue) -> Sighting:
    """Propose that a clue is seen in a picture."""
    said = {"technique": "local/1", "confidence": 0.97, "why": "11 points of it lie alike."}
    return Sighting.objects.create(clue=clue, content=content, created_at=clock.now(), **said)


def told_of(content: Content, officer: User) -> Notice:
    """Begin a notice of a picture to a country that is not connected."""
    return begin("MA", officer, contents=[content.pk])


def test_what_may_not_be_seen_is_not_there(tmp_path: Path) -> None:
    who = cast()
    secret = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(2)), visibility=Visibility.OWN)
    examined([secret])
    first, second = content_of(secret, "0000.jpg"), content_of(secret, "0001.jpg")
    lead = lead_between(first, second, 3)
    clue = boxed(first, "clue", who.mere, shared=False)
    audience = Audience(Visibility.OWN).plain()
    arguments = {"from": audience, "to": audience}
    proposal = propose(WIDEN.name, f"submission:{NOWHERE}", by=who.mere, reason="A secret.", arguments=arguments).pk
    hidden = routes(
        secret.pk, first.pk, lead.pk, clue.pk, seen_in(second, clue).pk, told_of(first, who.mere).pk, proposal
    )
    absent = routes(NOWHERE, NO_CONTENT, NOWHERE, NOWHERE, NOWHERE, NOWHERE)
    for verb in ("agree", "refuse"):  # a supervisor's
        hidden, absent = (*hidden, f"/approvals/{proposal}/{verb}/"), (*absent, f"/approvals/{NOWHERE}/{verb}/")
    client = at_the_desk(who.camille)
    for one, other, here, there in zip(asked(client, hidden), asked(client, absent), hidden, absent, strict=True):
        assert one.status_code == 404, here
        assert plain(one, here) == plain(other, there), here
    assert not Leaf.objects.filter(agency=str(who.france.pk), action__in=["evidence.seen", "media.served"]).exists()
    assert (Judgement.objects.count(), SightingJudgement.objects.count()) == (0, 0)
    assert all(answer.status_code in {200, 302} for answer in asked(at_the_desk(who.mere), hidden[:-2]))


def test_lists_and_counts_know_nothing_of_what_is_hidden(tmp_path: Path) -> None:
    who = cast()
    client = at_the_desk(who.camille)
    pages = (
        "/retention/?until=2126-01-01",
        "/",
        "/approvals/?scope=all",
        "/submissions/",
        "/leads/?state=any&scope=all",
        "/clues/",
        "/clues/?kind=withdrawn",
        "/text/?q=a",
    )
    before = [plain(client.get(page), page) for page in pages]
    ours = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(2)), visibility=Visibility.OWN)
    examined([ours])
    first, second = content_of(ours, "0000.jpg"), content_of(ours, "0001.jpg")
    lead_between(first, second, 3)
    seen_in(second, boxed(first, "clue", who.mere, shared=False))
    withdraw_clue(boxed(first, "ubiquitous", who.mere, shared=True).pk, who.mere)
    assert (Submission.objects.count(), Content.objects.count(), Lead.objects.count()) == (1, 2, 1)
    assert [plain(client.get(page), page) for page in pages] == before


def test_who_has_digests_alone_sees_nothing_of_what_others_found_out(tmp_path: Path) -> None:
    who = cast()
    folder = folder_of_pictures(tmp_path / "a", range(1))
    known = content_of(submitted(who.france, folder, label="digests", hash_only=True), ".jpg")
    client, page = at_the_desk(who.camille), f"/contents/{known.pk}/"
    before = plain(client.get(page), page)
    secret = submitted(who.new_zealand, folder, visibility=Visibility.OWN)
    examined([secret])
    assert content_of(secret, ".jpg") == known
    boxed(known, "ubiquitous", who.mere, shared=True)
    assert plain(client.get(page), page) == before


def test_a_shared_side_shows_no_hidden_place(tmp_path: Path) -> None:
    who = cast()
    shown = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(1)), case="NZ-OPEN")
    submitted(who.britain, folder_of_pictures(tmp_path / "b", range(1)), case="GB-HIDDEN", visibility=Visibility.OWN)
    examined([shown])
    content = content_of(shown, ".jpg")
    page = at_the_desk(who.camille).get(f"/contents/{content.pk}/").content
    assert b"NZ-OPEN" in page
    assert b"GB-HIDDEN" not in page
    assert b"British unit" not in page


def test_without_signing_in_there_is_only_the_door(tmp_path: Path) -> None:
    who = cast()
    shown = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(2)))
    examined([shown])
    first, second = content_of(shown, "0000.jpg"), content_of(shown, "0001.jpg")
    clue = boxed(first, "clue", who.mere, shared=True)
    lead = lead_between(first, second, 3)
    addresses = routes(shown.pk, first.pk, lead.pk, clue.pk, seen_in(second, clue).pk, told_of(first, who.mere).pk)
    for answer in asked(Client(), ("/", "/submissions/", "/leads/", *addresses)):
        assert answer.status_code in {302, 405}
        assert answer.status_code == 405 or answer["Location"].startswith("/sign-in/")
    assert Judgement.objects.count() == 0
