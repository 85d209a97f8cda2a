"""Promise 15: the log cannot be altered unseen."""

import random
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pymerkle
import pytest

from fanal.core.audit import copy
from fanal.core.audit.copy import prove, prove_folder
from fanal.core.audit.entry import canonical
from fanal.engine.merkle.checkpoint import Checkpoint, open_checkpoint
from fanal.engine.merkle.errors import ProofFailed
from fanal.engine.merkle.hashing import leaf_hash
from fanal.engine.merkle.proofs import check_consistency, check_inclusion, consistency_proof, inclusion_proof
from fanal.engine.merkle.witness import exchange
from tampering import EACH, KEY, TAMPERS, Honest, honest_log
from trees import Grove

SIZE = 10_000
PLACES = 250
ALL = 256

opener = lru_cache(maxsize=4096)(partial(open_checkpoint, key=KEY.verifier))


@pytest.fixture(scope="module")
def log() -> Honest:
    """An honest log of 10,000 leaves and 250 checkpoints."""
    return honest_log(SIZE)


@pytest.fixture(scope="module")
def grove() -> Grove:
    """A tree of 256 leaves and all trees before it."""
    return Grove([b"leaf %d" % index for index in range(ALL)])


def test_the_honest_log_holds_whole_and_in_parts(log: Honest) -> None:
    report = prove(log.copy, opener)
    assert report.holds, report.faults
    assert (report.size, report.checkpoints) == (SIZE, SIZE // EACH)
    for at, walk in list(enumerate(log.walks))[::10]:
        rest = copy.Copy(log.leaves[at * EACH :], log.hashes[at * EACH :], log.checkpoints, log.kept)
        assert prove(rest, opener, walk) == report


def test_there_are_forty_kinds_of_tampering() -> None:
    assert len(TAMPERS) == 40


@pytest.mark.parametrize("kind", TAMPERS)
def test_every_tampering_at_every_place_is_caught(kind: str, log: Honest, dice: random.Random) -> None:
    # One place between each two checkpoints. Leaves before it are as they were, so that the proof starts from the
    # state it has there; the honest log is proven whole and in parts above, and each kind whole below.
    caught = []
    for at in range(PLACES):
        place = at * EACH + dice.randrange(EACH)
        tampered = TAMPERS[kind](log, place)
        report = prove(tampered.copy, opener, tampered.start)
        caught.append(not report.holds)
    assert sum(caught) == PLACES, f"{kind}: missed at {[at for at, found in enumerate(caught) if not found]}"


@pytest.mark.parametrize("kind", [kind for kind in TAMPERS if kind.startswith("edit_") and "signed" not in kind])
def test_the_first_bad_leaf_is_named(kind: str, log: Honest, dice: random.Random) -> None:
    for place in dice.sample(range(SIZE), 25):
        tampered = TAMPERS[kind](log, place)
        (fault,) = prove(tampered.copy, opener, tampered.start).faults
        assert fault.first is not None
        assert fault.last is not None
        assert fault.first <= place <= fault.last
        assert fault.last - fault.first < EACH
        if not kind.endswith("hash") or "index" in kind:
            assert fault.first == fault.last == place


@pytest.mark.parametrize("kind", TAMPERS)
def test_a_tampered_copy_in_files_is_caught_without_any_server(
    kind: str, log: Honest, dice: random.Random, tmp_path: Path
) -> None:
    tampered = TAMPERS[kind](log, dice.randrange(SIZE))
    before = tampered.start.size
    write(tmp_path / copy.LEAVES, chain(islice(log.leaves, before), tampered.copy.leaves))
    hashes = chain(islice(log.hashes, before), tampered.copy.hashes)
    write(tmp_path / copy.HASHES, (value.hex().encode() for value in hashes))
    write(tmp_path / copy.CHECKPOINTS, (canonical({"checkpoint": note}) for note in tampered.copy.checkpoints))
    write(tmp_path / "witness.jsonl", (canonical({"checkpoint": note}) for note in tampered.copy.kept))
    assert not prove_folder(tmp_path, KEY.verifier, [tmp_path / "witness.jsonl"]).holds


def write(path: Path, lines: Iterator[bytes]) -> None:
    """Write a file of lines."""
    path.write_bytes(b"".join(line + b"\n" for line in lines))


def test_inclusion_of_every_leaf_in_every_tree(grove: Grove) -> None:
    proven = 0
    for size in range(1, ALL + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, grove)
            check_inclusion(index, size, leaf_hash(b"leaf %d" % index), grove.roots[size], proof)
            proven += 1
    assert proven == 32_896


def test_consistency_of_every_two_trees(grove: Grove) -> None:
    proven = 0
    for new in range(ALL + 1):
        for old in range(new + 1):
            check_consistency(old, new, grove.roots[old], grove.roots[new], consistency_proof(old, new, grove))
            proven += 1
    assert proven == 33_153


def test_every_bit_of_a_proof_matters(grove: Grove, dice: random.Random) -> None:
    refused = 0
    for size in dice.sample(range(2, ALL + 1), 24):
        index, old = dice.randrange(size), dice.randrange(1, size)
        path, link = inclusion_proof(index, size, grove), consistency_proof(old, size, grove)
        leaf = leaf_hash(b"leaf %d" % index)
        for changed in each_bit_flipped(path):
            with pytest.raises(ProofFailed):
                check_inclusion(index, size, leaf, grove.roots[size], changed)
            refused += 1
        for changed in each_bit_flipped(link):
            with pytest.raises(ProofFailed):
                check_consistency(old, size, grove.roots[old], grove.roots[size], changed)
            refused += 1
    assert refused > 24 * 2 * 256


def each_bit_flipped(proof: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """Yield the proof with one bit flipped, for each bit of it."""
    for number, value in enumerate(proof):
        for bit in range(len(value) * 8):
            changed = bytearray(value)
            changed[bit // 8] ^= 1 << bit % 8
            yield (*proof[:number], bytes(changed), *proof[number + 1 :])


def test_a_proof_holds_for_its_own_leaf_size_and_index_only(grove: Grove, dice: random.Random) -> None:
    for size in dice.sample(range(2, ALL + 1), 40):
        index = dice.randrange(size)
        leaf, proof = leaf_hash(b"leaf %d" % index), inclusion_proof(index, size, grove)
        for wrong in {index + 1, index - 1, index ^ 1, size - 1 - index} - {index}:
            with pytest.raises(ProofFailed):
                check_inclusion(wrong, size, leaf, grove.roots[size], proof)
        with pytest.raises(ProofFailed):
            check_inclusion(index, size, leaf_hash(b"another"), grove.roots[size], proof)
        with pytest.raises(ProofFailed):
            check_inclusion(index, size, leaf, grove.roots[size - 1], proof)


def test_agrees_with_another_implementation_on_1000_trees(dice: random.Random) -> None:
    for _ in range(1000):
        leaves = [dice.randbytes(dice.randrange(12)) for _ in range(dice.randrange(1, 65))]
        ours, theirs = Grove(leaves), pymerkle.InmemoryTree(algorithm="sha256")
        for leaf in leaves:
            theirs.append_entry(leaf)
        size = len(leaves)
        assert ours.roots[size] == theirs.get_root()
        old, index = dice.randrange(1, size + 1), dice.randrange(size)
        assert ours.roots[old] == theirs.get_root(old)
        assert sorted(inclusion_proof(index, size, ours)) == sorted(path_of(theirs.prove_inclusion(index + 1)))
        pymerkle.verify_consistency(ours.roots[old], ours.roots[size], theirs.prove_consistency(old, size))


def path_of(proof: Any) -> list[bytes]:
    """Return the siblings in a proof of pymerkle, which lists the leaf itself first."""
    return [bytes.fromhex(one) for one in proof.serialize()["path"]][1:]


def test_a_fork_is_exposed_by_one_exchange_of_checkpoints(log: Honest) -> None:
    # Two agencies were shown two histories by one who holds the key; each copy proves itself to its reader.
    fork = TAMPERS["rewrite_and_sign_again"](log, 5000).copy
    shown_to_one, shown_to_other = log.checkpoints[-1], fork.checkpoints[-1]
    one, other = opener(shown_to_one), opener(shown_to_other)
    assert (one.origin, one.size) == (other.origin, other.size)
    with pytest.raises(ProofFailed):
        exchange(one, other, ())
    report = prove(copy.Copy(log.leaves, log.hashes, log.checkpoints, [shown_to_other]), opener)
    assert [fault.sentence for fault in report.faults] == [
        "The log forked: checkpoint 0 of those kept elsewhere gives another root to the same 10000 leaves."
    ]


def test_a_fork_of_another_length_has_no_consistency_proof(grove: Grove) -> None:
    other = Grove([b"leaf %d" % index if index != 100 else b"rewritten" for index in range(ALL)])
    shown = Checkpoint(KEY.name, ALL, other.roots[ALL])
    for old in range(ALL):
        seen = Checkpoint(KEY.name, old, grove.roots[old])
        proof = consistency_proof(old, ALL, other)
        if old <= 100:
            assert exchange(seen, shown, proof) == exchange(shown, seen, proof) == shown
        else:
            with pytest.raises(ProofFailed):
                exchange(seen, shown, proof)
    with pytest.raises(ProofFailed, match="two logs"):
        exchange(shown, Checkpoint("fanal/other", ALL, other.roots[ALL]), ())


def test_a_checkpoint_of_another_log_says_nothing_about_this_one(log: Honest) -> None:
    foreign = Checkpoint("fanal/other", SIZE, log.walks[-1].frontier.root()).signed(KEY)
    report = prove(copy.Copy(log.leaves, log.hashes, [*log.checkpoints[:-1], foreign], ()), opener)
    assert len(report.faults) == 2
