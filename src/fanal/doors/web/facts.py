"""The facts about a content in the reader's words; what only a specialist reads comes apart."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

Named = Sequence[tuple[object, object]]
"""Labels and values."""

_LABELS = {
    "time_changed": _("Changed"),
    "camera_owner": _("Owner of the camera"),
    "lens_model": _("Lens"),
    "place_location": _("Place as written there"),
    "place_city": _("Town as written there"),
    "place_region": _("Region as written there"),
    "place_country": _("Country as written there"),
    "software": _("Software"),
    "xmp_software": _("Program"),
    "history_software": _("Programs that changed it"),
    "jpeg_quality": _("JPEG quality"),
    "host_computer": _("Computer"),
    "title": _("Title"),
    "description": _("Description"),
    "artist": _("Author"),
    "comment": _("Comment"),
    "keywords": _("Keywords"),
    "members": _("Files inside"),
    "video_codec": _("Video codec"),
    "audio_codec": _("Sound codec"),
    "frame_rate": _("Frames a second"),
}


def told(facts: Mapping[str, object]) -> Named:
    """Return what an officer reads, under names in the reader's language, in a fixed order; `origins` the rest."""
    return [(label, facts[name]) for name, label in _LABELS.items() if name in facts]


def technical(facts: Mapping[str, object]) -> Named:
    """Return the rest, under the names that the decoders give."""
    return sorted((name, value) for name, value in facts.items() if name not in _LABELS)
