"""Where, when and with what a file was made, as `fanal fingerprint --json` tells it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fanal.engine.match.files.seen import Knowledge


def origin_of(known: "Knowledge") -> dict[str, Any]:
    """Return the facts of a file, and what follows from them; what nothing is known of is left out."""
    from fanal.engine.origin.camera import cameras_of
    from fanal.engine.origin.moment import moment_of
    from fanal.engine.origin.place import place_of

    told: dict[str, Any] = {"facts": dict(known.facts)} if known.facts else {}
    place = place_of(known.facts)
    moment = moment_of(known.facts, offset_at=place.offset_at) if place else moment_of(known.facts)
    if moment is not None:
        told["taken"] = {
            "written": moment.written.isoformat(),
            "utc": moment.instant.isoformat() if moment.instant else None,
            "known_by": str(moment.basis),
            "doubts": [str(doubt) for doubt in moment.doubts],
        }
    if place is not None:
        told["place"] = {
            "country": place.country or None,
            "border_near": list(place.neighbours),
            "town": place.town,
            "kilometres": place.kilometres,
            "zone": place.zone or None,
        }
    size = (known.width, known.height) if known.width and known.height else None
    devices = cameras_of(known.facts, size)
    if devices:
        told["devices"] = [{"by": device.mark.name.lower(), "name": device.name} for device in devices]
    return told
