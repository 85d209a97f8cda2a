"""Verbs on the registry: keep a clue, withdraw it, restore it, judge where it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from fanal.casework.evidence.actions import take_turn
from fanal.casework.evidence.queries import open_to_all, visible_bytes, visible_content, was_examined
from fanal.casework.leads.actions import recount, uncount
from fanal.casework.leads.findings import Box
from fanal.casework.leads.judging import pronounce, take_back
from fanal.casework.registry.events import SightingJudged
from fanal.casework.registry.models import Clue, CluePrint, Sighting, SightingJudgement
from fanal.casework.registry.queries import visible_clue, visible_sighting
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency, User
from fanal.core.access.queries import actor_of
from fanal.core.access.roles import Right, needs
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import defer
from fanal.kit import clock
from fanal.kit.actor import Actor
from fanal.kit.countries import COUNTRIES
from fanal.kit.errors import ONE_OF, Conflict, Invalid, NotFound
from fanal.kit.events import tell

LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_TAG = 200, 4000, 50
MOST_TAGS, MOST_COUNTRIES = 20, 20


@dataclass(frozen=True, slots=True)
class Words:
    """What is told of a clue."""

    title: str
    description: str = ""
    tags: Sequence[str] = ()
    countries: Sequence[str] = ()
    """Codes of two letters (ISO 3166-1): where it points to."""

    def cleaned(self) -> "Words":
        """Return the words as they are kept. Raises Invalid, naming what is wrong."""
        title, description = (text.replace("\0", "").strip() for text in (self.title, self.description))
        tags = sorted({" ".join(tag.replace("\0", "").lower().split()) for tag in self.tags} - {""})
        countries = sorted({code.strip().upper() for code in self.countries} - {""})
        if not title or len(title) > LONGEST_TITLE:
            raise Invalid(
                "A title has 1 to %(most)s characters.", next_step="Say in a few words what it is.", most=LONGEST_TITLE
            )
        if len(description) > LONGEST_DESCRIPTION:
            raise Invalid(
                "A description has at most %(most)s characters.", next_step="Shorten it.", most=LONGEST_DESCRIPTION
            )
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise Invalid(
                "There are at most %(most)s tags of %(longest)s characters.",
                next_step="Use fewer.",
                most=MOST_TAGS,
                longest=LONGEST_TAG,
            )
        unknown = [code for code in countries if code not in COUNTRIES]
        if unknown:
            raise Invalid(
                "%(given)s is no country.",
                next_step="Use a code of two letters as in ISO 3166, such as FR.",
                given=unknown[0],
            )
        if len(countries) > MOST_COUNTRIES:
            raise Invalid("More than %(most)s countries say nothing.", next_step="Use fewer.", most=MOST_COUNTRIES)
        return Words(title, description, tags, countries)


@needs(Right.JUDGE)
@transaction.atomic
def keep_clue(content: int, box: Box, kind: str, words: Words, by: User, *, shared: bool) -> Clue:
    """Keep a boxed part of a picture: from now on it is looked for in all that there is and all that will come.

    Raises NotFound for a picture whose bytes the officer may not see, Invalid for a box, words or a kind that cannot
    be, and Conflict where it would be shared while its picture is not.
    """
    return _keep(content, box, kind, words, by.agency, actor_of(by), by, shared=shared)


@transaction.atomic
def bring_in(content: int, box: Box, words: Words, agency: Agency, actor: Actor) -> Clue:
    """Keep a catalogue reference that an operator brings in for an agency. Raises as `keep_clue`.

    The picture may still wait to be examined: the search begins when it is.
    """
    return _keep(content, box, Clue.Kind.REFERENCE, words, agency, actor, None, shared=True)


def _keep(
    content: int, box: Box, kind: str, words: Words, agency: Agency, actor: Actor, by: User | None, *, shared: bool
) -> Clue:
    take_turn([content])
    shown = visible_content(agency, content)
    picture = shown.family == "image" or (by is None and not was_examined(shown.pk))
    if not picture or not visible_bytes(agency).filter(content=shown.pk).exists():
        raise NotFound("There is no such picture.")
    if not box.fits:
        raise Invalid("The box lies outside the picture, or is empty.", next_step="Draw it anew, around the thing.")
    if kind not in Clue.Kind.values:
        raise Invalid("%(given)s is no kind of clue.", next_step=ONE_OF, given=kind, known=", ".join(Clue.Kind.values))
    for_all = shared or kind != Clue.Kind.CLUE
    if for_all and not agency.connected:
        raise Conflict(
            "Your agency is not connected, so what it keeps can't be for all.",
            next_step="Keep it as a clue of your own agency.",
        )
    if for_all and kind != Clue.Kind.UBIQUITOUS and not open_to_all(shown.pk):
        raise Conflict(
            "This picture is not visible to all connected agencies, so what is boxed in it can't be either.",
            next_step="Keep it as a clue of your own agency, or submit a picture that all may see.",
        )
    clean = words.cleaned()
    made = Clue.objects.create(
        kind=kind,
        content=shown,
        **box._asdict(),
        title=clean.title,
        description=clean.description,
        tags=list(clean.tags),
        countries=list(clean.countries),
        shared=for_all,
        by=by,
        agency=agency,
        at=clock.now(),
    )
    defer("registry.learn", clue=str(made.pk))
    detail = {"kind": kind, "content": str(shown.pk)}
    record("registry.clue_kept", actor=actor, subject=f"clue:{made.pk}", detail=detail)
    return made


@needs(Right.JUDGE)
@transaction.atomic
def withdraw_clue(clue: UUID, by: User) -> Clue:
    """Stop looking for a clue of one's agency; it and what was found stay. What did not count for it counts again.

    Raises NotFound for one that the officer may not see or that is another agency's, Conflict if it was withdrawn.
    """
    held = _own(clue, by)
    if held.withdrawn_at is not None:
        raise Conflict("This clue was withdrawn before.")
    held.withdrawn_at, held.withdrawn_by = clock.now(), by
    held.save(update_fields=["withdrawn_at", "withdrawn_by"])
    leads = recount(held.pk) if held.kind == Clue.Kind.UBIQUITOUS else ()
    detail = {"leads": [str(lead) for lead in leads]}
    record("registry.clue_withdrawn", actor=actor_of(by), subject=f"clue:{held.pk}", detail=detail)
    return held


@needs(Right.JUDGE)
@transaction.atomic
def restore_clue(clue: UUID, by: User) -> Clue:
    """Look for a withdrawn clue of one's agency again. Raises NotFound, and Conflict if it is not withdrawn."""
    held = _own(clue, by)
    if held.withdrawn_at is None:
        raise Conflict("This clue is not withdrawn.")
    held.withdrawn_at = held.withdrawn_by = None
    held.state = Clue.State.WAITING
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "state"])
    defer("registry.learn", clue=str(held.pk))
    record("registry.clue_restored", actor=actor_of(by), subject=f"clue:{held.pk}")
    return held


