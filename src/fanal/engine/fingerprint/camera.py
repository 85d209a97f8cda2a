"""The prints of a device: the names by which two files can tell that one camera made both.

A print is a byte for what names it, 16 bytes of SHA-256 of the name in plain form, and the name as it is told. Two are
equal where the first 17 bytes are.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from fanal.engine.fingerprint.prints import Print
from fanal.engine.origin.camera import Camera, Mark, cameras_of

TECHNIQUE = "camera/1"
KEY_BYTES = 17
LONGEST_NAME = 200
"""Bytes."""


class Device(NamedTuple):
    """A camera print, taken apart."""

    key: bytes
    mark: Mark
    name: str


def camera_prints(facts: Mapping[str, object], size: tuple[int, int] | None) -> tuple[Print, ...]:
    """Return the prints of whatever names the device in a file's facts; `size` is width and height in pixels."""
    return tuple(map(_print, cameras_of(facts, size)))


def device_of(data: bytes) -> Device:
    """Return what a print says. Raises ValueError for bytes that are no camera print."""
    if not KEY_BYTES < len(data) <= KEY_BYTES + LONGEST_NAME:
        raise ValueError("no camera print")
    name = data[KEY_BYTES:].decode()
    if not name.isprintable():
        raise ValueError("no name of a device")
    return Device(data[:KEY_BYTES], Mark(chr(data[0])), name)


def _print(camera: Camera) -> Print:
    digest = hashlib.sha256(camera.key.encode()).digest()[: KEY_BYTES - 1]
    name = camera.name.encode()[:LONGEST_NAME].decode(errors="ignore").encode()
    return Print(TECHNIQUE, camera.mark.encode() + digest + name)
