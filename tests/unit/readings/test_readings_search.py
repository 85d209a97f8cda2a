"""What was read is found by its words by whoever may see the bytes, and by nobody else."""

import json
import types
from pathlib import Path
from random import Random
from typing import cast as taken_for

import pytest
from django.db import connection, transaction

from desk import content_of, examined
from fanal.casework.evidence.models import Visibility
from fanal.casework.leads.actions import propose
from fanal.casework.leads.matching import resembling
from fanal.casework.leads.models import Lead
from fanal.casework.prints.actions import write as write_examined
from fanal.casework.readings import queries
from fanal.casework.readings.actions import give_up, write
from fanal.casework.readings.models import TextLine
from fanal.casework.readings.queries import progress, search, unread, unread_among
from fanal.core.access.asking import asking_for_everybody
from fanal.core.access.models import Agency
from fanal.core.audit.models import Leaf
from fanal.doors.cli.app import run
from fanal.doors.cli.platform import Platform
from fanal.engine.fingerprint.prints import Print
from fanal.engine.text.plain import grams_of, searched_words
from fanal.engine.text.pointers import PointerKind
from lettering import page_print
from world import Cast, cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = "Tel. +33 5 61 65 12 34"
Scene = tuple[Cast, dict[str, int]]


@pytest.fixture
def scene(fresh_data: Path, tmp_path: Path) -> Scene:
    """New Zealand shares a picture, Australia keeps one to itself, and France has one."""
    who = cast()
    contents = {}
    for number, (agency, visibility) in enumerate(
        ((who.new_zealand, Visibility.ALL_CONNECTED), (who.australia, Visibility.OWN), (who.france, Visibility.OWN))
    ):
        folder = folder_of_pictures(tmp_path / agency.code, range(50 + number, 51 + number))
        delivery = submitted(agency, folder, case=f"{agency.code}-1", visibility=visibility)
        examined([delivery])
        contents[agency.code] = content_of(delivery, ".jpg").pk
    read(contents["NZ"], page_print("Boulangerie du Marché – Foix", PHONE))
    read(contents["AU"], page_print("Boulangerie Lanterne", PHONE))
    return who, contents


def read(content: int, *prints: Print) -> None:
    """Write what was read in a content."""
    with transaction.atomic():
        write(content, prints)


def found(agency: Agency, asked: str) -> list[tuple[int, str]]:
    """Return which contents show what was asked for, and in which line."""
    return [(line.content_id, line.text) for line in search(agency, asked).lines]


@pytest.mark.parametrize("asked", ["boulangerie marche", "FOIX", "Boulangerle du Marche Foix", "du marché"])
def test_a_line_is_found_by_its_words_and_in_spite_of_wrong_letters(scene: Scene, asked: str) -> None:
    who, contents = scene
    assert found(who.france, asked) == [(contents["NZ"], "Boulangerie du Marché – Foix")]


@pytest.mark.parametrize("asked", ["+33561651234", "33 5 61 65 12 34", "0033561651234", "+33-5-61-65-12-34"])
def test_a_number_is_found_however_its_digits_are_grouped(scene: Scene, asked: str) -> None:
    who, contents = scene
    assert found(who.france, asked) == [(contents["NZ"], PHONE)]


@pytest.mark.parametrize("asked", ["", " .,- ", "Lanterne", "unrelated words", "%", "\x00"])
def test_what_nobody_shows_or_what_may_not_be_seen_is_not_found(scene: Scene, asked: str) -> None:
    who, _ = scene
    assert found(who.france, asked) == []


def test_what_has_all_words_is_never_crowded_out_by_what_is_like_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, contents = scene
    read(contents["FR"], page_print(*(f"Boulangerie Foie {number}" for number in range(20))))
    monkeypatch.setattr(queries, "MOST_LINES", 3)
    lines = found(who.france, "boulangerie marche foix")
    assert lines[0] == (contents["NZ"], "Boulangerie du Marché – Foix")
    assert len(lines) == 3


