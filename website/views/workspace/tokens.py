"""Tokens of the API: for admins."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...models import ApiToken, User
from ...services import api_token
from ...services.errors import Invalid
from ..access import admin_only, me
from ..languages import translated
from ..public.parameters import local
from ..public.words import full_date
from ..responses import see_other


@dataclass(frozen=True, slots=True)
class Row:
    """A token, who made it and when, and the day of its last use (UTC), in words."""

    token: ApiToken
    made: str
    used: str


@admin_only
def index() -> ResponseReturnValue:
    if request.method != "POST":
        return _page()
    name = request.form.get("name", "")
    try:
        made, text = api_token.make_token(name, by=me(), now=clock.now())
    except Invalid as refused:
        return _page(name=name, problem=translated(refused.errors["name"][0])), 422
    # The one page that shows it: nothing that could is kept, so there is no page to go on to.
    return _page(made=made, text=text)


def _page(*, name: str = "", problem: str = "", made: ApiToken | None = None, text: str = "") -> str:
    return render_template(
        "workspace/tokens/index.html",
        rows=[_row(token, me()) for token in api_token.tokens_in_use()],
        name=name,
        problem=problem,
        longest=api_token.LONGEST_NAME,
        made=made,
        text=text,
    )


def _row(token: ApiToken, reader: User) -> Row:
    made = full_date(local(token.created_at, reader.timezone).date())
    return Row(
        token,
        _("%(name)s, %(when)s", name=token.creator.name, when=made) if token.creator else made,
        full_date(token.used_on) if token.used_on else _("never"),
    )


@admin_only
def revoke(token_id: int) -> ResponseReturnValue:
    token = api_token.token_in_use(token_id)
    if request.method != "POST":
        return render_template("workspace/tokens/revoke.html", token=token)
    api_token.revoke_token(token_id, by=me(), now=clock.now())
    return see_other("/tokens?said=token_revoked")
