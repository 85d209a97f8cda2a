"""Trees and proofs against published vectors and against the definition of RFC 6962, written down naively."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.engine.merkle.errors import ProofFailed
from fanal.engine.merkle.hashing import EMPTY_ROOT, leaf_hash
from fanal.engine.merkle.proofs import check_consistency, check_inclusion, consistency_proof, inclusion_proof
from fanal.engine.merkle.tree import Frontier, MissingNode, Node, frontier_nodes, read_frontier
from trees import Grove

LEAVES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""The leaves and roots that Certificate Transparency implementations test themselves with."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return hashlib.sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def test_roots_of_the_published_leaves() -> None:
    grove = Grove(LEAVES)
    assert grove.roots[0] == EMPTY_ROOT
    assert [root.hex() for root in grove.roots[1:]] == ROOTS


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert Grove(leaves).roots[-1] == by_definition(leaves)


@given(st.integers(0, 2**40))
def test_complete_subtrees_cover_the_tree_once(size: int) -> None:
    spans = [(position << level, (position + 1) << level) for level, position in frontier_nodes(size)]
    edges = [0, *(stop for _, stop in spans)]
    assert [start for start, _ in spans] == edges[:-1]
    assert edges[-1] == size


def test_a_stored_tree_is_taken_up_where_it_stopped() -> None:
    grove = Grove([b"%d" % index for index in range(100)])
    for size in range(101):
        assert read_frontier(size, grove).root() == grove.roots[size]


def test_proofs_read_few_nodes() -> None:
    grove = Grove([b"%d" % index for index in range(1000)])
    for size in (2, 3, 511, 512, 513, 999, 1000):
        for index in (0, 1, size // 2, size - 1):
            grove.reads.clear()
            inclusion_proof(index, size, grove)
            consistency_proof(index, size, grove)
            assert len(grove.reads) <= 2, "all nodes of a proof are read in one go"
            assert max(grove.reads) <= 2 * size.bit_length()


def test_a_missing_node_is_named() -> None:
    grove = Grove(LEAVES)
    del grove.nodes[2, 0]
    with pytest.raises(MissingNode, match=r"\(2, 0\)"):
        inclusion_proof(5, 8, grove)


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_no_proof_for_a_leaf_outside(index: int, size: int) -> None:
    grove = Grove(LEAVES)
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_proof(index, size, grove)
    with pytest.raises(ProofFailed):
        check_inclusion(index, size, leaf_hash(b""), grove.roots[size], ())


@pytest.mark.parametrize(("old", "new"), [(5, 4), (-1, 4)])
def test_no_proof_that_a_log_shrank(old: int, new: int) -> None:
    grove = Grove(LEAVES)
    with pytest.raises(ValueError, match="no beginning"):
        consistency_proof(old, new, grove)
    with pytest.raises(ProofFailed):
        check_consistency(old, new, EMPTY_ROOT, grove.roots[new], ())


def test_proofs_of_a_wrong_length_are_refused() -> None:
    grove = Grove(LEAVES)
    path = inclusion_proof(2, 7, grove)
    link = consistency_proof(3, 7, grove)
    for wrong in (path[:-1], path[1:], (*path, path[0]), (path[0], *path), ()):
        with pytest.raises(ProofFailed):
            check_inclusion(2, 7, leaf_hash(LEAVES[2]), grove.roots[7], wrong)
    for wrong in (link[:-1], link[1:], (*link, link[0]), (link[0], *link), ()):
        with pytest.raises(ProofFailed):
            check_consistency(3, 7, grove.roots[3], grove.roots[7], wrong)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (0, 0), (3, 3)])
def test_a_trivial_consistency_has_no_proof(old: int, new: int) -> None:
    grove = Grove(LEAVES)
    check_consistency(old, new, grove.roots[old], grove.roots[new], ())
    with pytest.raises(ProofFailed):
        check_consistency(old, new, grove.roots[old], grove.roots[new], (grove.roots[1],))
    with pytest.raises(ProofFailed):
        check_consistency(old, new, grove.roots[8], grove.roots[new], ())


def test_a_frontier_has_the_subtrees_of_its_size() -> None:
    with pytest.raises(ValueError, match="complete subtrees"):
        Frontier(3, (EMPTY_ROOT,))


class Nothing:
    """A store that lost everything."""

    def read(self, nodes: Iterable[Node]) -> Mapping[Node, bytes]:
        """Return nothing."""
        return {}


def test_an_empty_store_has_an_empty_tree_only() -> None:
    assert read_frontier(0, Nothing()).root() == EMPTY_ROOT
    with pytest.raises(MissingNode):
        read_frontier(1, Nothing())
