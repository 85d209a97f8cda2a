"""The record of a dossier in CASE/UCO: it conforms to the ontology, and says what the record says."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rdflib import Dataset

from fanal.casework.custody.case_uco import as_case

# The library's reader of JSON-LD uses names of its own that it has given up.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated, use Dataset:DeprecationWarning")

RECORD: dict[str, Any] = {
    "agency": {"code": "NZ", "name": "The unit of New Zealand"},
    "content": {
        "sha256": "ab" * 32,
        "sha1": "cd" * 20,
        "md5": "ef" * 16,
        "bytes": 11,
        "media_type": "image/jpeg",
        "width": 640,
        "height": 480,
    },
    "exhibits": [
        {
            "number": 5,
            "path": 'rooms/the "attic".jpg',
            "in_archive": "phone.zip",
            "modified_at": "2026-01-01T00:00:00Z",
            "received_at": "2026-01-02T00:00:00Z",
            "case_reference": "K-7",
            "digests_only": False,
        },
        {
            "number": 6,
            "path": "again.jpg",
            "in_archive": None,
            "modified_at": None,
            "received_at": "2026-01-03T00:00:00Z",
            "case_reference": "K-7",
            "digests_only": True,
        },
    ],
    "entries": [
        {
            "index": 3,
            "at": "2026-01-02T00:00:01.123456Z",
            "action": "evidence.received",
            "says": "Files were received.",
            "actor": {"kind": "officer", "reference": "7"},
        },
        {
            "index": 4,
            "at": "2026-01-02T00:00:02Z",
            "action": "prints.examined",
            "says": "",
            "actor": {"kind": "system", "reference": "fanal"},
        },
    ],
}

PROGRAM = "from case_utils.case_validate import main; main()"

PREFIXES = """
PREFIX inv: <https://ontology.caseontology.org/case/investigation/>
PREFIX core: <https://ontology.unifiedcyberontology.org/uco/core/>
PREFIX action: <https://ontology.unifiedcyberontology.org/uco/action/>
PREFIX obs: <https://ontology.unifiedcyberontology.org/uco/observable/>
PREFIX types: <https://ontology.unifiedcyberontology.org/uco/types/>
"""


def validated(path: Path) -> subprocess.CompletedProcess[str]:
    """Validate as an examiner would, by the ontology's own validator."""
    command = [sys.executable, "-c", PROGRAM, "--built-version", "case-1.5.0", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read(record: dict[str, Any]) -> Dataset:
    """Read it as any tool reads JSON-LD."""
    held = Dataset()
    held.parse(data=as_case(record), format="json-ld")
    return held


def asked(question: str) -> list[tuple[str, ...]]:
    graph = read(RECORD)
    return sorted(tuple(str(value) for value in row) for row in graph.query(PREFIXES + question))  # type: ignore[union-attr]


def test_it_conforms_without_a_warning_and_what_does_not_is_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.jsonld", tmp_path / "bad.jsonld"
    good.write_bytes(as_case(RECORD))
    bad.write_bytes(as_case(RECORD).replace(b"hashMethod", b"hashMeans"))
    done = validated(good)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Warning" not in done.stdout + done.stderr
    assert validated(bad).returncode != 0


def test_each_exhibit_is_a_file_with_its_number_path_and_digests() -> None:
    found = asked("""
        SELECT ?number ?path ?method ?value WHERE {
            ?record inv:exhibitNumber ?number ; core:object ?file .
            ?file core:hasFacet ?named, ?data . ?named obs:filePath ?path .
            ?data obs:hash ?hash . ?hash types:hashMethod ?method ; types:hashValue ?value }
    """)
    digests = [("MD5", "ef" * 16), ("SHA1", "cd" * 20), ("SHA256", "ab" * 32)]
    paths = [("5", 'rooms/the "attic".jpg'), ("6", "again.jpg")]
    assert found == [(*path, *digest) for path in paths for digest in digests]


def test_a_file_from_an_archive_is_told_to_be_contained_in_it() -> None:
    found = asked("""
        SELECT ?inner ?outer WHERE {
            ?inside core:kindOfRelationship "Contained_Within" ; core:source ?file ; core:target ?archive .
            ?file core:hasFacet/obs:filePath ?inner . ?archive core:hasFacet/obs:filePath ?outer }
    """)
    assert found == [('rooms/the "attic".jpg', "phone.zip")]


def test_each_entry_of_the_log_is_an_action_with_who_did_it_and_when() -> None:
    found = asked("""
        SELECT ?name ?at ?who WHERE {
            ?done a inv:InvestigativeAction ; core:name ?name ; action:startTime ?at ; action:performer ?person .
            ?person core:name ?who }
    """)
    assert [(name, who) for name, _, who in found] == [
        ("evidence.received", "officer 7"),
        ("prints.examined", "Fanal"),
    ]


def test_the_same_record_gives_the_same_bytes() -> None:
    assert as_case(RECORD) == as_case(RECORD)
    assert as_case(RECORD) != as_case({**RECORD, "entries": []})


@pytest.mark.parametrize("missing", ["bytes", "media_type", "width", "sha1"])
def test_what_is_not_known_is_left_out(missing: str) -> None:
    content = {**RECORD["content"], missing: None}
    assert "None" not in read({**RECORD, "content": content}).serialize(format="nquads")
