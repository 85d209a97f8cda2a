"""How often a person, or a machine, may try to sign in. Counted in the database, so that all servers count together.

Names and addresses are kept as keyed hashes only, and no longer than they count: people type passwords as names.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from fanal.core.access.models import SignInAttempt
from fanal.kit import clock

WINDOW = timedelta(minutes=15)
MOST_OF_BOTH = 10
"""Attempts with one name from one address: more is guessing."""
MOST_OF_NAME = 50
"""Attempts with one name from anywhere. Higher, so that nobody keeps a colleague out from elsewhere in ten tries."""
MOST_OF_ADDRESS = 100
"""Attempts from one address, behind which a whole agency may sit."""

# Two attempts at once must not both be the last one.
IN_TURN = "SELECT pg_advisory_xact_lock(hashtext('fanal.access.attempts'))"


@transaction.atomic
def begin(username: str, address: str) -> bool:
    """Count an attempt before the password is looked at; return False when there were too many. Those do not count."""
    with connection.cursor() as cursor:
        cursor.execute(IN_TURN)
    since = clock.now() - WINDOW
    SignInAttempt.objects.filter(at__lte=since).delete()
    name, place = _hidden("name", username.casefold()), _hidden("address", address)
    of_both, of_name, of_address = (
        SignInAttempt.objects.filter(condition).count()
        for condition in (Q(name=name, address=place), Q(name=name), Q(address=place))
    )
    if of_both >= MOST_OF_BOTH or of_name >= MOST_OF_NAME or of_address >= MOST_OF_ADDRESS:
        return False
    SignInAttempt.objects.create(name=name, address=place, at=clock.now())
    return True


def forget(username: str, address: str) -> None:
    """Count no longer what led to a sign-in."""
    name, place = _hidden("name", username.casefold()), _hidden("address", address)
    SignInAttempt.objects.filter(name=name, address=place).delete()


def _hidden(kind: str, value: str) -> bytes:
    return salted_hmac(f"fanal.access.{kind}", value, algorithm="sha256").digest()
