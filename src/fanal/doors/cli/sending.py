"""A delivery to a server: every file is announced, sent in pieces that are checked, and declared whole."""

import base64
import hashlib
import json
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fanal.casework.evidence.found import FoundFile, LeftOut, digests_of, unreadable, walk
from fanal.casework.evidence.paths import as_text
from fanal.doors.cli.remote import Answered, Remote
from fanal.engine.fingerprint.digest import Digests, digest_file

PIECE_BYTES = 4 << 20
DIGESTS_A_REQUEST = 500
TRIES_A_PIECE = 5
LOOK_SECONDS = 3.0
STILL_LOOKS = 20
"""After so many looks at which nothing moved, the server is left to examine the rest by itself."""
DAMAGED_ON_THE_WAY, ELSEWHERE = "evidence.damaged_piece", "evidence.wrong_offset"
CHANGED_MEANWHILE = {"evidence.damaged_upload", "evidence.incomplete", "invalid"}


@dataclass
class Sending:
    """One delivery from this computer. `opening` is what the submission is opened with, without its origin."""

    remote: Remote
    opening: Mapping[str, Any]
    as_json: bool
    counted: Counter[str] = field(default_factory=Counter)

    def go(self, roots: Sequence[Path], *, wait: bool) -> None:
        """Deliver all files below the roots. Cut off anywhere, it goes on there when it is begun again."""
        origin = "\n".join([socket.gethostname(), *(as_text(str(root.absolute())) for root in roots)])
        origin = hashlib.sha256(origin.encode()).hexdigest()  # what this computer's folders are called stays here
        submission = self.remote.post("/submissions", {**self.opening, "origin": origin})["id"]
        give = self._give_digests if self.opening["hash_only"] else self._send_files
        give(submission, walk(roots))
        self.remote.post(f"/submissions/{submission}/close")
        told = self._watch(submission) if wait else self.remote.get(f"/submissions/{submission}")
        self._result(told)
        self.remote.post(f"/submissions/{submission}/conclude")

    def _send_files(self, submission: str, found: Iterator[FoundFile | LeftOut]) -> None:
        for file in found:
            if isinstance(file, LeftOut):
                self._left_out(file)
                continue
            try:
                self._send(submission, file)
            except OSError as problem:
                self._left_out(unreadable(file.name, problem))

    def _send(self, submission: str, file: FoundFile) -> None:
        digests = digest_file(file.path)
        announced = {**_named(file), "size": digests.size, "sha256": digests.sha256.hex()}
        upload = self.remote.post(f"/submissions/{submission}/files", announced)
        if upload["complete"]:
            self.counted["already_there"] += 1
            return
        try:
            self._send_bytes(file.path, upload)
            self.remote.post(f"/uploads/{upload['id']}/complete")
        except Answered as refused:
            if refused.why not in CHANGED_MEANWHILE:
                raise
            self.remote.delete(f"/uploads/{upload['id']}")
            self._left_out(LeftOut(file.name, "The file was changed while it was sent."))
            return
        self.counted["received"] += 1

    def _send_bytes(self, path: Path, upload: Mapping[str, Any]) -> None:
        offset, tries = upload["offset"], TRIES_A_PIECE
        most = min(PIECE_BYTES, upload["most_bytes_a_piece"])
        with path.open("rb") as data:
            while offset < upload["size"]:
                data.seek(offset)
                piece = data.read(most)
                if not piece:
                    return  # it is shorter than it was: the server says that it is not whole
                try:
                    offset, tries = self._send_piece(upload["id"], offset, piece), TRIES_A_PIECE
                except Answered as refused:
                    tries -= 1
                    if tries == 0 or refused.why not in {DAMAGED_ON_THE_WAY, ELSEWHERE}:
                        raise
                    offset = int(refused.problem.get("offset", offset))

    def _send_piece(self, upload: str, offset: int, piece: bytes) -> int:
        digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        headers = {
            "Upload-Offset": str(offset),
            "Content-Digest": f"sha-256=:{digest}:",
            "Content-Type": "application/octet-stream",
        }
        told = self.remote.put(f"/uploads/{upload}/bytes", piece, headers)
        return int(told["offset"])

    def _give_digests(self, submission: str, found: Iterator[FoundFile | LeftOut]) -> None:
        waiting: list[dict[str, Any]] = []
        for file in found:
            if isinstance(file, LeftOut):
                self._left_out(file)
                continue
            digests = digests_of(file)
            if isinstance(digests, LeftOut):
                self._left_out(digests)
                continue
            waiting.append({**_named(file), **_plain(digests)})
            if len(waiting) == DIGESTS_A_REQUEST:
                self._give(submission, waiting)
                waiting = []
        if waiting:
            self._give(submission, waiting)

    def _give(self, submission: str, files: Sequence[Mapping[str, Any]]) -> None:
        fresh = self.remote.post(f"/submissions/{submission}/digests", {"files": files})["fresh"]
        self.counted["received"] += fresh
        self.counted["already_there"] += len(files) - fresh

    def _watch(self, submission: str) -> Mapping[str, Any]:
        """Wait until all is examined, or nothing moves any more; return how far it is."""
        still, before = 0, -1
        while True:
            told: Mapping[str, Any] = self.remote.get(f"/submissions/{submission}")
            waiting = told["progress"]["waiting"]
            still = still + 1 if waiting == before else 0
            if waiting == 0 or still >= STILL_LOOKS:
                return told
            before = waiting
            time.sleep(LOOK_SECONDS)

    def _result(self, told: Mapping[str, Any]) -> None:
        counts = {name: self.counted[name] for name in ("received", "already_there", "left_out")}
        result = {"submission": told["id"], **counts, **told["progress"]}
        if self.as_json:
            sys.stdout.write(json.dumps(result) + "\n")
            return
        width = max(len(name) for name in result)
        lines = (f"{name.replace('_', ' '):<{width}}  {value}" for name, value in result.items())
        sys.stdout.write("\n".join(lines) + "\n")

    def _left_out(self, problem: LeftOut) -> None:
        self.counted["left_out"] += 1
        name = as_text(problem.name)
        if self.as_json:
            told = {"path": name, "error": {"code": "evidence.left_out", "message": problem.reason}}
            sys.stdout.write(json.dumps(told) + "\n")
        else:
            sys.stderr.write(f"left out: {name}: {problem.reason}\n")


def _named(file: FoundFile) -> dict[str, Any]:
    return {"path": as_text(file.name), "modified": file.modified.isoformat() if file.modified else None}


def _plain(digests: Digests) -> dict[str, Any]:
    named = {name: getattr(digests, name).hex() for name in ("sha256", "sha1", "md5")}
    return {**named, "size": digests.size}
