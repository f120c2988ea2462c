"""Linking a calendar account: by a form, or with one click where there is nothing to ask."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form

from ... import clock
from ...forms.connect import connect_form, typed_secret
from ...providers.calendars import CALENDAR_PROVIDERS
from ...providers.calendars.base import CalendarProvider
from ...providers.calendars.errors import CalendarError
from ...services.account_trial import read_at_once, try_out
from ...services.connect import Access, link_account, own_account
from ...services.errors import AlreadyLinked
from ..access import me, signed_in
from ..numbers import row_number
from ..responses import see_other
from .calendar_cards import hindrance_of
from .calendar_sign_in import begin


@signed_in
def link(kind: str) -> ResponseReturnValue:
    provider = provider_of(kind)
    account_id = request.values.get("account", type=row_number)
    if request.method != "POST":
        return page(provider, _form(provider, account_id), account_id)
    hindrance = hindrance_of(provider, {account.kind for account in me().accounts})
    if hindrance:
        return page(provider, _form(provider, None), account_id, problem=hindrance), 422
    if provider.sign_in is not None:
        return begin(provider, provider.sign_in, account_id)
    return _by_form(provider, account_id)


def provider_of(kind: str) -> CalendarProvider:
    """The provider of an address; 404 where there is none."""
    return CALENDAR_PROVIDERS.get(kind) or abort(404)


def _form(provider: CalendarProvider, account_id: int | None) -> Form:
    """The provider's form; for one that is reconnected, with what it said where a password is the secret of it."""
    known = own_account(me().id, account_id).secret if account_id is not None else {}
    keeps = any(field.type == "password" for field in provider.connect_fields)
    return connect_form(provider.connect_fields, **known if keeps else {})


def _by_form(provider: CalendarProvider, account_id: int | None) -> ResponseReturnValue:
    form = connect_form(provider.connect_fields, request.form)
    if not form.validate():
        return page(provider, form, account_id), 422
    try:
        linked = _try_and_link(provider, typed_secret(form), account_id)
    except CalendarError as error:
        return page(provider, form, account_id, problem=_(str(error))), 422
    except AlreadyLinked:
        return page(provider, form, account_id, problem=_("You have linked this account already.")), 422
    return see_other(f"/calendars?said=linked#account-{linked}")


def _try_and_link(provider: CalendarProvider, secret: dict[str, str], account_id: int | None) -> int:
    """Links an account that answers, and reads it at once. Raises CalendarError, AlreadyLinked."""
    user, now = me(), clock.now()
    user_id = user.id
    found = try_out(provider.key, secret, user)
    account = link_account(
        Access(provider.key, secret, found), user_id=user_id, now=now, account_id=account_id
    )
    number = account.id
    read_at_once(number, now)
    return number


def page(provider: CalendarProvider, form: Form, account_id: int | None, *, problem: str = "") -> str:
    """The page that links an account of this kind; `problem` is why it did not go."""
    return render_template(
        "workspace/calendars/link.html",
        provider=provider,
        form=form,
        account_id=account_id,
        problem=problem,
        hindrance=hindrance_of(provider, {account.kind for account in me().accounts}),
    )
