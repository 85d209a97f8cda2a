"""Promise 13: rights change at once. What is under way when they end gets nothing more, not at its end but at its next
byte: a stream within its next look, a piece that is on its way, the next page, the next answer of a search.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import cast as typed
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from desk import at_the_desk, content_of, story
from fanal.casework.alerts.actions import raise_alerts
from fanal.casework.alerts.models import Alert, Kind
from fanal.casework.alerts.news import News, of_leads
from fanal.casework.cases.contributions import attach
from fanal.casework.cases.models import Case
from fanal.casework.cases.participation import leave
from fanal.casework.evidence.actions import Delivery, open_submission
from fanal.casework.evidence.models import Content, Submission, Upload, Visibility
from fanal.casework.evidence.uploads import Announced, begin_upload
from fanal.casework.leads.actions import search_region
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import RegionSearch
from fanal.casework.leads.queries import hits_of
from fanal.core.access.models import Role, Session, Token, User
from fanal.core.access.queries import actor_of
from fanal.core.access.tokens import revoke_token, valid_token
from fanal.doors import downloads
from fanal.doors.api import lookout, stream
from fanal.doors.api.caller import Caller
from fanal.doors.api.lookout import Listener, look
from fanal.doors.downloads import PIECE_BYTES
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from programs import Program, program, secret_of
from rooms import room_of_two
from world import Cast, cast

pytestmark = pytest.mark.django_db(transaction=True)

End = Callable[[User], object]


@pytest.fixture
def who(fresh_data: Path) -> Cast:
    """The cast, on an empty database."""
    return cast()


def revoke(user: User) -> None:
    """Revoke the person's tokens."""
    for token in Token.objects.filter(user=user):
        revoke_token(token.pk, SYSTEM)


def let_lapse(user: User) -> None:
    """Let the time of the person's tokens be over."""
    Token.objects.filter(user=user).update(expires_at=clock.now() - timedelta(seconds=1))


