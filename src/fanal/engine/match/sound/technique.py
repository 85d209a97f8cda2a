"""What recordings are found by: `audio/1`."""

from collections.abc import Iterable, Sequence

from fanal.engine.fingerprint.maker import Samples
from fanal.engine.fingerprint.prints import Print
from fanal.engine.fingerprint.sound.prints import RATE, TECHNIQUE, Listener
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.drawn import drawn_sound
from fanal.engine.match.technique import Example, Technique


class Sound(Technique):
    """Peaks of the spectrum, in time and pitch."""

    name = TECHNIQUE
    title = "Recording"
    finds = "The same recording, or a part of it: in noise, under music, saved badly, a few per cent faster or slower."
    rate = RATE

    def of_sound(self, samples: Samples) -> Iterable[Print]:
        """See `Maker.of_sound`."""
        listener = Listener()
        for piece in samples:
            yield from listener.hear(piece)
        yield from listener.end()

    def comparer(self) -> Comparer:
        """See `Technique.comparer`."""
        from fanal.engine.match.sound.comparer import SoundComparer  # late: kernels take time to load

        return SoundComparer()

    def examples(self) -> Sequence[Example]:
        """See `Technique.examples`."""
        whole = drawn_sound(1, RATE)
        heard, part = (tuple(self.of_sound(iter([sound]))) for sound in (whole, whole[3 * RATE : 10 * RATE]))
        return (
            Example("a recording and seven seconds of it", heard, part, linked=True),
            Example("two recordings", heard, tuple(self.of_sound(iter([drawn_sound(2, RATE)]))), linked=False),
        )
