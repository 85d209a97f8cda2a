"""What a digest says, in the language of its reader: references and counts in plain text."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import translation
from django.utils.translation import gettext, ngettext

from fanal.casework.alerts.models import Alert
from fanal.casework.dispatch.messages import link
from fanal.casework.dispatch.models import Digest
from fanal.kit import clock
from fanal.kit.settings import Mail

MOST_ALERTS, MOST_SUBJECTS = 50, 3


def mail_of(digest: Digest, alerts: Sequence[Alert], mail: Mail) -> EmailMessage:
    """Return the mail that tells a person of alerts, the latest of which are named."""
    made = EmailMessage()
    with translation.override(digest.user.language):
        count = ngettext("%(n)s new alert", "%(n)s new alerts", len(alerts)) % {"n": len(alerts)}
        made["Subject"] = f"Fanal · {digest.agency.code} · {count}"
        made.set_content("\n".join(_lines(alerts, count)) + "\n")
    made["From"], made["To"] = mail.sender, digest.address
    made["Date"] = format_datetime(clock.now())
    # The same mail, sent twice because its end was not written down, can be told by its name.
    domain = mail.sender.rpartition("@")[2]
    made["Message-ID"] = f"<digest.{digest.user_id}.{max(alert.number for alert in alerts)}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    return made


def _lines(alerts: Sequence[Alert], count: str) -> list[str]:
    lines = [count, link(), ""]
    for alert in alerts[-MOST_ALERTS:]:
        lines.append(f"{alert.number}  {alert.get_kind_display()} · {alert.other.code} · {alert.count}")
        lines += [f"    {subject}" for subject in alert.subjects[:MOST_SUBJECTS]]
    lines += ["", gettext("No material is in this mail. Sign in to see what it is about, or to choose no more mails.")]
    return lines
