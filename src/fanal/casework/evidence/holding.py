"""What an agency submitted itself, by a reference that people write down."""

from dataclasses import dataclass

from fanal.casework.evidence.models import Content, Exhibit
from fanal.casework.evidence.queries import as_known_to, own_exhibits
from fanal.core.access.models import Agency
from fanal.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class Held:
    """A content as an agency knows it, with those of the agency's own exhibits that are it, oldest first."""

    content: Content
    exhibits: tuple[Exhibit, ...]

    @property
    def with_bytes(self) -> bool:
        """True when the agency submitted the bytes, not their digests alone."""
        return any(not exhibit.submission.hash_only for exhibit in self.exhibits)


def held_by(agency: Agency, reference: str) -> Held:
    """Return what an agency submitted itself: `exhibit:NUMBER`, `content:NUMBER`, or the SHA-256 in hexadecimal.

    Raises NotFound alike for what is not there, what is another's, and what is no reference.
    """
    kind, _, number = reference.rpartition(":")
    wanted = {"exhibit": "pk", "content": "content"}.get(kind)
    rows = own_exhibits(agency).select_related("content", "submission", "parent").order_by("received_at", "id")
    if wanted and number.isascii() and number.isdigit() and len(number) < 19:
        found = list(rows.filter(**{wanted: int(number)}))
    else:
        found = list(rows.filter(content__sha256=_digest(reference)))
    if not found:
        raise NotFound(
            "The agency submitted no such exhibit.",
            next_step="Name exhibit:NUMBER, content:NUMBER or the SHA-256 of a file that the agency submitted.",
        )
    return Held(as_known_to(agency, [found[0].content])[0], tuple(found))


def _digest(untrusted_text: str) -> bytes:
    try:
        return bytes.fromhex(untrusted_text)
    except ValueError:
        return b""
