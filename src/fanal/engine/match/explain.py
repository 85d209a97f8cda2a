"""Why two files are linked, in a sentence that an officer understands and can repeat in court, in any language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from fanal.engine.fingerprint.prints import Cell
from fanal.engine.match.extent import Extent, shown
from fanal.engine.match.orientation import Orientation
from fanal.engine.match.phrases import BITS, ENGLISH, Tongue, bits, clock, done, in_collage, mirrored_and_turned, speed


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
    THUMBNAIL = "thumbnail"
    """A thumbnail embedded in the first, which differs from its own picture, shows the second."""
    THUMBNAIL_THERE = "thumbnail_there"
    """A thumbnail embedded in the second shows the first."""
    THUMBNAILS = "thumbnails"
    """Both carry the same thumbnail, which differs from the picture beside it in each."""
    CAMERA = "camera"
    """Both files name the same camera by its serial number."""
    TEXT = "text"
    """Both show the same rare text."""
    LENS = "lens"
    """Both files name the same lens by its serial number."""
    CODING = "coding"
    """Both files are coded alike, in a way that few others are."""
    FOREIGN = "foreign"
    """A technique that was added to Fanal says so in words of its own."""


_OTHER_WAY_ROUND = {
    Kind.PICTURE_IN_FILM: Kind.FILM_OF_PICTURE,
    Kind.FILM_OF_PICTURE: Kind.PICTURE_IN_FILM,
    Kind.THUMBNAIL: Kind.THUMBNAIL_THERE,
    Kind.THUMBNAIL_THERE: Kind.THUMBNAIL,
}
OF_THUMBNAILS = {Kind.THUMBNAIL, Kind.THUMBNAIL_THERE, Kind.THUMBNAILS}


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
    extent: Extent = Extent.UNSAID
    """How much of two pictures agrees."""
    turn: int = 0
    """Degrees by which the first, once mirrored where it was, must be turned clockwise to lie like the second."""
    through: bool = False
    """Whether it was found through a third picture that shows the same thing."""
    cell: Cell | None = None
    """Which picture of the first, a collage, is meant; None where it is all of it."""
    cell_there: Cell | None = None
    """The same of the second."""
    said: str = ""
    """Words that come from elsewhere: a camera's name, a text that was read, or the sentence of an added technique."""
    translations: tuple[tuple[str, str], ...] = ()
    """The sentence of an added technique in further languages, by their code."""

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
            extent=self.extent.reversed,
            turn=self.turn if self.mirrored else -self.turn,
            cell=self.cell_there,
            cell_there=self.cell,
        )

    def sentence(self, tongue: Tongue) -> str:
        """Return the reason in a language."""
        whole = _TOLD[self.kind](self, tongue)
        if cell := self.cell or self.cell_there:
            whole = in_collage(cell, whole, tongue, here=self.cell is not None)
        if self.through:
            whole = tongue.gettext("Through a third picture: %(reason)s") % {"reason": whole[0].lower() + whole[1:]}
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
            "extent": str(self.extent),
            "turn": self.turn,
            "through": self.through,
            "cell": list(self.cell or ()),
            "cell_there": list(self.cell_there or ()),
            "said": self.said,
            "translations": [list(one) for one in self.translations],
        }


def reason_from(plain: Mapping[str, Any]) -> Reason:
    """Return the reason that `plain` wrote. Raises ValueError for a kind or an orientation that there is not."""
    known = dict(plain)
    translations = tuple((str(language), str(said)) for language, said in known.pop("translations", ()))
    kind, orientation = Kind(known.pop("kind")), Orientation(known.pop("orientation"))
    extent = Extent(known.pop("extent", ""))
    known |= {name: Cell(*cell) if (cell := known.get(name)) else None for name in ("cell", "cell_there")}
    return Reason(kind, orientation=orientation, extent=extent, translations=translations, **known)


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


def explain_shown(points: int, *, mirrored: bool, extent: Extent = Extent.UNSAID, turn: int = 0) -> Reason:
    """Return the reason of a link between two pictures of which so many points lie alike; `turn` as in `Reason`."""
    return Reason(Kind.SHOWN, points=points, mirrored=mirrored, extent=extent, turn=turn)


def explain_object(points: int, *, mirrored: bool, through: bool = False) -> Reason:
    """Return the reason of a link from a marked part of a picture to another picture; `through` a third one or not."""
    return Reason(Kind.OBJECT, points=points, mirrored=mirrored, through=through)


def explain_thumbnail(distance: int, orientation: Orientation, *, here: bool, there: bool) -> Reason:
    """Return the reason of a link that a thumbnail makes which is embedded in the first, in the second, or in both."""
    kind = Kind.THUMBNAILS if here and there else Kind.THUMBNAIL if here else Kind.THUMBNAIL_THERE
    return Reason(kind, distance, orientation)


def explain_camera(camera: str) -> Reason:
    """Return the reason of a link between files that name the same camera; `camera` says which."""
    return Reason(Kind.CAMERA, said=camera)


