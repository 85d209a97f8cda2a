"""The route of the blind question: which files are known, by their digests alone."""

from typing import Annotated

from ninja import Router, Schema
from pydantic import Field

from fanal.casework.sharing.actions import MOST_AT_ONCE, ask
from fanal.core.access.queries import actor_for
from fanal.core.access.roles import Right
from fanal.doors.api.caller import CHECK, ApiRequest
from fanal.doors.api.digests import Sha256

router = Router(tags=["check"])


class Question(Schema):
    """Digests of files; nothing else of them is sent."""

    sha256: Annotated[list[Sha256], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ContactTold(Schema):
    """An agency that holds it, and whom to ask there."""

    agency: str
    country: str
    contact: str


class AnswerTold(Schema):
    """What may be told of one digest."""

    sha256: str
    known: bool
    identified: bool
    contacts: list[ContactTold]


class Answers(Schema):
    """The answers, in the order of the question."""

    answers: list[AnswerTold]


@router.post("/check", response=Answers, auth=CHECK)
def check(request: ApiRequest, question: Question) -> Answers:
    """Tell which digests are known to an agency that lets the caller know. A question: it needs no key."""
    digests = [bytes.fromhex(one) for one in question.sha256]
    told = ask(request.auth.agency, digests, actor_for(request.auth.user, Right.CHECK))
    return Answers(
        answers=[
            AnswerTold(
                sha256=one.sha256,
                known=one.known,
                identified=one.identified,
                contacts=[ContactTold(agency=c.agency, country=c.country, contact=c.contact) for c in one.contacts],
            )
            for one in told
        ]
    )
