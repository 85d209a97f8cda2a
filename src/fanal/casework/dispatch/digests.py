"""What a digest says, in the language of its reader: references and counts in plain text."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import translation
from django.utils.translation import gettext, ngettext

from fanal.casework.alerts.models import Alert
from fanal.casework.dispatch import signing
from fanal.casework.dispatch.messages import link
from fanal.casework.dispatch.models import Digest
from fanal.kit import clock, settings
from fanal.kit.settings import Mail

CONFIRM = "/alerts/mail/confirm/"
MOST_ALERTS, MOST_SUBJECTS = 50, 3


def mail_of(digest: Digest, alerts: Sequence[Alert], mail: Mail) -> EmailMessage:
    """Return the mail that tells a person of alerts, the latest of which are named."""
    with translation.override(digest.user.language or None):
        count = ngettext("%(n)s new alert", "%(n)s new alerts", len(alerts)) % {"n": len(alerts)}
        # The same mail, sent twice because its end was not written down, can be told by its name.
        name = f"digest.{digest.user_id}.{max(alert.number for alert in alerts)}"
        return _mail(digest, mail, name, f"{digest.agency.code} · {count}", _lines(alerts, count))


def asking_mail_of(digest: Digest, mail: Mail) -> EmailMessage:
    """Return the mail that asks whether an address is a person's: it holds the link that says so."""
    word = signing.word_for(digest.user_id, digest.address)
    way = f"{settings.read().origin or ''}{CONFIRM}{word}/"
    with translation.override(digest.user.language or None):
        lines = (
            gettext("Somebody at Fanal chose this address to be mailed what is new. If it was you, sign in and open:"),
            *("", way, ""),
            gettext("If it was not you, do nothing: no other mail follows."),
        )
        return _mail(digest, mail, f"confirm.{digest.user_id}.{word[:16]}", gettext("Is this your address?"), lines)


def _mail(digest: Digest, mail: Mail, name: str, subject: str, lines: Sequence[str]) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = f"Fanal · {subject}"
    made.set_content("\n".join(lines) + "\n")
    made["From"], made["To"] = mail.sender, digest.address
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{name}@{mail.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    return made


def _lines(alerts: Sequence[Alert], count: str) -> list[str]:
    lines = [count, link(), ""]
    for alert in alerts[-MOST_ALERTS:]:
        lines.append(f"{alert.number}  {alert.get_kind_display()} · {alert.other.code} · {alert.count}")
        lines += [f"    {subject}" for subject in alert.subjects[:MOST_SUBJECTS]]
    lines += ["", gettext("No material is in this mail. Sign in to see what it is about, or to choose no more mails.")]
    return lines
