"""Archives stream through the wall, and photographs share decoders: neither lets one file harm another."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.nursery import Nursery
from hostile import planted
from hostile.boxes import PLANTED, TIGHT, decoders_of
from offspring import await_none


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(workers=2, limits=TIGHT, decoders=PLANTED, files_per_decoder=1) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def tidy(box: Sandbox) -> Iterator[None]:
    """No decoder is left after a test."""
    yield
    await_none(decoders_of(box))


# Archives: a stream of members instead of one answer.


def take_all(members: Iterator[Member]) -> list[tuple[str, bytes]]:
    return [(member.path, b"".join(member.chunks)) for member in members]


def test_members_arrive_whole_and_in_order(box: Sandbox) -> None:
    assert take_all(box.unpack(b"3 100", "x")) == [(f"m{number}", bytes([number]) * 100) for number in range(3)]


def test_members_that_are_not_taken_are_passed_over(box: Sandbox) -> None:
    assert [member.path for member in box.unpack(b"4 1000", "x")] == ["m0", "m1", "m2", "m3"]


def test_an_iterator_that_is_left_leaves_nothing(box: Sandbox) -> None:
    members = box.unpack(b"4 1000", "x")
    next(members)
    members.close()  # type: ignore[attr-defined]  # a generator


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("6 1", Refusal.TOO_MANY_MEMBERS),
        ("5 2001", Refusal.TOO_MUCH_OUTPUT),
        ("unpack a chunk too large", Refusal.PROTOCOL),
        ("unpack an empty chunk", Refusal.PROTOCOL),
        ("unpack a year that is none", Refusal.PROTOCOL),
    ],
)
def test_limits_of_archives_hold_from_outside(box: Sandbox, words: str, refusal: Refusal) -> None:
    with pytest.raises(MediaRefused) as refused:
        take_all(box.unpack(words.encode(), "x"))
    assert refused.value.refusal == refusal


# Company: one decoder reads several photographs, and none of them can have another one refused.


def photograph(words: str) -> bytes:
    return b"\xff\xd8\xff" + words.encode()


@pytest.fixture
def rooms() -> Iterator[Sandbox]:
    """A sandbox that may have decoders at rest afterwards."""
    with Sandbox(workers=1, limits=TIGHT, decoders=PLANTED) as sandbox:
        yield sandbox


def test_photographs_share_a_decoder_and_others_do_not(rooms: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    forks: list[str] = []
    real = Nursery.fork

    def fork(self: Any, order: Any, *rest: Any) -> Any:
        forks.append(order.name)
        return real(self, order, *rest)

    monkeypatch.setattr(Nursery, "fork", fork)
    for number in range(5):
        rooms.examine(photograph("a"), f"photograph {number}")
        rooms.examine(b"a", f"other {number}")
    assert [name for name in forks if name.startswith("photograph")] == ["photograph 0"]
    assert len([name for name in forks if name.startswith("other")]) == 5


@pytest.mark.parametrize("words", ["crash", "answer twice", "linger a little", "sleep", "say more"])
def test_bad_company_is_left(rooms: Sandbox, words: str) -> None:
    """Whatever a photograph did, the next one is read; and what is refused is refused by a decoder of its own."""
    rooms.examine(photograph("a"), "x")
    if words == "linger a little":
        # It ends although it should wait for another file: its findings came, and it is not asked again.
        assert rooms.examine(photograph(words), "x").facts == {"fine": 1}
    else:
        with pytest.raises(MediaRefused):
            rooms.examine(photograph(words), "x")
    assert rooms.examine(photograph("a"), "x") == planted.FINE


def test_a_decoder_is_replaced_after_its_run() -> None:
    with Sandbox(workers=1, limits=TIGHT, decoders=PLANTED, files_per_decoder=3) as box:
        inside = []
        for _ in range(7):
            box.examine(photograph("a"), "x")
            inside.append(tuple(decoders_of(box)()))
        assert len({each for each in inside if each}) == 3


@pytest.mark.parametrize("run", [1, 32])
def test_many_threads_share_the_pool(run: int) -> None:
    """Good and bad files at once: each gets its own answer, whatever decoder it met."""
    files = [photograph("a"), b"a", photograph("crash"), b"raise", photograph("refuse"), b"say an unknown kind"] * 12
    wanted = [planted.FINE, planted.FINE, "DECODER_DIED", "DECODER_DIED", "MALFORMED", "PROTOCOL"] * 12
    with Sandbox(workers=3, limits=TIGHT, decoders=PLANTED, files_per_decoder=run) as box:

        def answer(file: bytes) -> object:
            try:
                return box.examine(file, "x")
            except MediaRefused as refused:
                return refused.refusal.name

        with ThreadPoolExecutor(6) as threads:
            assert list(threads.map(answer, files)) == wanted


def test_a_fork_of_the_broker_leaves_our_decoders_alone(rooms: Sandbox) -> None:
    """A server may fork itself after it made a sandbox: parent and child must not talk to the same decoders."""
    assert rooms.examine(photograph("a"), "x") == planted.FINE
    before, resting = rooms.zygote, decoders_of(rooms)()
    child = os.fork()
    if child == 0:
        served = rooms.examine(photograph("a"), "x") == planted.FINE and rooms.zygote != before
        rooms.close()
        os._exit(0 if served else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert rooms.examine(photograph("a"), "x") == planted.FINE
    assert (rooms.zygote, decoders_of(rooms)()) == (before, resting)
