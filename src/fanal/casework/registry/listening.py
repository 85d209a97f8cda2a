"""What the registry does when it hears news from below."""

from django.db import transaction

from fanal.casework.evidence.events import ContentsErased
from fanal.casework.prints.events import PrintsMade
from fanal.casework.registry.actions import forget
from fanal.casework.registry.models import Clue
from fanal.core.jobs.actions import defer, defer_many
from fanal.core.jobs.events import JobShelved
from fanal.kit.events import listen


def start_listening() -> None:
    """Hear of new prints, of erased contents and of jobs that failed for good."""
    listen(PrintsMade, look_into)
    listen(ContentsErased, forget_erased)
    listen(JobShelved, give_up)


def look_into(news: PrintsMade) -> None:
    """Have new contents searched for all that is kept, and clues learnt that were boxed before they were examined."""
    if news.technique:
        # Clues are looked for by our own prints alone, which have not changed.
        return
    defer("registry.look", contents=list(news.contents))
    early = Clue.objects.filter(content__in=news.contents, state=Clue.State.WAITING, withdrawn_at__isnull=True)
    defer_many("registry.learn", ({"clue": str(clue)} for clue in early.values_list("pk", flat=True)))


def forget_erased(news: ContentsErased) -> None:
    """Let go of what was seen in contents that were erased, and of what was boxed in them."""
    forget(news.contents)


@transaction.atomic
def give_up(news: JobShelved) -> None:
    """Say of a clue that it could not be looked for: its page shall not wait for ever. A retry may still do it."""
    if news.task in {"registry.learn", "registry.search"}:
        clues = Clue.objects.filter(state=Clue.State.WAITING, pk__in=[news.arguments.get("clue")])
        clues.update(state=Clue.State.FAILED)
