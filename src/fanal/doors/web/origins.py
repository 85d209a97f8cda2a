"""When, where and with what a content was made, in the reader's words; and what speaks against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel import Locale, UnknownLocaleError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanal.casework.evidence.models import Content, Exhibit
from fanal.casework.prints.cameras import Sightings
from fanal.doors.web.spans import LEFT_TO_RIGHT
from fanal.engine.origin.camera import Mark
from fanal.engine.origin.moment import Basis, Doubt, Moment, moment_of
from fanal.engine.origin.place import Place, place_of

_BASES = {
    Basis.STATED: gettext_lazy("By the camera’s clock; the file states its zone."),
    Basis.SATELLITES: gettext_lazy("By the camera’s clock; its zone follows from the time of the satellites."),
    Basis.SATELLITES_ALONE: gettext_lazy("By the time of the satellites."),
    Basis.PLACE: gettext_lazy("By the camera’s clock, taken for the local time of the place."),
    Basis.CLOCK: gettext_lazy("By the camera’s clock."),
    Basis.CONTAINER: gettext_lazy("By the film’s container, which keeps UTC."),
    Basis.PROGRAM: gettext_lazy("By the word of a program."),
    Basis.FILE: gettext_lazy("By the time of the file alone, as it was found."),
}
_DOUBTS = {
    Doubt.NO_ZONE: gettext_lazy("The zone is not known: it may have been hours earlier or later."),
    Doubt.RESET: gettext_lazy("A clock that was reset, or never set, shows such a day."),
    Doubt.FUTURE: gettext_lazy("This is later than the file was submitted."),
    Doubt.LOCAL_CONTAINER: gettext_lazy("Some devices write their local time there."),
    Doubt.CHANGED_LATER: gettext_lazy("A program changed the file later."),
    Doubt.COPIED: gettext_lazy("Copying and unpacking change it."),
}
_DEVICES = {
    Mark.BODY: gettext_lazy("Camera, by its serial number"),
    Mark.INTERNAL: gettext_lazy("Camera, by the maker’s internal number"),
    Mark.LENS: gettext_lazy("Lens, by its serial number"),
}
_AT_THE_PLACE_KM = 1.0
_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known: the fact, how it is known, and what speaks against it."""

    name: str
    value: str
    known_by: str = ""
    doubts: tuple[str, ...] = ()


def origin_lines(shown: Content, found: Sequence[Exhibit], devices: Sequence[Sightings]) -> list[Line]:
    """Return when, where and with what a content was made, in the order in which an officer asks."""
    place = place_of(shown.facts)
    moment = _moment(shown.facts, found, place)
    lines = [_when(moment)] if moment else []
    lines += [_where(place)] if place else []
    lines += [_device(seen) for seen in devices]
    if not any(seen.device.mark is not Mark.LENS for seen in devices):
        lines += _model(shown.facts)
    return lines


def country_name(code: str) -> str:
    """Return a country's name in the reader's language, given its ISO 3166-1 code; the code where there is none."""
    try:
        names = Locale.parse(translation.get_language() or "en", sep="-").territories
    except (UnknownLocaleError, ValueError):
        return code
    return str(names.get(code, code))


def _moment(facts: Mapping[str, object], found: Sequence[Exhibit], place: Place | None) -> Moment | None:
    changed: list[datetime] = [exhibit.modified_at for exhibit in found if exhibit.modified_at]
    submitted = min((exhibit.received_at for exhibit in found), default=None)
    oldest = min(changed, default=None)
    if place is None:
        return moment_of(facts, submitted=submitted, changed=oldest)
    return moment_of(facts, submitted=submitted, changed=oldest, offset_at=place.offset_at)


def _when(moment: Moment) -> Line:
    value = f"{moment.written:%Y-%m-%d %H:%M:%S}"
    if moment.offset is not None:
        hours, minutes = divmod(abs(moment.offset), _MINUTES)
        ahead = "" if not moment.offset else f"{'-' if moment.offset < 0 else '+'}{hours:02}:{minutes:02}"
        value = f"{value} UTC{ahead}"
    doubts = [str(_DOUBTS[doubt]) for doubt in moment.doubts if doubt in _DOUBTS]
    if Doubt.SATELLITES_DISAGREE in moment.doubts:
        said = _("The satellites say another time; hours between them: %(hours)s.")
        doubts.append(said % {"hours": f"{abs(moment.apart):g}"})
    return Line(_("Made"), value, str(_BASES[moment.basis]), tuple(doubts))


def _where(place: Place) -> Line:
    town = _("%(town)s, %(country)s") % {"town": place.town, "country": country_name(place.town_country)}
    if place.kilometres >= _AT_THE_PLACE_KM:
        town = _("%(kilometres)s km from %(town)s") % {"kilometres": f"{place.kilometres:g}", "town": town}
    country = country_name(place.country) if place.country else _("No country: at sea, perhaps")
    value = town if place.country == place.town_country else f"{country}; {town}"
    known_by = _("By the coordinates in the file: %(latitude)s, %(longitude)s.")
    doubts: tuple[str, ...] = ()
    if place.neighbours:
        others = ", ".join(map(country_name, place.neighbours))
        doubts = (_("A border is near. Perhaps: %(countries)s.") % {"countries": others},)
    latitude, longitude = (LEFT_TO_RIGHT.format(f"{degrees:.5f}") for degrees in (place.latitude, place.longitude))
    told = known_by % {"latitude": latitude, "longitude": longitude}
    return Line(_("Place"), value, told, doubts)


def _device(seen: Sightings) -> Line:
    counted = _("Files of it that you may see: %(files)s. Submissions: %(submissions)s.")
    numbers = {"files": seen.files, "submissions": seen.submissions}
    return Line(str(_DEVICES[seen.device.mark]), seen.device.name, counted % numbers)


def _model(facts: Mapping[str, object]) -> list[Line]:
    make, model = str(facts.get("camera_make", "")), str(facts.get("camera_model", ""))
    called = model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()
    if not (model or make):
        return []
    told = _("The file gives no serial number that tells one camera from others.")
    return [Line(_("Camera"), called or make, told)]
