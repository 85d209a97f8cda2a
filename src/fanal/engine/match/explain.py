"""Why two files are linked, in a sentence that an officer understands and can repeat in court, in any language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from gettext import NullTranslations
from typing import Any, Protocol

from fanal.engine.match.orientation import Orientation

BITS = 256


class Tongue(Protocol):
    """What a language is to a sentence: as in Python's and Django's `gettext`."""

    def gettext(self, message: str, /) -> str:
        """Return the message in this language."""

    def ngettext(self, singular: str, plural: str, number: int, /) -> str:
        """Return the form of the message that this language uses with the number."""


ENGLISH: Tongue = NullTranslations()


class Kind(StrEnum):
    """What a reason speaks of."""

    EXACT = "exact"
    """Two files have equal bytes."""
    HELD = "held"
    """Several agencies submitted the same bytes."""
    PICTURES = "pictures"
    PICTURE_IN_FILM = "picture_in_film"
    """The first is a picture, the second a film that shows it."""
    FILM_OF_PICTURE = "film_of_picture"
    FILMS = "films"
    SOUNDS = "sounds"
    """The same recording is heard in both."""
    SHOWN = "shown"
    """Much of both pictures is one picture: cropped, framed, turned, seen at an angle, or a part of a collage."""
    OBJECT = "object"
    """Something in a marked part of the first is seen in the second."""
    CAMERA = "camera"
    """Both files name the same camera by its serial number."""
    TEXT = "text"
    """Both show the same rare text."""
    FOREIGN = "foreign"
    """A technique that was added to Fanal says so in words of its own."""


_OTHER_WAY_ROUND = {Kind.PICTURE_IN_FILM: Kind.FILM_OF_PICTURE, Kind.FILM_OF_PICTURE: Kind.PICTURE_IN_FILM}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a first file is linked to a second one; `str` is the English sentence."""

    kind: Kind
    distance: int = 0
    """Bits that differ: of 256, in the frame that differs most."""
    orientation: Orientation = Orientation.SAME
    """What was done to the first to get the second."""
    first: float = 0.0
    """Seconds into the first, where it is a film."""
    second: float = 0.0
    frames: int = 1
    """Frames of two films that agree."""
    part: bool = False
    """True when only a marked part of the first was compared."""
    points: int = 0
    """Points of two pictures, or peaks of two sounds, that agree."""
    until: float = 0.0
    """Seconds into the first at which what both share ends."""
    tempo: float = 1.0
    """Seconds of the second for one of the first."""
    mirrored: bool = False
    """Whether one shows the mirror image of the other."""
    said: str = ""
    """Words that come from elsewhere: a camera's name, a text that was read, or the sentence of an added technique."""

    @property
    def reversed(self) -> "Reason":
        """The reason as it reads from the second file to the first."""
        kind = _OTHER_WAY_ROUND.get(self.kind, self.kind)
        turned = self.orientation.inverse
        until = self.second + (self.until - self.first) * self.tempo if self.until else 0.0
        return replace(
            self,
            kind=kind,
            orientation=turned,
            first=self.second,
            second=self.first,
            until=until,
            tempo=1 / self.tempo,
        )

    def sentence(self, tongue: Tongue) -> str:
        """Return the reason in a language."""
        whole = _TOLD[self.kind](self, tongue)
        if not self.part:
            return whole
        return tongue.gettext("In the marked part: %(reason)s") % {"reason": whole[0].lower() + whole[1:]}

    def __str__(self) -> str:
        return self.sentence(ENGLISH)

    def plain(self) -> dict[str, Any]:
        """Return the reason as JSON knows it."""
        return {
            "kind": str(self.kind),
            "distance": self.distance,
            "orientation": int(self.orientation),
            "first": self.first,
            "second": self.second,
            "frames": self.frames,
            "part": self.part,
            "points": self.points,
            "until": self.until,
            "tempo": self.tempo,
            "mirrored": self.mirrored,
            "said": self.said,
        }


def reason_from(plain: Mapping[str, Any]) -> Reason:
    """Return the reason that `plain` wrote. Raises ValueError for a kind or an orientation that there is not."""
    known = dict(plain)
    return Reason(Kind(known.pop("kind")), orientation=Orientation(known.pop("orientation")), **known)


