"""What officers of each agency may open in a large database, and the officers themselves."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from officers_crew import Officer

SAMPLE = 200
"""Ids of each kind that the officers of an agency go through."""


def seen_by_agency(agency: Any, contents: int, dice: random.Random) -> dict[str, list[str]]:
    """Return what officers of an agency may open, drawn evenly from all that it may see."""
    from fanal.casework.alerts.queries import alerts_of
    from fanal.casework.cases.queries import joined_cases
    from fanal.casework.entries.queries import visible_entries
    from fanal.casework.evidence.queries import visible_bytes, visible_contents, visible_submissions
    from fanal.casework.leads.models import Lead
    from fanal.casework.leads.queries import visible_leads
    from fanal.casework.readings.models import TextLine
    from fanal.casework.registry.queries import visible_clues
    from fanal.core.access.asking import asking

    drawn = dice.sample(range(1, contents + 1), min(contents, 10 * SAMPLE))
    with asking(agency.pk):
        held = list(visible_contents(agency).filter(pk__in=drawn).order_by("?").values_list("pk", "sha256")[:SAMPLE])
        shown = visible_bytes(agency).filter(content__in=drawn, content__state="examined", content__family="image")
        submissions = list(visible_submissions(agency).order_by("?").values_list("pk", flat=True)[:SAMPLE])
        some = list(Lead.objects.order_by("?").values_list("pk", flat=True)[: 2 * SAMPLE])
        leads = list(visible_leads(agency).filter(pk__in=some).values_list("pk", flat=True)[:SAMPLE])
        words = " ".join(TextLine.objects.filter(content__in=drawn).values_list("text", flat=True)[:SAMPLE]).split()
        known: dict[str, Iterable[object]] = {
            "contents": [pk for pk, _ in held],
            "digests": [bytes(digest or b"").hex() for _, digest in held],
            "pictures": list(shown.values_list("content", flat=True)[:SAMPLE]),
            "submissions": submissions,
            "leads": leads,
            "clues": list(visible_clues(agency).values_list("pk", flat=True)[:SAMPLE]),
            "entries": list(visible_entries(agency).order_by("-pk").values_list("pk", flat=True)[:SAMPLE]),
            "cases": list(joined_cases(agency).values_list("pk", flat=True)[:SAMPLE]),
            "numbers": list(alerts_of(agency).values_list("number", flat=True)[:SAMPLE]),
            "rare": [word for word in words if word.isdigit()],
            "common": [word for word, _ in Counter(words).most_common(5)],
        }
    return {name: [str(one) for one in some] for name, some in known.items()}


def largest_of(agency: Any) -> str:
    """Return the agency's largest submission."""
    from django.db.models import Count

    from fanal.casework.evidence.models import Submission
    from fanal.core.access.asking import asking

    with asking(agency.pk):
        found = Submission.objects.filter(agency=agency).order_by().annotate(files=Count("exhibits"))
        return str(found.order_by("-files")[0].pk)


def crew(people: dict[str, Any], port: int) -> list[Officer]:
    """Return the officers, each with what their agency may see."""
    from fanal.core.access.models import Agency

    dice = random.Random(2)
    known: dict[str, dict[str, list[str]]] = {}
    for agency in Agency.objects.all():
        seen = seen_by_agency(agency, people["size"]["contents"], dice)
        known[str(agency.pk)] = {**seen, "largest": [largest_of(agency)]}
    return [
        Officer(one["name"], one["token"], port, known[one["agency"]], random.Random(number))
        for number, one in enumerate(people["officers"])
    ]
