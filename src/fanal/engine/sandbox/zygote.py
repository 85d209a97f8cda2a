"""The clean process that has imported everything and from which each decoder is forked.

It reads nothing but orders of its broker. It ends when the broker does, and everything in its room ends with it.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from fanal.engine.sandbox.child import Work, live
from fanal.engine.sandbox.confine import Room, prepare_room
from fanal.engine.sandbox.lifeline import die_with
from fanal.engine.sandbox.order import ENDED, LONGEST, NOT_STARTED, NOTE, STARTED, Decoders, Order, Plan
from fanal.engine.sandbox.policy import Mechanism
from fanal.engine.sandbox.seats import stand_up
from fanal.engine.sandbox.selftest import try_the_wall


def main(words: str) -> NoReturn:
    """Live as the plan in `words` says. Never returns."""
    plan = Plan.read(words)
    control = socket.socket(fileno=plan.control)
    control.set_inheritable(False)
    broker = os.pidfd_open(os.getppid())
    try:
        work = _import(plan.decoders)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with our own modules, the broker must hear it
        control.send(json.dumps({"failed": f"{type(error).__name__}: {error}"}).encode())
        os._exit(1)
    # What is here now is shared by all children; the collector must not write into it.
    gc.collect()
    gc.freeze()
    room = prepare_room()
    if Mechanism.NAMESPACES not in room.missing:
        _enter(control)
    try_the_wall(room)
    missing = {mechanism.name: why for mechanism, why in room.missing.items()}
    control.send(json.dumps({"missing": missing}).encode())
    Zygote(control, broker, work, room).serve()


def _import(decoders: Decoders) -> Work:
    work = Work(_named(decoders.examine), _named(decoders.unpack), _named(decoders.prints_of))
    if decoders.warm:
        _named(decoders.warm)(work.examine, work.unpack)
    return work


def _named(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def _enter(control: socket.socket) -> None:
    """Go on as the first process of the new process namespace: with it the kernel ends all the others in it."""
    outside = os.getpid()
    inside = os.fork()
    if inside == 0:
        # The parent's number is not visible from within, where it reads as zero.
        die_with(0)
        return
    control.close()
    os.closerange(0, os.sysconf("SC_OPEN_MAX"))
    with suppress(OSError):
        os.waitpid(inside, 0)
    os._exit(0 if outside else 1)


@dataclass(frozen=True, slots=True)
class _Child:
    number: int
    note: int


class Zygote:
    """Forks a decoder for each order, and tells its broker how it ended."""

    def __init__(self, control: socket.socket, broker: int, work: Work, room: Room) -> None:
        self._control = control
        self._broker = broker
        self._work = work
        self._room = room
        self._children: dict[int, _Child] = {}
        self._poll = select.poll()
        for descriptor in (control.fileno(), broker):
            self._poll.register(descriptor, select.POLLIN)

    def serve(self) -> NoReturn:
        """Take orders until the broker is gone."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._children:
                    self._bury(descriptor)
                elif descriptor == self._broker:
                    self._end()
                else:
                    self._take_order()

    def _take_order(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._control, LONGEST, 3)
        if not message:
            self._end()
        file, wire, note = descriptors
        parent = os.getpid()
        try:
            number = os.fork()
        except OSError:
            os.write(note, struct.pack(NOTE, NOT_STARTED, 0, 0.0))
            stand_up(file, wire, note)
            return
        if number == 0:
            live(Order.read(message), self._work, self._room, parent, file, wire)
        stand_up(file, wire)
        self._announce(number, note)

    def _announce(self, number: int, note: int) -> None:
        child = os.pidfd_open(number)
        self._children[child] = _Child(number, note)
        self._poll.register(child, select.POLLIN)
        with socket.socket(fileno=os.dup(note)) as notes, suppress(OSError):
            socket.send_fds(notes, [struct.pack(NOTE, STARTED, 0, 0.0)], [child])

    def _bury(self, descriptor: int) -> None:
        child = self._children.pop(descriptor)
        self._poll.unregister(descriptor)
        _, status, usage = os.wait4(child.number, 0)
        # The broker may have lost interest and closed its end.
        with suppress(OSError):
            os.write(child.note, struct.pack(NOTE, ENDED, status, usage.ru_utime + usage.ru_stime))
        stand_up(descriptor, child.note)

    def _end(self) -> NoReturn:
        for descriptor in self._children:
            with suppress(OSError):
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        os._exit(0)
