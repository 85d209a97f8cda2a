"""What an agency's own test suite of an added technique looks like."""

from fanal.engine.match.contract import TechniqueContract
from plugin.mean_colour import MeanColour


class TestMeanColour(TechniqueContract):
    """All that is asked of it."""

    technique = MeanColour()
