"""Secrets at rest: calendar addresses, passwords and tokens are stored encrypted."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, MultiFernet


class Vault:
    """Encrypts small dictionaries with keys derived from the application's secret; newest key first."""

    def __init__(self) -> None:
        self._fernet: MultiFernet | None = None

    def bind(self, *secret_keys: str) -> None:
        """Sets the secrets to derive keys from: the first one encrypts, all of them decrypt."""
        self._fernet = MultiFernet([Fernet(_key(secret)) for secret in secret_keys])

    def lock(self, plain: dict[str, str]) -> str:
        """The dictionary as an encrypted text."""
        return self._bound().encrypt(json.dumps(plain).encode()).decode()

    def unlock(self, locked: str) -> dict[str, str]:
        """The inverse of `lock`. Raises `cryptography.fernet.InvalidToken` under a foreign key."""
        opened: dict[str, str] = json.loads(self._bound().decrypt(locked.encode()))
        return opened

    def _bound(self) -> MultiFernet:
        if self._fernet is None:
            raise RuntimeError("the vault has no key yet")
        return self._fernet


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"firsthand vault:" + secret.encode()).digest())
