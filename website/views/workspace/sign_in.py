"""Signing in and out."""

from flask import abort, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from ...services.user import active_users, user_by_id
from ..access import signed_in
from ..numbers import row_number


def show() -> ResponseReturnValue:
    config = current_app.config["FIRSTHAND"]
    users = active_users() if config.demo else []
    return render_template(
        "workspace/sign_in.html", demo=config.demo, users=users, back=request.args.get("next", "")
    )


def demo() -> ResponseReturnValue:
    """Signs in as anybody; there is no such thing unless the site is a demo."""
    user = user_by_id(request.form.get("user", type=row_number))
    if not current_app.config["FIRSTHAND"].demo or user is None or not user.active:
        abort(404)
    # Nothing that somebody else left in this browser's session lives on under the new name.
    session.clear()
    login_user(user)
    return redirect(_inside(request.form.get("next", "")), 303)


@signed_in
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect("/sign-in", 303)


def _inside(address: str) -> str:
    """An address of this site, and of no other."""
    inside = (
        address.startswith("/")
        and not address.startswith("//")
        and "\\" not in address
        and address.isprintable()
    )
    return address if inside else "/"
