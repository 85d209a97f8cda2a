"""An agency installs a technique of its own: files are compared by it, without a database and with one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fanal.casework.leads.actions import judge
from fanal.casework.leads.models import Lead
from fanal.casework.prints.models import Computed, Print
from installing import install, with_site, write_distribution
from world import cast

FANAL = str(Path(sys.executable).parent / "fanal")

CRASHING = """
import os
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.technique import Technique

class Crashing(Technique):
    name = "crashing/1"
    finds = "Nothing: it crashes on wide pictures, and forges prints on tall ones."

    def of_picture(self, pixels):
        if pixels.shape[1] > 640:
            os.abort()
        if pixels.shape[0] > 480:
            yield Print("pdq/1", bytes(32), 100, None, bytes(224))
        if pixels.shape[1] < 640:
            for number in range(6_000):
                yield Print(self.name, b"x")
        yield Print(self.name, b"x")

    def compare(self, query, other):
        raise RuntimeError("cannot compare")
"""


def fields(number: int, *, look: int = 1, width: int = 640, height: int = 480) -> Image.Image:
    """Return fields whose mean colours follow from the number, and all that is in them from the look."""
    colours = np.random.default_rng(number).integers(90, 166, (8, 8, 1, 1, 3))
    patches = np.random.default_rng([number, look]).integers(-50, 51, (8, 8, 16, 3))
    centred = patches - patches.mean(axis=2, keepdims=True)
    grid = (colours + centred.reshape(8, 8, 4, 4, 3)).transpose(0, 2, 1, 3, 4).reshape(32, 32, 3)
    picture = Image.fromarray(np.clip(grid, 0, 255).astype(np.uint8)).resize((640, 480), Image.Resampling.NEAREST)
    return picture.resize((width, height), Image.Resampling.BILINEAR)


def fanal(site: Path, *words: object) -> subprocess.CompletedProcess[str]:
    command = [FANAL, *map(str, words)]
    return subprocess.run(command, env=with_site(site), capture_output=True, text=True, timeout=900)


def lines(done: subprocess.CompletedProcess[str], code: int = 0) -> list[dict[str, Any]]:
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders whose pictures our own techniques do not link."""
    for folder in ("query", "reference"):
        (tmp_path / folder).mkdir()
    fields(1).save(tmp_path / "query" / "one.png")
    fields(1, look=2).save(tmp_path / "reference" / "same-colours.png")
    fields(2).save(tmp_path / "reference" / "others.png")
    return tmp_path / "query", tmp_path / "reference"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_files_are_compared_by_it_from_the_moment_it_is_installed(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    query, reference = pair
    asked = ("match", query, "--against", reference, "--json")
    (before,) = lines(fanal(tmp_path / "nothing", *asked))
    assert [match for match in before["matches"] if match["accepted"]] == []
    (after,) = lines(fanal(install(tmp_path / "site"), *asked))
    (found,) = (match for match in after["matches"] if match["accepted"])
    assert (Path(found["reference"]).name, found["technique"]) == ("same-colours.png", "mean-colour/1")
    assert found["why"].startswith("The colours of both pictures lie alike")
    (region,) = lines(fanal(tmp_path / "site", *asked, "--region", "0,0,640,480"))
    assert [match["technique"] for match in region["matches"] if match["accepted"]] == ["mean-colour/1"]
    (gone,) = lines(fanal(tmp_path / "nothing", *asked))
    assert gone == before


def test_one_that_crashes_costs_its_own_prints_and_says_so(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    query, reference = pair
    site = install(tmp_path / "site")
    write_distribution(site, "crashing", CRASHING, "crashing = crashing:Crashing")
    fields(1, width=800).save(query / "wide.png")
    fields(1, height=600).save(query / "tall.png")
    fields(1, width=400, height=300).save(query / "small.png")
    done = fanal(site, "match", query, "--against", reference, "--json")
    answers = lines(done)
    assert len(answers) == 4
    for answer in answers:
        accepted = {(Path(m["reference"]).name, m["technique"]) for m in answer["matches"] if m["accepted"]}
        assert accepted == {("same-colours.png", "mean-colour/1")}
    assert "wide.png has no fingerprint by crashing/1: The decoder crashed" in done.stderr
    assert "tall.png has no fingerprint by crashing/1: The added technique failed" in done.stderr
    assert "small.png has no fingerprint by crashing/1: The added technique made more" in done.stderr
    assert "crashing/1 is left out: it failed while comparing: RuntimeError: cannot compare" in done.stderr


def test_what_is_installed_is_listed_and_what_is_broken_is_loud(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    site = install(tmp_path / "site")
    listed = lines(fanal(site, "techniques", "--json"))
    assert listed[-1] == {
        "technique": "mean-colour/1",
        "package": "fanal-mean-colour",
        "release": "1.2",
        "reads": ["image"],
        "finds": "Pictures whose colours lie alike.",
    }
    assert {line["package"] for line in listed[:-1]} == {"fanal"}
    write_distribution(site, "broken", "import no_such_module", "voice = voice:Voice")
    done = fanal(site, "techniques", "--json")
    assert lines(done, code=1)[-1]["error"]["code"] == "technique.broken"
    query, reference = pair
    done = fanal(site, "match", query, "--against", reference, "--json")
    assert "The technique voice of the package broken 0.1 is not used: it cannot be loaded" in done.stderr
    assert lines(done)[0]["matches"]


@pytest.mark.django_db(transaction=True)
def test_a_technique_speaks_of_what_was_there_before_it_and_its_leads_outlive_it(
    fresh_data: Path, tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    who = cast()
    query, reference = pair
    nothing, site = tmp_path / "nothing", install(tmp_path / "site")
    shown = ("--visibility", "all_connected", "--json")
    lines(fanal(nothing, "submit", reference, "--agency", "FR", *shown))
    lines(fanal(site, "submit", query, "--agency", "NZ", *shown))
    assert fanal(site, "worker", "--until-idle").returncode == 0
    assert Computed.objects.count() == 1

    assert fanal(site, "techniques", "compute", "mean-colour/1").returncode == 0
    assert fanal(site, "worker", "--until-idle").returncode == 0
    assert Print.objects.filter(technique="mean-colour/1").count() == 3
    (lead,) = lines(fanal(site, "leads", "--agency", "NZ", "--json"))
    assert lead["technique"] == "mean-colour/1"
    assert lead["why"].startswith("The colours of both pictures lie alike")
    state = lines(fanal(site, "techniques", "--stored", "--json"))[-1]
    assert (state["asked"], state["refused"], state["prints"], state["lacking"]) == (3, 0, 3, 0)

    judge(Lead.objects.get().pk, "different", who.mere)
    kept = list(Print.objects.order_by("feed").values_list("feed", flat=True))
    assert fanal(site, "techniques", "compute", "mean-colour/1").returncode == 0
    assert list(Print.objects.order_by("feed").values_list("feed", flat=True)) == kept

    (gone,) = (line for line in lines(fanal(nothing, "techniques", "--stored", "--json"), code=1) if "error" in line)
    assert (gone["technique"], gone["error"]["code"], gone["prints"]) == ("mean-colour/1", "technique.absent", 3)
    fields(1, width=320, height=240).save(tmp_path / "again.png")
    lines(fanal(nothing, "submit", tmp_path / "again.png", "--agency", "NZ", *shown))
    assert Print.objects.filter(technique="mean-colour/1").count() == 3
    assert Lead.objects.get(technique="mean-colour/1").state == "different"
