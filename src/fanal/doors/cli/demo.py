"""`fanal demo`: a synthetic world of agencies, submitted and served, to be clicked through in five minutes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fanal.doors.cli.platform import Platform, platform_of
from fanal.kit.errors import Conflict, Unavailable
from fanal.kit.settings import default_data_folder

if TYPE_CHECKING:
    from fanal.doors.demo.world import World


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Another seed draws another world.")] = 2015,
    scale: Annotated[float, typer.Option(min=0.05, max=1.0, help="Below 1: fewer and smaller pictures.")] = 1.0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    serve: Annotated[bool, typer.Option(help="Serve the desk when all is loaded.")] = True,
) -> None:
    """Draw a synthetic world, submit it as five agencies would, and serve the desk. Everything is invented."""
    # The demonstration never mixes with real data: it has a folder of its own unless told otherwise.
    os.environ.setdefault("FANAL_DATA", str(default_data_folder(os.environ) / "demo"))
    if serve:
        _refuse_taken(host, port)
    platform = platform_of(context)
    platform.prepare()
    from fanal.doors.demo.load import open_doors
    from fanal.doors.demo.world import build_world
    from fanal.kit import settings

    world = build_world(settings.read().data / "world", seed=seed, scale=scale, progress=_tell("Drawing the world"))
    open_doors(world)
    with _worker(platform) as worker:
        _submit(world, worker)
        _what_to_try(world, f"http://{host}:{port}")
        if serve:
            platform.serve(host=host, port=port, processes=1)


def _refuse_taken(host: str, port: int) -> None:
    """See that the address is free before anything long begins. Raises Conflict."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            another = "Stop what listens there, or choose another: fanal demo --port 8001."
            raise Conflict(f"{host}:{port} cannot be used: {problem.strerror}.", next_step=another) from problem


@contextmanager
def _worker(platform: Platform) -> Iterator[subprocess.Popen[bytes]]:
    worker = platform.start("worker")
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def _submit(world: "World", worker: subprocess.Popen[bytes]) -> None:
    from fanal.core.jobs.queries import unfinished
    from fanal.doors.demo.abroad import tell_abroad
    from fanal.doors.demo.load import files_done, keep_catalogue, submit_all
    from fanal.doors.demo.registering import keep_registry
    from fanal.doors.demo.working import open_room

    received = 0
    for count in submit_all(world):
        received += count
        _tell("Submitting")(received, received)
    keep_catalogue(world)
    while ((done := files_done()) and done[0] < done[1]) or unfinished(["examine", "match"]):
        if worker.poll() is not None:
            raise Unavailable("The worker ended before everything was examined.", next_step="See what it said above.")
        _tell("Examining behind the wall")(*done)
        time.sleep(0.5)
    _tell("Examining behind the wall")(*done)
    keep_registry(world)
    tell_abroad(world)
    open_room(world)
    sys.stderr.write("\n")


def _tell(what: str) -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{what}: {done} of {of}")
            sys.stderr.flush()

    return tell


def _reads_text() -> bool:
    from fanal.engine.media.reading.models import folder
    from fanal.kit import settings

    return settings.read().text and folder() is not None


def _what_to_try(world: "World", address: str) -> None:
    from fanal.doors.demo.abroad import abroad
    from fanal.doors.demo.load import CENTRAL_DESK, PASSWORD, STAFF, pointed, worth_seeing
    from fanal.doors.demo.registering import likely_home

    lines = ["", f"The desk: {address}", "", f"Sign in as one of these, password: {PASSWORD}", ""]
    lines += [f"  {agency.code.lower():<4} {agency.name} ({agency.country})" for agency in world.agencies]
    others = ", ".join(f"fr-{role}" for role in STAFF)
    lines += ["", f"  Other roles, in each agency: {others}; and {CENTRAL_DESK}, the central desk.", ""]
    lines += ["Try this:", ""]
    number = 0
    for number, shown in enumerate(worth_seeing(world), start=1):
        lines += [f"  {number}. As {shown.officer}: {shown.why}", f"     {address}/leads/{shown.lead}/"]
    if _reads_text():
        lines.append(f"  {number + 1}. As us: what is written in pictures, as far as it is read by now:")
        lines.append(f"     {address}/text/?q=mesa+lantern")
    clue = pointed(world)
    if clue is not None:
        lines += ["", f"  As {clue.officer}, a clue from another country's catalogue: {clue.why}"]
        lines.append(f"     {address}/sightings/{clue.lead}/")
    victim = likely_home(world)
    if victim is not None:
        lines += ["", f"  As {victim.officer}, a victim of the registry and its line of pictures: {victim.why}"]
        lines.append(f"     {address}/registry/{victim.lead}/")
    notice = abroad(world)
    if notice is not None:
        lines += ["", f"  As {notice.officer}, a notice that waits: {notice.why}"]
        lines.append(f"     {address}/notices/{notice.lead}/")
    picture = Path(os.path.relpath(world.marked.path))
    folders = {agency.code: agency for agency in world.agencies}
    shelf = Path(os.path.relpath(world.folder)) / folders["FR"].code / "references-produits"
    lines += [
        "",
        "  On a lead: R reveals both pictures, A turns one to match, 2 swipes, B blinks, 3 shows the difference;",
        "  S, D or U judges and goes on to the next, Z takes it back. ? lists all keys.",
        "",
        "In the terminal:",
        "",
        f"  FANAL_DATA={os.environ['FANAL_DATA']} fanal leads --agency FR",
        f"  FANAL_DATA={os.environ['FANAL_DATA']} fanal verify audit",
        f"  fanal match {picture} --against {Path(os.path.relpath(world.folder)) / folders['GB'].code}",
        f"  fanal match {picture} --region {','.join(map(str, world.marked.box))} --against {shelf}",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
