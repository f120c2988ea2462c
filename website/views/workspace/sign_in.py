"""The page where one signs in, the first admin's code, the demo's people, and signing out."""

from flask import abort, current_app, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import logout_user

from ...openid import sign_in_methods
from ...services.first_admin import has_admin, is_first_admin_code
from ...services.user import active_users, user_by_id
from ..access import signed_in, start_session
from ..addresses import inside
from ..limits import CODES, SIGN_INS, limited
from ..numbers import row_number

LONGEST_CODE = 100


def show() -> ResponseReturnValue:
    return _page()


def _page(*, code_typed: str = "", code_problem: str = "") -> str:
    """Ways to sign in: by a provider, after the first admin's code where there is no admin; and the demo's people."""
    config, back = current_app.config["FIRSTHAND"], request.values.get("next", "")
    people = active_users()
    has_code = is_first_admin_code(session.get("first_admin", ""))
    methods = list(sign_in_methods(config).values())
    asks_code = bool(methods) and not has_code and not has_admin()
    return render_template(
        "workspace/sign_in.html",
        methods=methods if people or not asks_code else [],
        asks_code=asks_code,
        has_code=has_code,
        code_typed=code_typed,
        code_problem=code_problem,
        demo=config.demo,
        users=people if config.demo else [],
        back=back,
    )


@limited(CODES)
def first_admin() -> ResponseReturnValue:
    """Remembers the right code until somebody signs in from this browser."""
    code = request.form.get("code", "")[:LONGEST_CODE]
    if not is_first_admin_code(code):
        problem = _("That is not the code. Look for it where the site was started.")
        return _page(code_typed=code, code_problem=problem), 422
    session["first_admin"] = code
    return redirect("/sign-in", 303)


@limited(SIGN_INS)
def demo() -> ResponseReturnValue:
    """Signs in as anybody; there is no such thing unless the site is a demo."""
    user = user_by_id(request.form.get("user", type=row_number))
    if not current_app.config["FIRSTHAND"].demo or user is None or not user.active:
        abort(404)
    start_session(user)
    return redirect(inside(request.form.get("next", "")), 303)


@signed_in
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect("/sign-in", 303)
