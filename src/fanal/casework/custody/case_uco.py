"""The record of a dossier as CASE/UCO, the field's common language, so that other tools read it.

Source: CASE 1.5 over UCO 1.5 (caseontology.org, unifiedcyberontology.org), written as JSON-LD. A file is an observable
object with facets; a provenance record names it as an exhibit; each entry of the log is an investigative action. The
same record gives the same bytes: names of nodes follow from what they stand for.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Node = dict[str, Any]

CONTEXT = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "kb": "https://fanal.invalid/kb/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
HASHES = {"sha256": "SHA256", "sha1": "SHA1", "md5": "MD5"}


def as_case(record: Mapping[str, Any]) -> bytes:
    """Return the record as CASE/UCO in JSON-LD."""
    namer = _Namer(record["content"]["sha256"])
    agency = namer.node("organization", "uco-identity:Organization", record["agency"]["code"])
    agency["uco-core:name"] = record["agency"]["name"]
    tool = namer.node("tool", "uco-tool:Tool", "fanal") | {"uco-core:name": "Fanal"}
    nodes = [agency, tool]
    files = []
    for exhibit in record["exhibits"]:
        file = _file(namer, record["content"], exhibit)
        files.append(file)
        nodes += [file, _exhibit(namer, exhibit, file)]
        if exhibit["in_archive"]:
            nodes += _archive(namer, exhibit, file)
    nodes += _investigations(namer, record, agency)
    people: dict[str, Node] = {}
    for entry in record["entries"]:
        who = people.setdefault(_person_key(entry), _performer(namer, entry, tool))
        nodes.append(_action(namer, entry, who, tool, files))
    nodes += [who for who in people.values() if who is not tool]
    whole = {"@context": CONTEXT, "@graph": nodes}
    return (json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode("utf-8", "backslashreplace")


class _Namer:
    """Names nodes by what they stand for."""

    def __init__(self, about: str) -> None:
        self._about = about

    def node(self, noun: str, kind: str, key: object) -> Node:
        name = uuid5(NAMESPACE_URL, f"fanal:{self._about}:{noun}:{key}")
        return {"@id": f"kb:{noun}-{name}", "@type": kind}


def _file(namer: _Namer, content: Mapping[str, Any], exhibit: Mapping[str, Any]) -> Node:
    number = exhibit["number"]
    named = namer.node("file-facet", "uco-observable:FileFacet", number)
    named |= {
        "uco-observable:fileName": exhibit["path"].rpartition("/")[2],
        "uco-observable:filePath": exhibit["path"],
    }
    if exhibit["modified_at"]:
        named["uco-observable:modifiedTime"] = _moment(exhibit["modified_at"])
    data = namer.node("content-data-facet", "uco-observable:ContentDataFacet", number)
    data["uco-observable:hash"] = [
        namer.node("hash", "uco-types:Hash", f"{number}:{name}")
        | {
            "uco-types:hashMethod": said,
            "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": content[name]},
        }
        for name, said in HASHES.items()
        if content[name]
    ]
    if content["bytes"] is not None:
        named["uco-observable:sizeInBytes"] = data["uco-observable:sizeInBytes"] = content["bytes"]
    if content["media_type"]:
        data["uco-observable:mimeType"] = content["media_type"]
    facets = [named, data]
    if content["width"] and content["height"] and str(content["media_type"]).startswith("image/"):
        shape = namer.node("raster-picture-facet", "uco-observable:RasterPictureFacet", number)
        size = {"uco-observable:pictureWidth": content["width"], "uco-observable:pictureHeight": content["height"]}
        facets.append(shape | size)
    return namer.node("file", "uco-observable:File", number) | {"uco-core:hasFacet": facets}


def _exhibit(namer: _Namer, exhibit: Mapping[str, Any], file: Node) -> Node:
    said: Node = {
        "uco-core:description": "Received by Fanal" + (", as digests alone" if exhibit["digests_only"] else ""),
        "uco-core:object": [_to(file)],
        "case-investigation:exhibitNumber": str(exhibit["number"]),
    }
    if exhibit["received_at"]:
        said["uco-core:objectCreatedTime"] = _moment(exhibit["received_at"])
    return _provenance(namer, exhibit) | said


def _provenance(namer: _Namer, exhibit: Mapping[str, Any]) -> Node:
    return namer.node("provenance-record", "case-investigation:ProvenanceRecord", exhibit["number"])


def _archive(namer: _Namer, exhibit: Mapping[str, Any], file: Node) -> list[Node]:
    number, path = exhibit["number"], exhibit["in_archive"]
    facet = namer.node("archive-facet", "uco-observable:FileFacet", number)
    facet |= {"uco-observable:fileName": path.rpartition("/")[2], "uco-observable:filePath": path}
    archive = namer.node("archive", "uco-observable:File", number) | {"uco-core:hasFacet": [facet]}
    inside = namer.node("relationship", "uco-observable:ObservableRelationship", number) | {
        "uco-core:source": _to(file),
        "uco-core:target": _to(archive),
        "uco-core:kindOfRelationship": "Contained_Within",
        "uco-core:isDirectional": True,
    }
    return [archive, inside]


def _investigations(namer: _Namer, record: Mapping[str, Any], agency: Node) -> list[Node]:
    """Return a node for each case that the exhibits were submitted for."""
    cases: dict[str, list[Node]] = {}
    for exhibit in record["exhibits"]:
        if exhibit["case_reference"]:
            cases.setdefault(exhibit["case_reference"], []).append(_to(_provenance(namer, exhibit)))
    return [
        namer.node("investigation", "case-investigation:Investigation", case)
        | {"uco-core:name": case, "uco-core:object": [_to(agency), *about]}
        for case, about in cases.items()
    ]


def _person_key(entry: Mapping[str, Any]) -> str:
    return f"{entry['actor']['kind']} {entry['actor']['reference']}"


def _performer(namer: _Namer, entry: Mapping[str, Any], tool: Node) -> Node:
    """Return who did it: the program itself, or a person, known by a reference alone."""
    if entry["actor"]["kind"] == "system":
        return tool
    return namer.node("person", "uco-identity:Person", _person_key(entry)) | {"uco-core:name": _person_key(entry)}


def _action(namer: _Namer, entry: Mapping[str, Any], who: Node, tool: Node, files: list[Node]) -> Node:
    return namer.node("investigative-action", "case-investigation:InvestigativeAction", entry["index"]) | {
        "uco-core:name": entry["action"],
        "uco-core:description": f"Entry {entry['index']} of the log. {entry['says']}".strip(),
        "uco-action:startTime": _moment(entry["at"]),
        "uco-action:performer": _to(who),
        "uco-action:instrument": _to(tool),
        "uco-action:object": [_to(file) for file in files],
    }


def _moment(at: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": at}


def _to(node: Node) -> Node:
    return {"@id": node["@id"]}
