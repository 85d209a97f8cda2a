"""Work on evidence: unpack archives into their members."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import islice
from typing import BinaryIO, cast

from django.db import transaction

from fanal.casework.evidence.actions import Received, finish_unpacking, receive
from fanal.casework.evidence.chunks import ChunkReader
from fanal.casework.evidence.erasure import finish_erasing
from fanal.casework.evidence.models import Exhibit
from fanal.casework.evidence.uploads import forget_old_uploads
from fanal.core.jobs.actions import fence, still_mine
from fanal.core.jobs.registry import Attempt, every, job
from fanal.core.vault.actions import Sealed, open_plain, seal_one
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.limits import DEFAULT_LIMITS
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.shared import shared_sandbox
from fanal.kit import crash
from fanal.kit.actor import SYSTEM

MEMBERS_A_BATCH = 32
DAY = 24 * 60 * 60


@job("evidence.unpack", queue="examine", subject="exhibit")
def unpack(attempt: Attempt, exhibit: int) -> None:
    """Make every file in an archive an exhibit. Run again, it finds the members that are there and adds the rest."""
    packed = Exhibit.objects.select_related("content", "submission").filter(pk=exhibit).first()
    if packed is None:  # taken away meanwhile
        return
    refusal: Refusal | None = Refusal.TOO_DEEP
    if packed.depth < DEFAULT_LIMITS.archive_depth:
        refusal = _Unpacking(attempt, packed).run()
    crash.here("unpack.all_received")
    with fence(attempt):
        finish_unpacking(packed, refusal)


@job("evidence.finish_erasing", queue="housekeeping", priority=10)
def finish(attempt: Attempt, contents: Sequence[int], objects: Sequence[str]) -> None:
    """See that nothing is left of contents that were erased."""
    with fence(attempt):
        finish_erasing(contents, objects)


@every(DAY, "evidence.forget_uploads")
def forget_uploads(_: Attempt) -> None:
    """Give up uploads that nobody goes on with."""
    forget_old_uploads()


@dataclass
class _Unpacking:
    """One archive on its way to being exhibits. `refusal`: why some, or the rest, of it could not be read."""

    attempt: Attempt
    packed: Exhibit
    refusal: Refusal | None = field(default=None, init=False)

    def run(self) -> Refusal | None:
        with open_plain(bytes(self.packed.content.sha256 or b"")) as plain:
            readable = enumerate(self._readable(shared_sandbox().unpack(plain, self.packed.path)))
            sealed = (self._seal(position, member) for position, member in readable)
            while batch := list(islice(sealed, MEMBERS_A_BATCH)):
                self._receive([taken for taken in batch if taken is not None])
        return self.refusal

    def _readable(self, members: Iterator[Member]) -> Iterator[Member]:
        """Yield members up to where the archive itself can be read no further: what came before is evidence too."""
        try:
            yield from members
        except MediaRefused as refused:
            self.refusal = refused.refusal

    def _seal(self, position: int, member: Member) -> tuple[Received, Sealed] | None:
        """Seal one member; one that is locked or damaged is left out, and the archive says why."""
        try:
            sealed = seal_one(cast("BinaryIO", ChunkReader(member.chunks)))
        except MediaRefused as refused:
            self.refusal = self.refusal or refused.refusal
            return None
        # ZIP keeps local time without its zone: the clock's reading is kept as it is written there.
        modified = member.modified and member.modified.replace(tzinfo=member.modified.tzinfo or UTC)
        return Received(member.path, sealed.digests, modified=modified, position=position), sealed

    def _receive(self, batch: Sequence[tuple[Received, Sealed]]) -> None:
        if not batch:
            return
        received, sealed = zip(*batch, strict=True)
        crash.here("unpack.sealed")
        with transaction.atomic():
            still_mine(self.attempt)
            receive(self.packed.submission, received, sealed, SYSTEM, parent=self.packed)
