"""An added technique catches up in this process, without the queue: for whoever does not want to wait for workers."""

from collections.abc import Iterator

from django.db import transaction

from fanal.casework.prints.actions import write_added
from fanal.casework.prints.catching_up import lacking, sorted_out
from fanal.casework.prints.examination import compute

CONTENTS_AT_ONCE = 16


def catch_up_now(technique: str) -> Iterator[int]:
    """Compute what is lacking, a few contents at once; yield how many after each part was committed.

    Raises what the vault raises, and SandboxUnavailable when there is no wall.
    """
    while asked := lacking(technique, most=CONTENTS_AT_ONCE):
        made = compute(technique, asked)
        with transaction.atomic():
            write_added(technique, *sorted_out(made))
        yield len(asked)
