"""What one camera made is found by: `camera/1`. Compared among all contents by the rows, among files by a comparer."""

from collections.abc import Iterable, Mapping, Sequence

from fanal.engine.fingerprint.camera import TECHNIQUE, camera_prints
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.comparer import Comparer
from fanal.engine.match.technique import Example, Technique


class Camera(Technique):
    """Serial numbers of cameras and lenses; how a file is coded, where few are coded so."""

    name = TECHNIQUE
    title = "Camera"
    finds = "The same camera or lens by its serial number, whatever is shown; a hint where few are coded alike."
    shows_same = False

    def of_facts(self, facts: Mapping[str, str | int | float]) -> Iterable[Print]:
        """See `Maker.of_facts`. How a file is coded counts only with its size, which is no fact of this kind."""
        return camera_prints(facts, None)

    def comparer(self) -> Comparer:
        """See `Technique.comparer`."""
        from fanal.engine.match.camera.comparer import CameraComparer

        return CameraComparer()

    def examples(self) -> Sequence[Example]:
        """See `Technique.examples`."""
        one, other, two = (
            tuple(self.of_facts({"camera_make": make, "camera_model": "L2", "camera_serial": serial}))
            for make, serial in (("Lantern Co.", "33004531"), ("LANTERN", "0033004531"), ("Lantern", "33004532"))
        )
        return (
            Example("two files of one camera, written differently", one, other, linked=True),
            Example("files of two cameras of one model", one, two, linked=False),
        )
