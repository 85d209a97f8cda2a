"""The second factor: codes of an app (TOTP, RFC 6238), passkeys (WebAuthn), and codes for the day both are lost.

The secret of an app is kept sealed under a key that is not in the database. A passkey is always asked to verify its
person (by finger, face or PIN), so that it is both factors at once and may sign in alone.
"""

import hashlib
from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fanal.core.access.models import Agency, Factor, RecoveryCode, User
from fanal.core.access.queries import actor_of
from fanal.core.access.sealing import seal, unseal
from fanal.core.audit.actions import record
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.errors import Conflict, Invalid, NotFound
from fanal.kit.ids import random_bytes

SECRET_BYTES = 20
PURPOSE = "factors"
DIGITS, STEP = 6, 30
DRIFT = (0, -1, 1)
"""Steps by which a telephone's clock may be off."""
CODES, CODE_BYTES = 10, 10
MOST, LONGEST_NAME = 10, 60


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are good: the host that browsers see, and the origin that they say."""

    host: str
    origin: str

    def server(self) -> Fido2Server:
        """Return what makes and checks the ceremonies of this site."""
        rp = PublicKeyCredentialRpEntity(name="Fanal", id=self.host)
        return Fido2Server(rp, verify_origin=lambda said: said == self.origin)


def has_factor(user: User) -> bool:
    """Tell whether a person has set up a second factor."""
    return user.factors.exists()


def new_secret() -> str:
    """Return a secret for an authenticator app, in Base32 as apps take it."""
    return b32encode(random_bytes(SECRET_BYTES)).decode()


def address_for(user: User, secret: str) -> str:
    """Return what an authenticator app reads from a QR code."""
    app = TOTP(b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303 - as below
    return app.get_provisioning_uri(user.username, "Fanal")


@transaction.atomic
def add_app(user: User, secret: str, code: str, name: str) -> list[str]:
    """Add an authenticator app that shows the right code; return recovery codes if it is the first factor.

    Raises Invalid for a wrong code, Conflict where there are too many.
    """
    plain = b32decode(secret)
    step = _step_of(plain, "".join(code.split()), after=0)
    if step is None:
        raise Invalid("This code does not fit.", next_step="Wait for the next one. Is the telephone's clock right?")
    kept = {"name": _name(name), "sealed": seal(plain, purpose=PURPOSE, of=user.pk), "used_step": step}
    return _added(user, Factor(user=user, kind=Factor.Kind.APP, **kept))


def begin_passkey(user: User, site: Site) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what a browser needs to make a passkey, and what `add_passkey` needs to check it."""
    about = PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.username, display_name=user.display_name)
    known = [_credential(factor) for factor in user.factors.filter(kind=Factor.Kind.PASSKEY)]
    options, state = site.server().register_begin(
        about,
        known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options)["publicKey"], state


@transaction.atomic
def add_passkey(user: User, site: Site, state: Mapping[str, Any], answer: Mapping[str, Any], name: str) -> list[str]:
    """Keep the passkey that a browser made; return recovery codes if it is the first factor.

    Raises Invalid for an answer that does not hold, Conflict where it is known or there are too many.
    """
    try:
        made = site.server().register_complete(state, answer)
        credential = made.credential_data
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise Invalid("This passkey could not be kept.", next_step="Try again.") from fault
    if credential is None or Factor.objects.filter(credential=credential.credential_id).exists():
        raise Conflict("This passkey is known already.", next_step="Use another device.")
    fresh = Factor(
        user=user,
        kind=Factor.Kind.PASSKEY,
        name=_name(name),
        credential=credential.credential_id,
        sealed=bytes(credential),
        used_step=made.counter,
    )
    return _added(user, fresh)


