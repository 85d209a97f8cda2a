"""Verbs on notices until they are sealed: propose, begin, write, withdraw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from fanal.casework.entries.models import Entry
from fanal.casework.entries.queries import contents_of, visible_entry
from fanal.casework.evidence.queries import first_delivered, visible_bytes
from fanal.casework.notices.crops import crops_offered, pictures_offered
from fanal.casework.notices.models import Crop, Language, Notice, State, Step, Verb
from fanal.casework.notices.queries import WAITING, Matter, is_connected, of_the_same, own_notice, recipient_for
from fanal.casework.sharing.queries import disclosure_of
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from fanal.kit.countries import COUNTRIES
from fanal.kit.errors import ONE_OF, Conflict, Invalid, NotFound

LONGEST_KNOWN, LONGEST_ASKED, LONGEST_CONTACT, LONGEST_NOTE = 8000, 4000, 500, 2000
MOST_CROPS, MOST_PICTURES, MOST_CONTENTS = 8, 4, 200
# References are given, and proposals joined, one after the other.
TURN = "SELECT pg_advisory_xact_lock(hashtext('fanal.notices'))"


class NoticeBefore(Conflict):
    """The country was, or is being, told of the same matter."""

    code = "notices.before"
    next_step = "Open that one; or begin another, saying that you know of it."


@dataclass(frozen=True, slots=True)
class Written:
    """What an officer writes in a notice, and chooses for it."""

    known: str
    asked: str
    contact: str
    language: str
    crops: Sequence[str] = ()
    pictures: Sequence[int] = ()


def propose(country: str, content: int | None, entry: Entry | None) -> Notice | None:
    """Propose a notice for a country that is not connected, in the system's transaction; None where there is no need.

    It is proposed to whom the entry belongs, else to who first delivered the content. Contents of one submission are
    one notice until somebody begins it, and go into that of an entry that they belong to.
    """
    _take_turn()
    if is_connected(country):
        return None
    if entry is not None:
        return _propose_entry(country, entry) if entry.agency.connected else None
    delivered = first_delivered(content) if content is not None else None
    return _propose_content(country, content or 0, delivered.agency) if delivered else None


def _propose_entry(country: str, entry: Entry) -> Notice | None:
    matter = Matter(entry)
    before = list(of_the_same(None, country, matter))
    for notice in before:
        untouched = notice.state == State.PROPOSED and notice.entry is None and notice.agency_id == entry.agency_id
        if untouched and set(notice.contents) <= set(contents_of(None, entry)):
            notice.entry, notice.contents = entry, []
            notice.save(update_fields=["entry", "contents"])
            return notice
    return None if before else _proposed(country, entry.agency, matter)


def _propose_content(country: str, content: int, agency: Agency) -> Notice | None:
    if next(of_the_same(None, country, Matter(contents=(content,))), None) is not None:
        return None
    here = first_delivered(content)
    for notice in Notice.objects.filter(agency=agency, country=country, state=State.PROPOSED, entry=None):
        there = first_delivered(notice.contents[0])
        if here and there and here.pk == there.pk and len(notice.contents) < MOST_CONTENTS:
            notice.contents = [*notice.contents, content]
            notice.save(update_fields=["contents"])
            return notice
    return _proposed(country, agency, Matter(contents=(content,)))


def _proposed(country: str, agency: Agency, matter: Matter) -> Notice:
    made = _made(country, agency, matter, State.PROPOSED)
    step(made, Verb.PROPOSED, None)
    record("notices.proposed", actor=SYSTEM, subject=f"notice:{made.pk}", detail={"country": country})
    return made


@needs(Right.JUDGE)
@transaction.atomic
def begin(
    country: str, by: User, *, entry: UUID | None = None, contents: Sequence[int] = (), knowing: bool = False
) -> Notice:
    """Begin a notice of an entry or of contents; a proposal of the same is taken up.

    Raises NotFound for what the officer may not see, Conflict for a country that is connected, Invalid for none;
    NoticeBefore where the country is told of the same matter already, unless the officer says that they know.
    """
    _take_turn()
    if country not in COUNTRIES:
        raise Invalid("Name a country.", next_step="Use a code of two letters as in ISO 3166, such as MA.")
    if is_connected(country):
        raise Conflict("This country is connected: it is told by an alert.")
    matter = _asked_matter(by, entry, contents)
    before = list(of_the_same(by.agency, country, matter))
    proposed = next((one for one in before if one.state == State.PROPOSED and one.agency_id == by.agency_id), None)
    if proposed is None and before and not knowing:
        raise NoticeBefore(
            "There is a notice of this to this country already: %(notice)s.", notice=before[-1].reference
        )
    made = proposed or _made(country, by.agency, matter, State.DRAFT)
    change(made, Verb.BEGUN, State.DRAFT, by)
    logged(made, "notices.begun", by, country=country)
    return made


def _asked_matter(by: User, entry: UUID | None, contents: Sequence[int]) -> Matter:
    if entry is not None:
        return Matter(visible_entry(by.agency, entry))
    wanted = sorted(set(contents))
    if not wanted or len(wanted) > MOST_CONTENTS:
        raise Invalid("Say what the notice is of.", next_step="An entry, or 1 to %(most)s files.", most=MOST_CONTENTS)
    if visible_bytes(by.agency).filter(content__in=wanted).values("content").distinct().count() < len(wanted):
        raise NotFound("There is no such content.")
    return Matter(contents=tuple(wanted))


@needs(Right.JUDGE)
@transaction.atomic
def write(notice: UUID, words: Written, by: User) -> Notice:
    """Write what is known, asked and chosen, until it is sent; what was released or sealed before is so no longer.

    Raises NotFound, Conflict where it has left, Invalid for what is too long, or chosen and not on offer.
    """
    held = held_notice(notice, by, WAITING)
    _check_length(words)
    held.known, held.asked, held.contact = (_clean(text) for text in (words.known, words.asked, words.contact))
    held.language = words.language
    held.crops = _chosen(words.crops, [one.source for one in crops_offered(by.agency, held)], MOST_CROPS)
    held.pictures = _chosen(words.pictures, pictures_offered(by.agency, held), MOST_PICTURES)
    held.sealed = held.digest = held.recipient = None
    held.save()
    Crop.objects.filter(notice=held).exclude(source__in=held.crops).delete()
    if held.crops:
        defer("notices.cut", notice=str(held.pk))
    change(held, Verb.WRITTEN, State.DRAFT, by)
    logged(held, "notices.written", by, crops=list(held.crops), pictures=list(held.pictures))
    return held


def _check_length(words: Written) -> None:
    if words.language not in Language.values:
        raise Invalid("Notices are not written in this language.", next_step=ONE_OF, known=", ".join(Language.values))
    for text, most in ((words.known, LONGEST_KNOWN), (words.asked, LONGEST_ASKED), (words.contact, LONGEST_CONTACT)):
        if len(text) > most:
            raise Invalid("At most %(most)s characters.", next_step="Shorten it.", most=most)


def _chosen(asked: Sequence[Any], offered: Sequence[Any], most: int) -> list[Any]:
    chosen = list(dict.fromkeys(asked))
    if len(chosen) > most or set(chosen) - set(offered):
        raise Invalid(
            "Choose up to %(most)s of those on offer.", next_step="Choose them on the page of the notice.", most=most
        )
    return chosen


@needs(Right.JUDGE)
@transaction.atomic
def withdraw(notice: UUID, why: str, by: User) -> Notice:
    """Let a notice go no further. One that was sent stays known: tell the country on the way that it went.

    Raises NotFound; Conflict where it is answered or withdrawn.
    """
    held = held_notice(notice, by, (*WAITING, State.SENT, State.ACKNOWLEDGED))
    change(held, Verb.WITHDRAWN, State.WITHDRAWN, by, why)
    logged(held, "notices.withdrawn", by)
    return held


def held_notice(notice: UUID, by: User, states: Sequence[str]) -> Notice:
    """Return an agency's own notice, held until the transaction ends. Raises NotFound, Conflict for another state."""
    own = own_notice(by.agency, notice)
    held = Notice.objects.select_for_update(of=("self",)).select_related("agency", "entry").get(pk=own.pk)
    if held.state not in states:
        raise Conflict(
            "The notice is past that: %(state)s.",
            next_step="Look at it as it is now.",
            state=held.get_state_display().lower(),
        )
    return held


