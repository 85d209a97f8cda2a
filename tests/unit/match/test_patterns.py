"""Pictures across which one band lies, and that share nothing else, are not linked once the band is named."""

import cv2
import numpy as np
from numpy.typing import NDArray

from fanal.engine.fingerprint.digest import Digests
from fanal.engine.fingerprint.local.prints import local_print
from fanal.engine.match.files.folder import Folder
from fanal.engine.match.files.seen import Knowledge, Seen
from leaves import leaves

COUNT = 12
BAR = leaves(77, 640, 120, 300)


def seen(name: str, picture: NDArray[np.uint8]) -> Seen:
    height, width = picture.shape
    known = Knowledge("image", "image/jpeg", width, height, None, (local_print(picture),))
    return Seen(name, name, Digests(b"", b"", name.encode().ljust(32), 1), known)


def framed(seed: int) -> NDArray[np.uint8]:
    picture = leaves(seed)
    return np.concatenate([picture[:260], BAR, picture[260:]])


def linked(folder: Folder, query: Seen) -> list[str]:
    return [match.reference for match in folder.ask(query).matches if match.accepted]


def test_what_is_named_as_seen_everywhere_links_nothing() -> None:
    pictures = [seen(f"picture {seed}", framed(seed)) for seed in range(COUNT)]
    without, named = Folder(pictures), Folder(pictures, [seen("bar", BAR)])
    assert len(linked(without, pictures[3])) > COUNT // 2
    assert [linked(named, picture) for picture in pictures] == [[]] * COUNT
    # What shares more than the bar is still found, and says how much.
    smaller = seen("smaller", np.asarray(cv2.resize(framed(3), (512, 480)), np.uint8))
    assert linked(named, smaller) == ["picture 3"]
    (whole,) = (match for match in without.ask(smaller).matches if match.reference == "picture 3")
    (left,) = (match for match in named.ask(smaller).matches if match.reference == "picture 3")
    assert left.points is not None
    assert whole.points is not None
    assert 0 < left.points < whole.points
