"""Verbs of notices: enter a recipient; propose, begin, write, seal, send, and take down what came back."""

from fanal.casework.notices.drafting import NoticeBefore, Written, begin, propose, withdraw, write
from fanal.casework.notices.recipients import bring_in_recipient, compare_key, enter_recipient
from fanal.casework.notices.release import ask_release, release_waits
from fanal.casework.notices.tracking import acknowledged, answered, hand_out, seal, sent

__all__ = [
    "NoticeBefore",
    "Written",
    "acknowledged",
    "answered",
    "ask_release",
    "begin",
    "bring_in_recipient",
    "compare_key",
    "enter_recipient",
    "hand_out",
    "propose",
    "release_waits",
    "seal",
    "sent",
    "withdraw",
    "write",
]