def suspend(user: User) -> None:
    """Keep the person out."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def make_auditor(user: User) -> None:
    """Give the person a role that sees no material."""
    User.objects.filter(pk=user.pk).update(role=Role.AUDITOR)


ENDS: list[End] = [revoke, let_lapse, suspend, make_auditor]


def alerted(who: Cast) -> None:
    """Give France one more alert."""
    with transaction.atomic():
        raise_alerts([News(who.france.pk, Kind.ASKED, f"k{uuid4()}", f"s{uuid4()}", who.new_zealand.pk, clock.now())])


@pytest.mark.parametrize("end", ENDS)
def test_a_stream_says_nothing_more_at_its_next_look(who: Cast, end: End) -> None:
    alerted(who)
    answer = typed("StreamingHttpResponse", program(who.camille).get("/alerts/stream"))
    opened = typed("Iterator[bytes]", answer.streaming_content)
    assert next(opened) == stream.RETRY.encode()
    assert next(opened).count(b"event: alert") == 1
    end(who.camille)
    alerted(who)  # which must not be told any more
    assert list(opened) == []
    assert lookout.LOOK_SECONDS <= 0.5
    assert Alert.objects.filter(agency=who.france).count() == 2


@pytest.mark.parametrize("end", ENDS)
def test_what_waits_to_leave_is_not_said_any_more(who: Cast, end: End) -> None:
    """A reader who is slow has something on its way to them when their rights end."""
    shown = valid_token(secret_of(who.camille))
    assert shown is not None
    listener = Listener(Caller(shown.user, shown), 0, clock.monotonic() + 60)
    alerted(who)
    look([listener])
    assert not listener.has_read
    end(who.camille)
    look([listener])
    assert listener.wait(0) is None


class Slow(BytesIO):
    """A body on its way: something happens while it is read."""

    def __init__(self, body: bytes, meanwhile: Callable[[], object]) -> None:
        super().__init__(body)
        self._meanwhile = meanwhile

    def read(self, size: int | None = -1) -> bytes:
        """Read on, once something has happened."""
        self._meanwhile()
        return super().read(size)


def announced(who: Cast, piece: bytes) -> Upload:
    """Announce a file that is larger than the piece."""
    delivery = Delivery(agency=who.france, label="laptop", origin="laptop", visibility=Visibility.OWN)
    submission = open_submission(delivery, actor_of(who.camille))
    file = Announced("a.bin", 2 * len(piece), sha256(piece * 2).digest())
    return begin_upload(who.france, submission.pk, file, actor_of(who.camille))


@pytest.mark.parametrize("end", ENDS)
def test_a_piece_that_is_on_its_way_is_refused(who: Cast, end: End) -> None:
    piece = bytes(1000)
    upload, sender = announced(who, piece), program(who.camille)
    assert put(sender, upload, piece, lambda: None).status_code == 200
    assert put(sender, upload, piece, lambda: end(who.camille)).status_code == 401
    upload.refresh_from_db()
    assert upload.offset == len(piece)


def put(sender: Program, upload: Upload, piece: bytes, meanwhile: Callable[[], object]) -> HttpResponse:
    """Send the next piece of an upload, while something happens."""
    upload.refresh_from_db()
    answer = sender.client.request(
        **{
            "REQUEST_METHOD": "PUT",
            "PATH_INFO": f"/api/v1/uploads/{upload.pk}/bytes",
            "CONTENT_LENGTH": str(len(piece)),
            "CONTENT_TYPE": "application/octet-stream",
            "HTTP_AUTHORIZATION": f"Bearer {sender.secret}",
            "HTTP_UPLOAD_OFFSET": str(upload.offset),
            "HTTP_CONTENT_DIGEST": f"sha-256=:{b64encode(sha256(piece).digest()).decode()}:",
            "wsgi.input": Slow(piece, meanwhile),
        }
    )
    return typed("HttpResponse", answer)


def picture_at(submission: Submission) -> Content:
    """Return the first picture of the story."""
    return content_of(submission, "IMG_0040.jpg")


@pytest.mark.parametrize("end", [suspend, make_auditor])
def test_the_next_picture_is_refused(who: Cast, end: End, tmp_path: Path) -> None:
    """A picture is sent as one: whoever asks for it is looked at each time."""
    theirs, _, _ = story(who, tmp_path)
    address = f"/contents/{picture_at(theirs).pk}/previews/1/"
    desk = at_the_desk(who.camille)
    assert desk.get(address).status_code == 200
    end(who.camille)
    assert desk.get(address).status_code in (302, 403)


def test_the_next_page_is_refused_once_a_session_has_ended(who: Cast, tmp_path: Path) -> None:
    theirs, _, leads = story(who, tmp_path)
    desk = at_the_desk(who.camille)
    kept = desk.cookies["fanal-session"].value
    assert desk.get(f"/leads/{leads[0].pk}/").status_code == 200
    desk.post("/sign-out/")
    desk.cookies["fanal-session"] = kept  # what a thief would show
    assert desk.get(f"/leads/{leads[0].pk}/").status_code == 302
    assert desk.get(f"/contents/{picture_at(theirs).pk}/previews/1/").status_code == 302


def test_what_is_narrowed_is_not_there_at_the_next_byte(who: Cast, tmp_path: Path) -> None:
    theirs, _, leads = story(who, tmp_path)
    picture, lead = picture_at(theirs), leads[0]
    desk, asking = at_the_desk(who.camille), program(who.camille)
    pages = [f"/contents/{picture.pk}/", f"/contents/{picture.pk}/previews/1/", f"/leads/{lead.pk}/"]
    calls = [f"/contents/{bytes(picture.sha256 or b'').hex()}", f"/leads/{lead.pk}"]
    assert {desk.get(page).status_code for page in pages} | {asking.get(call).status_code for call in calls} == {200}
    Submission.objects.filter(pk=theirs.pk).update(visibility=Visibility.OWN)
    assert {desk.get(page).status_code for page in pages} | {asking.get(call).status_code for call in calls} == {404}


def test_a_job_tells_nobody_what_was_narrowed_while_it_waited(who: Cast, tmp_path: Path) -> None:
    theirs, ours, leads = story(who, tmp_path)
    search = search_region(picture_at(ours).pk, Box(0.1, 0.1, 0.5, 0.5), who.camille)
    hit = {"content": picture_at(theirs).pk, "confidence": 0.9, "accepted": True, "why": "", "detail": {}}
    RegionSearch.objects.filter(pk=search.pk).update(hits=[hit], state="done")
    search.refresh_from_db()
    assert len(hits_of(who.france, search)) == 1
    assert who.france.pk in {news.agency for news in of_leads([lead.pk for lead in leads])}
    Submission.objects.filter(pk=theirs.pk).update(visibility=Visibility.OWN)
    assert hits_of(who.france, search) == []
    assert who.france.pk not in {news.agency for news in of_leads([lead.pk for lead in leads])}


def end_sessions_of(user: User) -> None:
    """End where the person is signed in."""
    Session.objects.filter(user=user).delete()


def leave_the_case(user: User) -> None:
    """Have the person's agency take part in no case any more."""
    leave(Case.objects.get().pk, user)


def attached(who: Cast) -> tuple[Case, str]:
    """Open a case of two agencies, with a file of a few pieces; return it and the file's id."""
    room = room_of_two(who.mere, who.camille)
    return room, str(attach(room.pk, "plan.bin", bytes(5 * PIECE_BYTES), who.mere).pk)


@pytest.mark.parametrize("end", [*ENDS, leave_the_case])
def test_a_download_by_a_program_is_cut_at_its_next_look(who: Cast, end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "LOOK_SECONDS", 0.0)
    room, document = attached(who)
    answer = program(who.camille).get(f"/cases/{room.pk}/files/{document}")
    cut_where_rights_end(answer, lambda: end(who.camille))


@pytest.mark.parametrize("end", [end_sessions_of, suspend, make_auditor, leave_the_case])
def test_a_download_at_the_desk_is_cut_at_its_next_look(who: Cast, end: End, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "LOOK_SECONDS", 0.0)
    room, document = attached(who)
    answer = at_the_desk(who.camille).get(f"/cases/{room.pk}/files/{document}/")
    cut_where_rights_end(answer, lambda: end(who.camille))


def cut_where_rights_end(answer: HttpResponseBase, end: Callable[[], object]) -> None:
    """Read two pieces of a file, have the rights end, and see that no other follows."""
    pieces = iter(typed("StreamingHttpResponse", answer))
    assert answer["Content-Length"] == str(5 * PIECE_BYTES)
    assert [len(next(pieces)) for _ in range(2)] == [PIECE_BYTES] * 2
    end()
    assert list(pieces) == []
