"""What the stand-in remembers while it runs, and a log of what was asked of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from threading import Event, RLock

from flask import request

from .faults import Faults
from .records import Account, Calendar, Call, Channel, Invitation, Json, Meet
from .tokens import Key, Tokens


class State:
    """Everything that handlers read and change; `lock` is held while they do."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uris: tuple[str, ...],
        clock: Callable[[], datetime],
    ) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self.redirect_uris = redirect_uris
        self.clock = clock
        self.base = ""
        self.lock = RLock()
        self.stopping = Event()
        self.faults = Faults(self.stopping)
        self.tokens = Tokens(client_id)
        self.accounts: dict[str, Account] = {}
        self.calendars: dict[str, Calendar] = {}
        self.channels: dict[str, Channel] = {}
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self.invitations: list[Invitation] = []
        self.unticked: set[str] = set()
        self.meet = Meet()
        self.page_size = 250
        self.http_webhooks = False
        self._numbers = count(1)

    def calls_of(self, method: str) -> list[Call]:
        """The calls of methods whose id starts so."""
        return [call for call in self.calls if call.method.startswith(method)]

    @property
    def token_forms(self) -> list[Json]:
        """Every form that the token endpoint received."""
        return [call.body for call in self.calls_of("token")]

    def complain(self, method: str, text: str) -> None:
        """Remembers that a client, or the stand-in itself, did something that Google would not do."""
        self.complaints.append(f"{method}: {text}")

    def may_return_to(self, address: str) -> bool:
        """Whether a redirect address is registered; a registered one may end in an asterisk."""
        return any(
            address.startswith(known[:-1]) if known.endswith("*") else address == known
            for known in self.redirect_uris
        )

    def bearer(self) -> Key | None:
        """What the access token of the present request opens."""
        sent = request.authorization
        token = sent.token if sent and sent.type == "bearer" else None
        return self.tokens.bearer(token, self.clock()) if token else None

    def new_etag(self) -> str:
        """An etag that was never used before."""
        return f'"{3_000_000_000_000_000 + next(self._numbers)}"'

    def stamp(self) -> str:
        """The time as Google writes it into `created` and `updated`."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
