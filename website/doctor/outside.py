"""Whether what the site needs of others answers: the mail server, and the providers that people sign in with."""

import smtplib
import ssl
from datetime import datetime
from urllib.parse import SplitResult, unquote, urlsplit

import requests

from ..config import in_force
from ..providers.delivery.email import PORTS
from .finding import Finding, fail, ok, warn, worst
from .settings import LOCAL, public

SECONDS = 5.0


def mail_server(now: datetime) -> Finding:
    """Speaks with the mail server up to signing in; no mail is sent."""
    if not in_force().smtp_url:
        return warn("SMTP_URL is not set: no mail is sent. Mails are kept, for admins to read at /outbox.")
    try:
        return _spoken_with(urlsplit(in_force().smtp_url))
    except smtplib.SMTPAuthenticationError as error:
        return fail(f"The mail server refuses the user and password in SMTP_URL ({error.smtp_code}).")
    except smtplib.SMTPNotSupportedError:
        return fail("The mail server takes no user and password, and SMTP_URL has them: take them out.")
    except smtplib.SMTPResponseException as error:
        return fail(f"The mail server does not let us in ({error.smtp_code}): ask whoever runs it.")
    except ssl.SSLError:
        return fail("The mail server's certificate does not hold, or it speaks no TLS: check SMTP_URL.")
    except (smtplib.SMTPException, OSError) as error:
        return fail(
            f"The mail server does not answer ({type(error).__name__}): check host and port of SMTP_URL."
        )


def _spoken_with(url: SplitResult) -> Finding:
    host, port = url.hostname or "", url.port or PORTS[url.scheme]
    at_once = url.scheme == "smtps"
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        if at_once
        else smtplib.SMTP(host, port, timeout=SECONDS)
    )
    with server:
        server.ehlo_or_helo_if_needed()
        encrypted = at_once or server.has_extn("starttls")
        if encrypted and not at_once:
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    if not encrypted and host not in LOCAL:
        return warn("The mail server offers no encryption: mails, and the password, travel in the open.")
    return ok("The mail server answers" + (" and lets us sign in." if url.username else "."))


def sign_in_providers(now: datetime) -> Finding:
    """Google and the other OpenID provider, as far as they are set."""
    config = in_force()
    found = [
        _discovery(name, address)
        for name, client, address in (
            ("Google", config.google_client_id, config.google_metadata_url),
            ("The OpenID provider", config.oidc_client_id, config.oidc_metadata_url),
        )
        if client
    ]
    if found:
        return worst(found)
    level = fail if public() and not config.demo else warn
    return level(
        "Nobody can sign in: set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, or OIDC_METADATA_URL, OIDC_CLIENT_ID and"
        " OIDC_CLIENT_SECRET (docs/sign-in.md)."
    )


def _discovery(name: str, address: str) -> Finding:
    try:
        answer = requests.get(address, timeout=SECONDS)
        known = answer.ok and "authorization_endpoint" in answer.json()
    except (requests.RequestException, ValueError):
        known = False
    if known:
        return ok(f"{name} answers.")
    return fail(
        f"{name} does not answer at its metadata address: people cannot sign in. May this machine reach it?"
    )
