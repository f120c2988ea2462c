"""E-mail over SMTP (RFC 5321), by the server that SMTP_URL names."""

import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from ...email_addresses import wire_email
from ...sentences import gettext_noop

# Of each single step; a delivery has about ten of them, and its lease has to outlast them all.
SECONDS = 10.0
PORTS = {"smtp": 587, "smtps": 465}
LONGEST_REASON = 200
# Refusals of the site, not of the mail (RFC 4954 §6): once its settings are mended, every mail can go.
NOT_SIGNED_IN = (530, 534, 535, 538)
NEEDS_QUOTES = re.compile(r'[()<>\[\]:;@\\,"]')
# Servers that take seven bits only are rare, but there is no need to ask.
POLICY = SMTP.clone(cte_type="7bit")


class DeliveryError(Exception):
    """The mail was not taken, this time; another attempt may help. The text is one sentence for admins."""


class MailRefused(DeliveryError):
    """The mail was refused for good (an answer of the 5xx kind)."""


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """iCalendar text that comes with a mail; `method` is the one in the text (RFC 6047 §2.4)."""

    method: str
    text: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one address. `key` is the same at each attempt, so that a mail that arrives twice is known as one;
    `written_at` is aware. `sender_name` stands in place of the sender's own name; `reply_to` is a name and an
    address."""

    key: str
    sender: str
    to: str
    subject: str
    text: str
    html: str = field(repr=False)
    written_at: datetime
    sender_name: str = ""
    reply_to: tuple[str, str] | None = None
    calendar: CalendarPart | None = None


def send(letter: Letter, smtp_url: str) -> None:
    """Hands a letter to the server at `smtp://` or `smtps://user:password@host:port`.

    Raises MailRefused where trying again is of no use, DeliveryError where it may be.
    """
    try:
        message = message_of(letter)
        with _server(urlsplit(smtp_url)) as server:
            server.send_message(message, from_addr=_bare(letter.sender), to_addrs=[wire_email(letter.to)])
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(*error.recipients[wire_email(letter.to)]) from error
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        raise DeliveryError(f"The mail server does not let us in: {error.smtp_code}.") from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPNotSupportedError, ValueError) as error:
        raise MailRefused(gettext_noop("The mail cannot be written to this address.")) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"The mail server does not answer ({type(error).__name__}).") from error


def message_of(letter: Letter) -> EmailMessage:
    """The letter as RFC 5322 has it. Raises ValueError for a line break in a name, an address or the subject."""
    message = EmailMessage(policy=POLICY)
    name, address = parseaddr(letter.sender)
    message["From"] = Address(_plain(letter.sender_name) or name, addr_spec=address)
    answers = wire_email(letter.reply_to[1]) if letter.reply_to is not None else ""
    if letter.reply_to is not None and answers.isascii():
        # An address that not every server takes is no reason to refuse a mail to somebody else.
        message["Reply-To"] = Address(_plain(letter.reply_to[0]), addr_spec=answers)
    message["To"] = Address(addr_spec=wire_email(letter.to))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = message_id(letter)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    if letter.calendar is not None:
        _enclose(message, letter.calendar)
    return message


def _enclose(message: EmailMessage, calendar: CalendarPart) -> None:
    """As the last alternative, which mail programs act on, and as a file for those that do not (RFC 6047 §2.5)."""
    text = calendar.text.decode()
    message.add_alternative(text, subtype="calendar", charset="utf-8", cte="base64")
    message.get_payload()[-1].set_param("method", calendar.method)  # type: ignore[union-attr, index]
    message.make_mixed()
    message.add_attachment(calendar.text, maintype="application", subtype="ics", filename="invite.ics")


def message_id(letter: Letter) -> str:
    """The same for each attempt at the same letter."""
    domain = _bare(letter.sender).rpartition("@")[2]
    return f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:32]}@{domain}>"


def _plain(name: str) -> str:
    """A person's name without what would need quotes: a long name loses them where its line is folded, and none is
    to look like an address."""
    return NEEDS_QUOTES.sub("", name).strip(" ")


def _bare(sender: str) -> str:
    return parseaddr(sender)[1]


@contextmanager
def _server(url: SplitResult) -> Iterator[smtplib.SMTP]:
    """A session with the server, encrypted where it offers that, signed in where the address names a user."""
    server = _connected(url)
    try:
        server.ehlo_or_helo_if_needed()
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if url.username:
            _sign_in(server, unquote(url.username), unquote(url.password or ""))
        yield server
        _leave(server)
    finally:
        server.close()


def _connected(url: SplitResult) -> smtplib.SMTP:
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=SECONDS)


def _sign_in(server: smtplib.SMTP, user: str, password: str) -> None:
    try:
        server.login(user, password)
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError("The mail server takes no user and password, and SMTP_URL has them.") from error


def _leave(server: smtplib.SMTP) -> None:
    """The mail was taken: however the server says goodbye, it is not sent once more."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        return


def _refusal(code: int, reason: bytes | str) -> DeliveryError:
    if code in NOT_SIGNED_IN:
        return DeliveryError(f"The mail server wants another user and password in SMTP_URL: {code}.")
    said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    text = f"The mail server refused: {code} {' '.join(said.split())[:LONGEST_REASON]}"
    return MailRefused(text) if code >= 500 else DeliveryError(text)
