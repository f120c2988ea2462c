"""The headers that every answer carries: what a browser may run, load, frame and remember of it."""

from flask import Flask, Response, abort, current_app, make_response, request

from .responses import version_of
from .theme import theme_source

# Nothing of ours is inline, so nothing inline runs. Text becomes markup by htmx alone: static/js/harden.js makes that
# one policy of Trusted Types. There are no nonces: they would make every answer a new one (`responses.revalidated`).
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'self'; frame-ancestors {ancestors};"
    " require-trusted-types-for 'script'; trusted-types htmx"
)
# Of answers that are no page: read as one all the same, they can do nothing.
DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
DENIED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED),
    "Cache-Control": "private, no-cache",
}
A_YEAR = 31536000
SAFE = ("GET", "HEAD", "OPTIONS")
# Whose answers only signed-in people see.
SIGNED_IN = "workspace"
# Whose answers other sites may show or load: pages in frames (their `frame-ancestors` say whose), and the scripts,
# styles and pictures of a page in a sandboxed frame, which has no origin.
SHARED_ENDPOINTS = ("static", "bundle", "picture")
SHARED = ("booking_page", "booking")


def register(app: Flask) -> None:
    """Binds the headers to every answer, errors too, and turns other sites' posts away."""
    app.before_request(_refuse_other_sites)
    app.after_request(_secure)


def frame_for(response: Response | str, origins: list[str], *, colour: str = "") -> Response:
    """Lets the sites of `origins` show the answer in a frame; nobody else may. `colour` is the one of the page's link,
    whose rule stands in the page."""
    answer = make_response(response)
    answer.headers["Content-Security-Policy"] = PAGE.format(
        ancestors=" ".join(["'self'", *origins]), style=theme_source(colour)
    )
    return answer


def _refuse_other_sites() -> None:
    """A browser says where a request comes from; what another site sends with a signed-in user's cookie is refused,
    besides what CSRF tokens and the cookie's SameSite already keep out."""
    if request.blueprint != SIGNED_IN or request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def _secure(response: Response) -> Response:
    headers = response.headers
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    if "Content-Security-Policy" not in headers:
        page = response.mimetype == "text/html"
        headers["Content-Security-Policy"] = PAGE.format(ancestors="'none'", style="") if page else DATA
        headers["X-Frame-Options"] = "DENY"
    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if _is_shared() else "same-origin")
    if request.blueprint == SIGNED_IN:
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if current_app.config["FIRSTHAND"].base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    if request.endpoint == "static" and response.status_code < 400 and _is_current():
        headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


def _is_current() -> bool:
    """Whether the address names the file as it is here: another release's is answered, but not for ever."""
    return request.args.get("v") == version_of(str((request.view_args or {})["filename"]))


def _is_shared() -> bool:
    return request.endpoint in SHARED_ENDPOINTS or request.blueprint in SHARED
