"""Internet and e-mail addresses, and the countries whose ending they bear."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"(?<![\w@.-])(?:(?P<user>[a-z0-9._%+-]{{1,64}})@)?(?P<domain>(?:{_NAME}\.){{1,5}}(?P<end>[a-z]{{2,10}}))(?![\w@-])",
    re.IGNORECASE,
)
_GENERIC = " com org net info biz edu gov mil int name pro online shop site app dev xyz "
_FOR_ALL = " tv io me co ai fm ly cc ws to gg im sh ac la tk ml ga cf gq vc sc st ms nu pw gl cx su "
"""Endings of countries that are sold to everyone: they point nowhere."""
_FILES = " md py sh pl rs so ps "
"""Endings of countries that are also those of files: they count only after www or in an e-mail address."""
_OTHERWISE = {"uk": "GB", "eu": None, "ac": None}


@cache
def _countries() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("countries.txt").read_text("ascii").split())


def domains_in(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield each address as it was read, its ending in small letters, and whether it is one of e-mail."""
    for match in _ADDRESS.finditer(text):
        end, mail = match["end"].lower(), match["user"] is not None
        sure = mail or match["domain"].lower().startswith("www.")
        known = f" {end} " in _GENERIC or end.upper() in _countries() or end in _OTHERWISE
        if known and (sure or f" {end} " not in _FILES) and any(map(str.isalpha, match["domain"].rsplit(".", 1)[0])):
            yield match[0], end, mail


def addresses_in(text: str, *, mail: bool) -> Iterator[tuple[str, str]]:
    """Yield (address as it was read, country) of e-mail addresses, or of all others."""
    for quote, end, is_mail in domains_in(text):
        country = _OTHERWISE.get(end, end.upper() if end.upper() in _countries() else None)
        if is_mail == mail and country is not None and f" {end} " not in _FOR_ALL:
            yield quote, country
