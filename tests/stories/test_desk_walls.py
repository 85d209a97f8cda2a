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
from fanal.casework.leads.models import Judgement, Lead
from fanal.core.audit.models import Leaf
from world import cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = UUID("01990000-0000-7000-8000-000000000000")
NO_CONTENT = 9_999_999


def routes(submission: UUID, content: int, lead: UUID) -> Sequence[str]:
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
    )


def asked(client: Client, addresses: Sequence[str]) -> Iterator[Any]:
    """Yield the answers."""
    for address in addresses:
        yield (
            client.post(address, {"verdict": "same"})
            if address.endswith(("judge/", "withdraw/"))
            else client.get(address)
        )


def plain(answer: Any, address: str) -> tuple[int, bytes, dict[str, str]]:
    """Return all of an answer but the address that was asked for and the token drawn anew for each form."""
    body = answer.content.replace(address.replace("&", "&amp;").encode(), b"ADDRESS")
    body = re.sub(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', b"", body)
    headers = {name: value for name, value in answer.items() if name != "Content-Length"}
    return answer.status_code, body, headers


def test_what_may_not_be_seen_is_not_there(tmp_path: Path) -> None:
    who = cast()
    secret = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(2)), visibility=Visibility.OWN)
    examined([secret])
    first, second = content_of(secret, "0000.jpg"), content_of(secret, "0001.jpg")
    lead = lead_between(first, second, 3)
    hidden = routes(secret.pk, first.pk, lead.pk)
    absent = routes(NOWHERE, NO_CONTENT, NOWHERE)
    client = at_the_desk(who.camille)
    for one, other, here, there in zip(asked(client, hidden), asked(client, absent), hidden, absent, strict=True):
        assert one.status_code == 404, here
        assert plain(one, here) == plain(other, there), here
    assert not Leaf.objects.filter(agency=str(who.france.pk), action__in=["evidence.seen", "media.served"]).exists()
    assert Judgement.objects.count() == 0
    assert all(answer.status_code in {200, 302} for answer in asked(at_the_desk(who.mere), hidden))


def test_lists_and_counts_know_nothing_of_what_is_hidden(tmp_path: Path) -> None:
    who = cast()
    client = at_the_desk(who.camille)
    pages = ("/", "/submissions/", "/leads/?state=any&scope=all")
    before = [plain(client.get(page), page) for page in pages]
    ours = submitted(who.new_zealand, folder_of_pictures(tmp_path / "a", range(2)), visibility=Visibility.OWN)
    examined([ours])
    lead_between(content_of(ours, "0000.jpg"), content_of(ours, "0001.jpg"), 3)
    assert (Submission.objects.count(), Content.objects.count(), Lead.objects.count()) == (1, 2, 1)
    assert [plain(client.get(page), page) for page in pages] == before


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
    addresses = routes(shown.pk, first.pk, lead_between(first, second, 3).pk)
    for answer in asked(Client(), ("/", "/submissions/", "/leads/", *addresses)):
        assert answer.status_code in {302, 405}
        assert answer.status_code == 405 or answer["Location"].startswith("/sign-in/")
    assert Judgement.objects.count() == 0
