"""What a dossier says, in the language of who reads it: facts as they stand, from what its agency may see."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from fanal.casework.entries.models import CountryVerdict, Entry, Fact
from fanal.casework.entries.queries import facts_of
from fanal.casework.entries.reasons import reasons_of_contents, reasons_of_entry
from fanal.casework.entries.sentences import sentence_of
from fanal.casework.evidence.queries import own_exhibits, sha256_of
from fanal.casework.notices.crops import Offered, opened_crops, opened_pictures
from fanal.casework.notices.models import Notice, Recipient
from fanal.casework.notices.queries import matter_of, own_among, recipient_for, said_of_country
from fanal.casework.notices.typesetting import pages_of, pdf_of
from fanal.engine.estimate.country import Likely, likely_countries

MOST_REASONS, MOST_REFERENCES, MOST_FILES, MOST_REASONED = 8, 4, 12, 1_000
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"
_RIGHT_TO_LEFT = {"R", "AL"}


def pdf(notice: Notice, day: date) -> bytes:
    """Return a notice's dossier as PDF, dated with a day. Raises what opening its pictures raises."""
    return pdf_of(*_dossier(notice, day))


def pages(notice: Notice, day: date) -> Sequence[bytes]:
    """Return its pages as pictures (PNG). Raises as `pdf`."""
    return pages_of(*_dossier(notice, day))


def likely_of(notice: Notice) -> Likely:
    """Return how likely the country is for a notice's matter, and why, from what its agency may see alone."""
    matter, agency = matter_of(notice), notice.agency
    if matter.entry is not None:
        reasons = reasons_of_entry(agency, matter.entry)
    else:
        found = reasons_of_contents(agency, matter.files(agency)[:MOST_REASONED])
        reasons = [reason for said in found.values() for reason in said]
    said = {one.country: one for one in likely_countries(reasons)}
    return said.get(notice.country, Likely(notice.country, 0.0, ()))


def country_name(code: str, language: str) -> str:
    """Return the name of a country in a language; its code where there is none."""
    return str(Locale(language).territories.get(code, code))


def _dossier(notice: Notice, day: date) -> tuple[dict[str, Any], dict[str, bytes]]:
    crops, pictures = opened_crops(notice.agency, notice), opened_pictures(notice.agency, notice)
    images = {f"crop-{number}.json": image for number, (_one, image) in enumerate(crops)}
    images |= {f"picture-{number}.json": image for number, (_one, image) in enumerate(pictures)}
    with override(notice.language):
        return _facts(notice, day, [one for one, _image in crops], [one for one, _image in pictures]), images


def _facts(notice: Notice, day: date, crops: Sequence[Offered], pictures: Sequence[int]) -> dict[str, Any]:
    matter, likely = matter_of(notice), likely_of(notice)
    own = own_among(notice.agency, matter.files(notice.agency))
    digests = _digests(own)
    recipient = notice.recipient or recipient_for(notice.country)
    country = country_name(notice.country, notice.language)
    score = min(99, int(likely.score * 100))
    return {
        "language": notice.language,
        "day": [day.year, day.month, day.day],
        "title": _("Notice %(reference)s") % {"reference": notice.reference},
        "reference": notice.reference,
        "country": country,
        "score": score,
        "from": {"name": notice.agency.name},
        "particulars": list(_particulars(notice, day, recipient, own)),
        "opening": paragraphs(_opening(matter.entry)),
        "reasons": _reasons(notice, likely),
        "known": paragraphs(notice.known),
        "crops": [
            {
                "file": f"crop-{number}.json",
                "title": ISOLATED.format(crop.title),
                "text": ISOLATED.format(crop.description) if crop.description else "",
                "of": _("Detail %(n)s, from file %(file)s")
                % {"n": number + 1, "file": LEFT_TO_RIGHT.format(digests.get(crop.content, "")[:12])},
            }
            for number, crop in enumerate(crops)
        ],
        "pictures": [
            {
                "file": f"picture-{number}.json",
                "of": _("File %(file)s") % {"file": LEFT_TO_RIGHT.format(digests.get(content, "")[:12])},
            }
            for number, content in enumerate(pictures)
        ],
        "asked": paragraphs(notice.asked),
        "answers": [
            _("The child, or the person concerned, is identified."),
            _("We work on it."),
            _("It is not in our country."),
            _("We need more: please say what."),
        ],
        "contact": paragraphs(notice.contact),
        "files": list(digests.values())[:MOST_FILES],
        "more_files": _("And %(n)s more.") % {"n": len(digests) - MOST_FILES} if len(digests) > MOST_FILES else "",
        "words": _words(notice, country, score),
    }


