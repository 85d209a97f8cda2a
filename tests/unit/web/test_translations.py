"""Every sentence of the desk can be read in French, Spanish and Arabic."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation import gettext, templatize

import fanal
from fanal.casework.notices.drafting import NoticeBefore
from fanal.casework.notices.keys import SecretKeyShown
from fanal.casework.notices.tracking import BeingCut, KeyNotCompared, NotReleased
from fanal.casework.sharing.errors import AskedTooMuch
from fanal.core.access.provider_asked import ProviderSilent
from fanal.core.audit.errors import AuditUnavailable, LogAltered
from fanal.core.vault.errors import BlobDamaged, BlobErased
from fanal.engine.media.errors import MediaRefused
from fanal.engine.media.refusals import Refusal
from fanal.kit.errors import (
    FAILS,
    ONE_OF,
    TELL,
    Changed,
    Conflict,
    FanalError,
    Invalid,
    NotFound,
    Refused,
    StorageFull,
    Unavailable,
)

HOUSE = Path(fanal.__file__).parent
CATALOGUES = HOUSE / "doors" / "web" / "locale"
LANGUAGES = ("fr", "es", "ar")
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
SPOKEN = (
    HOUSE / "doors" / "web",
    HOUSE / "casework" / "evidence" / "models.py",
    HOUSE / "casework" / "leads" / "models.py",
    HOUSE / "casework" / "registry" / "models.py",
    HOUSE / "casework" / "entries" / "models.py",
    HOUSE / "casework" / "entries" / "sentences.py",
    HOUSE / "casework" / "notices" / "models.py",
    HOUSE / "casework" / "notices" / "drafting.py",
    HOUSE / "casework" / "notices" / "dossier.py",
    HOUSE / "casework" / "notices" / "release.py",
    HOUSE / "casework" / "alerts" / "models.py",
    HOUSE / "casework" / "dispatch" / "models.py",
    HOUSE / "casework" / "dispatch" / "digests.py",
    HOUSE / "casework" / "evidence" / "visibility.py",
    HOUSE / "casework" / "cases" / "models.py",
    HOUSE / "casework" / "retention" / "models.py",
    HOUSE / "casework" / "retention" / "deletion.py",
    HOUSE / "core" / "access" / "models.py",
    HOUSE / "core" / "access" / "roles.py",
    HOUSE / "core" / "approvals" / "models.py",
    HOUSE / "engine" / "match" / "explain.py",
    HOUSE / "engine" / "match" / "extent.py",
    HOUSE / "engine" / "match" / "phrases.py",
)
"""Where sentences stand that the desk shows."""
TOLD_IN_THE_TERMINAL = {HOUSE / "casework" / "custody" / "verify.py", HOUSE / "core" / "audit" / "witnessing.py"}
"""What a court's copy and a witness's command say: no page does."""
PROBLEMS: tuple[type[FanalError], ...] = (
    *(Conflict, Invalid, NotFound, Refused, StorageFull, Unavailable),
    *(AuditUnavailable, LogAltered, BlobDamaged, BlobErased, AskedTooMuch, Changed, ProviderSilent, MediaRefused),
    *(NoticeBefore, SecretKeyShown, KeyNotCompared, NotReleased, BeingCut),
)
OF_VISITORS = (
    *("NotFound", "Invalid", "Conflict", "Refused", "Changed", "AuditUnavailable", "AskedTooMuch", "ProviderSilent"),
    *("NoticeBefore", "SecretKeyShown", "KeyNotCompared", "NotReleased", "BeingCut"),
)
TELLS_VISITORS = ("casework", "doors/web", "core/access", "core/approvals")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")

Sentence = str | tuple[str, str]


def sentences() -> set[Sentence]:
    """Return all that the desk can say, plurals as pairs."""
    return {*_in_python(), *_in_templates(), *_of_errors()}


def _in_python() -> Iterator[Sentence]:
    for place in SPOKEN:
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            yield from _extracted(path.read_text(encoding="utf-8"))


def _in_templates() -> Iterator[Sentence]:
    for path in sorted((HOUSE / "doors" / "web" / "templates").rglob("*.html")):
        yield from _extracted(templatize(path.read_text(encoding="utf-8")))


def _extracted(source: str) -> Iterator[Sentence]:
    for _, found, _, _ in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        yield found if isinstance(found, str) else (found[0], found[1])


def _of_errors() -> Iterator[Sentence]:
    yield from (refusal.sentence for refusal in Refusal)
    yield from (problem.next_step for problem in PROBLEMS)
    yield from (FAILS, TELL, ONE_OF)
    raised = re.compile(rf'(?:{"|".join(OF_VISITORS)}|words)\(\s*"([^"]+)"[,)\s]')
    following = re.compile(r'\bnext_step="([^"]+)"[,)\s]')
    for folder in (*TELLS_VISITORS, "core/audit"):
        for path in sorted({*(HOUSE / folder).rglob("*.py")} - TOLD_IN_THE_TERMINAL):
            source = path.read_text(encoding="utf-8")
            yield from raised.findall(source)
            if folder != "core/audit":  # what follows there is the operator's to do
                yield from following.findall(source)


@pytest.fixture(params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    """The catalogue of one language."""
    path = CATALOGUES / request.param / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def test_every_sentence_is_translated(catalogue: Catalog) -> None:
    missing = [sentence for sentence in sorted(sentences(), key=str) if not _said(catalogue, sentence)]
    assert not missing


def _said(catalogue: Catalog, sentence: Sentence) -> bool:
    message = catalogue.get(sentence if isinstance(sentence, str) else sentence[0])
    if message is None or message.fuzzy:
        return False
    forms = _forms(message)
    return all(forms) and len(forms) == (1 if isinstance(sentence, str) else catalogue.num_plurals)


def test_placeholders_are_those_of_the_sentence(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            known = set(PLACEHOLDER.findall(str(message.id)))
            for number, form in enumerate(_forms(message)):
                used = set(PLACEHOLDER.findall(form))
                # A language may say "one" and "two" in words.
                counted = {"%(n)s", "%(frames)s", "%(distance)s"} if len(_forms(message)) > 1 and number < 3 else set()
                assert used <= known, (message.id, form)
                if isinstance(message.id, str):
                    assert known <= used | counted, (message.id, form)


def test_the_catalogue_compiles(catalogue: Catalog) -> None:
    assert [error for _, errors in catalogue.check() for error in errors] == []


def test_nothing_is_translated_that_nobody_says(catalogue: Catalog) -> None:
    spoken = {sentence if isinstance(sentence, str) else sentence[0] for sentence in sentences()}
    kept = {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id}
    assert kept <= spoken


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def test_a_refusal_with_numbers_in_it_is_said_in_the_readers_language() -> None:
    refusal = Invalid("A note has at most %(most)s characters.", next_step="Shorten it.", most=2000)
    assert str(refusal) == "A note has at most 2000 characters."
    with translation.override("fr"):
        assert refusal.told_visitor(gettext) == ("Une note a au plus 2000 caractères.", "Raccourcissez-le.")
    unread = Invalid("100% sure")  # nothing stands for a word here
    assert unread.spoken() == ("100% sure", Invalid.next_step)


def test_what_a_page_may_say_is_a_sentence_that_can_be_translated() -> None:
    """A sentence put together while the program runs is in no catalogue: its changing words have names."""
    written = [
        f"{path.relative_to(HOUSE)}:{call.lineno}"
        for folder in TELLS_VISITORS
        for path in sorted({*(HOUSE / folder).rglob("*.py")} - TOLD_IN_THE_TERMINAL)
        for call in _raised(ast.parse(path.read_text(encoding="utf-8")))
        if any(isinstance(part, ast.JoinedStr) for one in (*call.args, *call.keywords) for part in ast.walk(one))
    ]
    assert written == []


def _raised(source: ast.AST) -> Iterator[ast.Call]:
    """Yield the errors of the house, made where they are raised."""
    for node in ast.walk(source):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            name = node.exc.func.id if isinstance(node.exc.func, ast.Name) else ""
            if name in OF_VISITORS:
                yield node.exc
