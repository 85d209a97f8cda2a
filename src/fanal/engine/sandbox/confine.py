"""The order in which the mechanisms are put in place: first around the room, then around each decoder in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fanal.engine.sandbox import capabilities, landlock, lifeline, namespaces, resources, seccomp
from fanal.engine.sandbox.errors import NotConfined
from fanal.engine.sandbox.policy import Mechanism

Step = Callable[[], None]


@dataclass(slots=True)
class Room:
    """What a zygote has prepared for its decoders."""

    program: bytes = b""
    """The system-call filter; empty where there is none."""
    mapped: int = 0
    """Bytes of address space that everything imported takes, before a decoder needs any."""
    missing: dict[Mechanism, str] = field(default_factory=dict)
    """What could not be put in place, and why."""

    def attempt(self, mechanism: Mechanism, *steps: Step) -> None:
        """Put a mechanism in place, or note why it is not."""
        try:
            for step in steps:
                step()
        except NotConfined as reason:
            self.missing.setdefault(mechanism, str(reason))


def prepare_room() -> Room:
    """Shut this process and all it will fork into an empty room: nothing can be opened or imported afterwards."""
    room = Room(mapped=resources.address_space())

    def compile_filter() -> None:
        room.program = seccomp.compile_filter()

    room.attempt(Mechanism.SECCOMP, compile_filter)
    room.attempt(Mechanism.NOT_ROOT, capabilities.become_nobody)
    room.attempt(Mechanism.NAMESPACES, namespaces.leave_the_world)
    if Mechanism.NAMESPACES in room.missing:
        room.missing[Mechanism.EMPTY_ROOT] = room.missing[Mechanism.THREADS] = "needs a user namespace"
    else:
        room.attempt(Mechanism.EMPTY_ROOT, namespaces.empty_the_root)
    room.attempt(Mechanism.NO_NEW_PRIVILEGES, capabilities.no_new_privileges)
    room.attempt(Mechanism.CAPABILITIES, capabilities.drop_all)
    capabilities.dumpable(False)
    return room


def confine_decoder(room: Room, parent: int, memory_bytes: int, cpu_seconds: float) -> None:
    """Confine this process, a fresh child of `parent`, before it reads a byte.

    What fails is added to `room.missing`: whoever calls compares that with what was missing before.
    """
    if Mechanism.THREADS not in room.missing:
        room.attempt(Mechanism.THREADS, namespaces.own_user_namespace, resources.limit_threads)
    # The new namespace made us its superuser: harmless, and ended here.
    room.attempt(Mechanism.CAPABILITIES, capabilities.empty_sets)
    room.attempt(
        Mechanism.RESOURCES,
        lambda: lifeline.die_with(parent),
        lambda: capabilities.dumpable(False),
        lambda: resources.limit(room.mapped + memory_bytes, cpu_seconds),
    )
    if Mechanism.LANDLOCK not in room.missing:
        room.attempt(Mechanism.LANDLOCK, landlock.grant_nothing)
    if Mechanism.SECCOMP not in room.missing:
        room.attempt(Mechanism.SECCOMP, lambda: seccomp.load(room.program))
