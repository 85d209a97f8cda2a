"""Whether a picture shows enough to be compared: of one that does not, that is said, and nothing is guessed."""

from collections.abc import Iterable

from fanal.engine.fingerprint import pdq
from fanal.engine.fingerprint.local.stored import TECHNIQUE, unpack
from fanal.engine.fingerprint.prints import Print

CAUTION = (
    "It shows too little structure to be compared by how it looks: only an equal file, sound or text can be found."
)


def too_plain(prints: Iterable[Print]) -> bool:
    """Tell whether neither the picture as one nor its details can be compared; False where there is no picture.

    A film is too plain where all of its frames are.
    """
    strong = [_is_strong(one) for one in prints if one.technique in {pdq.TECHNIQUE, TECHNIQUE}]
    return bool(strong) and not any(strong)


def _is_strong(one: Print) -> bool:
    if one.technique == pdq.TECHNIQUE:
        return (one.quality or 0) >= pdq.QUALITY_GATE
    return not unpack(one.data).low_texture
