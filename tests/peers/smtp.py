"""A real SMTP server that takes mail, or refuses it as a test says."""

import ssl
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class _FreePort(Controller):
    """Listens on a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """`taken`: the mails so far, as they came, with the addresses of their envelopes in `envelopes`.

    `says`: what is answered to `MAIL`, `RCPT` or `DATA` (after the mail), such as {"RCPT": "550 No such user"}, in
    place of success. With `login` (user and password) nobody may send without it; with a `certificate` and its key in
    one file the server offers STARTTLS, or speaks TLS from the start (`at_once`). `encrypted` tells for each mail
    whether it came that way. `drops`: for so many mails the line is cut once they were taken, before the answer.
    """

    def __init__(
        self,
        *,
        login: tuple[str, str] | None = None,
        certificate: Path | None = None,
        at_once: bool = False,
    ) -> None:
        self.taken: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.encrypted: list[bool] = []
        self.says: dict[str, str] = {}
        self.drops = 0
        self._login = login
        values: dict[str, Any] = {}
        if login:
            values |= {"auth_required": True, "authenticator": self._knows, "auth_require_tls": False}
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            values["ssl_context" if at_once else "tls_context"] = context
        self._controller = _FreePort(self, hostname="127.0.0.1", port=0, **values)
        self._controller.start()

    def url(self, user: str = "", scheme: str = "smtp") -> str:
        """The server's address for SMTP_URL; `user` is a name and a password with a colon between."""
        return f"{scheme}://{user}{'@' if user else ''}localhost:{self._controller.port}"

    def stop(self) -> None:
        self._controller.stop()

    def _knows(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=(data.login.decode(), data.password.decode()) == self._login, handled=False)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.says:
            return self.says["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.says:
            return self.says["DATA"]
        parsed = BytesParser(EmailMessage, policy=default).parsebytes(envelope.original_content or b"")
        self.taken.append(parsed)
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        if self.drops:
            self.drops -= 1
            server.transport.close()
        return "250 Taken"
