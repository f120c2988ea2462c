"""Grants: codes, access tokens and refresh tokens, and what each of them opens."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from joserfc import jwt
from joserfc.jwk import RSAKey

from .records import Account, Json, full_scope
from .refusals import OAuthRefused

LIFETIME = timedelta(hours=1)
CODE_LIFETIME = timedelta(minutes=10)
ALIAS = {name: full_scope(f"userinfo.{name}") for name in ("email", "profile")}
SIGN_IN = frozenset(["openid", *ALIAS.values()])


@dataclass(frozen=True)
class Key:
    """A token, or a code: whose, for what, until when (None: for ever)."""

    account: Account
    scopes: frozenset[str]
    ends: datetime | None
    request: dict[str, str] = field(default_factory=dict)
    """What the authorization request said."""
    refreshable: bool = False


class Tokens:
    """The tokens of the one client that the server knows."""

    def __init__(self, client_id: str) -> None:
        self.client_id, self.issuer = client_id, ""
        self.granted: dict[str, frozenset[str]] = {}
        """Scopes by e-mail."""
        self.refresh_lifetime: timedelta | None = None
        self._codes: dict[str, Key] = {}
        self._access: dict[str, Key] = {}
        self._refresh: dict[str, Key] = {}

    def new_code(self, account: Account, scopes: frozenset[str], asked: dict[str, str], now: datetime) -> str:
        """Remembers what an account allowed and returns a code for it."""
        before = self.granted.get(account.email, frozenset())
        consented = "consent" in asked.get("prompt", "") or not scopes <= before
        self.granted[account.email] = before | scopes
        if asked.get("include_granted_scopes") == "true":
            scopes |= before
        code = "4/" + secrets.token_urlsafe(40)
        refreshable = consented and asked.get("access_type") == "offline"
        self._codes[code] = Key(account, scopes, now + CODE_LIFETIME, asked, refreshable)
        return code

    def exchange(self, code: str, redirect_uri: str, verifier: str, now: datetime) -> Json:
        """The tokens for a code, once. Raises OAuthRefused."""
        key = self._codes.pop(code, None)
        if key is None or _ended(key, now):
            raise OAuthRefused("invalid_grant", "Malformed auth code.")
        if redirect_uri != key.request["redirect_uri"]:
            raise OAuthRefused("redirect_uri_mismatch")
        if challenge(verifier) != key.request["code_challenge"]:
            raise OAuthRefused("invalid_grant", "Invalid code verifier.")
        token = self.issue(key.account, key.scopes, now, key.request.get("nonce", ""))
        return token | (self.issue_refresh(key, now) if key.refreshable else {})

    def refresh(self, refresh_token: str, asked: frozenset[str] | None, now: datetime) -> Json:
        """A new access token, perhaps for some of the scopes only. Raises OAuthRefused."""
        key = self._refresh.get(refresh_token)
        if key is None or _ended(key, now):
            raise OAuthRefused("invalid_grant", "Token has been expired or revoked.")
        if asked is not None and not asked <= key.scopes:
            raise OAuthRefused("invalid_scope", "Some requested scopes were invalid.")
        return self.issue(key.account, key.scopes if asked is None else asked, now)

    def issue(self, account: Account, scopes: frozenset[str], now: datetime, nonce: str = "") -> Json:
        """An access token, and an ID token if it is for signing in, as the token endpoint answers."""
        access = "ya29." + secrets.token_urlsafe(60)
        self._access[access] = Key(account, scopes, now + LIFETIME)
        token: Json = {"access_token": access, "token_type": "Bearer"}
        token |= {"scope": " ".join(sorted(scopes)), "expires_in": int(LIFETIME.total_seconds()) - 1}
        if "openid" in scopes:
            token["id_token"] = self._id_token(account, scopes, access, nonce, now)
        return token

    def issue_refresh(self, key: Key, now: datetime) -> Json:
        """A refresh token, as a part of the token endpoint's answer."""
        token, lifetime = "1//" + secrets.token_urlsafe(60), self.refresh_lifetime
        self._refresh[token] = Key(key.account, key.scopes, now + lifetime if lifetime else None)
        limited = {"refresh_token_expires_in": int(lifetime.total_seconds())} if lifetime else {}
        return {"refresh_token": token, **limited}

    def bearer(self, access_token: str, now: datetime) -> Key | None:
        """What an access token opens; None if nothing, or no more."""
        key = self._access.get(access_token)
        return None if key is None or _ended(key, now) else key

    def revoke(self, token: str) -> bool:
        """Ends every grant of the account that the token belongs to; False if there is no such token."""
        key = self._access.get(token) or self._refresh.get(token)
        if key:
            self.forget(key.account.email)
        return key is not None

    def forget(self, email: str, access_only: bool = False) -> None:
        """Ends an account's access tokens, and unless `access_only` all that it ever allowed."""
        kinds = [self._access] if access_only else [self._access, self._refresh, self._codes]
        for kind in kinds:
            for token in [token for token, key in kind.items() if key.account.email == email]:
                del kind[token]
        if not access_only:
            self.granted.pop(email, None)

    def _id_token(
        self, account: Account, scopes: frozenset[str], access: str, nonce: str, now: datetime
    ) -> str:
        times = {"iat": int(now.timestamp()), "exp": int((now + LIFETIME).timestamp())}
        claims = {"iss": self.issuer, "aud": self.client_id, "azp": self.client_id, **times}
        claims |= {"at_hash": _base64(hashlib.sha256(access.encode()).digest()[:16])}
        claims |= {"nonce": nonce} if nonce else {}
        claims |= profile(account, scopes) | account.claims
        return jwt.encode({"alg": "RS256", "kid": signing_key().kid}, claims, signing_key())


def profile(account: Account, scopes: frozenset[str]) -> Json:
    """What the sign-in scopes tell of an account."""
    known: Json = {"sub": account.sub}
    if ALIAS["email"] in scopes:
        known |= {"email": account.email, "email_verified": account.email_verified}
    if ALIAS["profile"] in scopes:
        known |= {"name": account.name}
    return known | ({"hd": account.domain} if account.domain else {})


def scopes_of(text: str) -> frozenset[str]:
    """The scopes of a request, in Google's full form."""
    return frozenset(ALIAS.get(name, name) for name in text.split())


def challenge(verifier: str) -> str:
    """The S256 challenge of a code verifier (RFC 7636 §4.2)."""
    return _base64(hashlib.sha256(verifier.encode()).digest())


@lru_cache
def signing_key() -> RSAKey:
    """The key of ID tokens, one for the process."""
    return RSAKey.generate_key(2048, {"kid": "stand-in", "use": "sig", "alg": "RS256"})


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _ended(key: Key, now: datetime) -> bool:
    return key.ends is not None and now >= key.ends
