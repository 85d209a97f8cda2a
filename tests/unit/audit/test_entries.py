"""Leaves: canonical, legible whatever is in them, and checked when they come back."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.core.audit.entry import Entry, canonical, fault, moment, to_leaf
from fanal.core.audit.errors import Unloggable
from fanal.kit.actor import Actor

AT = datetime(2026, 5, 4, 3, 2, 1, 7, tzinfo=UTC)
OFFICER = Actor("user", "0190", UUID(int=7))

PLAIN = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
TEXTS = st.text(st.characters(), max_size=8)
DETAILS = st.dictionaries(
    TEXTS,
    st.recursive(
        PLAIN | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def test_a_leaf_says_who_did_what_when() -> None:
    leaf = to_leaf(Entry("leads.judged", OFFICER, "lead:9", {"verdict": "same"}), 12, AT)
    assert leaf.decode() == (
        '{"action":"leads.judged","actor":{"agency":"00000000-0000-0000-0000-000000000007","kind":"user",'
        '"reference":"0190"},"at":"2026-05-04T03:02:01.000007Z","detail":{"verdict":"same"},"index":12,'
        '"subject":"lead:9","version":1}'
    )


def test_times_are_in_utc() -> None:
    assert moment(AT.astimezone(timezone(timedelta(hours=12)))) == moment(AT)


@given(DETAILS, st.text(st.characters(), max_size=50))
def test_whatever_is_logged_comes_back_as_a_leaf_without_fault(detail: dict[str, object], subject: str) -> None:
    leaf = to_leaf(Entry("leads.judged", OFFICER, subject, detail), 3, AT)
    assert fault(3, leaf) is None
    assert "index" in fault(4, leaf) or "leaf 3" in fault(4, leaf)  # type: ignore[operator]  # the test is that it is text
    assert b"\x00" not in leaf
    assert b"\\u0000" not in leaf
    assert b"\n" not in leaf


@given(st.binary() | st.recursive(PLAIN, st.lists).map(lambda value: json.dumps(value).encode()))
def test_what_is_no_leaf_is_told_so(untrusted_leaf: bytes) -> None:
    assert fault(0, untrusted_leaf)


LEAF = to_leaf(Entry("leads.judged", OFFICER, "lead:9", {"n": 1.5}), 0, AT)


@pytest.mark.parametrize(
    "altered",
    [
        LEAF + b" ",
        LEAF.replace(b'"index":0', b'"index":false'),
        LEAF.replace(b'"index":0', b'"index":0.0'),
        LEAF.replace(b'"index":0', b'"index":0,"index":0'),
        LEAF.replace(b'"n":1.5', b'"n":1.50'),
        LEAF.replace(b'"n":1.5', b'"n":NaN'),
        LEAF.replace(b'"n":1.5', b'"n":9007199254740993'),
        LEAF.replace(b'"version":1', b'"version":1,"x":1'),
        LEAF.replace(b"lead:9", b"lead:\\u0039"),
        LEAF.replace(b"lead:9", b"\xff"),
        b"[" * 100_000,
    ],
)
def test_other_spellings_of_a_leaf_are_faults(altered: bytes) -> None:
    assert altered != LEAF
    assert fault(0, altered)


def test_depth_without_end_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(Unloggable):
        to_leaf(Entry("leads.judged", OFFICER, "", {"endless": endless}), 0, AT)


def test_canonical_json_is_that_of_the_rfc() -> None:
    # RFC 8785, section 3.2.2.
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "literals": [None, True, False],
    }
    assert canonical(value) == b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}'
