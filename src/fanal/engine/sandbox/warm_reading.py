"""Let the reading of text run once before confinement: its models are loaded here, and shared by all decoders."""

from fanal.engine.media.reading.read import warm_up
from fanal.engine.sandbox.warm import Examine, Unpack, warm


def warm_reading(examine: Examine, unpack: Unpack) -> None:
    """Load the models, then run both on a small file of every kind. Raises TextUnread where there are none."""
    warm_up()
    warm(examine, unpack)
