"""Signatures of messages, as Standard Webhooks has them (standardwebhooks.com): HMAC-SHA256 of id, time and body."""

import hashlib
import hmac
from base64 import b64encode
from uuid import UUID

from django.utils.crypto import salted_hmac

PREFIX = "whsec_"


def secret_of(webhook: UUID, number: int) -> bytes:
    """Return the secret of a webhook, by how often it got another: derived from the key in the data folder.

    So no table holds it.
    """
    name = f"{webhook}/{number}" if number else str(webhook)
    return salted_hmac("fanal.dispatch.webhook", name, algorithm="sha256").digest()


def word_for(user: UUID, address: str) -> str:
    """Return the word that confirms a person's address: only a mail to it tells the word, and no table holds it."""
    return salted_hmac("fanal.dispatch.digest", f"{user}/{address}", algorithm="sha256").hexdigest()


def as_shown(secret: bytes) -> str:
    """Return a secret as libraries of Standard Webhooks take it."""
    return PREFIX + b64encode(secret).decode()


def signature(secret: bytes, message: str, timestamp: int, body: bytes) -> str:
    """Return what stands in `webhook-signature`. `timestamp` is in seconds since 1970."""
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
