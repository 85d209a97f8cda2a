"""Work on notices: propose them, cut their crops, tell of answers, remind of what has not come back."""

from uuid import UUID

from fanal.casework.alerts.actions import raise_alerts
from fanal.casework.entries.models import Entry
from fanal.casework.notices import crops, news
from fanal.casework.notices.drafting import propose
from fanal.casework.notices.models import Notice, State, Step
from fanal.casework.notices.tracking import quiet
from fanal.core.audit.actions import record
from fanal.core.jobs.actions import fence
from fanal.core.jobs.registry import Attempt, every, job
from fanal.kit.actor import SYSTEM


@job("notices.propose", queue="alerts", priority=8, subject="country")
def propose_notice(attempt: Attempt, country: str, content: int | None, entry: str | None) -> None:
    """Propose a notice for a country that nothing else tells, and tell whose it is."""
    about = Entry.objects.select_related("agency").get(pk=UUID(entry)) if entry else None
    with fence(attempt):
        made = propose(country, content, about)
        if made is not None and made.state == State.PROPOSED:
            raise_alerts(news.of_proposed(made))


@job("notices.cut", queue="match", priority=8, subject="notice")
def cut_crops(attempt: Attempt, notice: str) -> None:
    """Cut the chosen crops behind the wall."""
    held = Notice.objects.select_related("agency", "entry").get(pk=UUID(notice))
    cuts = crops.cut(held)
    with fence(attempt):
        crops.keep(held, cuts)
        failed = [one.source for one, sealed in cuts if sealed is None]
        detail = {"cut": [one.source for one, sealed in cuts if sealed is not None], "failed": failed}
        record("notices.cut", actor=SYSTEM, subject=f"notice:{held.pk}", detail=detail)


@job("notices.tell_answer", queue="alerts", priority=9, subject="notice")
def tell_answer(attempt: Attempt, notice: str, step: int) -> None:
    """Tell the others concerned what a country answered."""
    del notice
    found = list(news.of_answer(Step.objects.select_related("notice__agency", "notice__entry").get(pk=step)))
    with fence(attempt):
        raise_alerts(found)


@every(3600, "notices.remind")
def remind(attempt: Attempt) -> None:
    """Remind of what was sent and has not come back."""
    with fence(attempt):
        raise_alerts(news.of_quiet(quiet()))
