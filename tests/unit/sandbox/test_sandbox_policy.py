"""The wall must be whole, or the operator must have said in so many words that it need not be."""

import pytest

from fanal.engine.sandbox.errors import SandboxUnavailable
from fanal.engine.sandbox.policy import REQUIRED, Confinement, Mechanism, Policy, policy_named
from fanal.kit.errors import Invalid


@pytest.mark.parametrize("mechanism", Mechanism)
def test_only_what_is_required_stops_us(mechanism: Mechanism) -> None:
    found = Confinement(Policy.CONFINED, {mechanism: "not in this kernel"})
    assert found.holds == (mechanism not in REQUIRED)
    if found.holds:
        found.demand()
    else:
        with pytest.raises(SandboxUnavailable, match="not in this kernel"):
            found.demand()


def test_the_risk_can_be_accepted() -> None:
    Confinement(Policy.UNCONFINED, dict.fromkeys(Mechanism, "missing")).demand()


def test_every_mechanism_is_described() -> None:
    lines = Confinement(Policy.CONFINED, {Mechanism.LANDLOCK: "old kernel"}).lines()
    assert len(lines) == len(Mechanism)
    assert [line for line in lines if "missing: old kernel" in line] == [
        f"{Mechanism.LANDLOCK.value}: missing: old kernel"
    ]


@pytest.mark.parametrize("words", ["", "no", "unconfined", "Confined", "unconfined-i-accept"])
def test_no_other_words_will_do(words: str) -> None:
    with pytest.raises(Invalid, match="no policy"):
        policy_named(words)


@pytest.mark.parametrize("policy", Policy)
def test_policies_have_names(policy: Policy) -> None:
    assert policy_named(policy.value) is policy
