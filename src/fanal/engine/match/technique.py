"""The one interface of a technique: what it reads, computes, compares and explains, its version, and its examples.

Our own techniques and those that other packages add are alike in this. See `docs/handbook/techniques.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fanal.engine.fingerprint.maker import Maker
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.explain import explain_foreign
from fanal.engine.match.link import Link, Span
from fanal.engine.match.pairwise import PairwiseComparer


@dataclass(frozen=True, slots=True)
class Example:
    """Prints of two contents, and whether the technique links them. Tests hold a technique to its examples."""

    what: str
    left: Sequence[Print]
    right: Sequence[Print]
    linked: bool


class Technique(Maker):
    """One way of finding what belongs together. Override what the technique reads, and `compare` or `comparer`."""

    title: ClassVar[str] = ""
    """What officers read beside its reasons; where it is empty, its name."""
    finds: ClassVar[str]
    """What it finds, in a sentence."""
    shows_same: ClassVar[bool] = True
    """Whether a link says that both show the same; False where it says that both come from one source."""

    def compare(self, query: Sequence[Print], other: Sequence[Print]) -> Link | None:
        """Return what two contents have in common by their prints of this technique, or None. Used by `comparer`."""
        raise NotImplementedError

    def comparer(self) -> Comparer | None:
        """Return a new comparer: by default one that asks `compare` about every content.

        None where another technique's comparer speaks for this one, or where nothing needs to be compared.
        """
        return PairwiseComparer(self.name, self.compare)

    def examples(self) -> Sequence[Example]:
        """Return pairs that are linked and pairs that are not."""
        return ()

    def link(
        self,
        confidence: float,
        why: str,
        *,
        accepted: bool,
        translations: Mapping[str, str] | None = None,
        segments: Sequence[tuple[Span, Span]] = (),
    ) -> Link:
        """Return a link of this technique: how sure from 0 to 1, and a sentence that reads from both sides.

        `accepted` is the verdict at the technique's own operating point; what is not accepted is a suggestion.
        `translations` are the sentence in further languages, by their code: `{"fr": "…"}`.
        """
        reason = explain_foreign(why, translations)
        return Link(self.name, min(1.0, max(0.0, confidence)), accepted, reason, segments=tuple(segments))
