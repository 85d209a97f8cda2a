"""Where an officer's computer keeps to which server it speaks, and the token for it."""

import json
import os
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import typer

from fanal.kit.errors import FanalError, Invalid

READABLE_BY_ITS_OWNER = 0o600


class NotLoggedIn(FanalError):
    """This computer knows no server to speak to."""

    code = "remote.not_logged_in"
    status = 401
    next_step = "Run `fanal login https://fanal.example` with a token from its operator."


@dataclass(frozen=True, slots=True)
class Login:
    """A server, and the token for it."""

    server: str
    token: str


def place() -> Path:
    """Return the file in the user's configuration folder."""
    return Path(typer.get_app_dir("fanal")) / "login.json"


def saved() -> Login | None:
    """Return the login that was kept; None: there is none. Raises Invalid for a file that is none."""
    try:
        return Login(**json.loads(place().read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as fault:
        raise Invalid(f"{place()} is no login.", next_step="Run `fanal login` again.") from fault


def login_for(server: str = "") -> Login:
    """Return the login for a server, or the one that was kept. Raises NotLoggedIn."""
    found = saved()
    if found is None or (server and address(server) != found.server):
        raise NotLoggedIn(f"This computer has no token for {server or 'any server'}.")
    return found


def save(login: Login) -> Path:
    """Keep a login so that only its owner can read it; return where."""
    file = place()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READABLE_BY_ITS_OWNER)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(asdict(login), out)
    draft.replace(file)
    return file


def address(url: str) -> str:
    """Return a server's address as it is kept. Raises Invalid for what is none, or would show the token to all."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise Invalid(f"{url!r} is no address of a server.", next_step="Write it as https://fanal.example")
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        raise Invalid("Without https, everyone on the way could read the token.", next_step="Use the https address.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def is_this_machine(host: str) -> bool:
    """Tell whether a host is the loopback."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
