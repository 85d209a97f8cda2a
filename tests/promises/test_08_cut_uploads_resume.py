"""Promise 8: an upload that is cut off anywhere goes on there; what arrives is what was sent, or it is refused.

The long size is 200 files, each cut at every per cent; here there are fewer files and cuts.
"""

import hashlib
import json
import os
import random
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from fanal.casework.evidence.models import Content, Exhibit, Piece, Upload
from fanal.casework.evidence.uploads import MOST_BYTES_A_PIECE, forget_old_uploads
from fanal.core.audit.models import Leaf
from fanal.core.vault.actions import open_plain
from fanal.kit import clock
from programs import Program, program, secret_of
from world import cast

pytestmark = pytest.mark.django_db(transaction=True)

SOAK = bool(os.environ.get("FANAL_SOAK"))
FILES, CUTS, MOST_BYTES = 200 if SOAK else 20, 6, 40_000


def opened(asking: Program) -> str:
    """Open a submission and return its id."""
    told = asking.post("/submissions", {"label": "phone", "origin": "phone"})
    return str(json.loads(told.content)["id"])


def announced(asking: Program, submission: str, data: bytes, path: str = "a.bin") -> dict[str, Any]:
    """Announce a file and return how far it is."""
    told = {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    answer = asking.post(f"/submissions/{submission}/files", told)
    assert answer.status_code == 201, answer.content
    return dict(json.loads(answer.content))


def sent(
    asking: Program, upload: str, offset: int, piece: bytes, of: bytes | None = None
) -> tuple[int, dict[str, Any]]:
    """Send a piece, with the checksum of another one where that is given; return the status and what is told."""
    digest = b64encode(hashlib.sha256(piece if of is None else of).digest()).decode()
    headers = {
        "Upload_Offset": str(offset),
        "Content_Digest": f"sha-256=:{digest}:",
        "Content-Type": "application/octet-stream",
    }
    answer = asking.ask("PUT", f"/uploads/{upload}/bytes", piece, headers)
    return answer.status_code, json.loads(answer.content)


def completed(asking: Program, upload: str) -> int:
    """Say that all was sent; return the status."""
    return asking.post(f"/uploads/{upload}/complete").status_code


def cuts(size: int, dice: random.Random) -> list[int]:
    """Return up to which bytes a file gets before it is cut off: some at random, or every per cent."""
    if SOAK:
        return [size * percent // 100 for percent in range(1, 100)]
    return sorted(dice.randrange(size + 1) for _ in range(CUTS))


def test_files_that_are_cut_off_anywhere_arrive_whole(fresh_data: Path, dice: random.Random) -> None:
    asking = program(cast().camille)
    submission = opened(asking)
    files = {f"{number}.bin": dice.randbytes(dice.randrange(MOST_BYTES)) for number in range(FILES)}
    files["0.bin"] = b""
    for path, data in files.items():
        for cut in cuts(len(data), dice):
            # Whoever begins again knows nothing but the file: the server says how far it is.
            told = announced(asking, submission, data, path)
            at, upload = told["offset"], told["id"]
            assert asking.ask("HEAD", f"/uploads/{upload}").headers["Upload-Offset"] == str(at)
            if cut > at:
                assert sent(asking, upload, at, data[at:cut]) == (200, {**told, "offset": cut})
        told = announced(asking, submission, data, path)
        if told["offset"] < len(data):
            assert completed(asking, told["id"]) == 409
            assert sent(asking, told["id"], told["offset"], data[told["offset"] :])[0] == 200
        assert completed(asking, told["id"]) == completed(asking, told["id"]) == 200
        assert announced(asking, submission, data, path)["complete"]
    for exhibit in Exhibit.objects.select_related("content"):
        with open_plain(bytes(exhibit.content.sha256 or b"")) as plain:
            assert plain.read() == files.pop(exhibit.path)
    assert (files, Piece.objects.count()) == ({}, 0)
    sys.stdout.write(f"{FILES} files, each cut off {len(cuts(MOST_BYTES, dice))} times: all arrived bit-exact\n")


def test_pieces_that_are_wrong_change_nothing(fresh_data: Path) -> None:
    asking, data = program(cast().camille), b"0123456789"
    submission = opened(asking)
    upload = announced(asking, submission, data)["id"]
    assert sent(asking, upload, 0, data[:4])[0] == 200
    for offset in (0, 3, 5, 10):
        status, told = sent(asking, upload, offset, b"45")
        assert (status, told["code"], told["offset"]) == (409, "evidence.wrong_offset", 4)
    status, told = sent(asking, upload, 4, b"4x", of=b"45")
    assert (status, told["code"]) == (422, "evidence.damaged_piece")
    assert [sent(asking, upload, 4, piece)[0] for piece in (b"", b"4567890", bytes(MOST_BYTES_A_PIECE + 1))] == [
        422
    ] * 3
    assert sent(asking, upload, 4, data[4:])[0] == 200
    assert b"012" not in b"".join(bytes(piece) for piece in Piece.objects.values_list("data", flat=True)), "not sealed"
    assert completed(asking, upload) == 200
    assert sent(asking, upload, 10, b"x")[0] == 409
    assert asking.ask("DELETE", f"/uploads/{upload}").status_code == 409


def test_what_is_not_the_file_that_was_announced_is_refused(fresh_data: Path) -> None:
    asking, data = program(cast().camille), b"0123456789"
    submission = opened(asking)
    upload = announced(asking, submission, data)["id"]
    assert sent(asking, upload, 0, b"9876543210")[0] == 200
    assert completed(asking, upload) == 422
    assert (Content.objects.count(), Exhibit.objects.count()) == (0, 0)
    # Announced anew as it is now, it begins from nothing.
    told = announced(asking, submission, b"9876543210")
    assert (told["id"], told["offset"]) == (upload, 0)
    assert asking.ask("DELETE", f"/uploads/{upload}").status_code == 204
    assert asking.get(f"/uploads/{upload}").status_code == 404
    assert Piece.objects.count() == 0


def test_of_two_who_write_at_once_one_wins(fresh_data: Path, dice: random.Random) -> None:
    secret = secret_of(cast().camille)
    asking, data = Program(secret), dice.randbytes(4_000)
    submission = opened(asking)
    upload = announced(asking, submission, data)["id"]

    def write(offset: int) -> int:
        try:
            return sent(Program(secret), upload, offset, data[offset : offset + 1_000])[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        for offset in range(0, len(data), 1_000):
            assert sorted(threads.map(write, [offset, offset])) == [200, 409]
    assert completed(asking, upload) == 200
    assert Exhibit.objects.count() == 1


def test_uploads_that_nobody_goes_on_with_are_given_up(fresh_data: Path) -> None:
    asking = program(cast().camille)
    submission = opened(asking)
    whole, cut = (announced(asking, submission, data, data.decode()) for data in (b"whole", b"cut"))
    assert sent(asking, whole["id"], 0, b"whole")[0] == 200
    assert completed(asking, whole["id"]) == 200
    assert forget_old_uploads() == 0
    Upload.objects.update(touched_at=clock.now() - timedelta(days=8))
    assert (forget_old_uploads(), Upload.objects.count(), Piece.objects.count()) == (1, 0, 0)
    assert Leaf.objects.filter(action="evidence.upload_abandoned").count() == 1
    # What is whole is evidence, and announced once more it is known.
    assert announced(asking, submission, b"whole", "whole")["complete"]
    assert not announced(asking, submission, b"cut", "cut")["complete"]
    assert cut["offset"] == 0
