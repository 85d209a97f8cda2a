"""Why a file could not be read. Only these numbers cross the wall, never a decoder's own words."""

from enum import IntEnum
from typing import Self


class Refusal(IntEnum):
    """The reason, and the sentence a person reads."""

    sentence: str

    def __new__(cls, value: int, sentence: str) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    UNKNOWN_KIND = 1, "The file is of no kind that Fanal reads."
    MALFORMED = 2, "The file is damaged: its decoder stopped before the end."
    EMPTY = 3, "The file has no bytes."
    TOO_MANY_PIXELS = 10, "The picture has more pixels than the limit allows."
    TOO_MANY_FRAMES = 11, "The file has more frames than the limit allows."
    TOO_LONG = 12, "The recording is longer than the limit allows."
    TOO_MUCH_OUTPUT = 13, "The file unfolds to more bytes than the limit allows."
    TOO_DEEP = 14, "The archive holds archives more deeply nested than the limit allows."
    TOO_MANY_MEMBERS = 15, "The archive has more members than the limit allows."
    ENCRYPTED = 16, "The archive is locked with a password."
    OUT_OF_MEMORY = 20, "Reading the file needs more memory than the limit allows."
    OUT_OF_TIME = 21, "Reading the file takes longer than the limit allows."
    DECODER_DIED = 22, "The decoder crashed on this file; the wall held."
    PROTOCOL = 23, "The decoder answered against the protocol and was stopped; the wall held."
    TECHNIQUE_FAILED = 30, "The added technique failed on this file; what others found in it stays."
    TOO_MANY_PRINTS = 31, "The added technique made more fingerprints of this file than the limit allows."


_BY_NUMBER = {int(refusal): refusal for refusal in Refusal}


def refusal_numbered(number: int) -> Refusal:
    """Return the refusal of this number. Raises KeyError for a number that is none."""
    return _BY_NUMBER[number]
