"""The link that a name of a device makes between two files, and how sure it is."""

from fanal.engine.fingerprint.camera import TECHNIQUE, Device
from fanal.engine.match.explain import explain_camera, explain_coding, explain_lens
from fanal.engine.match.link import Link
from fanal.engine.origin.camera import Mark

CONFIDENCE = {Mark.BODY: 0.95, Mark.INTERNAL: 0.93, Mark.LENS: 0.85, Mark.CODING: 0.3}
"""That one device made both. Set by judgement: no open data has the serial numbers of many cameras to measure it by."""
ACCEPTED = {Mark.BODY, Mark.INTERNAL, Mark.LENS}
MOST_ALIKE = 20
"""Files coded alike beyond which it says nothing."""
LEAST_KNOWN = 500
"""Files with such a name that must be known before any can be called rare."""


def camera_link(device: Device) -> Link:
    """Return the link of two files of one device."""
    if device.mark == Mark.CODING:
        why = explain_coding(device.name)
    else:
        why = explain_lens(device.name) if device.mark == Mark.LENS else explain_camera(device.name)
    return Link(TECHNIQUE, CONFIDENCE[device.mark], device.mark in ACCEPTED, why)


def is_rare(files: int, known: int) -> bool:
    """Tell whether files coded alike are few among all that are known by how they are coded."""
    return known >= LEAST_KNOWN and files <= MOST_ALIKE
