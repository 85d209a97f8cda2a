"""Sounds."""

import io

import numpy as np
import pytest
from PIL import Image

from fanal.engine.fingerprint.sound.prints import TECHNIQUE, audio_prints
from fanal.engine.match.sound.comparer import SoundComparer
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.examine import examine
from fanal.engine.media.refusals import Refusal
from hostile.wellformed import film_with, sound
from sounds import voice

SOUNDS = {
    "wav": ("wav", "pcm_s16le", "audio/wav"),
    "wav in floats": ("wav", "pcm_f32le", "audio/wav"),
    "wav of bytes": ("wav", "pcm_u8", "audio/wav"),
    "flac": ("flac", "flac", "audio/flac"),
    "mp3": ("mp3", "libmp3lame", "audio/mpeg"),
    "ogg": ("ogg", "libopus", "audio/ogg"),
    "m4a": ("ipod", "aac", "audio/mp4"),
    "wma": ("asf", "wmav2", "audio/x-ms-wma"),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_every_format_gives_length_and_a_picture_of_the_sound(name: str) -> None:
    form, codec, media_type = SOUNDS[name]
    findings = examine(io.BytesIO(sound(form, codec)), "x")
    assert (findings.family, findings.media_type) == ("audio", media_type)
    assert findings.duration == pytest.approx(1.5, abs=0.15)
    assert [found.technique for found in findings.prints] == ["audio/1"]
    assert findings.facts["audio_channels"] == 1


def test_the_sound_track_of_a_film_is_heard_and_its_pictures_are_the_same_without_it() -> None:
    speech = voice(1)
    bare, told = examine(io.BytesIO(film_with(None)), "x"), examine(io.BytesIO(film_with(speech)), "x")
    heard = [found for found in told.prints if found.technique == TECHNIQUE]
    assert [found for found in told.prints if found.technique != TECHNIQUE] == list(bare.prints)
    comparer = SoundComparer()
    comparer.put(1, audio_prints(speech))
    comparer.put(2, audio_prints(voice(2)))
    (found,) = (one for one in comparer.search(heard) if one.link.accepted)
    assert found.owner == 1
    ((here, there),) = found.link.segments
    assert here == pytest.approx(there, abs=0.2)


def test_torn_sound_never_costs_the_film() -> None:
    whole = film_with(voice(1))
    torn = bytearray(whole)
    at = len(whole) // 2
    torn[at : at + 4000] = bytes(4000)
    assert examine(io.BytesIO(bytes(torn)), "x").family == "video"


def test_the_picture_shows_where_it_is_loud() -> None:
    findings = examine(io.BytesIO(sound("wav", "pcm_s16le")), "x")
    wave = findings.previews[1]
    dark = np.asarray(Image.open(io.BytesIO(wave.image)).convert("L")) < 150
    heights = dark.sum(0)
    assert heights[: wave.width // 4].mean() < heights[-wave.width // 4 :].mean() / 2


def test_a_torn_sound_gives_what_there_is() -> None:
    whole = sound("flac", "flac", seconds=4)
    findings = examine(io.BytesIO(whole[: len(whole) // 2]), "x")
    assert 0.5 < (findings.duration or 0) < 3.5


def test_a_head_without_sound_is_refused() -> None:
    with pytest.raises(MediaRefused) as refused:
        examine(io.BytesIO(sound("wav", "pcm_s16le")[:44]), "x")
    assert refused.value.refusal == Refusal.MALFORMED
