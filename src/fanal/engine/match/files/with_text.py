"""An examiner that also reads text, with a second sandbox."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from fanal.engine.fingerprint.region import Region
from fanal.engine.match.text.technique import Text
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.member import Member

if TYPE_CHECKING:
    from fanal.engine.match.files.reading import Examiner, Source


class WithText:
    """Gives what an examiner finds, and the prints of text that a second one finds. A region's text is not read."""

    def __init__(self, examiner: "Examiner", reading: "Examiner") -> None:
        self._examiner = examiner
        self._reading = reading

    def examine(self, source: "Source", name: str, *, region: Region | None = None) -> Findings:
        """See `Examiner.examine`. A file whose text cannot be read shows none."""
        findings = self._examiner.examine(source, name, region=region)
        if region is not None or findings.family not in Text().reads:
            return findings
        if hasattr(source, "seek"):
            source.seek(0)
        with suppress(MediaRefused):
            read = self._reading.examine(source, name)
            return replace(findings, prints=(*findings.prints, *read.prints))
        return findings

    def prints_of(self, source: "Source", name: str, technique: str, *, region: Region | None = None) -> Findings:
        """See `Examiner.prints_of`."""
        return self._examiner.prints_of(source, name, technique, region=region)

    def unpack(self, source: "Source", name: str) -> Iterator[Member]:
        """See `Examiner.unpack`."""
        return self._examiner.unpack(source, name)
