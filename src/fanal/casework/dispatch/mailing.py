"""One mail by the operator's mail server, which is spoken to encrypted unless it is on this machine."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from fanal.kit.errors import Unavailable
from fanal.kit.settings import Mail

PATIENCE_SECONDS = 20.0
LOCAL = {"localhost", "127.0.0.1", "::1"}
SUBMISSION_PORT, ENCRYPTED_PORT = 587, 465


class MailRefused(Unavailable):
    """The mail server does not answer, or does not take the mail."""

    code = "dispatch.mail_refused"
    next_step = "See that FANAL_SMTP_URL is right and that the mail server runs. It is tried again by itself."


def send(message: EmailMessage, mail: Mail) -> None:
    """Send one mail. Raises MailRefused, naming no address."""
    server = urlsplit(mail.url)
    host = server.hostname or ""
    try:
        with _connected(server.scheme, host, server.port) as smtp:
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as fault:
        raise MailRefused(f"The mail server does not take it ({type(fault).__name__}).") from None


def _connected(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    safe = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or ENCRYPTED_PORT, timeout=PATIENCE_SECONDS, context=safe)
    smtp = smtplib.SMTP(host, port or SUBMISSION_PORT, timeout=PATIENCE_SECONDS)
    if host not in LOCAL:
        try:
            smtp.starttls(context=safe)
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
    return smtp
