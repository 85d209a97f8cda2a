"""What people and techniques made of the contents of a large database: leads, clues, entries, cases, claims, alerts.

Each step is given the loader of `officers_loader.py`, whose contents have the ids 1 to `contents`.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from officers_loader import Loader, Row

GROUP = 8
"""Contents that leads judged the same hold together."""
ENTRY_CONTENTS = 10
QUAD = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.7], [0.2, 0.7]]


def _picture(loader: Loader) -> int:
    """Return a content that is a picture, examined or not."""
    content = loader.dice.randint(1, loader.contents)
    return content if content % 100 < 90 else content - 15


def _finding(technique: str, confidence: float, loader: Loader) -> dict[str, Any]:
    from fanal.engine.match import explain
    from fanal.engine.match.orientation import Orientation

    points = [[round(loader.dice.random(), 4) for _ in range(4)] for _ in range(24)]
    reason, more = {
        "exact/1": (explain.explain_held(), {}),
        "pdq/1": (explain.explain_pictures(8, Orientation.SAME), {}),
        "local/1": (explain.explain_object(24, mirrored=False), {"points": points, "here": QUAD, "there": QUAD}),
        "camera/1": (explain.explain_camera("Kodak Z12, KCG0000012A"), {}),
        "text/1": (explain.explain_text("milolora 0441218"), {}),
    }[technique]
    detail = {"orientation": 0, "segments": [], "reason": reason.plain(), **more}
    distance = 8 if technique == "pdq/1" else None
    return {
        "technique": technique,
        "distance": distance,
        "confidence": confidence,
        "why": str(reason),
        "detail": detail,
    }


def leads(loader: Loader) -> None:
    """Write leads of five techniques: seven in ten open, the rest judged, groups of those judged the same."""
    dice, made = loader.dice, {}
    held = loader.admin.execute(
        "SELECT content_id FROM evidence_exhibit e JOIN evidence_submission s ON s.id = submission_id"
        " GROUP BY content_id HAVING count(DISTINCT agency_id) > 1 LIMIT %s",
        [loader.leads // 8],
    )
    for (content,) in held.fetchall():
        made[content, content] = ("exact/1", "open")
    while len(made) < loader.leads:
        draw = dice.random()
        if draw < 0.02:  # a group that people accepted: a chain of contents
            chain = sorted({_picture(loader) for _ in range(GROUP)})
            made |= dict.fromkeys(pairwise(chain), ("pdq/1", "same"))
            continue
        pair = sorted((_picture(loader), _picture(loader)))
        technique = dice.choices(("pdq/1", "local/1", "camera/1", "text/1"), (50, 35, 10, 5))[0]
        state = dice.choices(("open", "different", "unsure"), (85, 10, 5))[0]
        if pair[0] < pair[1]:
            made.setdefault((pair[0], pair[1]), (technique, state))
    rows: list[Row] = []
    judged: list[Row] = []
    for number, ((left, right), (technique, state)) in enumerate(sorted(made.items(), key=lambda one: one[0][1])):
        at = loader.moment(number / len(made))
        key = loader.key(at)
        findings = [_finding(technique, round(0.6 + 0.4 * dice.random(), 3), loader)]
        if technique == "local/1" and dice.random() < 0.3:
            findings.append(_finding("pdq/1", 0.6, loader))
        surest = findings[0]
        aside = json.dumps({"sources": []}) if state == "open" and dice.random() < 0.05 else None
        told = (surest["distance"], surest["confidence"], surest["why"], json.dumps(surest["detail"]))
        rows.append((key, left, right, technique, state, at, *told, json.dumps(findings), aside))
        if state != "open":
            by = loader.someone()["user"]
            judged.append((loader.key(at), key, state, "", by, at + timedelta(hours=dice.randrange(1, 400))))
    loader.lead_keys = [row[0] for row in rows]
    columns = "id, left_id, right_id, technique, state, created_at, distance, confidence, why, detail, findings, aside"
    loader.copy("leads_lead", columns, rows)
    loader.copy("leads_judgement", "id, lead_id, verdict, note, by_id, at", judged)


def clues(loader: Loader) -> None:
    """Write one clue for a thousand contents (1,000 at most), each seen in twenty contents."""
    dice, rows, seen = loader.dice, [], []
    for number in range(min(1_000, max(50, loader.contents // 1_000))):
        at, who = loader.moment(dice.random()), loader.someone()
        key = loader.key(at)
        loader.clue_keys.append(key)
        kind = dice.choices(("clue", "reference", "ubiquitous"), (70, 25, 5))[0]
        tags, countries = dice.sample(("uniform", "bag", "socket", "bottle", "room", "toy"), 2), dice.sample(COUNTRY, 1)
        shared = kind != "clue" or dice.random() < 0.6
        what = (f"Thing {number}", "With a mark.", tags, countries, shared, who["user"], who["agency"], at, "ready")
        rows.append((key, kind, _picture(loader), 0.2, 0.2, 0.3, 0.3, *what))
        for content in {_picture(loader) for _ in range(20)}:
            finding = _finding("local/1", round(0.6 + 0.4 * dice.random(), 3), loader)
            told = ("local/1", finding["confidence"], finding["why"], json.dumps(finding["detail"]))
            state = dice.choices(("open", "same", "different"), (80, 15, 5))[0]
            seen.append((loader.key(at), key, content, state, at, *told))
    columns = "id, kind, content_id, x, y, width, height, title, description, tags, countries, shared, by_id, agency_id"
    loader.copy("registry_clue", f"{columns}, at, state", rows)
    columns = "id, clue_id, content_id, state, created_at, technique, confidence, why, detail"
    loader.copy("registry_sighting", columns, seen)


COUNTRY = ("NZ", "FR", "AU", "GB", "CA", "NL", "DE", "SE")


def entries(loader: Loader) -> None:
    """Write one entry for 200 contents, with links to ten contents each; victims are in series and have an age."""
    count = max(100, loader.contents // 200)
    deeds: list[Row] = []
    rows: list[Row] = []
    links: list[Row] = []
    verdicts: list[Row] = []
    facts: list[Row] = []
    series: list[UUID] = []

    def deed(verb: str, who: dict[str, str], at: Any, about: UUID) -> int:
        deeds.append((len(deeds) + 1, verb, who["user"], who["agency"], at, [about]))
        return len(deeds)

    for number in range(count):
        at, who = loader.moment(number / count), loader.someone()
        kind = ("series", "victim", "suspect", "place", "object")[number % 5]
        key = loader.key(at)
        opened = deed("opened", who, at, key)
        rows.append((key, kind, f"{kind[:2].upper()}-{number:06}", who["agency"], key, opened, False, []))
        loader.entry_keys.append(key)
        for content in {_picture(loader) for _ in range(ENTRY_CONTENTS)}:
            link = loader.key(at)
            links.append((link, key, content, None, "same"))
            verdicts.append((opened, link, "same", ""))
        if kind == "series":
            series.append(key)
        elif kind == "victim":
            link = loader.key(at)
            links.append((link, key, None, loader.dice.choice(series), "same"))
            verdicts.append((deed("linked", who, at, key), link, "same", ""))
            age = {"youngest": 6, "oldest": 8, "on": "2024-05-01", "known": False}
            facts.append((deed("stated", who, at, key), key, "age", json.dumps(age)))
            if number % 3 == 0:
                state = {"state": "identified", "on": "2025-03-01", "country": "NZ", "reference": ""}
                facts.append((deed("stated", who, at, key), key, "state", json.dumps(state)))
    loader.copy("entries_deed", "id, verb, by_id, agency_id, at, entries", deeds)
    loader.copy("entries_entry", "id, kind, reference, agency_id, root_id, deed_id, shown_to_all, shown_to", rows)
    loader.copy("entries_link", "id, entry_id, content_id, other_id, state", links)
    loader.copy("entries_linkverdict", "deed_id, link_id, verdict, note", verdicts)
    loader.copy("entries_fact", "deed_id, entry_id, about, value", facts)


def cases(loader: Loader) -> None:
    """Write one case for 5,000 contents, of two to four agencies, with links, notes, tasks and what happened."""
    dice = loader.dice
    rows: dict[str, list[Row]] = {
        name: [] for name in ("case", "participant", "link", "note", "notetext", "task", "event")
    }
    for number in range(max(20, loader.contents // 5_000)):
        at = loader.moment(dice.random())
        members = [agency.pk for agency in dice.sample(loader.agencies, min(len(loader.agencies), dice.randint(2, 4)))]
        key, lead = loader.key(at), members[0]
        by = next(one["user"] for one in loader.officers if one["agency"] == str(lead))
        given = (key, lead, by, at)
        loader.case_keys.append(key)
        reference = f"CASE-{at.year}-{number:04}"
        rows["case"].append((key, reference, f"Room {number}", lead, lead, by, at, "open", "", members, [], 1))
        rows["participant"] += [(loader.key(at), key, member, "joined", [], at) for member in members]
        rows["event"].append((loader.key(at), key, "opened", lead, by, at, None, "", None))
        for thing in ("content", "content", "lead", "entry", "clue"):
            link = loader.key(at)
            of = {
                "content": _picture(loader),
                "lead": dice.choice(loader.lead_keys),
                "entry": dice.choice(loader.entry_keys),
                "clue": dice.choice(loader.clue_keys),
            }[thing]
            kinds = ("content", "lead", "entry", "clue")
            rows["link"].append((link, *given, *(of if thing == kind else None for kind in kinds)))
            rows["event"].append((loader.key(at), key, "linked", lead, by, at, link, thing, None))
        for written in range(6):
            note = loader.key(at)
            rows["note"].append((note, *given, 1))
            rows["notetext"].append((note, 1, f"Asked the provider, answer {written}.", by, at))
            rows["event"].append((loader.key(at), key, "noted", lead, by, at, None, "note", note))
        for member in members:
            task = loader.key(at)
            rows["task"].append((task, *given, "Ask the school", member, "open", 1))
            rows["event"].append((loader.key(at), key, "tasked", lead, by, at, None, "task", task))
    given_columns = "id, case_id, agency_id, by_id, at"
    columns = {
        "case": "id, reference, title, agency_id, lead_id, by_id, opened_at, state, outcome, members, invited, version",
        "participant": "id, case_id, agency_id, state, officers, at",
        "link": f"{given_columns}, content_id, lead_id, entry_id, clue_id",
        "note": f"{given_columns}, number",
        "notetext": "note_id, number, text, by_id, at",
        "task": f"{given_columns}, title, to_id, state, version",
        "event": "id, case_id, verb, agency_id, by_id, at, link_id, kind, about",
    }
    for name, some in rows.items():
        loader.copy(f"cases_{name}", columns[name], some)


def news(loader: Loader) -> None:
    """Write alerts, one in ten of which waits, claims, and what agencies answer to blind questions."""
    dice = loader.dice
    count = max(500, loader.contents // 50)

    def alerts() -> Iterator[Row]:
        for number in range(1, count + 1):
            at, agency = loader.moment(number / count), dice.choice(loader.agencies).pk
            lead = dice.choice(loader.lead_keys)
            waits = number > count * 0.9
            by = next(one["user"] for one in loader.officers if one["agency"] == str(agency))
            done = (None, None) if waits else (by, at + timedelta(hours=dice.randrange(1, 90)))
            other = dice.choice(loader.agencies).pk
            told = (json.dumps([f"lead:{lead}"]), 1, at - timedelta(minutes=3), at, at, "")
            yield loader.key(at), number, agency, "lead", f"lead:{number}", other, *told, *done

    columns = "id, number, agency_id, kind, key, other_id, subjects, count, caused_at, told_at, grown_at, answer"
    loader.copy("alerts_alert", f"{columns}, acknowledged_by_id, acknowledged_at", alerts())
    ends = loader.moment(1) + timedelta(days=60)
    claims = (
        (loader.key(at), _picture(loader), who["agency"], who["user"], "", at, ends)
        for at, who in ((loader.moment(dice.random()), loader.someone()) for _ in range(count // 20))
    )
    loader.copy("sharing_claim", "id, content_id, agency_id, by_id, note, made_at, lapses_at", claims)
    answers = ((agency.pk, True, f"desk@{agency.code.lower()}.example") for agency in loader.agencies)
    loader.copy("sharing_disclosure", "agency_id, answers, contact", answers)


STEPS = (leads, clues, entries, cases, news)
