"""What of notices is news, and for whom."""

from collections.abc import Iterable, Iterator

from fanal.casework.alerts.actions import News
from fanal.casework.alerts.models import Kind
from fanal.casework.entries.queries import visible_entries
from fanal.casework.evidence.queries import agencies_with
from fanal.casework.notices.models import Notice, Step
from fanal.casework.notices.queries import matter_of, own_among


def of_proposed(notice: Notice) -> Iterator[News]:
    """Yield the news that a notice waits to be written: to whose it is."""
    about = f"notice:{notice.pk}"
    yield News(notice.agency_id, Kind.NOTICE, about, f"{about}:proposed", notice.agency_id, notice.made_at)


def of_quiet(notices: Iterable[Notice]) -> Iterator[News]:
    """Yield the news that nothing has come back: to whose notices they are."""
    for notice in notices:
        about, at = f"notice:{notice.pk}", notice.sent_at or notice.changed_at
        yield News(notice.agency_id, Kind.NOTICE, about, f"{about}:quiet:{notice.reminded}", notice.agency_id, at)


def of_answer(said: Step) -> Iterator[News]:
    """Yield the news that a country answered: to the other agencies with an entry or material of theirs in it."""
    notice = said.notice
    matter = matter_of(notice)
    subject = f"answer:{said.pk}"
    for agency in agencies_with(matter.files(None)).exclude(pk=notice.agency_id).filter(connected=True):
        sees = matter.entry is None or visible_entries(agency).filter(pk=matter.entry.pk).exists()
        if sees and own_among(agency, matter.files(agency)):
            yield News(agency.pk, Kind.ANSWERED, f"notice:{notice.pk}", subject, notice.agency_id, said.at)
