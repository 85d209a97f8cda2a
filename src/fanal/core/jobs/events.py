"""News of the jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class JobShelved:
    """A job failed for good; told in the transaction that puts it on the shelf."""

    job: int
    task: str
    arguments: Mapping[str, Any]
    code: str
    reason: str
