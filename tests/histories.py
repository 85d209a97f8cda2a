"""A house in which every kind of work waits, the work delivered in any order and as often as one likes, and what it
amounts to in the end, told without ids and times.
"""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from shutil import copy
from unittest import mock

import pytest
from django.db import connection, transaction
from django.db.models import Count, F

from abroad import answered_notice, morocco
from aftermath import seized_folder
from desk import content_of, examined, lead_between
from fanal.casework.alerts.models import Alert, Told
from fanal.casework.cases import actions as cases
from fanal.casework.cases import contributions, participation
from fanal.casework.dispatch import calling, mailing
from fanal.casework.dispatch.actions import choose_digest, register_webhook
from fanal.casework.dispatch.models import Delivery, Digest
from fanal.casework.entries import actions as entries
from fanal.casework.entries.facts import stated_state
from fanal.casework.entries.models import ProposedSeries, Routing
from fanal.casework.evidence.models import Content, Exhibit, Visibility
from fanal.casework.evidence.visibility import change_visibility
from fanal.casework.leads.actions import judge, search_region
from fanal.casework.leads.findings import Box
from fanal.casework.leads.models import Lead, RegionSearch
from fanal.casework.notices.actions import Written, begin, write
from fanal.casework.notices.models import Crop, Notice
from fanal.casework.prints.models import Preview, Print
from fanal.casework.registry.actions import Words, judge_sighting, keep_clue
from fanal.casework.registry.models import Clue, CluePrint, Sighting
from fanal.casework.sharing.actions import ask, claim, disclose
from fanal.casework.sharing.models import Claim
from fanal.core.access.models import Role
from fanal.core.access.queries import actor_of
from fanal.core.approvals.actions import agree
from fanal.core.jobs import actions as jobs
from fanal.core.jobs import leases
from fanal.core.jobs.errors import LostLease
from fanal.core.jobs.registry import Attempt, kind_named
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from leaves import room
from world import cast, enrolled, submitted

__all__ = ["called_too_often", "delivered", "folders", "house", "let_out", "outcome"]

IN_COMPANY = "local/1"
"""What it says of a pair depends on what else is there then: what many pictures have in common counts for little."""
ONE, ANOTHER = Box(0.05, 0.08, 0.5, 0.6), Box(0.1, 0.1, 0.7, 0.7)


def let_out(patch: pytest.MonkeyPatch, status: int, said: str = "") -> None:
    """Have an operator who lets alerts out, what is called answer so, and mails arrive."""
    patch.setenv("FANAL_WEBHOOKS", "private")
    patch.setenv("FANAL_ORIGIN", "https://fanal.example")
    patch.setattr(calling, "post", lambda *_: calling.Outcome(status, said))
    patch.setenv("FANAL_SMTP_URL", "smtp://127.0.0.1:9")
    patch.setattr(mailing, "send", lambda *_: None)


class Killed(BaseException):
    """The worker is killed here."""


def folders(where: Path) -> Path:
    """Draw what is seized, once for all houses: two phones with a picture in common, and rooms with a thing in them."""
    there, here = seized_folder(where / "phone 0", 10), where / "phone 1"
    here.mkdir()
    copy(there / "h shared.jpg", here)
    (here / "g large.bin").write_bytes(bytes(200_000))
    for name, seeds in (("known", (1, 2)), ("fresh", (3, 4))):
        (where / name).mkdir()
        for seed in seeds:
            room(seed, 9).save(where / name / f"{seed}.jpg", quality=90)
    return where


