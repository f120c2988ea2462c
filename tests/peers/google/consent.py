"""Google's page where a person chooses an account and says what the site may do."""

import re
from urllib.parse import urlencode

from flask import Response, redirect, render_template_string, request

from .discovery import all_scopes
from .records import Account
from .state import State
from .tokens import SIGN_IN, scopes_of

KNOWN = {
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "prompt",
    "code_challenge_method", "access_type", "login_hint", "hd", "include_granted_scopes", "hl",
}  # fmt: skip
NEEDED = ("client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge")
VALUES = {
    "response_type": {"code"},
    "code_challenge_method": {"S256"},
    "access_type": {"online", "offline"},
    "include_granted_scopes": {"true", "false"},
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in with a stand-in for Google</title></head><body><main>
<h1>Sign in with a stand-in for Google</h1>
<form method="post">
{% if accounts|length == 1 %}<p>{{ accounts[0].email }}</p>
<input type="hidden" name="account" value="{{ accounts[0].email }}">{% else %}
<fieldset><legend>Choose an account</legend>{% for account in accounts %}
<p><label><input type="radio" name="account" value="{{ account.email }}" required
{%- if account.email == hint %} checked{% endif %}> {{ account.email }}</label></p>{% endfor %}</fieldset>
{% endif %}{% if wanted %}<fieldset><legend>The site wants access</legend>{% for scope in wanted %}
{% if wanted|length > 1 %}<p><label><input type="checkbox" name="scope" value="{{ scope }}"
{%- if scope not in unticked %} checked{% endif %}> {{ scope }}</label></p>
{% else %}<p><input type="hidden" name="scope" value="{{ scope }}">{{ scope }}</p>{% endif %}{% endfor %}
</fieldset>{% endif %}
<p><button name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button></p>
</form></main></body></html>"""


def page(google: State) -> Response:
    """The question; an error page if the site asked wrongly."""
    if wrong := _wrong(google):
        return _error(google, wrong)
    accounts = list(google.accounts.values())
    hint, wanted = request.args.get("login_hint"), sorted(_wanted())
    values = {"accounts": accounts, "hint": hint, "wanted": wanted, "unticked": google.unticked}
    return Response(render_template_string(PAGE, **values))


def decide(google: State) -> Response:
    """Sends the browser back with a code, or with the news that the person refused."""
    account = google.accounts.get(request.form.get("account", ""))
    if wrong := _wrong(google):
        return _error(google, wrong)
    if request.form.get("decision") != "allow":
        return _back({"error": "access_denied"})
    if account is None:
        return page(google)
    google.unticked.clear()
    return _back(_granted(google, account))


def _granted(google: State, account: Account) -> dict[str, str]:
    ticked = _wanted() & frozenset(request.form.getlist("scope"))
    scopes = ticked | (scopes_of(request.args["scope"]) & SIGN_IN)
    with google.lock:
        code = google.tokens.new_code(account, scopes, request.args.to_dict(), google.clock())
    return {"code": code, "scope": " ".join(sorted(scopes)), "authuser": "0", "iss": google.base}


def _wanted() -> frozenset[str]:
    """What is asked beyond signing in."""
    return scopes_of(request.args["scope"]) - SIGN_IN


def _back(values: dict[str, str]) -> Response:
    values = {"state": request.args["state"], **values}
    joint = "&" if "?" in request.args["redirect_uri"] else "?"
    return redirect(request.args["redirect_uri"] + joint + urlencode(values))


def _wrong(google: State) -> str:
    """What is wrong with the request for authorization; empty if nothing is."""
    args = request.args
    if args.get("client_id") != google.client_id:
        return "invalid_client"
    if not google.may_return_to(args.get("redirect_uri", "")):
        return f"redirect_uri_mismatch {args.get('redirect_uri')}"
    checks = {
        "unknown or repeated": [n for n in args if n not in KNOWN or len(args.getlist(n)) > 1],
        "missing": [name for name in NEEDED if not args.get(name)],
        "bad": [name for name, allowed in VALUES.items() if name in args and args[name] not in allowed],
    }
    text = "; ".join(f"{problem}: {', '.join(names)}" for problem, names in checks.items() if names)
    return f"invalid_request {text}" if text else _wrong_values(args)


def _wrong_values(args) -> str:
    scopes = scopes_of(args["scope"])
    if unknown := scopes - SIGN_IN - all_scopes():
        return f"invalid_scope {' '.join(sorted(unknown))}"
    if args.get("code_challenge_method") != "S256" or not re.fullmatch(r"[\w-]{43}", args["code_challenge"]):
        return "invalid_request PKCE with S256 is needed"
    if "openid" in scopes and not args.get("nonce"):
        return "invalid_request nonce is needed"
    if not set(args.get("prompt", "").split()) <= {"consent", "select_account"}:
        return "invalid_request bad: prompt"
    return ""


def _error(google: State, wrong: str) -> Response:
    google.complain("authorize", wrong)
    text = "<!doctype html><title>Error</title><p>Access blocked. Error 400: {{ wrong }}</p>"
    return Response(render_template_string(text, wrong=wrong), 400)
