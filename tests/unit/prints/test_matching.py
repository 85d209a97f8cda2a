"""From written prints to leads: what was before and what comes later, in order, sealed, and never too many."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from django.db import connection, transaction
from numpy.typing import NDArray

from fanal.casework.evidence.models import Content, Exhibit
from fanal.casework.leads import matching
from fanal.casework.leads.actions import propose
from fanal.casework.leads.models import Lead
from fanal.casework.prints import actions
from fanal.casework.prints.models import Preview, Print
from fanal.casework.prints.queries import glimpses_of, preview_image
from fanal.core.vault.actions import erase, holdings
from fanal.engine.fingerprint.pdq import QUALITY_GATE, TECHNIQUE
from fanal.engine.media.findings import Findings
from fanal.engine.media.findings import Preview as FoundPreview
from fanal.engine.media.findings import Print as FoundPrint
from fanal.kit.errors import NotFound
from world import Cast, cast, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def near(base: NDArray[np.uint8], bits: int, dice: np.random.Generator) -> NDArray[np.uint8]:
    """Return the hash with so many bits turned over."""
    unpacked = np.unpackbits(base)
    unpacked[dice.choice(256, bits, replace=False)] ^= 1
    return np.packbits(unpacked)


def findings(hashed: NDArray[np.uint8], dice: np.random.Generator, quality: int = 100) -> Findings:
    """Return what examining a picture of this PDQ hash finds."""
    turned = dice.integers(0, 256, 7 * 32, dtype=np.uint8).tobytes()
    made = FoundPrint(technique=TECHNIQUE, data=hashed.tobytes(), turned=turned, quality=quality)
    shown = FoundPreview(width=8, height=8, image=b"RIFF a glimpse")
    return Findings(family="image", media_type="image/jpeg", width=8, height=8, prints=(made,), previews=(shown,))


def contents(count: int, who: Cast, folder: Path) -> list[int]:
    """Submit so many files; return the ids of their contents."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:04}").write_text(f"{folder.name} {number}")
    submitted(who.france, folder)
    return list(Content.objects.filter(exhibits__submission__label=folder.name).values_list("pk", flat=True))


def write(found: dict[int, Findings]) -> None:
    """Write findings as the workers do."""
    digests = {pk: bytes(Content.objects.get(pk=pk).sha256 or b"") for pk in found}
    held = holdings(digests.values())
    sealed = {pk: actions.seal_previews(held[digests[pk]], item) for pk, item in found.items()}
    with transaction.atomic():
        actions.write(found, {}, sealed)


def linked(*asked: int) -> set[tuple[int, int]]:
    """Compare these contents with all others, and return the pairs that have leads."""
    with transaction.atomic():
        propose(matching.resembling(asked))
    return set(Lead.objects.values_list("left", "right"))


def in_threads(*work: Callable[[], object]) -> None:
    """Do these at the same moment, each with a connection of its own."""
    gate = Barrier(len(work))

    def one(item: Callable[[], object]) -> None:
        try:
            gate.wait(300)
            item()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        list(pool.map(one, work))


