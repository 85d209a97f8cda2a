"""How much one file may cost: checked before decoding where a header tells, held from outside where none does."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for the reading of one file; the sandbox holds memory and time from outside."""

    pixels: int = 256_000_000
    """Of one picture as its header declares it."""
    picture_bytes: int = 288 * MIB
    """What one picture may need in memory while it is decoded, reckoned from its header."""
    video_pixels: int = 36_000_000
    """Of one frame of film (8192 × 4320 fits): a decoder holds several at once."""
    frames: int = 3_000
    """Of an animated picture that are decoded."""
    animation_pixels: int = 600_000_000
    """Of all decoded frames of an animated picture together."""
    seconds_of_media: float = 12 * 3600.0
    """Of a film or sound that are looked at; what comes after is reported as not looked at."""
    output_bytes: int = 64 << 30
    """Of all members of one archive together."""
    member_bytes: int = 16 << 30
    """Of one member of an archive."""
    ratio: int = 1_000
    """Bytes out for each byte of archive in, once more than `ratio_floor` bytes came out."""
    ratio_floor: int = 64 * MIB
    archive_members: int = 200_000
    archive_depth: int = 6
    """Archives within archives; whoever hands members in again counts."""
    chunk_bytes: int = 1 * MIB
    """Of a member handed on at a time."""
    name_length: int = 1_024
    """Characters of a member's path that are kept."""
    facts: int = 120
    fact_length: int = 300
    """Characters of one fact that are kept."""
    added_prints: int = 5_000
    """Of one file, by one added technique."""
    added_print_bytes: int = 4 * MIB
    """Of all prints of one file by one added technique."""
    memory_bytes: int = 512 * MIB
    """Of the process that reads."""
    cpu_seconds: float = 60.0
    wall_seconds: float = 180.0
    cpu_seconds_per_mib: float = 1.0
    """Added for each MiB of the file, for a long film is large."""

    def time_for(self, size: int) -> tuple[float, float]:
        """Return the processor seconds and the wall seconds that a file of `size` bytes may take."""
        more = self.cpu_seconds_per_mib * size / MIB
        return self.cpu_seconds + more, self.wall_seconds + 3 * more


DEFAULT_LIMITS = Limits()
