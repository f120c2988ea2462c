"""People of the organisation."""

from flask import Blueprint, Flask

from ..access import private
from ..numbers import LARGEST
from . import home, link_form, links, lists, profile, sign_in, sign_in_with, team


def register(app: Flask) -> None:
    """Binds the signed-in pages."""
    site = Blueprint("workspace", __name__)
    site.after_request(private)
    site.add_url_rule("/", "home", home.index)
    site.add_url_rule("/sign-in", "sign_in", sign_in.show)
    site.add_url_rule("/sign-in", "demo_sign_in", sign_in.demo, methods=["POST"])
    site.add_url_rule("/sign-in/first-admin", "first_admin", sign_in.first_admin, methods=["POST"])
    site.add_url_rule("/sign-in/<client>", "sign_in_with", sign_in_with.begin, methods=["POST"])
    site.add_url_rule("/sign-in/<client>/callback", "signed_in_with", sign_in_with.finish)
    site.add_url_rule("/sign-out", "sign_out", sign_in.sign_out, methods=["POST"])
    site.add_url_rule("/links", "links", links.index)
    site.add_url_rule("/links/new", "new_link", links.choose_kind)
    site.add_url_rule("/links/new/<kind>", "create_link", link_form.create, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>", "link", links.show)
    site.add_url_rule("/links/<slug>/edit", "edit_link", link_form.edit, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>/active", "link_active", links.active, methods=["GET", "POST"])
    site.add_url_rule("/bookings", "bookings", lists.bookings)
    site.add_url_rule("/contacts", "contacts", lists.contacts)
    site.add_url_rule(
        f"/contacts/<int(max={LARGEST}):contact_id>/owner",
        "contact_owner",
        lists.contact_owner,
        methods=["GET", "POST"],
    )
    user = f"/team/<int(max={LARGEST}):user_id>"
    site.add_url_rule("/team", "team", team.index)
    site.add_url_rule("/team/new", "invite", team.new, methods=["GET", "POST"])
    site.add_url_rule(user, "change_user", team.change, methods=["GET", "POST"])
    site.add_url_rule(f"{user}/forget", "forget_account", team.forget, methods=["POST"])
    site.add_url_rule("/me", "profile", profile.edit, methods=["GET", "POST"])
    app.register_blueprint(site)