def explain_exact() -> Reason:
    """Return the reason of a link between equal bytes."""
    return Reason(Kind.EXACT)


def explain_held() -> Reason:
    """Return the reason of a link between agencies that submitted the same bytes."""
    return Reason(Kind.HELD)


def explain_pictures(distance: int, orientation: Orientation) -> Reason:
    """Return the reason of a link between two pictures."""
    return Reason(Kind.PICTURES, distance, orientation)


def explain_picture_in_film(distance: int, orientation: Orientation, time: float) -> Reason:
    """Return the reason of a link from a picture to the second of a film that shows it."""
    return Reason(Kind.PICTURE_IN_FILM, distance, orientation, second=time)


def explain_film_of_picture(distance: int, orientation: Orientation, time: float) -> Reason:
    """Return the reason of a link from a film to a picture that it shows."""
    return Reason(Kind.FILM_OF_PICTURE, distance, orientation, first=time)


def explain_films(distances: Sequence[int], orientation: Orientation, query: float, reference: float) -> Reason:
    """Return the reason of a link between two films that agree from these seconds on.

    `distances` are those of the frames that agree.
    """
    return Reason(Kind.FILMS, max(distances), orientation, query, reference, len(distances))


def explain_sounds(peaks: int, here: tuple[float, float], there: tuple[float, float], tempo: float) -> Reason:
    """Return the reason of a link between two sounds of which `peaks` agree in these stretches, in seconds."""
    return Reason(Kind.SOUNDS, first=here[0], until=here[1], second=there[0], points=peaks, tempo=tempo)


def explain_shown(points: int, *, mirrored: bool, first: float = 0.0, second: float = 0.0) -> Reason:
    """Return the reason of a link between two pictures of which so many points lie alike."""
    return Reason(Kind.SHOWN, points=points, mirrored=mirrored, first=first, second=second)


def explain_object(points: int, *, mirrored: bool) -> Reason:
    """Return the reason of a link from a marked part of a picture to another picture."""
    return Reason(Kind.OBJECT, points=points, mirrored=mirrored)


def explain_camera(camera: str) -> Reason:
    """Return the reason of a link between files that name the same camera; `camera` says which."""
    return Reason(Kind.CAMERA, said=camera)


def explain_text(quote: str) -> Reason:
    """Return the reason of a link between pictures that show the same text; `quote` is how it was read."""
    return Reason(Kind.TEXT, said=quote)


def explain_foreign(sentence: str) -> Reason:
    """Return the reason that an added technique gives, in its own words."""
    return Reason(Kind.FOREIGN, said=sentence)


def explain_part(reason: Reason) -> Reason:
    """Return the reason of a link that a marked part of a picture has, from the reason as if it were the whole."""
    return replace(reason, part=True)


