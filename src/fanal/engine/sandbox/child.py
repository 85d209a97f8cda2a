"""The life of one decoder: confine itself, read one file, answer, end."""

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.findings import Findings
from fanal.engine.media.limits import Limits
from fanal.engine.media.member import Member
from fanal.engine.media.refusals import Refusal
from fanal.engine.sandbox.answer import findings_said, members_said, refusal_said
from fanal.engine.sandbox.confine import Room, confine_decoder
from fanal.engine.sandbox.order import CANNOT_CONFINE, LONGEST, Order
from fanal.engine.sandbox.seats import seat
from fanal.engine.sandbox.seccomp import FILE, WIRE

_CRASHED = 1


@dataclass(frozen=True, slots=True)
class Work:
    """The things a decoder can be asked for, imported."""

    examine: Callable[..., Findings]
    """Takes the open file, its name, the limits and, if only a part of a picture is asked for, the region."""
    unpack: Callable[[BinaryIO, str, Limits], Iterator[Member]]
    prints_of: Callable[..., Findings]
    """As `examine`, and the name of the technique."""


def live(order: Order, work: Work, room: Room, parent: int, file: int, wire: int) -> NoReturn:
    """Carry out one order in this fresh child of `parent`, and end. The exit status tells what no words may."""
    try:
        seat(file, wire)
        orders = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=WIRE)
        tolerated = set(room.missing)
        confine_decoder(room, parent, order.limits.memory_bytes, order.cpu_seconds)
        if set(room.missing) != tolerated:
            os._exit(CANNOT_CONFINE)
        _serve(order, work, orders)
        os._exit(0)
    finally:
        # Whatever was raised, no word of it may leave: it may have been chosen by whoever made the file.
        os._exit(_CRASHED)


def _serve(order: Order, work: Work, orders: socket.socket) -> None:
    _decode(order, work)
    while order.more:
        # The next file gets the lowest free descriptor, which is the one closed here.
        os.close(FILE)
        message, descriptors, _, _ = socket.recv_fds(orders, LONGEST, 1)
        if descriptors != [FILE]:
            return
        order = Order.read(message)
        _decode(order, work)


def _decode(order: Order, work: Work) -> None:
    try:
        with open(FILE, "rb", closefd=False) as file:
            if order.verb == "examine":
                part = {} if order.region is None else {"region": order.region}
                _say(findings_said(work.examine(file, order.name, order.limits, **part)))
            elif order.verb == "prints_of":
                asked = (file, order.name, order.limits, order.region)
                _say(findings_said(work.prints_of(*asked, technique=order.technique)))
            else:
                for piece in members_said(work.unpack(file, order.name, order.limits)):
                    _say(piece)
    except MediaRefused as error:
        _say(refusal_said(error.refusal))
    except MemoryError:
        _say(refusal_said(Refusal.OUT_OF_MEMORY))


def _say(answer: bytes) -> None:
    left = memoryview(answer)
    while left:
        left = left[os.write(WIRE, left) :]
