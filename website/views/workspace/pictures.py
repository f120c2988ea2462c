"""One's own picture, and that of a link: looked at, sent, and taken away again."""

from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ...models import Link
from ...services.errors import Invalid
from ...services.picture import hide_link, hide_user, picture_for, show_link, show_user
from ..access import may_edit_link, me, signed_in
from ..languages import translated
from ..responses import see_other


@signed_in
def own() -> ResponseReturnValue:
    if request.method == "POST":
        return _changed(
            lambda content: show_user(content, of=me()), lambda: hide_user(of=me()), "/me", _own_page
        )
    return _own_page()


@may_edit_link
def of_link(link: Link) -> ResponseReturnValue:
    if request.method == "POST":
        return _changed(
            lambda content: show_link(link.slug, content, by=me()),
            lambda: hide_link(link.slug, by=me()),
            f"/links/{link.slug}",
            lambda problem: _link_page(link, problem),
        )
    return _link_page(link)


def _changed(
    show: Callable[[bytes], None], hide: Callable[[], None], back: str, page: Callable[[str], str]
) -> ResponseReturnValue:
    """Takes the picture away or the new one in; for a file that is none, `page` again with what is wrong."""
    if "remove" in request.form:
        hide()
        return see_other(f"{back}?said=picture_removed")
    file = request.files.get("picture")
    try:
        show(file.read() if file else b"")
    except Invalid as refused:
        return page(translated(refused.errors["picture"][0])), 422
    return see_other(f"{back}?said=picture_saved")


def _own_page(problem: str = "") -> str:
    return render_template(
        "workspace/picture.html",
        heading=_("Your picture"),
        why=_("Prospects see it on your booking pages, and your team beside your name."),
        action="/me/picture",
        back="/me",
        crumb=_("You"),
        name=me().name,
        shown=me().picture,
        removable=bool(me().picture),
        problem=problem,
    )


def _link_page(link: Link, problem: str = "") -> str:
    return render_template(
        "workspace/picture.html",
        heading=_("Picture of %(title)s", title=link.title),
        why=_("Prospects see it on this link's page. Without one, a personal link shows its host's."),
        action=f"/links/{link.slug}/picture",
        back=f"/links/{link.slug}",
        crumb=link.title,
        name=link.title,
        shown=picture_for(link),
        removable=bool(link.picture),
        problem=problem,
    )
