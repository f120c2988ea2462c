"""A small OpenID provider, as Keycloak is one: no accounts, one person, and answers that a test can spoil."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "firsthand", "of the small provider"
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})


class OpenidProvider:
    """`metadata` and `claims` are laid over what would be said; `token_body` and `keys_body` replace a whole answer.

    `algorithm` is what ID tokens are signed with: RS256, none, or HS256 with the public key as the secret.
    """

    def __init__(self) -> None:
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.token_body: str | None = None
        self.keys_body: str | None = None
        self.algorithm = "RS256"
        self._codes: dict[str, dict[str, str]] = {}
        app = Flask(__name__)
        app.add_url_rule("/realm/.well-known/openid-configuration", "metadata", self._metadata)
        app.add_url_rule("/keys", "keys", self._keys)
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self.issuer = self.base + "/realm"
        self.metadata_url = self.issuer + "/.well-known/openid-configuration"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def agree(self, address: str) -> str:
        """Says yes to the question of a site; returns where the browser is sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT_ID
        code = f"code{len(self._codes)}"
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def _metadata(self) -> Response:
        usual = {
            "issuer": self.issuer,
            "authorization_endpoint": self.base + "/authorize",
            "token_endpoint": self.base + "/token",
            "jwks_uri": self.base + "/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
        }
        return jsonify({name: value for name, value in (usual | self.metadata).items() if value is not None})

    def _keys(self) -> Response:
        return _said(self.keys_body) or jsonify(KeySet([KEY]).as_dict(private=False))

    def _token(self) -> Response:
        basic = request.authorization
        if not basic or (basic.username, basic.password) != (CLIENT_ID, CLIENT_SECRET):
            return _error("invalid_client")
        asked = self._codes.pop(request.form["code"], None)
        if asked is None or _challenge(request.form["code_verifier"]) != asked["code_challenge"]:
            return _error("invalid_grant")
        answer = {"access_token": "a", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}
        return _said(self.token_body) or jsonify(answer)

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "f:1:ada", "iat": now, "exp": now + 300}
        claims |= {"nonce": nonce, "email": "ada@acme.example", "email_verified": True, "name": "Ada Ames"}
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        return SIGNED[self.algorithm]({"alg": self.algorithm, "kid": KEY.kid}, claims)


def _said(body: str | None) -> Response | None:
    return None if body is None else Response(body, content_type="application/json")


def _error(code: str) -> Response:
    return Response(json.dumps({"error": code}), 400, content_type="application/json")


def _challenge(verifier: str) -> str:
    return _base64(hashlib.sha256(verifier.encode()).digest())


def _by_hand(sign: Callable[[bytes], bytes]) -> Callable[[dict, dict], str]:
    """A token (RFC 7515 §3.1) made as an attacker makes it, whom no library holds back."""

    def made(header: dict[str, str], claims: dict[str, Any]) -> str:
        body = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
        return f"{body}.{_base64(sign(body.encode()))}"

    return made


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


SIGNED: dict[str, Callable[[dict, dict], str]] = {
    "RS256": lambda header, claims: jwt.encode(header, claims, KEY),
    "none": _by_hand(lambda _body: b""),
    "HS256": _by_hand(lambda body: hmac.digest(KEY.as_pem(private=False), body, "sha256")),
}
