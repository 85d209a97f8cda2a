"""Prints of sound: small, the same however a sound is cut, and where the ear hears it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import (
    BLOCK,
    FRAME,
    LOWEST,
    MOST_A_SECOND,
    RATE,
    STEPS,
    TECHNIQUE,
    Listener,
    audio_prints,
    peaks_of,
)
from sounds import Sound, faster, hiss, tones, voice


def test_a_sound_has_one_print_a_minute() -> None:
    prints = audio_prints(np.concatenate([voice(number, 25.0) for number in range(6)]))
    assert [found.time for found in prints] == [0.0, 60.0, 120.0]
    assert {found.technique for found in prints} == {TECHNIQUE}
    for found in prints:
        peaks = peaks_of(found.data)
        assert len(peaks.frames) > 100
        assert (np.diff(peaks.frames) >= 0).all()
        assert peaks.frames[-1] < BLOCK


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=40))
def test_prints_do_not_depend_on_how_a_sound_is_cut(cuts: list[int]) -> None:
    sound = np.concatenate([voice(1, 40.0), voice(2, 30.0)])
    listener = Listener()
    prints: list[Print] = []
    for part in np.split(sound, np.cumsum(cuts)):
        prints += listener.hear(part)
    assert tuple(prints) + listener.end() == audio_prints(sound)


def test_silence_and_no_sound_have_no_print() -> None:
    assert audio_prints(np.zeros(0, np.float32)) == ()
    assert audio_prints(np.zeros(100 * RATE, np.float32)) == ()
    assert audio_prints(np.full(3 * RATE, 0.5, np.float32)) == ()


def test_a_long_silence_between_is_kept_as_time() -> None:
    sound = np.concatenate([voice(3, 2.0), np.zeros(20 * RATE, np.float32), voice(4, 2.0)])
    (found,) = audio_prints(sound)
    times = peaks_of(found.data).frames * FRAME
    assert times[0] < 2 < 22 <= times[-1] + 0.1
    assert not ((times > 2.2) & (times < 21.8)).any()


@pytest.mark.parametrize("sound", [hiss(30.0), voice(5, 30.0), np.tile(hiss(0.01), 3_000)])
def test_bytes_a_second_are_bounded(sound: Sound) -> None:
    assert sum(len(found.data) for found in audio_prints(sound)) <= 3 * (MOST_A_SECOND * 30 + MOST_A_SECOND) + 2


def test_a_tone_peaks_at_its_pitch() -> None:
    for hertz in (310.0, 1_000.0, 2_900.0):
        (found,) = audio_prints(tones(2.0, hertz))
        pitches = peaks_of(found.data).pitches
        assert np.median(pitches) == round(STEPS * np.log2(hertz / LOWEST))


def test_a_faster_sound_moves_all_peaks_up_by_the_same_steps() -> None:
    chord = tones(3.0, 400.0, 1_100.0, 1_900.0)
    slow, fast = (peaks_of(audio_prints(sound)[0].data).pitches for sound in (chord, faster(chord, 1.06)))
    rise = STEPS * np.log2(1.06)
    for pitch in np.unique(slow[len(slow) // 4 : -len(slow) // 4]):
        assert np.abs(fast - pitch - rise).min() <= 1


def test_loudness_moves_no_peak() -> None:
    sound = voice(6, 4.0)
    loud, quiet = (places(sound * np.float32(gain)) for gain in (2.0, 0.5))
    # Those at the very edge of silence may come and go.
    assert len(loud & quiet) > 0.9 * len(loud | quiet)


def places(sound: Sound) -> set[tuple[int, int]]:
    """Return frame and pitch of each peak of a sound shorter than a minute."""
    peaks = peaks_of(audio_prints(sound)[0].data)
    return set(zip(peaks.frames.tolist(), peaks.pitches.tolist(), strict=True))


def test_samples_that_are_no_numbers_are_silence() -> None:
    sound = voice(7, 2.0).copy()
    sound[5_000:5_100] = np.nan
    sound[9_000] = np.inf
    for found in audio_prints(sound):
        assert peaks_of(found.data).strengths.all()


@given(st.binary(max_size=400))
def test_what_is_no_print_is_refused_and_what_is_one_is_in_bounds(untrusted_data: bytes) -> None:
    try:
        peaks = peaks_of(untrusted_data)
    except ValueError:
        return
    assert ((peaks.frames >= 0) & (peaks.frames < BLOCK)).all()
    assert ((peaks.pitches >= 0) & (peaks.pitches <= 255)).all()
    assert len(peaks.frames) == len(peaks.pitches) == len(peaks.strengths)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\x10\1", b"\xff\xff", b"\0\x02\x03\1\1"])
def test_broken_prints_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="print of sound"):
        peaks_of(data)
