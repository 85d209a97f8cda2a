"""What speaks for a country, each reason one plain sentence in the language of whoever reads it."""

from django.utils.translation import gettext_lazy as _

from fanal.engine.estimate.country import Reason, ReasonKind

_SENTENCES = {
    ReasonKind.PLACE: _("The coordinates in a file lie there, near %(quote)s."),
    ReasonKind.BORDER: _("The coordinates in a file lie near its border, at %(quote)s."),
    ReasonKind.REFERENCE: _("A catalogue reference is seen: %(quote)s."),
    ReasonKind.CLUE: _("A clue is seen that points there: %(quote)s."),
    ReasonKind.PHONE: _("A telephone number that was read has its prefix: %(quote)s."),
    ReasonKind.EMAIL: _("An e-mail address that was read has its ending: %(quote)s."),
    ReasonKind.DOMAIN: _("An internet address that was read has its ending: %(quote)s."),
    ReasonKind.CITY: _("A city of it is named: %(quote)s."),
    ReasonKind.CURRENCY: _("A price in its money was read: %(quote)s."),
    ReasonKind.COUNTRY: _("It is named: %(quote)s."),
    ReasonKind.LANGUAGE: _("The text is in a language that is official there alone: %(quote)s."),
    ReasonKind.SCRIPT: _("The text is in letters that are at home there: %(quote)s."),
    ReasonKind.ZONE: _("The camera’s clock stood in a zone that is used there: %(quote)s."),
    ReasonKind.ENTRY: _("An entry of the registry belongs there: %(quote)s."),
    ReasonKind.ORIGIN: _("It was found there. That says little: pictures are passed round the world."),
}


def sentence_of(reason: Reason) -> str:
    """Return a reason as a sentence, in the language that is active."""
    # Isolated (UAX 9), so that Latin letters do not turn an Arabic sentence round.
    quote = f"\N{FIRST STRONG ISOLATE}{reason.quote}\N{POP DIRECTIONAL ISOLATE}"
    return str(_SENTENCES[reason.kind]) % {"quote": quote}
