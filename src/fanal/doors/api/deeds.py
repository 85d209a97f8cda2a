"""Routes of what is done with entries, each as they were seen: judge links, state facts, merge, split, undo."""

from typing import Annotated, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field, model_validator

from fanal.casework.entries import actions
from fanal.casework.entries.actions import Evidence
from fanal.casework.entries.facts import Age, State, stated_age, stated_state
from fanal.casework.entries.queries import visible_entry
from fanal.casework.leads.models import Verdict
from fanal.doors.api.caller import JUDGE, ApiRequest
from fanal.doors.api.digests import contents_named
from fanal.doors.api.entries import Contents, Done, Note
from fanal.doors.api.once import Key, once
from fanal.doors.api.problems import IfMatch, seen_version

router = Router(tags=["entries"])
Day = Annotated[str, Field(max_length=10, description="As 2015-03-01.")]
Code = Annotated[str, Field(max_length=2, description="ISO 3166, two capital letters.")]


class Linking(Schema):
    """Whether contents, or another entry, belong to an entry, and on what that rests: a lead, a clue or a note."""

    contents: Contents = []
    entry: UUID | None = None
    verdict: Verdict = Verdict.SAME
    lead: UUID | None = None
    clue: UUID | None = None
    note: Note = ""

    @model_validator(mode="after")
    def one_of_both(self) -> "Linking":
        """Take contents or an entry, not both and not neither."""
        if bool(self.contents) == (self.entry is not None):
            raise ValueError("give contents, or an entry")
        return self


class Stating(Schema):
    """A victim's state or age, or the country of an entry."""

    about: Literal["state", "age", "country"]
    state: Annotated[str, Field(max_length=20)] = ""
    country: Code = ""
    reference: Annotated[str, Field(max_length=60)] = ""
    youngest: Annotated[int | None, Field(ge=0, le=120)] = None
    oldest: Annotated[int | None, Field(ge=0, le=120)] = None
    known: bool = False
    on: Day = ""

    def stated(self) -> State | Age | str:
        """Return what is stated. Raises Invalid."""
        if self.about == "state":
            return stated_state(self.state, self.on, self.country, self.reference)
        if self.about == "age":
            low, high = ("" if one is None else str(one) for one in (self.youngest, self.oldest))
            return stated_age(low, high, self.on, known=self.known)
        return self.country


class Merging(Schema):
    """The entry of the same kind that counts as this one from now on."""

    entry: UUID


class Splitting(Schema):
    """Contents that are taken out, and the reference of the entry that they come into."""

    contents: Annotated[Contents, Field(min_length=1)]
    reference: Annotated[str, Field(min_length=1, max_length=60)]
    note: Note = ""


@router.post("/entries/{uuid:entry}/links", response={201: Done}, auth=JUDGE)
@once(201)
def link(request: ApiRequest, entry: UUID, idempotency_key: Key, linking: Linking, if_match: IfMatch = None) -> Done:
    """Judge whether contents, or another entry, belong to an entry; `different` takes them out."""
    by, why = request.auth.user, Evidence(linking.lead, linking.clue, linking.note)
    _as_seen(request, entry, if_match)
    if linking.entry is not None:
        done = actions.link_entries(entry, linking.entry, linking.verdict, by, why)
    else:
        contents = contents_named(by.agency, linking.contents)
        done = actions.link_contents(entry, contents, linking.verdict, by, why)
    return Done(deed=done.pk, entry=entry)


@router.post("/entries/{uuid:entry}/facts", response={201: Done}, auth=JUDGE)
@once(201)
def state(request: ApiRequest, entry: UUID, idempotency_key: Key, stating: Stating, if_match: IfMatch = None) -> Done:
    """State how far it is with a victim, how old it was on a day, or to which country an entry belongs."""
    _as_seen(request, entry, if_match)
    return Done(deed=actions.state(entry, stating.stated(), request.auth.user).pk, entry=entry)


@router.post("/entries/{uuid:entry}/merge", response={201: Done}, auth=JUDGE)
@once(201)
def merge(request: ApiRequest, entry: UUID, idempotency_key: Key, merging: Merging, if_match: IfMatch = None) -> Done:
    """Have another entry count as this one. Both keep all that is known of them."""
    _as_seen(request, entry, if_match)
    return Done(deed=actions.merge(merging.entry, entry, request.auth.user).pk, entry=entry)


@router.post("/entries/{uuid:entry}/split", response={201: Done}, auth=JUDGE)
@once(201)
def split(
    request: ApiRequest, entry: UUID, idempotency_key: Key, splitting: Splitting, if_match: IfMatch = None
) -> Done:
    """Take contents out into a new entry of the caller's agency, which is the one that is answered."""
    by = request.auth.user
    _as_seen(request, entry, if_match)
    contents = contents_named(by.agency, splitting.contents)
    made = actions.split(entry, contents, splitting.reference, by, splitting.note)
    return Done(deed=made.deed_id, entry=made.pk)


@router.post("/deeds/{int:deed}/undo", response={200: Done}, auth=JUDGE)
@once(200)
def undo(request: ApiRequest, deed: int, idempotency_key: Key) -> Done:
    """Let nothing of what the caller's agency did in one deed count any more. It is kept in the history."""
    return Done(deed=actions.undo_deed(deed, request.auth.user).pk, entry=None)


def _as_seen(request: ApiRequest, entry: UUID, if_match: str | None) -> None:
    """See that the entry is as the caller looked at it; it stays so until the transaction ends."""
    visible_entry(request.auth.agency, entry)
    actions.as_it_was(entry, request.auth.user, seen_version(if_match))
