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


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_values: Any) -> None:
        """Tests read `Google.calls` instead."""


class Google(People):
    """Google's sign-in and calendar on a free port of 127.0.0.1.

    `metadata_url` and `calendar_url` are what a site is configured with. `redirect_uris` may end in an asterisk.
    `clock` returns the present time, aware. `fail` and `heal` are those of faults.Faults.
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
        self.fail, self.heal = self.faults.add, self.faults.clear
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

    def consent(self, url: str, account: str, *, untick: Iterable[str] = (), deny: bool = False) -> str:
        """Goes through the consent page as a person would. Returns the address that the browser is sent to.

        `url` is the address with the site's question, `account` an e-mail, `untick` names of scopes.
        """
        page = requests.get(url, timeout=10)
        assert page.status_code == 200, page.text
        boxes = {scope for scope, checked in BOX.findall(page.text) if checked}
        refused = set(map(full_scope, untick))
        assert refused <= boxes, f"there is no ticked box for {refused - boxes}"
        hidden = re.findall(r'type="hidden" name="scope" value="([^"]+)"', page.text)
        ticked, decision = [*hidden, *(boxes - refused)], "deny" if deny else "allow"
        form = {"account": account, "scope": ticked, "decision": decision}
        answer = requests.post(url, data=form, allow_redirects=False, timeout=10)
        assert answer.is_redirect, f"there is no account {account}"
        return answer.headers["Location"]

    def grant(self, email: str, *scopes: str) -> dict[str, Any]:
        """The token that linking the account with these calendar scopes would end in, without the way there."""
        full = scopes_of("openid email") | set(map(full_scope, scopes))
        now, account = self.clock(), self.accounts[email]
        self.tokens.granted[email] = self.tokens.granted.get(email, frozenset()) | full
        lasting = self.tokens.issue_refresh(Key(account, full, None), now)
        return self.tokens.issue(account, full, now) | lasting

    def notify(self, channel_id: str, state: str = "exists") -> list[int]:
        """Tells a channel's address of a change; before the first notice comes `sync`. Returns the statuses."""
        channel = self.channels[channel_id]
        assert channel.ends > self.clock(), "the channel has expired"
        states = [state] if channel.messages else ["sync", state]
        return [send_notice(channel, each) for each in states]