def house(seized: Path) -> None:
    """Have people do all that work comes of: submit, box, ask, claim, judge, invite, tell abroad, widen."""
    who, morocco_ = cast(), morocco()
    supervisor = enrolled(who.france, "simone", Role.SUPERVISOR)
    administrator = enrolled(who.france, "ada", Role.ADMINISTRATOR)
    register_webhook("http://127.0.0.1:9/alerts", administrator)
    ours = submitted(who.france, seized / "known")
    examined([ours])
    first, second = (content_of(ours, name).pk for name in ("1.jpg", "2.jpg"))
    submitted(who.new_zealand, seized / "phone 0")
    submitted(who.britain, seized / "fresh")
    kept = submitted(who.france, seized / "phone 1", visibility=Visibility.OWN)
    with transaction.atomic():
        jobs.defer("prints.compute", technique="gone/1", contents=[first])
        jobs.defer("readings.read", content=first)
        jobs.defer("entries.propose_of", contents=[first])
        jobs.defer("evidence.finish_erasing", contents=[], objects=[])
        jobs.defer_regulars()
    clue = keep_clue(first, ONE, "clue", Words("A stove", countries=["NZ"]), who.camille, shared=True)
    search_region(second, ANOTHER, who.camille)
    lead = lead_between(Content.objects.get(pk=first), Content.objects.get(pk=second), 4)
    judge(lead.pk, "same", who.camille)
    seen = Sighting.objects.create(
        clue=clue, content_id=second, technique=IN_COMPANY, confidence=0.9, why="", created_at=clock.now()
    )
    judge_sighting(seen.pk, "same", who.camille)
    disclose(who.france, answers=True, contact="desk@fr.example", actor=SYSTEM)
    ask(who.new_zealand, [bytes(content_of(kept, "g large.bin").sha256 or b"")], actor_of(who.mere))
    choose_digest("hour", "camille@fr.example", who.camille)
    Digest.objects.update(next_at=clock.now())
    shared = Content.objects.get(exhibits__path="h shared.jpg", exhibits__submission__agency=who.france).pk
    for officer in (who.camille, who.mere):
        claim(shared, officer)
    lapsing = claim(second, who.camille)
    long_ago = clock.now() - timedelta(days=90)
    Claim.objects.filter(pk=lapsing.pk).update(made_at=long_ago, lapses_at=long_ago + timedelta(days=30))
    victim = entries.open_entry("victim", "FR-1", who.camille, [shared])
    entries.judge_country(entries.Subject(entry=victim.pk), "NZ", "confirmed", who.camille)
    entries.judge_country(entries.Subject(entry=victim.pk), morocco_.country, "confirmed", who.camille)
    entries.state(victim.pk, stated_state("identified", "2015-03-02", "FR"), who.mere)
    made = cases.open_case("A room", who.camille)
    participation.invite(made.pk, "NZ", who.camille)
    participation.answer_invitation(made.pk, who.mere, joins=True)
    contributions.set_task(made.pk, "Ask them", who.camille, to="NZ", due=date(2020, 1, 1))
    answered_notice(who.camille, first, "A stove")
    cutting = begin("MA", who.camille, contents=[first], knowing=True)
    write(cutting.pk, Written("A stove.", "Whose?", "desk@fr.example", "en", [f"clue:{clue.pk}"]), who.camille)
    proposal = change_visibility(kept.pk, Visibility.ALL_CONNECTED, (), "All may know.", who.camille)
    assert proposal is not None
    agree(proposal.pk, supervisor)


