"""The one list of techniques: what each reads, what it finds, and from which distance on it speaks."""

from dataclasses import dataclass

from fanal.engine.fingerprint import pdq
from fanal.engine.fingerprint.sound import prints as sound


@dataclass(frozen=True, slots=True)
class Example:
    """Two fingerprints as they are published, and whether the technique links them. Used by tests and by the guide."""

    left: str
    right: str
    linked: bool
    what: str


@dataclass(frozen=True, slots=True)
class Technique:
    """One way of finding what belongs together."""

    name: str
    """Name and version: another version is never compared with this one."""
    reads: frozenset[str]
    """Families of files it has fingerprints of, see `fanal.engine.media.findings`."""
    finds: str
    """What it finds, in a sentence."""
    gate: int | None
    """Quality below which a fingerprint takes no part in matching; None where quality plays no role."""
    radius: int
    """Bits by which two fingerprints may differ at the published operating point."""
    examples: tuple[Example, ...]


_EVERYTHING = frozenset({"image", "video", "audio", "archive", "other"})
_BRIDGE = "d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22"

EXACT = Technique(
    name="exact/1",
    reads=_EVERYTHING,
    finds="The same bytes, whatever the file is called.",
    gate=None,
    radius=0,
    examples=(
        Example(
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            linked=True,
            what="SHA-256 of the same file twice",
        ),
    ),
)
PDQ = Technique(
    name=pdq.TECHNIQUE,
    reads=frozenset({"image", "video"}),
    finds="The same picture or frame, saved anew, resized, recoloured, a little blurred, or turned and mirrored.",
    gate=pdq.QUALITY_GATE,
    radius=pdq.RADIUS,
    examples=(
        Example(
            _BRIDGE,
            "d0f8f1ccc0f4a84d0a370a3a228f67f0b36e2ed5b6623e1d33e6339c4e9c9b22",
            linked=True,
            what="a photograph of a bridge, and a much smaller copy",
        ),
        Example(
            _BRIDGE,
            "dadb999c25266273529cadac89cb52c22324ad3bce99726c38668d93c799f07c",
            linked=False,
            what="a photograph of a bridge, and one of a doorknob",
        ),
    ),
)
VIDEO = Technique(
    name="video/1",
    reads=frozenset({"video"}),
    finds="The same stretch of film: frames that are alike, one a second, in the same order and at the same pace.",
    gate=pdq.QUALITY_GATE,
    radius=pdq.RADIUS,
    examples=(),
)
SOUND = Technique(
    name=sound.TECHNIQUE,
    reads=frozenset({"audio", "video"}),
    finds="The same recording, or a part of it: in noise, under music, saved badly, a few per cent faster or slower.",
    gate=None,
    radius=0,
    examples=(),
)
LOCAL = Technique(
    name="local/1",
    reads=frozenset({"image", "video"}),
    finds="The same picture cropped, framed, turned or within another; the same thing seen in two pictures.",
    gate=None,
    radius=0,
    examples=(),
)

TEXT = Technique(
    name="text/1",
    reads=frozenset({"image", "video"}),
    finds="The same rare text: a telephone number, an address, a serial number, a phrase. Read apart, for its cost.",
    gate=None,
    radius=0,
    examples=(),
)

EXAMINED = (EXACT, PDQ, VIDEO, LOCAL, SOUND)
"""What every file is examined by."""
TECHNIQUES = (*EXAMINED, TEXT)
STAMP = "+".join(technique.name.replace("/", "-") for technique in EXAMINED)
"""Names of these techniques and their versions; what was computed under another stamp is out of date."""
