"""The stand-in as tests use it: a server in a thread, and hands to steer it."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from threading import Thread
from typing import Any, Self

import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from .app import make_app
from .channels import send_notice
from .people import People
from .records import full_scope
from .tokens import Key, scopes_of

ANYWHERE_HERE = ("http://localhost*", "http://127.0.0.1*")
BOX = re.compile(r'type="checkbox" name="scope" value="([^"]+)"( checked)?')
SIGN_IN_TOO = ("openid", "email")


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_values: Any) -> None:
        """Tests read `Google.calls` instead."""


class Google(People):
    """Google's sign-in and calendar on a free port of 127.0.0.1.

    `metadata_url` and `calendar_url` are what a site is configured with. `redirect_uris` may end in an asterisk.
    `clock` returns the present time, aware.
    """

    def __init__(
        self,
        *,
        client_id: str = "a-site.apps.googleusercontent.com",
        client_secret: str = "GOCSPX-of-the-stand-in",
        redirect_uris: tuple[str, ...] = ANYWHERE_HERE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(client_id, client_secret, redirect_uris, clock)
        self._server = make_server("127.0.0.1", 0, make_app(self), threaded=True, request_handler=_Quiet)
        self.base = self.tokens.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self.metadata_url = self.base + "/.well-known/openid-configuration"
        self.calendar_url = self.base + "/calendar/v3"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def start(self) -> Self:
        """Begins to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends the server, and all waiting in it."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def fail(
        self,
        kind: str,
        times: int | None = 1,
        *,
        method: str | None = None,
        seconds: float = 0,
        retry_after: int | None = None,
    ) -> None:
        """Lets the next `times` calls go wrong; None: until `heal`.

        `kind`: a name of refusals.REFUSALS, or of faults.KINDS: invalid_grant (of the token endpoint), slow (waits
        `seconds`), lost_before and lost_after (the connection drops after `seconds`, without or with the effect),
        truncated, html, down (every call drops). `method`: only calls whose id starts so, such as
        `calendar.events.insert`, `token`, or "" for any; usually any of the calendar's. Raises ValueError.
        """
        self.faults.add(kind, times, method, seconds, retry_after)

    def heal(self) -> None:
        """Everything works again."""
        self.faults.clear()

    def consent(
        self, authorize_url: str, account: str, *, untick: Iterable[str] = (), deny: bool = False
    ) -> str:
        """Goes through the consent page as a person would. Returns the address that the browser is sent to."""
        page = requests.get(authorize_url, timeout=10)
        assert page.status_code == 200, page.text
        boxes = {scope for scope, checked in BOX.findall(page.text) if checked}
        refused = set(map(full_scope, untick))
        assert refused <= boxes, f"there is no ticked box for {refused - boxes}"
        hidden = re.findall(r'type="hidden" name="scope" value="([^"]+)"', page.text)
        form = {
            "account": account,
            "scope": [*hidden, *(boxes - refused)],
            "decision": "deny" if deny else "allow",
        }
        answer = requests.post(authorize_url, data=form, allow_redirects=False, timeout=10)
        return answer.headers["Location"]

    def grant(self, email: str, *scopes: str) -> dict[str, Any]:
        """The token that linking the account with these calendar scopes would end in, without the way there."""
        full = scopes_of(" ".join(SIGN_IN_TOO)) | set(map(full_scope, scopes))
        now, account = self.clock(), self.accounts[email]
        self.tokens.granted[email] = self.tokens.granted.get(email, frozenset()) | full
        return self.tokens.issue(account, full, now) | self.tokens.issue_refresh(
            Key(account, full, None), now
        )

    def notify(self, channel_id: str, state: str = "exists") -> list[int]:
        """Tells a channel's address of a change; before the first notice comes `sync`. Returns the statuses."""
        channel = self.channels[channel_id]
        assert channel.ends > self.clock(), "the channel has expired"
        states = [state] if channel.messages else ["sync", state]
        return [send_notice(channel, each) for each in states]
