"""The same recording is found, where it lies and how it was changed; another one is not."""

from collections.abc import Sequence

import numpy as np
import pytest

from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import RATE, audio_prints
from fanal.engine.match.sound.confidence import LEAST_ACCEPTED, sound_accepted, sound_confidence
from fanal.engine.match.sound.index import SoundHit, SoundIndex, joined
from fanal.engine.match.sound.keys import KEYS
from fanal.engine.match.sound.voting import look_up
from sounds import Sound, faster, hiss, mixed, tones, voice

VOICES = 12


@pytest.fixture(scope="module")
def index() -> SoundIndex:
    return SoundIndex([joined(audio_prints(voice(number))) for number in range(VOICES)])


def asked(index: SoundIndex, sound: Sound) -> list[SoundHit]:
    """Return the accepted hits."""
    return [hit for hit in index.search(joined(audio_prints(sound))) if sound_accepted(hit.score)]


def owners(hits: Sequence[SoundHit]) -> list[int]:
    return [hit.owner for hit in hits]


@pytest.mark.parametrize("number", range(VOICES))
def test_each_finds_itself_and_nothing_else(index: SoundIndex, number: int) -> None:
    (hit,) = asked(index, voice(number))
    assert hit.owner == number
    (stretch,) = hit.stretches
    assert stretch.query == stretch.reference
    assert stretch.query[1] - stretch.query[0] > 5.5
    assert (stretch.tempo, stretch.pitch) == (1.0, 1.0)
    assert stretch.agreeing == stretch.peaks


def test_other_voices_find_nothing(index: SoundIndex) -> None:
    for number in range(VOICES, 3 * VOICES):
        assert asked(index, voice(number)) == []


def test_two_seconds_out_of_the_middle(index: SoundIndex) -> None:
    (hit,) = asked(index, voice(3)[int(2.003 * RATE) : int(4.003 * RATE)])
    assert hit.owner == 3
    query, reference = hit.stretches[0].query, hit.stretches[0].reference
    assert reference[0] - query[0] == pytest.approx(2.0, abs=0.05)
    assert reference[1] - query[1] == pytest.approx(2.0, abs=0.05)


def test_under_noise_and_under_another_voice_as_loud(index: SoundIndex) -> None:
    for number in range(VOICES):
        assert owners(asked(index, mixed(voice(number), hiss(6.0, number), 5.0))) == [number]
        assert owners(asked(index, mixed(voice(number), voice(50 + number), 0.0))) == [number]


@pytest.mark.parametrize("speed", [0.95, 0.98, 1.02, 1.05])
def test_played_at_another_speed(index: SoundIndex, speed: float) -> None:
    (hit,) = asked(index, faster(voice(4), speed))
    assert hit.owner == 4
    assert hit.stretches[0].tempo == pytest.approx(speed, abs=0.01)
    assert hit.stretches[0].pitch == pytest.approx(speed, abs=0.015)


def test_in_the_middle_of_a_long_sound(index: SoundIndex) -> None:
    film = np.concatenate([voice(60, 40.0), voice(5), voice(61, 33.0)])
    (hit,) = asked(index, film)
    assert hit.owner == 5
    assert hit.stretches[0].query == pytest.approx((40.0, 46.0), abs=0.3)
    assert hit.stretches[0].reference == pytest.approx((0.0, 6.0), abs=0.3)


def test_a_part_of_a_long_sound_across_its_minutes() -> None:
    film = np.concatenate([voice(62, 57.0), voice(6), voice(63, 20.0)])
    index = SoundIndex([joined(audio_prints(film)), joined(audio_prints(voice(7)))])
    (hit,) = asked(index, voice(6))
    assert hit.owner == 0
    assert hit.stretches[0].reference == pytest.approx((57.0, 63.0), abs=0.3)


def test_a_copy_that_drifts_is_told_from_its_beginning_to_its_end() -> None:
    whole = voice(14, 24.0)
    index = SoundIndex([joined(audio_prints(whole))])
    parts = [faster(piece, speed) for piece, speed in zip(np.array_split(whole, 3), (1.04, 1.05, 1.06), strict=True)]
    (hit,) = asked(index, np.concatenate(parts))
    lasting = sum(map(len, parts)) / RATE
    assert hit.stretches[0].query == pytest.approx((0.0, lasting), abs=1.0)
    assert hit.stretches[0].reference == pytest.approx((0.0, 24.0), abs=1.0)


