"""Devices by contract: which contents bear the same name of a device."""

import threading
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

from fanal.engine.fingerprint.camera import TECHNIQUE, Device, device_of
from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.camera.links import camera_link, is_rare
from fanal.engine.match.comparer import Found
from fanal.engine.match.link import Link
from fanal.engine.origin.camera import Mark

MOST_FOUND = 50
"""Contents that are named for one device: of a camera with ten thousand pictures, the first fifty say as much."""


class CameraComparer:
    """Finds what the same camera made, or the same lens; how a file is coded only where few are coded so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._devices: dict[int, tuple[Device, ...]] = {}
        self._owners: dict[bytes, list[int]] = {}
        self._coded = 0

    def __len__(self) -> int:
        return len(self._devices)

    def put(self, owner: int, prints: Sequence[Print]) -> None:
        """See `Comparer.put`."""
        named = [device_of(one.data) for one in prints if one.technique == TECHNIQUE]
        devices = tuple({device.key: device for device in named}.values())
        self.drop(owner)
        if not devices:
            return
        with self._lock:
            self._devices[owner] = devices
            for device in devices:
                insort(self._owners.setdefault(device.key, []), owner)
                self._coded += device.mark == Mark.CODING

    def drop(self, owner: int) -> None:
        """See `Comparer.drop`."""
        with self._lock:
            for device in self._devices.pop(owner, ()):
                owners = self._owners[device.key]
                del owners[bisect_left(owners, owner)]
                self._coded -= device.mark == Mark.CODING
                if not owners:
                    del self._owners[device.key]

    def search(self, prints: Sequence[Print], threads: int = 1) -> Iterator[Found]:
        """See `Comparer.search`. Of a device with many contents the first are found, no more than `MOST_FOUND`."""
        links: dict[int, Link] = {}
        for one in prints:
            if one.technique == TECHNIQUE:
                device = device_of(one.data)
                for owner in self._holding(device):
                    links.setdefault(owner, camera_link(device))
        for owner in sorted(links):
            yield Found(owner, links[owner])

    def _holding(self, device: Device) -> list[int]:
        """Return the first contents that bear the name; none where it says nothing."""
        with self._lock:
            owners = self._owners.get(device.key, [])
            if device.mark == Mark.CODING and not is_rare(len(owners), self._coded):
                return []
            return owners[:MOST_FOUND]
