"""Verbs on readings: write what was read in a content."""

from collections.abc import Sequence

from fanal.casework.evidence.actions import take_turn
from fanal.casework.prints.actions import write_technique
from fanal.casework.readings.models import Reading, TextLine
from fanal.core.audit.actions import record
from fanal.engine.fingerprint.prints import Print
from fanal.engine.text.line import Page
from fanal.engine.text.plain import grams_of, searched_words
from fanal.engine.text.script import script_of
from fanal.engine.text.stored import TECHNIQUE, pages_of
from fanal.kit import clock, crash
from fanal.kit.actor import SYSTEM


def write(content: int, prints: Sequence[Print]) -> None:
    """Write what was read in a content, in place of what was there, in the caller's transaction.

    Of one that was erased meanwhile nothing is written.
    """
    if not take_turn([content]):
        return
    lines = [line for page in pages_of(prints) for line in _lines(content, page)]
    TextLine.objects.filter(content=content).delete()
    TextLine.objects.bulk_create(lines)
    crash.here("readings.lines_written")
    done = {"state": Reading.State.READ, "lines": len(lines), "read_at": clock.now()}
    Reading.objects.update_or_create(content_id=content, defaults=done)
    write_technique(content, TECHNIQUE, prints)
    record("readings.read", actor=SYSTEM, subject=f"content:{content}", detail={"lines": len(lines)})


def forget(contents: Sequence[int]) -> None:
    """Let go of the text in contents that were erased, in the caller's transaction."""
    TextLine.objects.filter(content__in=list(contents)).delete()
    Reading.objects.filter(content__in=list(contents)).delete()


def give_up(content: int, why: str) -> None:
    """Note that a content could not be read, so that it is not tried for ever, in the caller's transaction."""
    failed = {"state": Reading.State.FAILED, "lines": 0, "read_at": clock.now()}
    Reading.objects.update_or_create(content_id=content, defaults=failed)
    record("readings.read", actor=SYSTEM, subject=f"content:{content}", detail={"failed": why})


def _lines(content: int, page: Page) -> list[TextLine]:
    return [
        TextLine(
            content_id=content,
            time=page.time,
            position=position,
            text=line.text,
            confidence=line.confidence,
            corners=[[round(x / page.width, 4), round(y / page.height, 4)] for x, y in line.corners],
            script=script_of(line.text) or "",
            words=sorted(set(searched_words(line.text))),
            grams=grams_of(searched_words(line.text)),
        )
        for position, line in enumerate(page.lines)
    ]