def test_what_was_before_and_what_comes_later_is_found(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    dice = np.random.default_rng(seed)
    base = dice.integers(0, 256, 32, dtype=np.uint8)
    one, two, three, far = sorted(contents(4, cast(), tmp_path / "a"))
    write({one: findings(base, dice)})
    assert linked(one) == set()
    write({two: findings(near(base, 10, dice), dice), far: findings(near(base, 80, dice), dice)})
    assert linked(two, far) == {(one, two)}
    write({three: findings(near(base, 8, dice), dice)})
    assert linked(three) == {(one, two), (one, three), (two, three)}


def test_pictures_of_low_quality_take_no_part(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    dice = np.random.default_rng(seed)
    base = dice.integers(0, 256, 32, dtype=np.uint8)
    one, two, three = sorted(contents(3, cast(), tmp_path / "a"))
    write({one: findings(base, dice), two: findings(base, dice, QUALITY_GATE - 1)})
    write({three: findings(base, dice, QUALITY_GATE)})
    assert linked(one, two, three) == {(one, three)}
    assert Print.objects.count() == 3


def test_of_two_that_arrive_at_the_same_moment_one_finds_the_other(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    dice = np.random.default_rng(seed)
    all_of_them = sorted(contents(12, cast(), tmp_path / "a"))
    pairs = list(zip(all_of_them[::2], all_of_them[1::2], strict=True))
    for left, right in pairs:
        base = dice.integers(0, 256, 32, dtype=np.uint8)
        one, two = findings(base, dice), findings(near(base, 5, dice), dice)

        def arrive(content: int, found: Findings) -> None:
            write({content: found})
            linked(content)

        in_threads(lambda: arrive(left, one), lambda: arrive(right, two))  # noqa: B023 - ended before the next turn
    assert set(Lead.objects.values_list("left", "right")) == set(pairs)


def test_feed_numbers_are_drawn_in_the_order_of_commits(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    """Whoever has seen a number has seen all below it, however long a transaction took."""
    dice = np.random.default_rng(seed)
    first, second = sorted(contents(2, cast(), tmp_path / "a"))
    written, gate = list[int](), Barrier(2)
    slow, quick = (findings(dice.integers(0, 256, 32, dtype=np.uint8), dice) for _ in range(2))

    def linger() -> None:
        with transaction.atomic():
            actions.write({first: slow}, {}, {})
            gate.wait(300)
            connection.cursor().execute("SELECT pg_sleep(0.3)")
            written.append(Print.objects.get(content=first).pk)

    def hurry() -> None:
        gate.wait(300)
        write({second: quick})
        seen = set(Print.objects.values_list("content", flat=True))
        assert seen == {first, second}, "the second to draw a number committed before the first"

    in_threads(linger, hurry)
    assert written[0] < Print.objects.get(content=second).pk


def test_the_surest_leads_only_where_there_are_too_many(
    fresh_data: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_LEADS_A_CONTENT", 5)
    dice = np.random.default_rng(seed)
    base = dice.integers(0, 256, 32, dtype=np.uint8)
    asked, *others = sorted(contents(21, cast(), tmp_path / "a"))
    write({other: findings(near(base, 1 + number, dice), dice) for number, other in enumerate(others)})
    write({asked: findings(base, dice)})
    assert linked(asked) == {(asked, other) for other in others[:5]}


def test_written_twice_a_content_has_its_prints_and_previews_once(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    dice = np.random.default_rng(seed)
    (only,) = contents(1, cast(), tmp_path / "a")
    for _ in range(2):
        write({only: findings(dice.integers(0, 256, 32, dtype=np.uint8), dice)})
    assert (Print.objects.count(), Preview.objects.count()) == (1, 1)


def test_previews_are_sealed_and_go_with_their_content(fresh_data: Path, tmp_path: Path, seed: int) -> None:
    dice = np.random.default_rng(seed)
    who = cast()
    (only,) = contents(1, who, tmp_path / "a")
    write({only: findings(dice.integers(0, 256, 32, dtype=np.uint8), dice)})
    assert b"glimpse" not in bytes(Preview.objects.get().sealed)
    assert glimpses_of([only]) == {only: b"RIFF a glimpse"}
    assert preview_image(who.france, only, 0) == b"RIFF a glimpse"
    for position, agency in ((1, who.france), (0, who.france)):
        if position == 0:
            Exhibit.objects.all().delete()
        with pytest.raises(NotFound):
            preview_image(agency, only, position)
    with transaction.atomic():
        erase(bytes(Content.objects.get().sha256 or b""))
    assert glimpses_of([only]) == {}
    assert holdings([bytes(Content.objects.get().sha256 or b"")]) == {}