def clock(seconds: float) -> str:
    """Return a position in a film as people say it: `0:07`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def done(orientation: Orientation, tongue: Tongue) -> str:
    """Return what was done to a picture, to stand behind its noun; empty for nothing."""
    return {
        Orientation.SAME: "",
        Orientation.LEFT: tongue.gettext(", turned by 90° to the left"),
        Orientation.HALF: tongue.gettext(", turned upside down"),
        Orientation.RIGHT: tongue.gettext(", turned by 90° to the right"),
        Orientation.UPSIDE_DOWN: tongue.gettext(", mirrored top to bottom"),
        Orientation.MIRRORED: tongue.gettext(", mirrored"),
        Orientation.MAIN_DIAGONAL: tongue.gettext(", mirrored and turned by 90° to the right"),
        Orientation.OTHER_DIAGONAL: tongue.gettext(", mirrored and turned by 90° to the left"),
    }[orientation]


def _exact(_: Reason, tongue: Tongue) -> str:
    return tongue.gettext("The same file, byte for byte: MD5, SHA-1 and SHA-256 are equal.")


def _held(_: Reason, tongue: Tongue) -> str:
    return tongue.gettext("The same file, byte for byte: its SHA-256 was submitted by more than one agency.")


def _pictures(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The same picture%(done)s: %(bits)s.")
    return said % {"done": done(reason.orientation, tongue), "bits": _bits(reason.distance, tongue)}


def _picture_in_film(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The picture is shown in the film at %(time)s%(done)s: %(bits)s.")
    return said % _in_film(reason, reason.second, tongue)


def _film_of_picture(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The film shows the picture at %(time)s%(done)s: %(bits)s.")
    return said % _in_film(reason, reason.first, tongue)


def _in_film(reason: Reason, time: float, tongue: Tongue) -> dict[str, str]:
    bits = _bits(reason.distance, tongue)
    return {"time": clock(time), "done": done(reason.orientation, tongue), "bits": bits}


def _films(reason: Reason, tongue: Tongue) -> str:
    one = tongue.gettext("The same film%(done)s from %(first)s, there from %(second)s: one frame; %(bits)s.")
    many = tongue.ngettext(
        "The same film%(done)s from %(first)s, there from %(second)s: "
        "%(frames)s frame, one a second, in order; at most %(distance)s of %(all)s fingerprint bits differ in each.",
        "The same film%(done)s from %(first)s, there from %(second)s: "
        "%(frames)s frames, one a second, in order; at most %(distance)s of %(all)s fingerprint bits differ in each.",
        reason.frames,
    )
    said = one if reason.frames == 1 else many
    return said % {
        "done": done(reason.orientation, tongue),
        "first": clock(reason.first),
        "second": clock(reason.second),
        "frames": reason.frames,
        "distance": reason.distance,
        "bits": _bits(reason.distance, tongue),
        "all": BITS,
    }


def _sounds(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext(
        "The same recording is heard from %(first)s to %(until)s, there from %(second)s%(speed)s: "
        "%(points)s peaks of sound agree in time and pitch."
    )
    return said % {
        "first": clock(reason.first),
        "until": clock(reason.until),
        "second": clock(reason.second),
        "speed": _speed(reason.tempo, tongue),
        "points": reason.points,
    }


def _speed(tempo: float, tongue: Tongue) -> str:
    percent = round(abs(tempo - 1) * 100)
    if not percent:
        return ""
    slower = tongue.gettext(", %(percent)s %% slower there") % {"percent": percent}
    return slower if tempo > 1 else tongue.gettext(", %(percent)s %% faster there") % {"percent": percent}


def _shown(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The same picture, place or thing is seen in both%(mirrored)s: %(points)s points lie alike.")
    return said % {"mirrored": _mirrored(reason, tongue), "points": reason.points}


def _object(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The same thing is seen here and there%(mirrored)s: %(points)s points of it lie alike.")
    return said % {"mirrored": _mirrored(reason, tongue), "points": reason.points}


def _mirrored(reason: Reason, tongue: Tongue) -> str:
    return tongue.gettext(", mirrored") if reason.mirrored else ""


def _camera(reason: Reason, tongue: Tongue) -> str:
    return tongue.gettext("Both files name the same camera by its serial number: %(camera)s.") % {"camera": reason.said}


def _text(reason: Reason, tongue: Tongue) -> str:
    return tongue.gettext("Both show the text “%(text)s”, which few others show.") % {"text": reason.said}


def _foreign(reason: Reason, _: Tongue) -> str:
    return reason.said


def _bits(distance: int, tongue: Tongue) -> str:
    if distance == 0:
        return tongue.gettext("all %(all)s fingerprint bits agree") % {"all": BITS}
    said = tongue.ngettext(
        "%(distance)s of %(all)s fingerprint bits differs",
        "%(distance)s of %(all)s fingerprint bits differ",
        distance,
    )
    return said % {"distance": distance, "all": BITS}


_TOLD = {
    Kind.EXACT: _exact,
    Kind.HELD: _held,
    Kind.PICTURES: _pictures,
    Kind.PICTURE_IN_FILM: _picture_in_film,
    Kind.FILM_OF_PICTURE: _film_of_picture,
    Kind.FILMS: _films,
    Kind.SOUNDS: _sounds,
    Kind.SHOWN: _shown,
    Kind.OBJECT: _object,
    Kind.CAMERA: _camera,
    Kind.TEXT: _text,
    Kind.FOREIGN: _foreign,
}
