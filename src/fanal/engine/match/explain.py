"""Why two files are linked, in a sentence that an officer understands and can repeat in court."""

from collections.abc import Sequence

from fanal.engine.match.orientation import Orientation

BITS = 256

_DONE = {
    Orientation.SAME: "",
    Orientation.LEFT: ", turned by 90° to the left",
    Orientation.HALF: ", turned upside down",
    Orientation.RIGHT: ", turned by 90° to the right",
    Orientation.UPSIDE_DOWN: ", mirrored top to bottom",
    Orientation.MIRRORED: ", mirrored",
    Orientation.MAIN_DIAGONAL: ", mirrored and turned by 90° to the right",
    Orientation.OTHER_DIAGONAL: ", mirrored and turned by 90° to the left",
}


def clock(seconds: float) -> str:
    """Return a position in a film as people say it: `0:07`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def explain_exact() -> str:
    """Return the reason of a link between equal bytes."""
    return "The same file, byte for byte: MD5, SHA-1 and SHA-256 are equal."


def explain_pictures(distance: int, orientation: Orientation) -> str:
    """Return the reason of a link between two pictures."""
    return f"The same picture{_DONE[orientation]}: {_bits(distance)}."


def explain_picture_in_film(distance: int, orientation: Orientation, time: float) -> str:
    """Return the reason of a link from a picture to the second of a film that shows it."""
    return f"The picture is shown in the film at {clock(time)}{_DONE[orientation]}: {_bits(distance)}."


def explain_film_of_picture(distance: int, orientation: Orientation, time: float) -> str:
    """Return the reason of a link from a film to a picture that it shows."""
    return f"The film shows the picture at {clock(time)}{_DONE[orientation]}: {_bits(distance)}."


def explain_films(distances: Sequence[int], orientation: Orientation, query: float, reference: float) -> str:
    """Return the reason of a link between two films that agree from these seconds on.

    `distances` are those of the frames that agree.
    """
    frames = f"{len(distances)} frames" if len(distances) != 1 else "one frame"
    most = f"at most {max(distances)}" if len(distances) != 1 else str(max(distances))
    return (
        f"The same film{_DONE[orientation]} from {clock(query)}, there from {clock(reference)}: "
        f"{frames}, one a second, in order; {most} of {BITS} fingerprint bits differ in each."
    )


def explain_part(why: str) -> str:
    """Return the reason of a link that a marked part of a picture has, from the reason as if it were the whole."""
    return f"In the marked part: {why[0].lower()}{why[1:]}"


def _bits(distance: int) -> str:
    if distance == 0:
        return f"all {BITS} fingerprint bits agree"
    return f"{distance} of {BITS} fingerprint bits {'differs' if distance == 1 else 'differ'}"
