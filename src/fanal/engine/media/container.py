"""Films and sounds through FFmpeg: opened from memory or a descriptor, never by a path, with one named demuxer.

FFmpeg follows the playlists of some formats to other files and to the network. So it is told which demuxer to use,
that no other is allowed, and that no protocol is; a playlist that calls itself a film is a film that cannot be read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import av
import av.logging
from av.stream import Disposition

from fanal.engine.media.facts import FactSheet
from fanal.engine.media.iso6709 import place_of
from fanal.engine.media.limits import Limits

av.logging.set_level(av.logging.PANIC)

_TELLING_DEMUXERS = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mp3,aac,ac3,eac3,h264,hevc,m4v,h263,dv,obu,vvc"
"""Asked when the first bytes of a file told nothing: formats that may begin with anything."""
_PROBE_BYTES = 4 << 20
_PROBE_MICROSECONDS = 4_000_000
_MOST_STREAMS = 64

_TAGS = {
    "com.apple.quicktime.creationdate": "time_taken",
    "date": "time_taken",
    "creation_time": "container_time",
    "com.apple.quicktime.software": "software",
    "encoder": "software",
    "software": "software",
    "encoded_by": "encoded_by",
    "isft": "software",
    "make": "camera_make",
    "com.apple.quicktime.make": "camera_make",
    "com.android.manufacturer": "camera_make",
    "model": "camera_model",
    "com.apple.quicktime.model": "camera_model",
    "com.android.model": "camera_model",
    "com.apple.quicktime.camera.lens_model": "lens_model",
    "com.apple.quicktime.content.identifier": "live_photo_id",
    "com.android.version": "android_version",
    "location": "location",
    "location-eng": "location",
    "com.apple.quicktime.location.iso6709": "location",
    "com.apple.quicktime.location.name": "place_location",
    "timecode": "timecode",
    "time_reference": "time_reference",
    "title": "title",
    "artist": "artist",
    "album": "album",
    "comment": "comment",
    "copyright": "copyright",
    "description": "description",
    "handler_name": "handler",
}
"""What FFmpeg calls them in QuickTime, MP4, Matroska, RIFF, ID3 and Vorbis; the first in this order is believed."""


class _NoDescriptor:
    """Reading and seeking, and nothing else of the file."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read
        self.seek = file.seek
        self.tell = file.tell


@contextmanager
def opened(file: BinaryIO, demuxer: str, limits: Limits) -> Iterator[Any]:
    """Open a film or sound; `demuxer` empty lets FFmpeg probe among those that have no mark. Raises av.FFmpegError."""
    options = {
        "format_whitelist": demuxer or _TELLING_DEMUXERS,
        "protocol_whitelist": "none",
        "probesize": str(_PROBE_BYTES),
        "analyzeduration": str(_PROBE_MICROSECONDS),
        "max_pixels": str(limits.video_pixels),
        "max_streams": str(_MOST_STREAMS),
        "threads": "1",
    }
    container = av.open(
        _NoDescriptor(file), mode="r", format=demuxer or None, options=options, metadata_errors="replace"
    )
    with container:
        yield container


def moving_stream(container: Any) -> Any | None:
    """Return the stream of moving pictures, leaving out the cover of a record; None for sound."""
    for stream in container.streams.video:
        cover = stream.disposition & Disposition.attached_pic
        if not cover and stream.codec_context is not None:
            return stream
    return None


def tag_facts(container: Any, sheet: FactSheet) -> None:
    """Put the container's own tags on the sheet, those of its streams where the container has none."""
    times: list[str] = []
    for source in [container, *container.streams][: 1 + _MOST_STREAMS]:
        tags = {key.lower(): value for key, value in list(source.metadata.items())[:200]}
        for key, name in _TAGS.items():
            sheet.fill(name, tags.get(key))
        times.append(tags.get("creation_time", ""))
    other = [time for time in dict.fromkeys(times[1:]) if time and time != times[0]]
    if times and times[0]:
        sheet.fill("track_times", "; ".join(other) or None)
    location = sheet.facts.get("location")
    place = place_of(location) if isinstance(location, str) else None
    if place is not None:
        for name, value in zip(("gps_latitude", "gps_longitude", "gps_altitude_m"), place, strict=True):
            sheet.fill(name, value)


def duration_of(container: Any, stream: Any) -> float | None:
    """Return the seconds that the file says it lasts, None if it does not say or says nonsense."""
    for length, unit in ((stream.duration, stream.time_base), (container.duration, 1 / av.time_base)):
        if length is not None and unit:
            seconds = float(length * unit)
            if 0 < seconds < 1e7:
                return seconds
    return None
