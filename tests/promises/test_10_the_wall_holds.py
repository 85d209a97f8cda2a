"""Promise 10: what a decoder turned hostile tries, stays behind the wall, and the next file is served."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.limits import Limits
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox import decoder
from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.errors import SandboxUnavailable
from fanal.engine.sandbox.order import Decoders
from fanal.engine.sandbox.policy import Mechanism, Policy
from hostile import planted
from hostile.boxes import PLANTED, TIGHT, decoders_of, within
from offspring import await_none, descendants

PATIENCE = 60.0
"""Seconds that a busy machine may add: what is ended here would otherwise go on for an hour."""
CANARY = "canary-in-the-environment"

DIES = Refusal.DECODER_DIED
"""Of the filter: the attempt was the last thing it did."""
HEARS_NO: Refusal | None = None
"""The call answered with an error, which the decoder reports."""
LATE = Refusal.OUT_OF_TIME
FALSE = Refusal.PROTOCOL

ESCAPES: dict[str, Refusal | None] = {
    "read /etc/passwd": HEARS_NO,
    "read the environment": HEARS_NO,
    "find secrets in the environment": HEARS_NO,
    "use a descriptor left open": HEARS_NO,
    "list the root": HEARS_NO,
    "write a file": HEARS_NO,
    "write into the file it reads": HEARS_NO,
    "cut the file it reads": HEARS_NO,
    "open /proc/self/mem": HEARS_NO,
    "link out": DIES,
    "make a file in memory": HEARS_NO,
    "open a socket": HEARS_NO,
    "open a local socket": HEARS_NO,
    "ask the DNS": HEARS_NO,
    "send a descriptor out": DIES,
    "trace the parent": DIES,
    "read the parent's memory": DIES,
    "kill the parent": DIES,
    "kill everyone": DIES,
    "hold the parent": DIES,
    "fork without end": DIES,
    "leave a grandchild": DIES,
    "vfork": DIES,
    "exec a shell": DIES,
    "start threads without end": HEARS_NO,
    "mount": DIES,
    "enter another namespace": DIES,
    "make a namespace": DIES,
    "become root": DIES,
    "change the root": DIES,
    "look at keys": DIES,
    "load BPF": DIES,
    "use io_uring": DIES,
    "use userfaultfd": DIES,
    "measure others": DIES,
    "map new code": HEARS_NO,
    "raise its limits": HEARS_NO,
}
LIES = {
    "take 64 GB": Refusal.OUT_OF_MEMORY,
    "spin": LATE,
    "spin and ignore signals": LATE,
    "sleep": LATE,
    "crash": DIES,
    "abort": DIES,
    "raise": DIES,
    "end early": FALSE,
    "end with a status": DIES,
    "stall within": LATE,
    "drip": LATE,
    "flood": FALSE,
    "lie about a size": FALSE,
    "say more": FALSE,
    "answer twice": FALSE,
    "say a huge text": FALSE,
    "say a negative number": FALSE,
    "say not a number": FALSE,
    "say infinity": FALSE,
    "say an unknown refusal": FALSE,
    "say an unknown kind": FALSE,
    "say too many prints": FALSE,
    "say a print of another width": FALSE,
    "say what is not text": FALSE,
    "say a terminal's command": FALSE,
    "say a type that is markup": FALSE,
    "say a preview that is a page": FALSE,
    "answer as an archive": FALSE,
}


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    """A sandbox whose decoders are hostile, and whose broker has a secret in its environment."""
    os.environ["FANAL_CANARY"] = CANARY
    with Sandbox(workers=2, limits=TIGHT, decoders=PLANTED) as sandbox:
        yield sandbox
    del os.environ["FANAL_CANARY"]


@pytest.fixture(autouse=True)
def served_and_tidy(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each attempt the next file is served, by the same zygote, and no decoder is left."""
    if "box" not in request.fixturenames:
        yield
        return
    box = request.getfixturevalue("box")
    assert box.examine(b"before", "x") == planted.FINE
    before = box.zygote
    yield
    assert box.examine(b"after", "x") == planted.FINE
    if "another_zygote" not in request.fixturenames:
        assert box.zygote == before
    await_none(decoders_of(box))


