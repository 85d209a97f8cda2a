"""Send contents through the wall, several at a time, and gather what comes back."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connections

from fanal.casework.prints.actions import SealedPreview, seal_previews
from fanal.core.vault.actions import BlobErased, Holding, holdings, open_plain
from fanal.engine.fingerprint.region import Region
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings, Print
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.shared import shared_sandbox


@dataclass(slots=True)
class Examined:
    """What a batch of contents was found to be; each content is in `found` or in `refused`."""

    found: dict[int, Findings] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)
    previews: dict[int, list[SealedPreview]] = field(default_factory=dict)


def examine(contents: Iterable[tuple[int, bytes, str]]) -> Examined:
    """Examine contents given as (id, SHA-256, a name one of their exhibits has).

    A file that cannot be read is an outcome, not an error. Raises what the vault raises when bytes cannot be opened,
    and SandboxUnavailable when there is no wall.
    """
    examined = Examined()
    sandbox = shared_sandbox()

    def one(content: int, held: Holding, name: str) -> tuple[int, Findings | Refusal | None, list[SealedPreview]]:
        try:
            with held.open() as plain:
                findings = sandbox.examine(plain, name)
            return content, findings, seal_previews(held, findings)
        except MediaRefused as refused:
            return content, refused.refusal, []
        except BlobErased:
            return content, None, []
        finally:
            _let_go()

    with ThreadPoolExecutor(max_workers=sandbox.workers) as pool:
        for content, outcome, previews in pool.map(lambda item: one(*item), _held(contents)):
            if isinstance(outcome, Refusal):
                examined.refused[content] = outcome
            elif outcome is not None:  # erased meanwhile: nothing is to be said of it
                examined.found[content] = outcome
                examined.previews[content] = previews
    return examined


def compute(technique: str, contents: Iterable[tuple[int, bytes, str]]) -> dict[int, tuple[Print, ...] | Refusal]:
    """Have an added technique make its prints of contents, given as for `examine`. Raises as `examine` does."""
    sandbox = shared_sandbox()

    def one(content: int, held: Holding, name: str) -> tuple[int, tuple[Print, ...] | Refusal | None]:
        try:
            with held.open() as plain:
                return content, sandbox.prints_of(plain, name, technique).prints
        except MediaRefused as refused:
            return content, refused.refusal
        except BlobErased:
            return content, None
        finally:
            _let_go()

    with ThreadPoolExecutor(max_workers=sandbox.workers) as pool:
        made = pool.map(lambda item: one(*item), _held(contents))
        return {content: outcome for content, outcome in made if outcome is not None}


def _held(contents: Iterable[tuple[int, bytes, str]]) -> list[tuple[int, Holding, str]]:
    """Return the contents with what opens them; those that were erased meanwhile are left out."""
    asked = list(contents)
    held = holdings(sha256 for _, sha256, _ in asked)
    return [(content, held[sha256], name) for content, sha256, name in asked if sha256 in held]


def _let_go() -> None:
    """Give this thread's connection back, if it needed one: it ends with the batch, or the pool runs dry."""
    connections.close_all()


def examine_part(sha256: bytes, name: str, region: Region) -> Findings:
    """Return the prints of a part of a picture, in stored pixels. Raises MediaRefused, and what the vault raises."""
    with open_plain(sha256) as plain:
        return shared_sandbox().examine(plain, name, region=region)


def compute_part(technique: str, sha256: bytes, name: str, region: Region) -> tuple[Print, ...]:
    """Return the prints that an added technique makes of a part of a picture; none where it fails."""
    try:
        with open_plain(sha256) as plain:
            return shared_sandbox().prints_of(plain, name, technique, region=region).prints
    except MediaRefused:
        return ()
