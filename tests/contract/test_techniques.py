"""Our own techniques keep the contract that comes with the interface, and the list keeps what it says."""

import re
from collections.abc import Sequence

from fanal.engine.fingerprint.added import RESERVED
from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import audio_prints
from fanal.engine.match.camera.technique import Camera
from fanal.engine.match.contract import TechniqueContract
from fanal.engine.match.frames.technique import Exact, Pdq, Video
from fanal.engine.match.local.technique import Local
from fanal.engine.match.sound.technique import Sound
from fanal.engine.match.techniques import OWN, comparers, stamp
from fanal.engine.match.text.technique import Text
from leaves import leaves
from lettering import page_print
from sounds import voice


class TestPdq(TechniqueContract):
    """Pictures."""

    technique = Pdq()


class TestLocal(TechniqueContract):
    """Parts of pictures, on drawings with fewer edges than its own examples have."""

    technique = Local()

    def sample(self, number: int) -> Sequence[Print]:
        return (local_print(leaves(number), features=400),)


class TestSound(TechniqueContract):
    """Recordings, on something like voices."""

    technique = Sound()

    def sample(self, number: int) -> Sequence[Print]:
        return audio_prints(voice(number))


class TestText(TechniqueContract):
    """Rare text, on pages that were not read but written."""

    technique = Text()

    def sample(self, number: int) -> Sequence[Print]:
        return (page_print("open daily", f"write to keeper{number}@lighthouse.example.org"),)


class TestCamera(TechniqueContract):
    """Cameras, by serial numbers."""

    technique = Camera()

    def sample(self, number: int) -> Sequence[Print]:
        return tuple(Camera().of_facts({"camera_make": "Lantern", "camera_serial": f"33004{number}17"}))


HELD = {type(suite.technique) for suite in (TestCamera, TestPdq, TestLocal, TestSound, TestText)}


def test_every_technique_of_ours_that_compares_is_held_to_the_contract() -> None:
    assert {type(one) for one in OWN if one.name in comparers()} == HELD
    assert {type(one) for one in OWN} == HELD | {Exact, Video}


def test_names_are_one_each_and_ours_alone() -> None:
    names = [technique.name for technique in OWN]
    assert len(set(names)) == len(names)
    assert {name.partition("/")[0] for name in names} <= RESERVED
    assert re.fullmatch(r"[a-z0-9+-]+", stamp())