def explain_text(quote: str) -> Reason:
    """Return the reason of a link between pictures that show the same text; `quote` is how it was read."""
    return Reason(Kind.TEXT, said=quote)


def explain_lens(lens: str) -> Reason:
    """Return the reason of a link between files that name the same lens; `lens` says which."""
    return Reason(Kind.LENS, said=lens)


def explain_coding(camera: str) -> Reason:
    """Return the reason of a suggestion: both are of one model and coded alike, as few files are.

    How many is not told: most of them may lie where the reader may not look.
    """
    return Reason(Kind.CODING, said=camera)


def explain_foreign(sentence: str, translations: Mapping[str, str] | None = None) -> Reason:
    """Return the reason that an added technique gives, in its own words; `translations` by code of language."""
    return Reason(Kind.FOREIGN, said=sentence, translations=tuple(sorted((translations or {}).items())))


def explain_part(reason: Reason) -> Reason:
    """Return the reason of a link that a marked part of a picture has, from the reason as if it were the whole."""
    return replace(reason, part=True)


def explain_cell(reason: Reason, *, here: Cell | None, there: Cell | None) -> Reason:
    """Return the reason of a link that one picture of a collage has, from the reason as if it were a file."""
    return replace(reason, cell=here, cell_there=there)


def _exact(_: Reason, tongue: Tongue) -> str:
    return tongue.gettext("The same file, byte for byte: MD5, SHA-1 and SHA-256 are equal.")


def _held(_: Reason, tongue: Tongue) -> str:
    return tongue.gettext("The same file, byte for byte: its SHA-256 was submitted by more than one agency.")


def _pictures(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The same picture%(done)s: %(bits)s.")
    return said % {"done": done(reason.orientation, tongue), "bits": bits(reason.distance, tongue)}


def _picture_in_film(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The picture is shown in the film at %(time)s%(done)s: %(bits)s.")
    return said % _in_film(reason, reason.second, tongue)


def _film_of_picture(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The film shows the picture at %(time)s%(done)s: %(bits)s.")
    return said % _in_film(reason, reason.first, tongue)


def _in_film(reason: Reason, time: float, tongue: Tongue) -> dict[str, str]:
    return {"time": clock(time), "done": done(reason.orientation, tongue), "bits": bits(reason.distance, tongue)}


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
        "bits": bits(reason.distance, tongue),
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
        "speed": speed(reason.tempo, tongue),
        "points": reason.points,
    }


def _shown(reason: Reason, tongue: Tongue) -> str:
    turn = 0 if reason.extent == Extent.THING else reason.turn
    return shown(reason.extent, reason.points, mirrored_and_turned(reason.mirrored, turn, tongue), tongue)


def _object(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The same thing is seen here and there%(mirrored)s: %(points)s points of it lie alike.")
    return said % {"mirrored": mirrored_and_turned(reason.mirrored, 0, tongue), "points": reason.points}


def _camera(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The same camera, not the same picture: both files name it by its serial number, %(camera)s.")
    return said % {"camera": reason.said}


def _lens(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("The same lens, not the same picture: both files name it by its serial number, %(lens)s.")
    return said % {"lens": reason.said}


def _coding(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext("Perhaps the same camera: both are of a %(camera)s and coded alike, as few files here are.")
    return said % {"camera": reason.said}


def _thumbnail(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext(
        "The thumbnail embedded in this file shows the other picture%(done)s: %(bits)s. "
        "Its own picture was cropped or replaced."
    )
    return said % {"done": done(reason.orientation, tongue), "bits": bits(reason.distance, tongue)}


def _thumbnail_there(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext(
        "The thumbnail embedded in the other file shows this picture%(done)s: %(bits)s. "
        "The picture beside it was cropped or replaced."
    )
    return said % {"done": done(reason.orientation, tongue), "bits": bits(reason.distance, tongue)}


def _thumbnails(reason: Reason, tongue: Tongue) -> str:
    said = tongue.gettext(
        "Both files carry the same thumbnail%(done)s: %(bits)s. It differs from the picture beside it in each."
    )
    return said % {"done": done(reason.orientation, tongue), "bits": bits(reason.distance, tongue)}


def _text(reason: Reason, tongue: Tongue) -> str:
    return tongue.gettext("Both show the text “%(text)s”, which few others show.") % {"text": reason.said}


def _foreign(reason: Reason, tongue: Tongue) -> str:
    # Django's tongue tells its code, such as "pt-br"; Python's own does not, and gets the English sentence.
    code = str(getattr(tongue, "get_language", str)() or "")
    known = dict(reason.translations)
    return known.get(code) or known.get(code.partition("-")[0]) or reason.said


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
    Kind.THUMBNAIL: _thumbnail,
    Kind.THUMBNAIL_THERE: _thumbnail_there,
    Kind.THUMBNAILS: _thumbnails,
    Kind.CAMERA: _camera,
    Kind.TEXT: _text,
    Kind.LENS: _lens,
    Kind.CODING: _coding,
    Kind.FOREIGN: _foreign,
}
