"""Secrets at rest: calendar addresses, passwords and tokens are stored encrypted."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class WrongKey(Exception):
    """What is stored was encrypted under another key."""

    def __init__(self) -> None:
        super().__init__(
            "SECRET_KEY does not open the secrets in the database: it is not the one that they were stored under. "
            "Start with that one again, or add it to SECRET_KEY_FALLBACKS. If it is lost: flask --app wsgi "
            "rotate-secrets --give-up"
        )


class Vault:
    """Encrypts small dictionaries with keys derived from the application's secret; newest key first."""

    def __init__(self) -> None:
        self._newest: Fernet | None = None
        self._all: MultiFernet | None = None

    def bind(self, *secret_keys: str) -> None:
        """Sets the secrets to derive keys from: the first one encrypts, all of them decrypt."""
        keys = [Fernet(_key(secret)) for secret in secret_keys]
        self._newest, self._all = keys[0], MultiFernet(keys)

    def lock(self, plain: dict[str, str]) -> str:
        """The dictionary as an encrypted text."""
        return self._bound().encrypt(json.dumps(plain).encode()).decode()

    def unlock(self, locked: str) -> dict[str, str]:
        """The inverse of `lock`. Raises WrongKey."""
        try:
            opened: dict[str, str] = json.loads(self._bound().decrypt(locked.encode()))
        except InvalidToken as error:
            raise WrongKey from error
        return opened

    def renew(self, locked: str) -> str:
        """The same secret under the newest key; the text as it is where that key opens it. Raises WrongKey."""
        if self._newest is None:
            raise RuntimeError("the vault has no key yet")
        try:
            self._newest.decrypt(locked.encode())
        except InvalidToken:
            return self.lock(self.unlock(locked))
        return locked

    def _bound(self) -> MultiFernet:
        if self._all is None:
            raise RuntimeError("the vault has no key yet")
        return self._all


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"firsthand vault:" + secret.encode()).digest())