def _words(notice: Notice, country: str, score: int) -> dict[str, str]:
    return {
        "confidential": _("Confidential: for the addressee alone"),
        "page": LEFT_TO_RIGHT.format("{n} / {all}"),
        "lantern": _("A lantern, the mark of Fanal"),
        "heading": _("Notice to %(country)s") % {"country": country},
        "subheading": _("What was found likely concerns your country."),
        "why": _("Why your country"),
        "why_lead": _("The following points to your country, the strongest first, each with how strongly it speaks."),
        "score": LEFT_TO_RIGHT.format(f"{score} / 100"),
        "score_means": _("The figures order what speaks for a country. They are no probabilities, and no proof."),
        "known": _("What is known"),
        "crops": _("Places and objects"),
        "crops_lead": _("Parts of pictures, cut out and encoded anew. They show places and objects alone."),
        "pictures": _("Pictures"),
        "pictures_lead": _(
            "Two persons of our agency released these pictures to you. Show them only where it is needed."
        ),
        "asked": _("What is asked of you"),
        "answer": _("How to answer"),
        "answer_lead": _("Please confirm that you received this, and quote %(reference)s. Then tell us which holds:")
        % {"reference": LEFT_TO_RIGHT.format(notice.reference)},
        "contact": _("Whom to contact"),
        "files": _("The files"),
        "files_lead": _("SHA-256 of the files, so that you can see whether you hold one. The files stay with us."),
        "handling": _(
            "This notice is intelligence, to be handled as your law and ours require. It names no person: victims and"
            " suspects carry references alone. Do not pass it on without asking us. It was sealed for your key, so"
            " that nobody else could read it on its way."
        ),
    }


def _particulars(
    notice: Notice, day: date, recipient: Recipient | None, own: Sequence[int]
) -> Iterator[dict[str, object]]:
    def row(label: str, value: str, *, code: bool = False) -> dict[str, object]:
        return {"label": label, "value": value, "code": code}

    ours = f"{ISOLATED.format(notice.agency.name)} – {country_name(notice.agency.country, notice.language)}"
    theirs = country_name(notice.country, notice.language)
    yield row(_("To"), f"{ISOLATED.format(recipient.agency.name)} – {theirs}" if recipient else theirs)
    yield row(_("From"), ours)
    yield row(_("Date"), format_date(day, "long", locale=notice.language))
    yield row(_("Our reference"), notice.reference, code=True)
    entry = notice.entry
    if entry is not None:
        yield row(str(entry.get_kind_display()), entry.reference, code=True)
        yield from (row(_("Age"), age) for age in _age(notice, entry))
    cases = own_exhibits(notice.agency).filter(content__in=own).exclude(submission__case_reference="")
    for case in sorted(set(cases.values_list("submission__case_reference", flat=True)))[:MOST_REFERENCES]:
        yield row(_("Our case"), case, code=True)
    yield row(_("Files"), str(len(own)))


def _age(notice: Notice, entry: Entry) -> Iterator[str]:
    stated = facts_of(notice.agency, entry).get(Fact.About.AGE)
    if stated is not None:
        youngest, oldest = stated.value["youngest"], stated.value["oldest"]
        span = LEFT_TO_RIGHT.format(f"{youngest}–{oldest}" if oldest != youngest else str(youngest))
        on = format_date(date.fromisoformat(stated.value["on"]), "long", locale=notice.language)
        sure = _("known") if stated.value.get("known") else _("estimated")
        yield _("%(age)s on %(day)s (%(sure)s)") % {"age": span, "day": on, "sure": sure}


def _opening(entry: Entry | None) -> str:
    if entry is None:
        return _(
            "In files that were found in an investigation, details point to your country. What is shown there must be"
            " cleared up: a child may be at risk."
        )
    said = {
        Entry.Kind.VICTIM: _(
            "A child whom we know by this reference alone is seen in files that were found in an investigation. The"
            " child must be found."
        ),
        Entry.Kind.SERIES: _(
            "Files that belong together were found in an investigation. The child, or the children, seen in them must"
            " be found."
        ),
        Entry.Kind.SUSPECT: _(
            "A person whom we know by this reference alone appears in an investigation of abuse of children."
        ),
        Entry.Kind.PLACE: _(
            "A place that we know by this reference alone is seen in files of an investigation of abuse of children."
        ),
        Entry.Kind.OBJECT: _(
            "An object that we know by this reference alone is seen in files of an investigation of abuse of children."
        ),
    }
    return said[Entry.Kind(entry.kind)]


def _reasons(notice: Notice, likely: Likely) -> list[dict[str, object]]:
    said: list[dict[str, object]] = [
        {"sentence": sentence_of(reason), "weight": min(99, int(reason.weight * 100))}
        for reason in likely.reasons[:MOST_REASONS]
    ]
    if CountryVerdict.Verdict.CONFIRMED in said_of_country(notice):
        said.insert(0, {"sentence": _("An officer looked at all of it and confirmed your country."), "weight": 99})
    return said


def _digests(contents: Sequence[int]) -> dict[int, str]:
    return {content: sha256.hex() for content, sha256 in sha256_of(contents).items()}


def paragraphs(text: str) -> list[dict[str, object]]:
    """Return what an officer wrote, paragraph by paragraph, and whether each runs from right to left (UAX 9, P2)."""
    parts = [part.strip() for part in text.replace("\r", "").split("\n\n")]
    return [{"text": part, "rtl": _runs_right_to_left(part)} for part in parts if part]


def _runs_right_to_left(text: str) -> bool:
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in {"L", *_RIGHT_TO_LEFT}), "L") in _RIGHT_TO_LEFT
