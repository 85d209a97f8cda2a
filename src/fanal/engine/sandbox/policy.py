"""How strong the wall must be before a byte is decoded."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from fanal.engine.sandbox.errors import SandboxUnavailable
from fanal.kit.errors import Invalid


class Mechanism(Enum):
    """One of the ways in which a decoder is held; the value is what an operator reads."""

    SECCOMP = "system calls by allow-list (seccomp)"
    SELF_TEST = "escape attempts refused at start"
    NO_NEW_PRIVILEGES = "no new privileges"
    CAPABILITIES = "no capabilities"
    RESOURCES = "memory, time and file limits"
    NOT_ROOT = "not the superuser"
    LANDLOCK = "no files, sockets or signals (Landlock)"
    NAMESPACES = "own user, process, network and IPC namespaces"
    EMPTY_ROOT = "an empty root folder"
    THREADS = "bounded threads"


class Policy(Enum):
    """The operator's choice."""

    CONFINED = "confined"
    UNCONFINED = "unconfined-i-accept-the-risk"


REQUIRED = frozenset(
    {
        Mechanism.SECCOMP,
        Mechanism.SELF_TEST,
        Mechanism.NO_NEW_PRIVILEGES,
        Mechanism.CAPABILITIES,
        Mechanism.RESOURCES,
        Mechanism.NOT_ROOT,
    }
)
"""Without one of these nothing is decoded. The others depend on the kernel's build and on the container around us."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds the decoders here: each mechanism, and why it is missing ("" where it is in place)."""

    policy: Policy
    missing: Mapping[Mechanism, str]

    @property
    def holds(self) -> bool:
        """Whether everything required is in place."""
        return not REQUIRED & self.missing.keys()

    def lines(self) -> tuple[str, ...]:
        """Return a line for each mechanism, for people."""
        return tuple(
            f"{mechanism.value}: {'missing: ' + self.missing[mechanism] if mechanism in self.missing else 'in place'}"
            for mechanism in Mechanism
        )

    def demand(self) -> None:
        """Raise SandboxUnavailable where something required is missing and the operator did not accept that."""
        if self.holds or self.policy is Policy.UNCONFINED:
            return
        absent = [f"{mechanism.value} ({why})" for mechanism, why in self.missing.items() if mechanism in REQUIRED]
        raise SandboxUnavailable(f"The wall around decoders cannot be built here: {'; '.join(absent)}.")


def policy_named(words: str) -> Policy:
    """Return the policy that a setting names. Raises Invalid on any other words."""
    try:
        return Policy(words)
    except ValueError:
        raise Invalid(
            f"FANAL_SANDBOX is {words!r}, which is no policy.",
            next_step=f"Set it to one of: {', '.join(policy.value for policy in Policy)}.",
        ) from None
