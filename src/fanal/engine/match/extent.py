"""How much of two pictures agrees, and how a sentence says it."""

from enum import StrEnum

from fanal.engine.match.phrases import Tongue


class Extent(StrEnum):
    """How much of two pictures agrees."""

    UNSAID = ""
    """Frames of films, of which it is not told."""
    WHOLE = "whole"
    INNER = "inner"
    """The first is a part of the second."""
    OUTER = "outer"
    """The second is a part of the first."""
    OVERLAP = "overlap"
    """Each shows something of the same view that the other does not."""
    EDGES = "edges"
    """Nothing but what is laid along the edges of both, at the same place: a player's frame, a caption."""
    LINE = "line"
    """Nothing but what lies along one thin line in both, as printed words do."""
    THING = "thing"
    """Agreement lies on some spot within both."""

    @property
    def reversed(self) -> "Extent":
        """The extent as it reads from the second picture to the first."""
        return {Extent.INNER: Extent.OUTER, Extent.OUTER: Extent.INNER}.get(self, self)


def shown(extent: Extent, points: int, done: str, tongue: Tongue) -> str:
    """Return the sentence of two pictures of which so many points lie alike; `done` is what was done to one."""
    said = {
        Extent.UNSAID: tongue.gettext(
            "The same picture, place or thing is seen in both%(done)s: %(points)s points lie alike."
        ),
        Extent.WHOLE: tongue.gettext("The same picture or view%(done)s: %(points)s points lie alike all over it."),
        Extent.INNER: tongue.gettext("This picture is a part of the other%(done)s: %(points)s points lie alike."),
        Extent.OUTER: tongue.gettext("The other picture is a part of this one%(done)s: %(points)s points lie alike."),
        Extent.OVERLAP: tongue.gettext(
            "Both show parts of the same picture or view%(done)s: %(points)s points lie alike."
        ),
        Extent.EDGES: tongue.gettext(
            "Only what is laid along the edges of both is alike%(done)s, as a player’s frame or a caption is: "
            "%(points)s points."
        ),
        Extent.LINE: tongue.gettext(
            "Only what lies along one line is alike in both%(done)s, as printed words are: %(points)s points."
        ),
        Extent.THING: tongue.gettext(
            "The same place or thing is in both pictures%(done)s: %(points)s points of it lie alike."
        ),
    }[extent]
    return said % {"done": done, "points": points}
