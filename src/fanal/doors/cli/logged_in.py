"""The server that somebody is logged in to: the options that its commands share, and asking it."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fanal.doors.cli import credentials

if TYPE_CHECKING:
    from fanal.doors.cli.remote import Remote

Server = Annotated[str, typer.Option(help="The server to ask; the one logged in to without it.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines on standard output.")]
A_PAGE = 200


def logged_in(server: str) -> "Remote":
    """Return the server to ask, by its address or, without one, the one logged in to. Raises as `login_for`."""
    from fanal.doors.cli.remote import Remote  # late: what speaks HTTP is slow to load

    return Remote(credentials.login_for(server))


def listed(remote: "Remote", path: str, most: int = sys.maxsize) -> Iterator[dict[str, Any]]:
    """Yield the items of a list, page by page; `path` may have a query of its own."""
    asked, cursor = f"{path}{'&' if '?' in path else '?'}", ""
    while most:
        page = remote.get(f"{asked}limit={min(A_PAGE, most)}{cursor}")
        yield from page["items"]
        most -= len(page["items"])
        if page.get("next") is None:
            return
        cursor = f"&cursor={page['next']}"