def begin_sign_in(site: Site) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what a browser needs to show one of its passkeys, and what `by_passkey` needs to check it."""
    options, state = site.server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options)["publicKey"], state


@transaction.atomic
def by_passkey(site: Site, state: Mapping[str, Any], answer: Mapping[str, Any]) -> User | None:
    """Return whose passkey answered, None where it does not hold or its person is kept out."""
    try:
        told = AuthenticationResponse.from_dict(answer)
        held = _locked(credential=told.raw_id)
        if held is None:
            return None
        site.server().authenticate_complete(state, [_credential(held)], answer)
        counter = told.response.authenticator_data.counter
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if counter and counter <= held.used_step:  # somebody has a copy of it
        return None
    _used(held, counter)
    return held.user


@transaction.atomic
def by_code(user: User, code: str) -> str:
    """Return how a code lets a person in: `app` or `recovery`; empty where it does not. A code is good once."""
    plain = "".join(code.split()).replace("-", "").upper()
    for held in Factor.objects.select_for_update(of=["self"]).filter(user=user, kind=Factor.Kind.APP):
        step = _step_of(_open(held), plain, after=held.used_step)
        if step is not None:
            _used(held, step)
            return "app"
    spare = RecoveryCode.objects.filter(user=user, digest=_digest(user, plain), used_at__isnull=True)
    if spare.update(used_at=clock.now()):
        record("access.recovery_code_used", actor=actor_of(user), subject=f"user:{user.pk}")
        return "recovery"
    return ""


@transaction.atomic
def new_recovery_codes(user: User, actor: Actor) -> list[str]:
    """Return ten codes that each sign in once instead of the second factor; those of before are of no use any more."""
    user.recovery_codes.all().delete()
    plain = [b32encode(random_bytes(CODE_BYTES)).decode() for _ in range(CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, one)) for one in plain])
    record("access.recovery_codes_made", actor=actor, subject=f"user:{user.pk}", detail={"codes": CODES})
    return ["-".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in plain]


@transaction.atomic
def remove_factor(user: User, factor: UUID, actor: Actor) -> None:
    """Take a factor away; with the last one its recovery codes. Raises NotFound."""
    gone, _ = user.factors.filter(pk=factor).delete()
    if not gone:
        raise NotFound("There is no such factor.")
    if not has_factor(user):
        user.recovery_codes.all().delete()
    record("access.factor_removed", actor=actor, subject=f"user:{user.pk}", detail={"factor": str(factor)})


@transaction.atomic
def require_factor(agency: Agency, actor: Actor, *, required: bool) -> None:
    """Say whether people of an agency reach only their own account until they have a second factor."""
    agency.second_factor = required
    agency.save(update_fields=["second_factor"])
    record("access.agency_changed", actor=actor, subject=f"agency:{agency.pk}", detail={"second_factor": required})


def _added(user: User, fresh: Factor) -> list[str]:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    number = user.factors.count()
    if number >= MOST:
        raise Conflict("There are ten already.", next_step="Take one away first.")
    fresh.made_at = clock.now()
    fresh.save(force_insert=True)
    detail = {"factor": str(fresh.pk), "kind": str(fresh.kind)}
    record("access.factor_added", actor=actor_of(user), subject=f"user:{user.pk}", detail=detail)
    return [] if number else new_recovery_codes(user, actor_of(user))


def _locked(credential: bytes) -> Factor | None:
    good = {"kind": Factor.Kind.PASSKEY, "credential": credential, "user__is_active": True}
    return Factor.objects.select_for_update(of=["self"]).select_related("user__agency").filter(**good).first()


def _used(held: Factor, step: int) -> None:
    held.used_at, held.used_step = clock.now(), step
    held.save(update_fields=["used_at", "used_step"])


def _step_of(secret: bytes, code: str, *, after: int) -> int | None:
    """Return the step of time in which an app shows this code, None where none near does; one before counts no more."""
    now = int(clock.now().timestamp()) // STEP
    app = TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 - what every app computes (RFC 6238); HMAC is not broken
    for step in (now + drift for drift in DRIFT):
        try:
            app.verify(code.encode(), step * STEP)
        except InvalidToken:
            continue
        return step if step > after else None
    return None


def _credential(factor: Factor) -> AttestedCredentialData:
    return AttestedCredentialData(bytes(factor.sealed))


def _name(given: str) -> str:
    return given.replace("\0", "").strip()[:LONGEST_NAME]


def _digest(user: User, code: str) -> bytes:
    return hashlib.sha256(user.pk.bytes + code.encode("utf-8", "surrogateescape")).digest()


def _open(factor: Factor) -> bytes:
    """Return an app's secret. One that was sealed under another key fits no code: the person sets up anew."""
    return unseal(bytes(factor.sealed), purpose=PURPOSE, of=factor.user_id) or random_bytes(SECRET_BYTES)