def _own(clue: UUID, by: User) -> Clue:
    shown = visible_clue(by.agency, clue)
    if shown.agency_id != by.agency_id:
        raise NotFound("There is no such clue of your agency.")
    return Clue.objects.select_for_update().get(pk=shown.pk)


@needs(Right.JUDGE)
@transaction.atomic
def judge_sighting(sighting: UUID, verdict: str, by: User, note: str = "") -> SightingJudgement:
    """Say that a content shows what a clue shows, that it shows something else, or that one is unsure.

    Raises NotFound for a sighting that the officer may not see, Invalid for another word.
    """
    held = _locked(sighting, by)
    made = SightingJudgement(sighting=held, verdict=verdict, note=note, by=by)
    pronounce(held, held.judgements.all(), made)
    detail = {"verdict": verdict, "judgement": str(made.id), "leads": _told(held)}
    record("registry.judged", actor=actor_of(by), subject=f"sighting:{held.id}", detail=detail)
    return made


@needs(Right.JUDGE)
@transaction.atomic
def withdraw_judgement(sighting: UUID, by: User) -> SightingJudgement:
    """Take back the last judgement of the officer's own agency. Raises NotFound, and Conflict when there is none."""
    held = _locked(sighting, by)
    last = take_back(held, held.judgements.all(), by)
    detail = {"judgement": str(last.id), "verdict": last.verdict, "leads": _told(held)}
    record("registry.judgement_withdrawn", actor=actor_of(by), subject=f"sighting:{held.id}", detail=detail)
    return last


def _locked(sighting: UUID, by: User) -> Sighting:
    visible_sighting(by.agency, sighting)
    # The clue is held too, be it another agency's: whoever withdraws it meanwhile must find what is said here.
    with asking_for_everybody():
        return Sighting.objects.select_for_update(of=("self", "clue")).select_related("clue").get(pk=sighting)


def _told(held: Sighting) -> list[str]:
    """Tell of a judgement; a pattern that is judged not to be in a content counts there again. Return changed leads."""
    tell(SightingJudged(sighting=held.id, state=held.state))
    if held.clue.kind != Clue.Kind.UBIQUITOUS or held.clue.withdrawn_at is not None:
        return []
    if held.state == Sighting.State.DIFFERENT:
        changed = recount(held.clue_id, held.content_id)
    else:
        changed = uncount(held.clue_id, {held.content_id: held.detail.get("there", [])})
    return [str(lead) for lead in changed]


def forget(contents: Sequence[int]) -> None:
    """Let go of what was seen in contents that were erased and of what was boxed in them, in the caller's transaction.

    A clue goes with its picture: what it was looked for by, what was seen of it, and its words.
    """
    gone = list(contents)
    drawn = Clue.objects.filter(content__in=gone)
    everywhere = list(drawn.filter(kind=Clue.Kind.UBIQUITOUS, withdrawn_at__isnull=True).values_list("pk", flat=True))
    seen = Sighting.objects.filter(Q(content__in=gone) | Q(clue__in=drawn))
    SightingJudgement.objects.filter(sighting__in=seen).delete()
    seen.delete()
    CluePrint.objects.filter(clue__in=drawn).delete()
    drawn.filter(withdrawn_at__isnull=True).update(withdrawn_at=clock.now())
    drawn.update(title="", description="", tags=[], countries=[], state=Clue.State.FAILED)
    for pattern in everywhere:
        recount(pattern)
