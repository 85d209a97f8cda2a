"""Sessions at the desk: rows that name their person, so that a person sees theirs and an end is an end at once.

Django asks this module for the store (`SESSION_ENGINE`).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction

from fanal.core.access.models import Session, User
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import NotFound

USE_NOTED_EVERY = timedelta(minutes=1)
LONGEST_ADDRESS, LONGEST_BROWSER = 60, 200
VOUCHED = "vouched"
"""Under which name a session holds by which provider it began."""


class SessionStore(DatabaseStore):
    """Keeps sessions with their person, where they began and when they were last used."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row that holds these data."""
        row = cast("Session", super().create_model_instance(data))
        user, known = data.get(SESSION_KEY), data.get("session", {})
        row.user_id = UUID(user) if user else None
        if known:
            row.id, row.began_at = UUID(known["id"]), datetime.fromisoformat(known["began_at"])
            row.address, row.browser = known["address"], known["browser"]
        vouched = data.get(VOUCHED)
        if vouched:
            row.provider, row.subject = vouched["provider"], bytes.fromhex(vouched["subject"])
            row.sid = bytes.fromhex(vouched["sid"]) or None
        return row

    def load(self) -> dict[str, Any]:
        """Return the data; that they were used is noted once a minute."""
        row = self._get_session_from_db()  # type: ignore[attr-defined]  # Django's own, which the stubs lack
        if row is None:
            return {}
        now = clock.now()
        if row.used_at < now - USE_NOTED_EVERY:
            Session.objects.filter(pk=row.pk).update(used_at=now)
        return dict(self.decode(row.session_data))


def begun(address: str, browser: str) -> dict[str, str]:
    """Return what a new session holds of itself, under the name `session`."""
    made = Session()
    return {
        "id": str(made.id),
        "began_at": made.began_at.isoformat(),
        "address": address[:LONGEST_ADDRESS],
        "browser": browser.replace("\0", "")[:LONGEST_BROWSER],
    }


def sessions_of(user: User) -> list[Session]:
    """Return where a person is signed in, last used first."""
    return list(Session.objects.filter(user=user, expire_date__gt=clock.now()))


def still_signed_in(user: User, key: str | None) -> bool:
    """Tell whether a person who asked a while ago, in the session with this key, would be let in again."""
    going = Session.objects.filter(session_key=key, user=user, expire_date__gt=clock.now())
    return going.filter(user__is_active=True, user__role=user.role).exists()


@transaction.atomic
def end_session(user: User, session: UUID, actor: Actor) -> None:
    """End a session of a person, from its next request on. Raises NotFound."""
    gone, _ = Session.objects.filter(user=user, id=session).delete()
    if not gone:
        raise NotFound("This session has ended before.")
    record("access.session_ended", actor=actor, subject=f"user:{user.pk}", detail={"sessions": [str(session)]})


@transaction.atomic
def end_sessions(user: User, actor: Actor, *, but: str | None = None, subject: bytes | None = None) -> int:
    """End all sessions of a person, but for the one with this key; return how many.

    `subject`: only those that a provider began, by the digest of whom it vouched for.
    """
    going = Session.objects.filter(user=user).exclude(session_key=but)
    going = going.filter(subject=subject) if subject else going
    named = [str(one) for one in going.values_list("id", flat=True)]
    going.delete()
    if named:
        record("access.session_ended", actor=actor, subject=f"user:{user.pk}", detail={"sessions": named})
    return len(named)


@transaction.atomic
def end_all_by(provider: str, actor: Actor, **named: bytes) -> int:
    """End the sessions that a provider began, by its word; return how many.

    `named`: only those of a `subject`, or with a `sid`, by its digest; where both are named, of both.
    """
    going = Session.objects.filter(provider=provider, **named)
    of_people: dict[UUID, list[str]] = {}
    agencies: dict[UUID, UUID] = {}
    for key, user, agency, session in going.values_list("session_key", "user", "user__agency", "id"):
        Session.objects.filter(session_key=key).delete()
        if user is not None:  # who has still to show a second factor is nobody yet
            of_people.setdefault(user, []).append(str(session))
            agencies[user] = agency
    for user, sessions in of_people.items():
        whose = replace(actor, agency=agencies[user])
        detail = {"provider": provider, "sessions": sessions}
        record("access.provider_signed_out", actor=whose, subject=f"user:{user}", detail=detail)
    return sum(map(len, of_people.values()))