TODO = "SELECT id, attempts, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
COPY = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
SELECT queue_name, task_name, priority, args FROM procrastinate_jobs, generate_series(2, %s) WHERE id = %s RETURNING id
"""
TAKE = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s"
BACK = "UPDATE procrastinate_jobs SET status = 'todo', attempts = attempts + 1, worker_id = NULL WHERE id = %s"


def delivered(dice: Random | None, times: int = 1) -> Counter[str]:
    """Do all work that waits and what comes of it; return how often each kind was delivered to its end.

    With dice: in any order, each piece so many times, and before it, now and then, to a worker that is killed when all
    but its last write is done; afterwards, now and then, once more to one that was given up on.
    """
    done, copied = Counter[str](), set[int]()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        worker = cursor.fetchone()[0]
        while True:
            cursor.execute(TODO)
            waiting = cursor.fetchall()
            if not waiting:
                return done
            for number, *_ in waiting if times > 1 else ():
                if number not in copied:
                    cursor.execute(COPY, [times, number])
                    copied |= {number, *(row[0] for row in cursor.fetchall())}
            number, attempts, name, arguments = dice.choice(waiting) if dice else waiting[0]
            cursor.execute(TAKE, [worker, number])
            attempt, given = Attempt(number, attempts, worker, 60.0), json.loads(arguments)
            if dice and dice.random() < 0.2:
                _cut_off(attempt, name, given)
                cursor.execute(BACK, [number])
                continue
            kind_named(name).run(attempt, **given)
            leases.complete(attempt)  # those without a last write of their own
            done[name] += 1
            if dice and dice.random() < 0.1:
                with suppress(LostLease):
                    kind_named(name).run(attempt, **given)


def _cut_off(attempt: Attempt, name: str, given: dict[str, object]) -> None:
    """Kill the worker at the end of its last transaction, before it is committed."""

    def die(_: Attempt) -> bool:
        raise Killed

    with mock.patch.object(leases, "complete", die), suppress(Killed):
        kind_named(name).run(attempt, **given)


def outcome() -> dict[str, Counter[tuple[object, ...]]]:
    """Return what all work amounts to: each row in words that do not change from one house to the next."""
    sha = {pk: bytes(sha256 or b"").hex()[:12] for pk, sha256 in Content.objects.values_list("pk", "sha256")}
    by_techniques = [lead for lead in Lead.objects.all() if {one["technique"] for one in lead.findings} - {IN_COMPANY}]
    told: dict[str, Iterable[tuple[object, ...]]] = {
        "contents": Content.objects.values_list("sha256", "state", "media_type", "refusal"),
        "exhibits": Exhibit.objects.values_list("submission__label", "parent__path", "path", "content__sha256"),
        "prints": Print.objects.values_list("content__sha256", "technique", "data"),
        "previews": Preview.objects.values_list("content__sha256", "position"),
        "leads": [(sha[lead.left_id], sha[lead.right_id], lead.state) for lead in by_techniques],
        "clues": Clue.objects.values_list("title", "state"),
        "clue prints": CluePrint.objects.values_list("clue__title", "technique", "data"),
        "sightings": Sighting.objects.values_list("clue__title", "content__sha256", "state"),
        "searches": RegionSearch.objects.values_list("state"),  # what it found goes by what was there by then
        "claims": [(sha[one.content_id], one.agency.code, one.ended_at is None) for one in Claim.objects.all()],
        "routed": Routing.objects.values_list("content__sha256", "entry__reference", "country", "confirmed"),
        "proposed": [
            (one.agency.code, *sorted(sha[content] for content in one.contents), one.settled)
            for one in ProposedSeries.objects.select_related("agency")
        ],
        "notices": Notice.objects.values_list("agency__code", "country", "entry__reference", "state", "reminded"),
        "crops": Crop.objects.values_list("notice__country", "content__sha256"),
        "told": [(code, subject.partition(":")[0]) for code, subject in _told()],
        "alerts": Alert.objects.values_list("agency__code", "kind", "acknowledged_at"),
        "calls": Delivery.objects.filter(number=F("alert__number")).values_list(
            "alert__agency__code", "alert__kind", "state"
        ),
    }
    return {name: Counter(tuple(map(_plain, row)) for row in rows) for name, rows in told.items()}


def called_too_often() -> list[str]:
    """Return the alerts of which somebody was called more often than they had news.

    An alert that grows is called of anew; whether it had been called of before depends on the order of work. So
    `outcome` counts what was called of each as it stands in the end, and this what came before.
    """
    news, kind = F("alert__count"), F("alert__kind")
    called = Delivery.objects.values("webhook", "alert", news=news, kind=kind).annotate(calls=Count("pk"))
    return [f"{one['kind']}: {one['calls']} calls, {one['news']} news" for one in called if one["calls"] > one["news"]]


def _told() -> Iterable[tuple[str, str]]:
    return Told.objects.values_list("agency__code", "subject")


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes | memoryview) else value