def change(held: Notice, verb: Verb, state: State, by: User, note: str = "", outcome: str = "") -> Step:
    """Put a notice into a state, and write the step."""
    held.state, held.changed_at = state, clock.now()
    held.save()
    return step(held, verb, by, note, outcome)


def step(held: Notice, verb: Verb, by: User | None, note: str = "", outcome: str = "") -> Step:
    """Write one step of a notice. Raises Invalid for a note that is too long."""
    words = _clean(note)
    if len(words) > LONGEST_NOTE:
        raise Invalid("At most %(most)s characters.", next_step="Shorten it.", most=LONGEST_NOTE)
    return Step.objects.create(notice=held, verb=verb, by=by, at=clock.now(), note=words, outcome=outcome)


def logged(held: Notice, event: str, by: User, **detail: object) -> None:
    """Log what was done with a notice: the last thing in its transaction."""
    record(event, actor=actor_of(by), subject=f"notice:{held.pk}", detail=detail)


def _made(country: str, agency: Agency, matter: Matter, state: State) -> Notice:
    now, recipient = clock.now(), recipient_for(country)
    language = recipient.language if recipient else Language.ENGLISH
    with override(language):
        asked = _(
            "Please tell us whether you recognise a place, an object or a detail shown here, and whether a child or a"
            " case that you know fits. Please make the enquiries that your law allows."
        )
    made = Notice(
        reference=_next_reference(agency, now.year),
        agency=agency,
        country=country,
        entry=matter.entry,
        contents=[] if matter.entry else list(matter.contents),
        state=state,
        language=language,
        asked=asked,
        contact=disclosure_of(agency).contact,
        made_at=now,
        changed_at=now,
    )
    made.save()
    return made


def _next_reference(agency: Agency, year: int) -> str:
    head = f"{agency.code}-N-{year}-"
    return f"{head}{Notice.objects.filter(reference__startswith=head).count() + 1:04}"


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TURN)


def _clean(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()
