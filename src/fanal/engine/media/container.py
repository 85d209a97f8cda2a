"""Films and sounds through FFmpeg: opened from memory or a descriptor, never by a path, with one named demuxer.

FFmpeg follows the playlists of some formats to other files and to the network. So it is told which demuxer to use,
that no other is allowed, and that no protocol is; a playlist that calls itself a film is a film that cannot be read.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import av
import av.logging
from av.stream import Disposition

from fanal.engine.media.facts import FactSheet
from fanal.engine.media.limits import Limits

av.logging.set_level(av.logging.PANIC)

_TELLING_DEMUXERS = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,mp3,aac,ac3,eac3,h264,hevc,m4v,h263,dv,obu,vvc"
"""Asked when the first bytes of a file told nothing: formats that may begin with anything."""
_PROBE_BYTES = 4 << 20
_PROBE_MICROSECONDS = 4_000_000
_MOST_STREAMS = 64

_TAGS = {
    "encoder": "software",
    "com.apple.quicktime.software": "software",
    "creation_time": "time_taken",
    "com.apple.quicktime.creationdate": "time_taken",
    "date": "time_taken",
    "make": "camera_make",
    "com.apple.quicktime.make": "camera_make",
    "com.android.manufacturer": "camera_make",
    "model": "camera_model",
    "com.apple.quicktime.model": "camera_model",
    "com.android.model": "camera_model",
    "com.android.version": "android_version",
    "location": "location",
    "com.apple.quicktime.location.iso6709": "location",
    "title": "title",
    "artist": "artist",
    "comment": "comment",
    "copyright": "copyright",
    "handler_name": "handler",
}


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
    for source in [container, *container.streams][: 1 + _MOST_STREAMS]:
        tags: Mapping[str, str] = source.metadata
        for key, value in list(tags.items())[:200]:
            name = _TAGS.get(key.lower())
            if name is not None and name not in sheet.facts:
                sheet.add(name, value)


def duration_of(container: Any, stream: Any) -> float | None:
    """Return the seconds that the file says it lasts, None if it does not say or says nonsense."""
    for length, unit in ((stream.duration, stream.time_base), (container.duration, 1 / av.time_base)):
        if length is not None and unit:
            seconds = float(length * unit)
            if 0 < seconds < 1e7:
                return seconds
    return None