def test_of_more_files_than_a_page_shows_the_newest_are_first_and_older_ones_follow(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, contents = scene
    ours, theirs = contents["FR"], contents["NZ"]
    read(ours, page_print("Boulangerie", "Boulangerie Foix"))
    monkeypatch.setattr(queries, "MOST_FILES", 1)
    newest = search(who.france, "boulangerie")
    assert newest == queries.Found(newest.lines, more=False, newest=True)
    assert [(line.content_id, line.position) for line in newest.lines] == [(ours, 0), (ours, 1), (theirs, 0)]
    older = search(who.france, "boulangerie", before=ours)
    assert older.newest
    assert [line.content_id for line in older.lines] == [theirs], "Australia's own is passed over"
    assert search(who.france, "boulangerie", before=theirs).lines == []
    monkeypatch.setattr(queries, "MOST_LINES", 2)
    cut = search(who.france, "boulangerie")
    assert cut.more
    assert [line.content_id for line in cut.lines] == [ours, ours]


LETTERS = "abc"


def test_a_search_finds_what_looking_at_every_line_finds(scene: Scene, dice: Random) -> None:
    """The functions of the database against the rule itself, with and without the server's statistics."""
    who, contents = scene
    for agency in contents:
        read(contents[agency], page_print(*(said(dice) for _ in range(40))))
    lines = [line for agency in ("NZ", "FR") for line in TextLine.objects.filter(content=contents[agency])]
    for turn in range(40):
        if turn == 20:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE readings_textline")
        asked = said(dice)
        words, grams = set(searched_words(asked)), set(grams_of(searched_words(asked)))
        alike = {
            line.pk
            for line in lines
            if words <= set(line.words) or len(grams & set(line.grams)) / len(grams) >= queries._ALIKE
        }
        assert {line.pk for line in search(who.france, asked).lines} == alike


def said(dice: Random) -> str:
    """Return a line of short words of few letters, so that many are like one another."""
    return " ".join("".join(dice.choices(LETTERS, k=dice.randint(1, 4))) for _ in range(dice.randint(1, 4)))


def test_the_system_searches_on_behalf_of_one_agency(scene: Scene) -> None:
    who, _ = scene
    with asking_for_everybody():
        assert found(who.france, "Lanterne") == []
        assert len(found(who.australia, "Lanterne")) == 1


def test_what_was_read_is_compared_by_its_text_alone(scene: Scene) -> None:
    _, contents = scene
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'leads.match' ORDER BY id DESC LIMIT 1")
        (asked,) = cursor.fetchone()
    asked = json.loads(asked) if isinstance(asked, str) else asked
    assert asked == {"contents": [contents["AU"]], "technique": "text/1"}
    with transaction.atomic():
        propose(list(resembling([contents["AU"]], "text/1")))
    assert Lead.objects.get().technique == "text/1"


def test_the_likest_comes_first(scene: Scene) -> None:
    who, contents = scene
    assert found(who.australia, "Boulangerie Lanterne")[0][0] == contents["AU"]


def test_who_may_see_it_sees_lines_pointers_and_progress(scene: Scene) -> None:
    who, contents = scene
    for content in contents.values():
        lines, pointers = queries.lines_of(who.britain, content), queries.pointers_of(who.britain, content)
        assert bool(lines) == (content == contents["NZ"])
        assert bool(pointers) == (content == contents["NZ"])
    (phone, *_) = queries.pointers_of(who.france, contents["NZ"])
    assert (phone.kind, phone.country) == (PointerKind.PHONE, "FR")
    assert progress(who.britain) == queries.Progress(1, 1)
    assert progress(who.france) == queries.Progress(1, 2)


def test_reading_again_replaces_and_examining_again_keeps_what_was_read(scene: Scene) -> None:
    who, contents = scene
    read(contents["NZ"], page_print("Quai du Port"))
    assert found(who.france, "Boulangerie") == []
    assert len(found(who.france, "quai port")) == 1
    with transaction.atomic():
        write_examined({}, {}, {})
    assert len(queries.lines_of(who.france, contents["NZ"])) == 1
    assert Leaf.objects.filter(action="readings.read").count() == 3


def test_what_is_unread_is_known_and_what_failed_is_not_tried_for_ever(scene: Scene) -> None:
    _, contents = scene
    assert unread(10, but_not=()) == [contents["FR"]]
    assert unread(10, but_not=[contents["FR"]]) == []
    with transaction.atomic():
        give_up(contents["FR"], "media.malformed")
    assert unread(10, but_not=()) == []
    # Whoever asks for it by hand has it tried again.
    assert unread_among(contents.values()) == [contents["FR"]]


def test_a_telephone_number_that_two_show_is_a_lead_that_quotes_it(scene: Scene) -> None:
    _, contents = scene
    with transaction.atomic():
        propose(list(resembling([contents["AU"]])))
    lead = Lead.objects.get()
    assert {lead.left_id, lead.right_id} == {contents["NZ"], contents["AU"]}
    assert lead.technique == "text/1"
    assert lead.why == "Both show the text “+33 5 61 65 12 34”, which few others show."


def test_the_command_lists_what_the_agency_may_see_and_is_logged(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    ready = types.SimpleNamespace(prepare=lambda: None)
    assert run(taken_for("Platform", ready), ["search", "boulangerie", "--agency", "FR", "--json"]) == 0
    (line,) = (json.loads(one) for one in capsys.readouterr().out.splitlines())
    assert line["text"] == "Boulangerie du Marché – Foix"
    assert line["found"] == ["NZ: IMG_0050.jpg"]
    assert '"asked":"boulangerie"' in Leaf.objects.filter(action="readings.searched").latest("index").entry
