"""The team: everybody sees it; admins invite, change and deactivate."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ... import clock
from ...forms.user import ChangeUserForm, UserForm
from ...models import User
from ...openid import sign_in_methods
from ...services.calendar_state import account_states
from ...services.errors import Invalid, StaysBehind
from ...services.hosts import hosts_of
from ...services.staying import left_behind
from ...services.team import UserValues, change_user, forget_account, invite
from ...services.user import active_users, inactive_users, user_by_id, users_with_account
from ..access import admin_only, me, signed_in
from ..addresses import own_address
from ..responses import see_other
from .rows import calendar_line
from .standings import standing_words


@signed_in
def index() -> ResponseReturnValue:
    users, now = active_users(), clock.now()
    ids = [user.id for user in users]
    known = account_states(ids, now)
    gone = inactive_users() if me().is_admin else []
    return render_template(
        "workspace/team.html",
        users=users,
        gone=gone,
        left=left_behind([user.id for user in gone], now),
        invited=_invited(ids),
        standing={host.id: standing_words(host) for host in hosts_of(ids, now)},
        calendars={
            user: [calendar_line(one, now, own=False) for one in states] for user, states in known.items()
        },
        address=own_address("/sign-in"),
    )


def _invited(user_ids: Sequence[int]) -> set[int]:
    """Who has not signed in yet, where there is a way to."""
    some_way = sign_in_methods(current_app.config["FIRSTHAND"])
    return set(user_ids) - users_with_account(user_ids) if some_way else set()


@admin_only
def new() -> ResponseReturnValue:
    form = UserForm(request.form)
    if request.method != "POST":
        return _page(form)
    try:
        _checked(form)
        invite(UserValues(**form.data), by=me())
    except Invalid as refused:
        return _page(form, refused.errors), 422
    return see_other("/team?said=invited")


@admin_only
def change(user_id: int) -> ResponseReturnValue:
    user = user_by_id(user_id) or abort(404)
    if request.method != "POST":
        return _page(ChangeUserForm(obj=user), user=user)
    form = ChangeUserForm(request.form)
    try:
        _checked(form)
        return see_other(_changed(user_id, UserValues(**form.data)))
    except Invalid as refused:
        return _page(form, refused.errors, user=user), 422


def _changed(user_id: int, values: UserValues) -> str:
    """Changes a user, and says where to go on. Who leaves something behind stays active until that is handed over."""
    try:
        change_user(user_id, values, by=me(), now=clock.now())
    except StaysBehind:
        change_user(user_id, replace(values, active=True), by=me(), now=clock.now())
        return f"/team/{user_id}/leave"
    return "/team?said=saved"


@admin_only
def forget(user_id: int) -> ResponseReturnValue:
    forget_account(user_id, by=me())
    return see_other(f"/team/{user_id}?said=forgotten")


def _checked(form: UserForm) -> None:
    """Raises Invalid for what the form can tell by itself."""
    if not form.validate():
        raise Invalid({name: [str(text) for text in texts] for name, texts in form.errors.items()})


def _page(
    form: UserForm, errors: Mapping[str, Sequence[str]] | None = None, *, user: User | None = None
) -> str:
    for name, texts in (errors or {}).items():
        form[name].errors = [_(text) for text in texts]
    return render_template(
        "workspace/user.html",
        form=form,
        wrong=bool(errors),
        user=user,
        action=f"/team/{user.id}" if user else "/team/new",
        address=own_address("/sign-in"),
    )
