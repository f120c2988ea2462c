"""The OpenID provider: what it offers, its keys, its tokens."""

from flask import Response, jsonify, request

from .refusals import OAuthRefused
from .state import State
from .tokens import profile, scopes_of, signing_key


def configuration(google: State) -> Response:
    """What the provider offers, and where."""
    return jsonify(
        issuer=google.base,
        authorization_endpoint=google.base + "/o/oauth2/v2/auth",
        token_endpoint=google.base + "/token",
        userinfo_endpoint=google.base + "/v1/userinfo",
        revocation_endpoint=google.base + "/revoke",
        jwks_uri=google.base + "/oauth2/v3/certs",
        response_types_supported=["code"],
        response_modes_supported=["query"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        scopes_supported=["openid", "email", "profile"],
        token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"],
        claims_supported=["aud", "email", "email_verified", "exp", "iat", "iss", "name", "sub"],
        code_challenge_methods_supported=["plain", "S256"],
        grant_types_supported=["authorization_code", "refresh_token"],
    )


def keys(google: State) -> Response:
    """The public key that ID tokens are signed with."""
    return jsonify(keys=[signing_key().as_dict(private=False)])


def token(google: State) -> Response:
    """Tokens for a code or a refresh token (RFC 6749 §4.1.3, §6)."""
    try:
        _check_client(google)
        grants = {"authorization_code": _exchange, "refresh_token": _refresh}
        grant = grants.get(request.form.get("grant_type", ""))
        if grant is None:
            raise OAuthRefused("unsupported_grant_type")
        with google.lock:
            return jsonify(grant(google))
    except OAuthRefused as refused:
        if refused.error != "invalid_grant" or "verifier" in refused.description:
            google.complain("token", f"{refused.error} {refused.description}")
        return refused.answer()


def revoke(google: State) -> Response:
    """Ends all that the token's account allowed (RFC 7009)."""
    with google.lock:
        if google.tokens.revoke(request.form.get("token", "")):
            return jsonify({})
    return OAuthRefused("invalid_token", "Token expired or revoked").answer()


def userinfo(google: State) -> Response:
    """The claims about whoever the access token belongs to."""
    key = google.bearer()
    if key is None or "openid" not in key.scopes:
        return OAuthRefused("invalid_request", "Invalid Credentials", 401).answer()
    return jsonify(profile(key.account, key.scopes))


def _check_client(google: State) -> None:
    form, basic = request.form, request.authorization
    sent = (form.get("client_id"), form.get("client_secret"))
    if basic and basic.type == "basic":
        sent = (basic.username, basic.password)
    if sent != (google.client_id, google.client_secret):
        raise OAuthRefused("invalid_client", "Unauthorized", 401)


def _exchange(google: State) -> dict:
    code, address, verifier = (_needed(name) for name in ("code", "redirect_uri", "code_verifier"))
    return google.tokens.exchange(code, address, verifier, google.clock())


def _refresh(google: State) -> dict:
    asked = scopes_of(request.form["scope"]) if "scope" in request.form else None
    return google.tokens.refresh(_needed("refresh_token"), asked, google.clock())


def _needed(name: str) -> str:
    value = request.form.get(name)
    if not value:
        raise OAuthRefused("invalid_request", f"Missing required parameter: {name}")
    return value
