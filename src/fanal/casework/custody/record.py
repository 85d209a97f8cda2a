"""The record of a dossier: what is known of an exhibit, and what was done with it, as JSON and as a page to read."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from fanal.casework.custody.entries import Told
from fanal.casework.evidence.holding import Held
from fanal.core.access.models import Agency
from fanal.core.audit.vocabulary import ACTIONS

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Custody of {title}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
color: #111; background: #fff }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: start; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #bbb;
overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>Custody of {title}</h1>
<p>To prove this page and everything beside it: <code>python3 verify.py --key KEY</code>, with the key of the log as you
know it from elsewhere. No network is needed.</p>
"""


def record_of(agency: Agency, held: Held, told: Sequence[Told], at: datetime) -> dict[str, Any]:
    """Return the facts of an exhibit and its way so far, as JSON can say them."""
    content = held.content
    return {
        "format": "fanal custody record/1",
        "agency": {"code": agency.code, "name": agency.name},
        "written_at": _moment(at),
        "content": {
            "number": content.pk,
            "sha256": bytes(content.sha256 or b"").hex(),
            "sha1": bytes(content.sha1 or b"").hex(),
            "md5": bytes(content.md5 or b"").hex(),
            "bytes": content.size,
            "state": str(content.state),
            "media_type": content.media_type,
            "width": content.width,
            "height": content.height,
            "seconds": content.duration,
            "facts": content.facts,
        },
        "exhibits": [
            {
                "number": exhibit.pk,
                "path": exhibit.path,
                "in_archive": exhibit.parent.path if exhibit.parent else None,
                "modified_at": _moment(exhibit.modified_at),
                "received_at": _moment(exhibit.received_at),
                "submission": str(exhibit.submission_id),
                "case_reference": exhibit.submission.case_reference,
                "source": str(exhibit.submission.source),
                "legal_basis": exhibit.submission.legal_basis,
                "digests_only": exhibit.submission.hash_only,
            }
            for exhibit in held.exhibits
        ],
        "entries": [_line(one) for one in told],
    }


def as_json(record: Mapping[str, Any]) -> bytes:
    """Return the record as a file that people can read too."""
    return (json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8", "backslashreplace")


def as_page(record: Mapping[str, Any]) -> bytes:
    """Return the record as a page that needs nothing else."""
    content = record["content"]
    facts = {name: value for name, value in content.items() if name != "facts" and value not in (None, "")}
    parts = [
        HEAD.format(title=escape(record["exhibits"][0]["path"])),
        f"<p>{escape(record['agency']['name'])}, {escape(record['written_at'])}</p>\n<h2>The file</h2>\n",
        _table([], facts.items()),
    ]
    for exhibit in record["exhibits"]:
        known = {name: value for name, value in exhibit.items() if value not in (None, "")}
        parts += [f"<h2>Exhibit {exhibit['number']}</h2>\n", _table([], known.items())]
    parts.append("<h2>What the log says of it</h2>\n")
    rows = [
        (one["index"], one["at"], one["says"], f"{one['actor']['kind']} {one['actor']['reference']}", _how(one))
        for one in record["entries"]
    ]
    parts.append(_table(["entry", "when", "what", "who", "in this dossier"], rows))
    if content["facts"]:
        text = json.dumps(content["facts"], indent=1, ensure_ascii=False)
        parts.append(f"<h2>What was read in it</h2>\n<pre>{escape(text)}</pre>\n")
    return "".join([*parts, "</body>\n</html>\n"]).encode("utf-8", "backslashreplace")


def _line(told: Told) -> dict[str, Any]:
    entry = told.plain
    names = ("index", "at", "action", "actor", "subject")
    return {**{name: entry[name] for name in names}, "says": ACTIONS.get(entry["action"], ""), "shown": told.shown}


def _how(line: Mapping[str, Any]) -> str:
    return "in full" if line["shown"] else "by its hash: it speaks of other exhibits too"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = f"<tr>{''.join(f'<th>{escape(one)}</th>' for one in heads)}</tr>\n" if heads else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>\n{head}{body}</table>\n"


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
