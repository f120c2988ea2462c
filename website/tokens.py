"""Random and signed texts: manage addresses, form tokens, typed addresses that travel on, personal links."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from itsdangerous import BadData, URLSafeSerializer

WHO_HOURS = 12
FORM_HOURS = 2
PAD = 64
# How long a personal link works unless told otherwise, and at most.
PERSONAL_DAYS, MOST_PERSONAL_DAYS = 30, 365


class BadToken(Exception):
    """A token that we did not make, or not for this purpose."""


class ExpiredToken(BadToken):
    """A token of ours whose time has passed."""


@dataclass(frozen=True, slots=True)
class Who:
    """What a visitor typed, or a link filled in: the address is not known to be one (R21)."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form that we made: its nonce makes a double post one booking (R33). `shown_at` is when it was shown, None where
    it was shown again after it had been sent."""

    nonce: str
    shown_at: datetime | None


def new_token() -> str:
    """An unguessable text for an address (144 bits)."""
    return secrets.token_urlsafe(18)


class Signer:
    """Makes and reads tokens; bound to the application's secret at start."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()

    def bind(self, *secret_keys: str) -> None:
        """Sets the secrets that tokens are derived from: the first one makes them, all of them are read."""
        self._secrets = secret_keys

    def form(self, link_id: int, now: datetime, *, first: bool = False) -> str:
        """A token for one form of a link; `first`: it has not been sent yet, and remembers when it was shown."""
        # Behind the nonce, as a part of it: the release before reads such forms too, and its own are read here.
        shown = f".{int(now.timestamp() * 1000)}" if first else ""
        return self._sign("form", [link_id, secrets.token_urlsafe(12) + shown, _expiry(now, FORM_HOURS)])

    def read_form(self, token: str, link_id: int, now: datetime) -> ShownForm:
        """The content of a form token. Raises BadToken or ExpiredToken."""
        nonce = self._nonce("form", token, link_id, now)
        shown = nonce.partition(".")[2]
        return ShownForm(nonce, datetime.fromtimestamp(int(shown) / 1000, UTC) if shown else None)

    def change(self, booking_id: int, now: datetime) -> str:
        """A token for one filled-in form that changes a booking: a double post makes one change (R33)."""
        return self._sign("change", [booking_id, secrets.token_urlsafe(12), _expiry(now, FORM_HOURS)])

    def read_change(self, token: str, booking_id: int, now: datetime) -> str:
        """The nonce of a change token. Raises BadToken or ExpiredToken."""
        return self._nonce("change", token, booking_id, now)

    def who(self, email: str, now: datetime, name: str = "") -> str:
        """A typed address, and a name, as an opaque, expiring text whose length tells nothing (R21)."""
        plain = json.dumps([email, name]).encode()
        padded = plain + b" " * (-len(plain) % PAD)
        return self._cipher().encrypt_at_time(padded, int(now.timestamp())).decode().rstrip("=")

    def read_who(self, token: str, now: datetime) -> Who:
        """The content of a `who=` token. Raises BadToken or ExpiredToken."""
        whole = token.encode() + b"=" * (-len(token) % 4)
        try:
            made = self._cipher().extract_timestamp(whole)
            email, name = json.loads(self._cipher().decrypt(whole))
        except (InvalidToken, ValueError) as error:
            raise BadToken from error
        _check_expiry(made + WHO_HOURS * 3600, now)
        return Who(email, name)

    def personal(self, row_id: int, expires_at: datetime) -> str:
        """The `for=` token of a personal link, by the number of its row: whom it names is written there (R21)."""
        return self._sign("personal", [row_id, int(expires_at.timestamp())])

    def read_personal(self, token: str, now: datetime) -> int:
        """The number of the row that a `for=` token names. Raises BadToken or ExpiredToken."""
        row_id, expires = self._read("personal", token, 2)
        _check_expiry(expires, now)
        return int(row_id)

    def _nonce(self, purpose: str, token: str, owner_id: int, now: datetime) -> str:
        owner, nonce, expires = self._read(purpose, token, 3)
        if owner != owner_id:
            raise BadToken
        _check_expiry(expires, now)
        return str(nonce)

    def _sign(self, purpose: str, content: list[int | str]) -> str:
        return str(self._serializer(purpose).dumps(content))

    def _read(self, purpose: str, token: str, length: int) -> list[int]:
        try:
            content = self._serializer(purpose).loads(token)
        except BadData as error:
            raise BadToken from error
        if not isinstance(content, list) or len(content) != length:
            raise BadToken
        return content

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        newest_last = list(reversed(self._secrets))
        return URLSafeSerializer(newest_last, salt=f"firsthand {purpose}")

    def _cipher(self) -> MultiFernet:
        keys = (hashlib.sha256(b"firsthand who:" + secret.encode()).digest() for secret in self._secrets)
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def _expiry(now: datetime, hours: int) -> int:
    return int((now + timedelta(hours=hours)).timestamp())


def _check_expiry(expires: int, now: datetime) -> None:
    if now.timestamp() > expires:
        raise ExpiredToken


signer = Signer()