@pytest.fixture
def another_zygote() -> None:
    """Says of a test that it leaves the sandbox with another zygote."""


def refusal_of(box: Sandbox, words: str) -> Refusal | None:
    """Examine, and return how the file was refused; None where it was not."""
    try:
        findings = box.examine(words.encode(), "x")
    except MediaRefused as refused:
        return refused.refusal
    assert "escaped" not in findings.facts, findings.facts
    assert "errno" in findings.facts
    return None


def test_everything_holds_here(box: Sandbox) -> None:
    """Each mechanism is in place on this machine; else the rest would prove less than it says."""
    assert box.describe().missing == {}


@pytest.mark.parametrize("words", ESCAPES)
def test_an_escape_is_contained(box: Sandbox, words: str) -> None:
    assert refusal_of(box, words) == ESCAPES[words]
    assert not os.path.lexists("/tmp/fanal-escaped")


@pytest.mark.parametrize("words", LIES)
def test_a_lie_is_caught(box: Sandbox, words: str) -> None:
    begun = time.monotonic()
    with pytest.raises(MediaRefused) as refused:
        box.examine(words.encode(), "x")
    assert refused.value.refusal == LIES[words]
    assert time.monotonic() - begun < TIGHT.wall_seconds + decoder.LINGER_SECONDS + PATIENCE


def test_every_attempt_is_tried() -> None:
    assert ESCAPES.keys() == planted.ATTEMPTS.keys()
    assert planted.LIES.keys() - LIES.keys() == {
        *("linger", "linger a little", "refuse and linger"),
        *("unpack a chunk too large", "unpack an empty chunk", "unpack a year that is none"),
    }
    assert len(ESCAPES) + len(LIES) >= 30


@pytest.mark.parametrize(
    "words",
    [
        "read /etc/passwd",
        "read the environment",
        "list the root",
        "make a file in memory",
        "open a socket",
        "map new code",
    ],
)
def test_the_attempts_are_real(words: str) -> None:
    """Without the wall they get through: what contains them is the wall and not their own mistakes."""
    script = f"from hostile import planted; print(planted._report(planted.ATTEMPTS[{words!r}]).facts)"
    path = os.pathsep.join(sys.path)
    free = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert "escaped" in free.stdout


@pytest.mark.parametrize("words", ["spin", "spin and ignore signals"])
def test_processor_time_is_bounded_by_the_kernel(words: str, kills: list[object]) -> None:
    """However long the broker would wait."""
    patient = Limits(memory_bytes=256 << 20, cpu_seconds=1.0, wall_seconds=60.0)
    with Sandbox(workers=1, limits=patient, decoders=PLANTED) as box:
        assert refusal_of(box, words) is Refusal.OUT_OF_TIME
    assert kills == []


# How a decoder may end: the six states of whoever runs a process that is not to be trusted.


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every kill that is sent, as it is sent."""
    sent: list[object] = []
    real = decoder.Decoder.kill

    def kill(self: decoder.Decoder) -> None:
        sent.append(self)
        real(self)

    monkeypatch.setattr(decoder.Decoder, "kill", kill)
    return sent


def test_state_1_ended_well(box: Sandbox, kills: list[object]) -> None:
    assert box.examine(b"x", "x") == planted.FINE
    assert kills == []


def test_state_2_lingered_a_little_after_its_answer(box: Sandbox, kills: list[object]) -> None:
    assert box.examine(b"linger a little", "x").facts == {"fine": 1}
    assert kills == []


def test_state_3_lingered_after_its_answer(box: Sandbox, kills: list[object]) -> None:
    assert refusal_of(box, "linger") is Refusal.PROTOCOL
    assert len(kills) == 1


def test_state_4_cannot_be_killed(box: Sandbox, another_zygote: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs in the kernel blocks nobody; the room it is in is given up, with all that is in it."""
    monkeypatch.setattr(decoder, "DEATH_SECONDS", 0.2)
    before, inside = box.zygote, within(box)
    with monkeypatch.context() as patch:
        patch.setattr(decoder.Decoder, "kill", lambda self: None)
        assert refusal_of(box, "linger") is Refusal.PROTOCOL
    assert box.zygote != before
    await_none(lambda: [each for each in (before, inside) if each and Path(f"/proc/{each}").exists()])


