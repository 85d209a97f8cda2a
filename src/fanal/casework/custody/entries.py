"""Finds what the log holds about an exhibit: by the subjects of its entries, and by what their details mention."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fanal.casework.evidence.holding import Held
from fanal.casework.leads.queries import leads_of_content
from fanal.core.access.models import Agency
from fanal.core.audit.models import Leaf
from fanal.core.audit.queries import leaves_mentioning, leaves_of_subjects


@dataclass(frozen=True, slots=True)
class Told:
    """An entry about an exhibit. `shown` False: it speaks of other exhibits too, so only its hash is handed out."""

    index: int
    leaf: str
    hash: bytes
    shown: bool

    @property
    def plain(self) -> dict[str, Any]:
        """The entry as JSON."""
        found: dict[str, Any] = json.loads(self.leaf)
        return found


def entries_about(agency: Agency, held: Held) -> list[Told]:
    """Return the entries about exhibits of one content, in their order, as far as the agency may hand them out."""
    content, sha256 = held.content.pk, bytes(held.content.sha256 or b"").hex()
    subjects = [f"content:{content}", *(f"lead:{lead.pk}" for lead in leads_of_content(agency, content))]
    subjects += [f"exhibit:{exhibit.pk}" for exhibit in held.exhibits]
    subjects += sorted({f"submission:{exhibit.submission_id}" for exhibit in held.exhibits})
    found = {one.index: one for one in _mentioning(agency, content)}
    found |= {one.index: one for one in _of_subjects(agency, subjects, sha256)}
    return [found[index] for index in sorted(found)]


def _of_subjects(agency: Agency, subjects: Sequence[str], sha256: str) -> Iterator[Told]:
    for leaf in leaves_of_subjects(subjects, agency.pk):
        if leaf.action == "evidence.received" and f'"{sha256}"' not in leaf.entry:
            continue  # another batch of the same submission
        yield _told(leaf, shown=not _names_more(leaf))


def _mentioning(agency: Agency, content: int) -> Iterator[Told]:
    for leaf in leaves_mentioning(str(content), agency.pk):
        if _names(json.loads(leaf.entry)["detail"], content):
            yield _told(leaf, shown=False)


def _names_more(leaf: Leaf) -> bool:
    """Tell whether an entry about this exhibit lists others that were seen beside it."""
    detail = json.loads(leaf.entry)["detail"]
    return any(isinstance(detail.get(name), list) for name in ("contents", "examined"))


def _names(detail: dict[str, Any], content: int) -> bool:
    """Tell whether a detail lists this content: as a number, as text, or as the key of what became of it."""
    lists: Iterable[Any] = (detail.get(name) or () for name in ("contents", "examined", "shelved", "refused"))
    return any(content in one or str(content) in one for one in lists)


def _told(leaf: Leaf, *, shown: bool) -> Told:
    return Told(leaf.index, leaf.entry, bytes(leaf.hash), shown)
