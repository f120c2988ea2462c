"""Every address says who may ask: it is for everybody, or its view is guarded."""

from types import FunctionType

from flask import Flask

from website.views import access

# For everybody, without a cookie: prospects, programs, calendar providers, supervisors of the site.
OPEN_AREAS = {
    "booking_page",
    "booking",
    "api",
    "api-docs",
    "static",
    "bundle",
    "embed",
    "demo_host",
    "healthz",
    "readyz",
    "notices",
    "picture",
}
# For people of the organisation who are not signed in yet.
BEFORE_SIGN_IN = {
    "workspace.sign_in", "workspace.demo_sign_in", "workspace.first_admin", "workspace.sign_in_with",
    "workspace.signed_in_with",
}  # fmt: skip
# It checks by itself: what a provider sends along must not be handed on to the sign-in page.
CHECKS_ITSELF = {"workspace.calendar_linked"}


def guarded(view: object) -> bool:
    """Whether the function that answers is one of the checks in `access`, around the view proper."""
    checks = view.__code__.co_filename == access.__file__ if isinstance(view, FunctionType) else False
    return checks and hasattr(view, "__wrapped__")


def test_every_address_that_is_not_for_everybody_is_guarded(app: Flask, engine: str) -> None:
    inner = {
        endpoint: view
        for endpoint, view in app.view_functions.items()
        if endpoint.partition(".")[0] not in OPEN_AREAS
    }
    assert len(inner) > 10
    assert {
        endpoint for endpoint, view in inner.items() if not guarded(view)
    } == BEFORE_SIGN_IN | CHECKS_ITSELF


def test_a_check_stands_outside_everything_else() -> None:
    def view() -> str:
        return ""

    assert not guarded(view)
    for check in (access.signed_in, access.admin_only, access.may_edit_link, access.sees_booking):
        assert guarded(check(view))