def test_state_5_failed_and_ended(box: Sandbox, kills: list[object]) -> None:
    assert refusal_of(box, "crash") is Refusal.DECODER_DIED
    assert kills == []


def test_state_6_failed_and_lingers(box: Sandbox, kills: list[object]) -> None:
    begun = time.monotonic()
    assert refusal_of(box, "refuse and linger") is Refusal.ENCRYPTED
    assert len(kills) == 1
    assert time.monotonic() - begun < decoder.LINGER_SECONDS + PATIENCE


# Life and death of the whole.


def test_a_dead_zygote_is_replaced(box: Sandbox, another_zygote: None) -> None:
    zygote, inside = box.zygote, within(box)
    assert zygote is not None
    os.kill(zygote, signal.SIGKILL)
    # What it began goes with it a moment later, and may still do its work until then.
    await_none(lambda: [each for each in (inside,) if each and Path(f"/proc/{each}").exists()])
    assert box.examine(b"x", "x") == planted.FINE
    assert box.zygote not in (None, zygote)


def test_close_leaves_nothing() -> None:
    box = Sandbox(workers=1, limits=TIGHT, decoders=PLANTED)
    box.examine(b"\xff\xd8\xff", "x")
    pids = [box.zygote or 0, *descendants(box.zygote or 0)]
    assert len(pids) == 3
    box.close()
    await_none(lambda: [each for each in pids if Path(f"/proc/{each}").exists()])
    with pytest.raises(SandboxUnavailable):
        box.examine(b"x", "x")


BROKER = """
import sys
from fanal.engine.media.limits import Limits
from fanal.engine.sandbox.broker import Sandbox
from fanal.engine.sandbox.nursery import Nursery
from fanal.engine.sandbox.order import Decoders
planted = Decoders("hostile.planted:examine", "hostile.planted:unpack", "")
box = Sandbox(workers=1, limits=Limits(wall_seconds=60), decoders=planted)
assert not box.describe().missing, box.describe().lines()
print(box.zygote, box.examine(b"x", "x").facts, flush=True)
if sys.argv[1:]: box.examine(b"sleep", "x")
box.close()
"""


def test_a_killed_broker_leaves_no_orphans() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BROKER, "sleep"],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        zygote = int(process.stdout.readline().split()[0])
        while len(descendants(zygote)) < 2:
            time.sleep(0.01)
        pids = [zygote, *descendants(zygote)]
        process.kill()
    await_none(lambda: [each for each in pids if Path(f"/proc/{each}").exists()])


def test_it_holds_for_an_ordinary_user_too() -> None:
    """The suite may run as the superuser; an officer's server does not."""
    # The one right kept is to read the interpreter, which may lie in the superuser's home.
    reading = "+dac_read_search"
    ordinary = ["setpriv", "--reuid=64321", "--regid=64321", "--clear-groups", f"--inh-caps={reading}"]
    prefix = [*ordinary, f"--ambient-caps={reading}"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, sys.executable, "-c", BROKER],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    assert "{'fine': 1}" in done.stdout


@pytest.mark.parametrize("hook", ["without_seccomp", "with_a_hole"])
def test_without_a_wall_nothing_is_decoded(hook: str) -> None:
    decoders = Decoders(PLANTED.examine, PLANTED.unpack, f"hostile.planted:{hook}")
    with Sandbox(workers=1, limits=TIGHT, decoders=decoders) as box:
        with pytest.raises(SandboxUnavailable) as refused:
            box.examine(b"x", "x")
        assert "seccomp" in refused.value.message or "could" in refused.value.message
        assert "unconfined-i-accept-the-risk" in refused.value.hint


def test_the_operator_may_accept_the_risk_in_so_many_words() -> None:
    decoders = Decoders(PLANTED.examine, PLANTED.unpack, "hostile.planted:without_seccomp")
    with Sandbox(workers=1, limits=TIGHT, policy=Policy.UNCONFINED, decoders=decoders) as box:
        assert box.examine(b"x", "x") == planted.FINE
        assert {Mechanism.SECCOMP, Mechanism.SELF_TEST} <= box.describe().missing.keys()
