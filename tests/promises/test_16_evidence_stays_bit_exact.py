"""Promise 16: evidence stays bit-exact, and a single bit that turned over is found and named."""

import os
import random
from pathlib import Path

import pytest

from fanal.casework.evidence.models import Content
from fanal.casework.evidence.scrub import Custody, verify_vault
from fanal.core.vault.errors import BlobDamaged
from fanal.kit.actor import SYSTEM
from world import cast, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_data")]

CONTENTS = 1_000 if os.environ.get("FANAL_SOAK") else 300


def files(folder: Path, dice: random.Random, count: int) -> Path:
    """Fill a folder with files of all sizes up to a few chunks."""
    folder.mkdir()
    for number in range(count):
        size = dice.choice([1, 100, 5_000, 70_000])
        (folder / f"{number:04}.bin").write_bytes(number.to_bytes(4, "big") + dice.randbytes(size))
    return folder


def test_every_bit_that_turned_over_is_found_and_named(dice: random.Random, tmp_path: Path, fresh_data: Path) -> None:
    who = cast()
    folder = files(tmp_path / "phone", dice, CONTENTS)
    submitted(who.new_zealand, folder, case="NZ-17")
    submitted(who.france, folder, case="FR-4")
    submitted(who.britain, files(tmp_path / "other", random.Random(dice.random()), 3), case="GB-1")
    whole = verify_vault(SYSTEM)
    assert whole.holds
    contents = Content.objects.filter(exhibits__submission__case_reference="NZ-17").distinct()
    harmed = {bytes(content.sha256 or b"") for content in contents}
    assert len(harmed) == CONTENTS
    others = whole.contents - CONTENTS
    media = fresh_data / "media"
    by_name = {"".join(path.relative_to(media).parts): path for path in media.rglob("*") if path.is_file()}
    for content in contents.select_related("blob"):
        assert content.blob is not None
        path = by_name[str(content.blob.name)]
        data = bytearray(path.read_bytes())
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        path.chmod(0o600)
        path.write_bytes(data)
    report = verify_vault(SYSTEM)
    print(f"{len(report.damages)} of {CONTENTS} found, {others} others untouched")  # noqa: T201
    assert not report.holds
    assert report.contents == CONTENTS + others
    assert {damage.sha256 for damage in report.damages} == harmed
    assert {damage.code for damage in report.damages} == {BlobDamaged.code}
    assert {damage.custody for damage in report.damages} == {(Custody("FR", "FR-4"), Custody("NZ", "NZ-17"))}
