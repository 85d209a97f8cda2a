"""`fanal provider`: by whose sign-in the people of an agency may come in."""

import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fanal.doors.cli.platform import platform_of
from fanal.kit import settings

if TYPE_CHECKING:
    from fanal.kit.settings import Provider

Word = Annotated[str, typer.Argument(help="A short word for it, such as fr-police: small letters, digits, hyphens.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    provider = typer.Typer(no_args_is_help=True, help="Let agencies' people sign in by their own provider.")
    provider.command("add")(add)
    provider.command("list")(list_providers)
    provider.command("remove")(remove)
    app.add_typer(provider, name="provider")


def add(
    context: typer.Context,
    word: Word,
    agency: Annotated[str, typer.Option(help="Code of the agency whose people it may let in, and nobody else's.")],
    issuer: Annotated[str, typer.Option(help="The issuer as it calls itself, such as https://login.police.example.")],
    client: Annotated[str, typer.Option(help="The name that it gave this desk.")],
    name: Annotated[str, typer.Option(help="What the button says: Continue with … Without it: its host.")] = "",
    key: Annotated[
        Path | None, typer.Option(help="A private key in PEM, read at each sign-in (private_key_jwt), not a secret.")
    ] = None,
    acr: Annotated[list[str] | None, typer.Option(help="A value of acr that counts as a second factor.")] = None,
    amr: Annotated[list[str] | None, typer.Option(help="A value of amr that counts as a second factor.")] = None,
) -> None:
    """Let an agency's people sign in by a provider of OpenID Connect; or change the one that has this word.

    Its secret is asked for or read from standard input, and kept sealed.
    """
    platform_of(context).prepare()
    from urllib.parse import urlsplit

    from fanal.core.access.providers import keep_provider
    from fanal.core.access.queries import agency_by_code, operator_of
    from fanal.kit.settings import Provider

    speaks_for = agency_by_code(agency)
    known = Provider(
        word=word,
        issuer=issuer,
        client=client,
        secret="" if key else _secret(),
        key=key.absolute() if key else None,
        name=name or urlsplit(issuer).hostname or "",
        agencies=frozenset({agency}),
        acr=tuple(acr or ()),
        amr=frozenset(amr or ()),
    )
    keep_provider(speaks_for, known, operator_of(speaks_for))
    sys.stderr.write("Register with the provider:\n")
    for about, address in _addresses(known).items():
        sys.stdout.write(f"{about}  {address}\n")


def list_providers(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """List the providers, that of the settings first, and the addresses to register with each."""
    platform_of(context).prepare()
    from fanal.core.access.providers import providers

    for one in providers():
        told = {
            "provider": one.word,
            "agencies": sorted(one.agencies),
            "issuer": one.issuer,
            "client": one.client,
            "name": one.name,
            "key": str(one.key) if one.key else None,
            "second_factor": {"acr": list(one.acr), "amr": sorted(one.amr)},
            **_addresses(one),
        }
        line = f"{one.word}  {', '.join(sorted(one.agencies)) or 'all agencies'}  {one.name}  {one.issuer}"
        sys.stdout.write((json.dumps(told, ensure_ascii=False) if as_json else line) + "\n")


def remove(context: typer.Context, word: Word) -> None:
    """Have an agency's provider let nobody in any more. Sessions that it began end at once."""
    platform_of(context).prepare()
    from fanal.core.access.providers import remove_provider
    from fanal.core.access.queries import operator_of

    ended = remove_provider(word, operator_of(None))
    sys.stderr.write(f"{word} lets nobody in any more; {ended} sessions ended.\n")


def _addresses(provider: "Provider") -> dict[str, str]:
    """Return what to register with a provider: where it sends people back to, and where it says that they left."""
    origin = (settings.read().origin or "http://127.0.0.1:8000").rstrip("/")
    here = f"{origin}/sign-in/provider/"
    own = here if provider.word == settings.OF_SETTINGS else f"{here}{provider.word}/"
    return {
        "redirect_uri": f"{own}back/",
        "post_logout_redirect_uri": f"{origin}/sign-in/",
        "backchannel_logout_uri": f"{own}out/",
    }


def _secret() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Secret: ")
    return sys.stdin.readline().rstrip("\n")
