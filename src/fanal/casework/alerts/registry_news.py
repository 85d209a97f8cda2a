"""What of the registry is news for an agency: its country is likely, a victim is identified, a series is proposed."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from fanal.casework.alerts.models import Kind, Told
from fanal.casework.alerts.news import News
from fanal.casework.entries.facts import SOLVED
from fanal.casework.entries.models import Entry, Fact
from fanal.casework.entries.proposed import proposed_series
from fanal.casework.entries.queries import contents_of, facts_of, visible_entries
from fanal.casework.evidence.queries import agencies_with, own_exhibits, sightings, visible_bytes, whose
from fanal.casework.leads.models import Lead, State
from fanal.casework.leads.queries import history_of, joined_with
from fanal.core.access.models import Agency
from fanal.kit import clock

LEAST_OF_SERIES = 3
"""Two contents are what the judgement itself said: nobody is called for them."""


def of_country(country: str, content: int | None, entry: UUID | None) -> Iterator[News]:
    """Yield the news that a content or an entry points to a country: to its agencies that may see it."""
    for agency in Agency.objects.filter(country=country).order_by("code"):
        if content is not None:
            yield from _content_of_country(agency, country, content)
        elif entry is not None:
            for shown in visible_entries(agency).filter(pk=entry):
                subject = f"country:{country}:entry:{shown.pk}"
                yield News(agency.pk, Kind.COUNTRY, f"entry:{shown.pk}", subject, shown.agency_id, clock.now())


def _content_of_country(agency: Agency, country: str, content: int) -> Iterator[News]:
    if not visible_bytes(agency).filter(content=content).exists():
        return
    found = sightings(agency, [content])[content]
    _, theirs = whose(agency, found)
    if theirs:  # what an agency submitted itself it has before its eyes
        subject, key = f"country:{country}:content:{content}", f"country:{theirs[0].submission_id}"
        yield News(agency.pk, Kind.COUNTRY, key, subject, theirs[0].submission.agency_id, theirs[0].received_at)


def of_entries(entries: Sequence[UUID]) -> Iterator[News]:
    """Yield the news that victims were identified: to the other agencies with material or an entry of theirs."""
    for entry in Entry.objects.filter(pk__in=entries, kind=Entry.Kind.VICTIM).order_by("pk"):
        stated = facts_of(None, entry).get(Fact.About.STATE)
        if stated is None or stated.value.get("state") not in SOLVED:
            continue
        for agency in Agency.objects.exclude(pk=stated.deed.agency_id).order_by("code"):
            if visible_entries(agency).filter(pk=stated.entry_id).exists() and _concerns(agency, entry):
                subject, key = f"identified:{stated.pk}", f"entry:{stated.entry_id}"
                yield News(agency.pk, Kind.IDENTIFIED, key, subject, stated.deed.agency_id, stated.deed.at)


def of_series(lead: UUID) -> Iterator[News]:
    """Yield the news that a lead which was accepted proposes a series: to each agency to which it is proposed.

    Of contents that were proposed to an agency before it is told again only when more than half of them are new.
    """
    judged = Lead.objects.get(pk=lead)
    said = next((one for one in history_of(judged) if one.withdrawn_at is None), None)
    if judged.state != State.SAME or said is None:
        return
    sides = {judged.left_id, judged.right_id}
    for agency in agencies_with(joined_with(sides)) | Agency.objects.filter(pk=said.by.agency_id):
        for group in proposed_series(agency, 1, sides):
            contents = group.contents
            subjects = [f"series:{content}" for content in contents]
            told = Told.objects.filter(agency=agency, subject__in=subjects).count()
            if len(contents) >= LEAST_OF_SERIES and told * 2 < len(contents):
                key, other = f"series:{contents[0]}", said.by.agency_id
                yield from (News(agency.pk, Kind.PROPOSED, key, subject, other, said.at) for subject in subjects)


def _concerns(agency: Agency, entry: Entry) -> bool:
    if visible_entries(agency).filter(root=entry.root_id, agency=agency).exists():
        return True
    return own_exhibits(agency).filter(content__in=contents_of(agency, entry)).exists()
