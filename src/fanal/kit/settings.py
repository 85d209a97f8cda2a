"""What an operator may set, read from the environment once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from fanal.kit import machine
from fanal.kit.errors import Invalid

THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
OF_SETTINGS = "settings"
"""The word for the provider that the settings name; no agency's own has it."""
ISSUER = "Write it as https://login.ministry.example/realm."


class Reach(StrEnum):
    """How far the server may call out by itself."""

    PUBLIC = "public"
    PRIVATE = "private"
    """Also to addresses of the operator's own network."""


@dataclass(frozen=True, slots=True)
class Mail:
    """By which server mails leave, and from whom they come."""

    url: str
    sender: str


@dataclass(frozen=True, slots=True)
class Provider:
    """By which OpenID Connect provider officers may sign in."""

    word: str
    """By which it is known here: in addresses, in the terminal and in the log."""
    issuer: str
    client: str
    secret: str = field(repr=False)
    """What it gave this desk; empty where the desk shows that it holds a key."""
    key: Path | None
    """The file with that private key, in PEM; None: there is a secret."""
    name: str
    """What the button says, after "Continue with"."""
    agencies: frozenset[str]
    """Codes of the agencies whose people it speaks for; none: of all."""
    acr: tuple[str, ...]
    amr: frozenset[str]
    """Words of the provider that count as a second factor; none: its sign-in counts as a password does."""

    def speaks_for(self, agency: str) -> bool:
        """Tell whether the people of an agency, by its code, may sign in by it."""
        return not self.agencies or agency in self.agencies


@dataclass(frozen=True, slots=True)
class Settings:
    """The operator's choices; `docs/handbook/settings.md` lists each."""

    data: Path
    """Folder of everything that this machine keeps."""
    database_url: str | None
    """A PostgreSQL server; None: the embedded one in the data folder."""
    media_store: str
    """Where sealed media goes: `file:///folder` or `s3://bucket/prefix`."""
    sandbox: str
    """`confined`, or the words that accept to run without confinement."""
    migrate_url: str | None = None
    """The same PostgreSQL database for `fanal migrate`, as the role that owns the tables; None: that of the desk."""
    origin: str | None = None
    """The address at which officers reach the desk, such as `https://fanal.example`; None: this machine only."""
    postgres_programs: Path | None = None
    """Folder of the programs for the embedded server; None: Debian's, else those of the wheel."""
    text: bool = True
    """Whether text in pictures is read, where the extra that reads it is installed."""
    index_memory: int = 0
    """Bytes that the fast form of the live index may take; what would take more is kept in the compact form."""
    webhooks: Reach | None = None
    """How far alerts may be sent to addresses that agencies name; None: nothing is called."""
    mail: Mail | None = None
    """How digests are mailed; None: no mail leaves."""
    provider: Provider | None = None
    """By whom officers may sign in besides; None: by the providers of their agencies alone, where there are some."""
    log_level: str = "INFO"
    """How much is written to the log: DEBUG, INFO, WARNING or ERROR."""


def default_data_folder(environ: Mapping[str, str]) -> Path:
    """Return the data folder used when FANAL_DATA is not set."""
    if os.geteuid() == 0:
        return Path("/var/lib/fanal")
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "fanal"


def read(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of this process from its environment. Raises Invalid for a number that is none."""
    data = Path(environ.get("FANAL_DATA") or default_data_folder(environ)).absolute()
    return Settings(
        data=data,
        database_url=environ.get("DATABASE_URL") or None,
        migrate_url=environ.get("FANAL_MIGRATE_URL") or None,
        media_store=environ.get("FANAL_MEDIA_STORE") or (data / "media").as_uri(),
        sandbox=environ.get("FANAL_SANDBOX") or "confined",
        origin=environ.get("FANAL_ORIGIN") or None,
        postgres_programs=Path(environ["FANAL_PG_BIN"]) if environ.get("FANAL_PG_BIN") else None,
        text=(environ.get("FANAL_TEXT") or "on").lower() != "off",
        index_memory=_index_memory(environ),
        webhooks=_webhooks(environ),
        mail=_mail(environ),
        provider=_provider(environ),
        log_level=(environ.get("FANAL_LOG_LEVEL") or "INFO").upper(),
    )


def _index_memory(environ: Mapping[str, str]) -> int:
    """Return the bytes chosen, by default a quarter of what there is: other processes want theirs."""
    megabytes = environ.get("FANAL_INDEX_MEMORY")
    if not megabytes:
        return machine.memory() // 4
    if not (megabytes.isascii() and megabytes.isdigit()):
        raise Invalid("FANAL_INDEX_MEMORY is a whole number of megabytes.")
    return int(megabytes) << 20


def _webhooks(environ: Mapping[str, str]) -> Reach | None:
    said = (environ.get("FANAL_WEBHOOKS") or "off").lower()
    if said == "off":
        return None
    if said not in set(Reach):
        raise Invalid("FANAL_WEBHOOKS is off, public or private.")
    return Reach(said)


def _mail(environ: Mapping[str, str]) -> Mail | None:
    url = environ.get("FANAL_SMTP_URL")
    if not url:
        return None
    if urlsplit(url).scheme not in {"smtp", "smtps"} or not urlsplit(url).hostname:
        raise Invalid("FANAL_SMTP_URL is no mail server.", next_step="Write it as smtps://user:password@mail.example")
    host = urlsplit(environ.get("FANAL_ORIGIN") or "").hostname or "localhost"
    return Mail(url, environ.get("FANAL_MAIL_FROM") or f"fanal@{host}")


def _provider(environ: Mapping[str, str]) -> Provider | None:
    issuer = environ.get("FANAL_OIDC_ISSUER")
    if not issuer:
        return None
    if not is_issuer(issuer):
        raise Invalid("FANAL_OIDC_ISSUER is no issuer.", next_step=ISSUER)
    client, secret = environ.get("FANAL_OIDC_CLIENT") or "", environ.get("FANAL_OIDC_SECRET") or ""
    if not client or not secret:
        raise Invalid("FANAL_OIDC_ISSUER needs FANAL_OIDC_CLIENT and FANAL_OIDC_SECRET.")
    return Provider(
        word=OF_SETTINGS,
        issuer=issuer,
        client=client,
        secret=secret,
        key=None,
        name=environ.get("FANAL_OIDC_NAME") or urlsplit(issuer).hostname or "",
        agencies=frozenset(_words(environ, "FANAL_OIDC_AGENCIES")),
        acr=_words(environ, "FANAL_OIDC_ACR"),
        amr=frozenset(_words(environ, "FANAL_OIDC_AMR")),
    )


def is_issuer(address: str) -> bool:
    """Tell whether an address may be that of a provider: encrypted, or on this machine, and nothing besides."""
    return is_encrypted(address, plain_here=True) and "?" not in address and "#" not in address


def is_encrypted(address: str, *, plain_here: bool) -> bool:
    """Tell whether an address is https, and holds no password; `plain_here`: http to this machine will do as well."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    safe = parts.scheme == "https" or (plain_here and parts.scheme == "http" and host in THIS_MACHINE)
    plain = address.isascii() and address.isprintable() and " " not in address
    return safe and plain and bool(host) and "@" not in parts.netloc


def _words(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple((environ.get(name) or "").replace(",", " ").split())