def test_an_end_that_is_drowned_belongs_to_it_where_both_sounds_end(index: SoundIndex) -> None:
    noisy = voice(11).copy()
    noisy[4 * RATE :] = mixed(noisy[4 * RATE :], hiss(2.0, 5), -30.0)[: 2 * RATE]
    (hit,) = asked(index, noisy)
    assert hit.stretches[0].reference == pytest.approx((0.0, 6.0), abs=0.5)
    (hit,) = asked(index, np.concatenate([noisy, hiss(9.0, 6)]))
    assert hit.stretches[0].reference == pytest.approx((0.0, 4.0), abs=0.5)


def test_few_counters_and_few_entries_change_no_clear_answer(
    index: SoundIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaks = joined(audio_prints(mixed(voice(5), hiss(6.0, 5), 5.0)))
    plenty = index.search(peaks)
    monkeypatch.setattr("fanal.engine.match.sound.index.MOST_COUNTERS", 1 << 8)
    assert [hit.owner for hit in index.search(peaks) if sound_accepted(hit.score)] == [5]
    assert index.search(peaks)[0] == plenty[0]
    monkeypatch.setattr("fanal.engine.match.sound.index.MOST_ENTRIES", 3_000)
    assert index.search(peaks)[0].owner == 5


def test_a_piece_reads_no_more_entries_than_it_may_and_the_rarest_first() -> None:
    places = np.array([[10, 40, 200], [64, 70, 76], [4, 8, 12]])
    counts = np.ones(KEYS, np.int64)
    counts[: KEYS // 2] = 1_000
    starts = np.concatenate([[0], np.cumsum(counts)])
    weights = np.ones(KEYS, np.float32)
    keys, limit = look_up(places, 1.0, 0.0, starts, weights, 1 << 40)
    assert counts[keys].sum() > 1_000
    assert limit >= 1_000
    keys, limit = look_up(places, 1.0, 0.0, starts, weights, 500)
    read = counts[keys][counts[keys] <= limit]
    assert 0 < read.sum() <= 500
    assert set(read) == {1}


def test_twice_in_one_sound_gives_two_stretches(index: SoundIndex) -> None:
    (hit,) = asked(index, np.concatenate([voice(8), voice(64, 5.0), voice(8)]))
    assert hit.owner == 8
    starts = sorted(stretch.query[0] for stretch in hit.stretches[:2])
    assert starts == pytest.approx([0.0, 11.0], abs=0.3)


def test_hum_tones_hiss_and_silence_link_nothing() -> None:
    dull = [tones(8.0, 250.0, 350.0, 450.0), tones(8.0, 1_000.0), hiss(8.0, 1), np.zeros(8 * RATE, np.float32)]
    hum = tones(8.0, 250.0, 350.0, 450.0)
    index = SoundIndex([joined(audio_prints(sound)) for sound in [*dull, mixed(voice(9), hum, 3.0)]])
    for other in (mixed(voice(10), hum, 3.0), hiss(8.0, 2), tones(5.0, 250.0, 350.0, 450.0, 1_000.0)):
        assert asked(index, other) == []


def test_nothing_among_nothing() -> None:
    empty = joined(())
    assert SoundIndex([]).search(empty) == []
    assert SoundIndex([]).search(joined(audio_prints(voice(1)))) == []
    assert SoundIndex([empty, empty]).search(joined(audio_prints(voice(1)))) == []


def test_prints_of_other_techniques_are_left_out_and_nonsense_is_refused() -> None:
    prints = audio_prints(voice(1))
    assert len(joined([*prints, Print("pdq/1", bytes(32), quality=100)]).frames) == len(joined(prints).frames)
    with pytest.raises(ValueError, match="print of sound"):
        joined([Print("audio/1", b"\0", time=0.0)])


def test_search_gives_the_same_answer_again(index: SoundIndex) -> None:
    peaks = joined(audio_prints(mixed(voice(2), hiss(6.0), 3.0)))
    assert index.search(peaks) == index.search(peaks)


def test_confidence_rises_with_the_score() -> None:
    told = [sound_confidence(score) for score in range(0, 400, 5)]
    assert told == sorted(told)
    assert sound_confidence(0.0) == 0.0
    assert sound_confidence(LEAST_ACCEPTED) > 0.95
    assert sound_accepted(LEAST_ACCEPTED)
    assert not sound_accepted(LEAST_ACCEPTED - 0.1)
