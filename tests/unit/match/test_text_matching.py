"""Contents are linked by text that few show; only what belongs to one person or household is accepted."""

from fanal.engine.fingerprint.prints import Print
from fanal.engine.match.text.comparer import MOST_SHOWING, TextComparer
from lettering import page_print

PHONE = "Tel. +33 5 61 65 12 34"


def linked(comparer: TextComparer, *prints: Print) -> dict[int, tuple[bool, str]]:
    """Return the owners found, whether each is accepted, and why."""
    return {found.owner: (found.link.accepted, str(found.link.why)) for found in comparer.search(prints)}


def test_a_telephone_number_links_and_is_quoted() -> None:
    comparer = TextComparer()
    comparer.put(1, [page_print("Boulangerie", PHONE)])
    comparer.put(2, [page_print("Tel. +33 5 61 65 12 35")])
    assert linked(comparer, page_print("0033 561651234")) == {
        1: (True, "Both show the text “+33 561651234”, which few others show.")
    }


def test_a_phrase_and_a_domain_are_suggestions() -> None:
    comparer = TextComparer()
    comparer.put(1, [page_print("Sommerfest der Feuerwehr 2009")])
    comparer.put(2, [page_print("www.lighthouse.fr")])
    found = linked(comparer, page_print("Sommerfest der Feuerwehr 2009", "lighthouse.fr"))
    assert {owner: accepted for owner, (accepted, _) in found.items()} == {1: False, 2: False}


def test_common_words_never_link() -> None:
    comparer = TextComparer()
    comparer.put(1, [page_print("OPEN", "No smoking", "12:30")])
    assert len(comparer) == 0
    assert linked(comparer, page_print("OPEN", "No smoking", "12:30")) == {}


def test_what_many_show_links_none_of_them() -> None:
    comparer = TextComparer()
    for owner in range(MOST_SHOWING):
        comparer.put(owner, [page_print(PHONE)])
        # Searching between makes several tiers: rarity is counted over all of them.
        assert len(linked(comparer, page_print(PHONE))) == owner + 1
    comparer.put(MOST_SHOWING, [page_print(PHONE, "post@lighthouse.example.org")])
    assert linked(comparer, page_print(PHONE)) == {}
    assert list(linked(comparer, page_print(PHONE, "post@lighthouse.example.org"))) == [MOST_SHOWING]


def test_the_surest_of_several_makes_the_link() -> None:
    comparer = TextComparer()
    comparer.put(1, [page_print(PHONE, "Sommerfest der Feuerwehr 2009", "www.lighthouse.fr")])
    (found,) = comparer.search([page_print("Sommerfest der Feuerwehr 2009", PHONE, "www.lighthouse.fr")])
    assert found.link.accepted
    assert found.link.agreeing == 3
    assert "+33 5 61 65 12 34" in str(found.link.why)
