"""Who may ask: signed-in people, admins, those who may change a link, and programs with a token."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from .. import clock
from ..extensions import db, login
from ..models import ApiToken, User
from ..services.api_token import token_shown
from ..services.booking_rights import booking_for
from ..services.errors import NotAllowed, NoToken
from ..services.find_link import link_by_slug
from ..services.link import may_edit
from .languages import prefer
from .limits import ASKED, GUESSES, limited
from .responses import to_whole_page

View = Callable[..., ResponseReturnValue]

SIGNED_IN = timedelta(days=14)


def register(app: Flask) -> None:
    """Tells Flask-Login how to find the user of a session, and templates who that is."""
    login.user_loader(_load_user)
    app.jinja_env.globals["current_user"] = current_user
    # Without a refresh, pages that need no session set no cookie.
    app.config.update(PERMANENT_SESSION_LIFETIME=SIGNED_IN, SESSION_REFRESH_EACH_REQUEST=False)


def start_session(user: User) -> None:
    """Signs a user in, for two weeks. Nothing that somebody else left in this browser's session lives on."""
    session.clear()
    session.permanent = True
    session["since"] = clock.now().timestamp()
    login_user(user)


def _load_user(user_id: str) -> User | None:
    if clock.now().timestamp() - session.get("since", 0) > SIGNED_IN.total_seconds():
        return None
    user = db.session.get(User, int(user_id)) if user_id.isdigit() else None
    return user if user is not None and user.active else None


def me() -> User:
    """The user who is signed in; only inside views that ask for it."""
    user: User = current_user._get_current_object()
    return user


def signed_in(view: View) -> View:
    """Lets people of the organisation in, and sends everybody else to sign in first."""

    @wraps(view)
    def checked(**values: Any) -> ResponseReturnValue:
        if current_user.is_authenticated:
            prefer(current_user.language)
            return view(**values)
        if to_whole_page():
            return "", 401, to_whole_page()
        back = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(f"/sign-in?{urlencode({'next': back})}", 302)

    return checked


def admin_only(view: View) -> View:
    """Lets admins in."""

    @wraps(view)
    @signed_in
    def checked(**values: Any) -> ResponseReturnValue:
        if not me().is_admin:
            raise NotAllowed
        return view(**values)

    return checked


def may_edit_link(view: View) -> View:
    """Hands the link of the address to a view, for those who may change it (R42)."""

    @wraps(view)
    @signed_in
    def checked(slug: str, **values: Any) -> ResponseReturnValue:
        link = link_by_slug(slug)
        if not may_edit(link, me()):
            raise NotAllowed
        return view(link, **values)

    return checked


def sees_booking(view: View) -> View:
    """Hands the booking of the address to a view, for those whom it concerns; for others there is none (R36)."""

    @wraps(view)
    @signed_in
    def checked(booking_id: int, **values: Any) -> ResponseReturnValue:
        return view(booking_for(me(), booking_id), **values)

    return checked


def with_token(view: View) -> View:
    """Lets programs in that show a token of the API (`Authorization: Bearer …`), as often as programs may ask. Raises
    NoToken."""

    @limited(ASKED)
    @limited(GUESSES, deduct_when=_turned_away)
    @wraps(view)
    def held(**values: Any) -> ResponseReturnValue:
        shown = request.authorization
        text = (shown.token or "") if shown is not None and shown.type == "bearer" else ""
        g.api_token = token_shown(text, clock.now())
        if g.api_token is None:
            raise NoToken(shown=bool(text))
        return view(**values)

    @wraps(view)
    def checked(**values: Any) -> ResponseReturnValue:
        return held(**values)  # type: ignore[no-any-return]

    return checked


def _turned_away(_response: Response) -> bool:
    return g.get("api_token") is None


def token() -> ApiToken:
    """The token that was shown; only inside views that ask for one."""
    shown: ApiToken = g.api_token
    return shown


def private(response: Response) -> Response:
    """Signed-in pages are kept nowhere."""
    response.headers["Cache-Control"] = "no-store"
    return response
