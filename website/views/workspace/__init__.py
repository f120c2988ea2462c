"""People of the organisation."""

from flask import Blueprint, Flask

from ..access import private
from ..numbers import LARGEST
from . import (
    booking_changes,
    bookings,
    calendar_health,
    calendar_sign_in,
    calendars,
    colours,
    companies,
    connect,
    contact_form,
    contact_import,
    contacts,
    crm,
    event,
    fairness,
    forgetting,
    home,
    leaving,
    link_form,
    links,
    outbox,
    pause,
    personal_links,
    personal_links_many,
    pictures,
    profile,
    reschedule,
    sharing,
    sign_in,
    sign_in_with,
    simulator,
    team,
    tokens,
    why_not,
)
from .booking_words import invitee_of
from .said import just_done


def register(app: Flask) -> None:
    """Binds the signed-in pages."""
    site = Blueprint("workspace", __name__)
    site.after_request(private)
    app.jinja_env.globals["just_done"] = just_done
    app.jinja_env.filters["invitee"] = invitee_of
    site.add_url_rule("/", "home", home.index)
    for bind in (
        _signing_in, _links, _personal_links, _bookings, _contacts, _contact_imports, _team, _calendars, _for_admins,
        _crm,
    ):  # fmt: skip
        bind(site)
    app.register_blueprint(site)


def _signing_in(site: Blueprint) -> None:
    site.add_url_rule("/sign-in", "sign_in", sign_in.show)
    site.add_url_rule("/sign-in", "demo_sign_in", sign_in.demo, methods=["POST"])
    site.add_url_rule("/sign-in/first-admin", "first_admin", sign_in.first_admin, methods=["POST"])
    site.add_url_rule("/sign-in/<client>", "sign_in_with", sign_in_with.begin, methods=["POST"])
    site.add_url_rule("/sign-in/<client>/callback", "signed_in_with", sign_in_with.finish)
    site.add_url_rule("/sign-out", "sign_out", sign_in.sign_out, methods=["POST"])


def _links(site: Blueprint) -> None:
    site.add_url_rule("/links", "links", links.index)
    site.add_url_rule("/links/new", "new_link", links.choose_kind)
    site.add_url_rule("/links/new/<kind>", "create_link", link_form.create, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>", "link", links.show)
    site.add_url_rule("/links/<slug>/edit", "edit_link", link_form.edit, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>/why-not", "why_not", why_not.show, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>/try/<key>", "try_link", sharing.attempt)
    site.add_url_rule("/links/<slug>/active", "link_active", links.active, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>/fairness", "fairness", fairness.show)
    site.add_url_rule("/links/<slug>/simulate", "simulate", simulator.show)
    site.add_url_rule("/links/<slug>/simulate/use", "use_settings", simulator.use, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>/pause", "pause_turns", pause.show, methods=["GET", "POST"])
    site.add_url_rule("/links/<slug>/picture", "link_picture", pictures.of_link, methods=["GET", "POST"])
    site.add_url_rule("/colours", "colours", colours.show)


def _team(site: Blueprint) -> None:
    user = f"/team/<int(max={LARGEST}):user_id>"
    site.add_url_rule("/team", "team", team.index)
    site.add_url_rule("/team/new", "invite", team.new, methods=["GET", "POST"])
    site.add_url_rule(user, "change_user", team.change, methods=["GET", "POST"])
    site.add_url_rule(f"{user}/leave", "leave", leaving.show, methods=["GET", "POST"])
    site.add_url_rule(f"{user}/forget", "forget_account", team.forget, methods=["POST"])
    site.add_url_rule("/me", "profile", profile.edit, methods=["GET", "POST"])
    site.add_url_rule("/me/picture", "own_picture", pictures.own, methods=["GET", "POST"])


def _for_admins(site: Blueprint) -> None:
    message = f"/outbox/<int(max={LARGEST}):message_id>"
    site.add_url_rule("/outbox", "outbox", outbox.index)
    site.add_url_rule(f"{message}/retry", "retry_message", outbox.retry, methods=["POST"])
    site.add_url_rule(f"{message}/give-up", "give_up_message", outbox.give_up, methods=["GET", "POST"])
    site.add_url_rule("/tokens", "tokens", tokens.index, methods=["GET", "POST"])
    site.add_url_rule(
        f"/tokens/<int(max={LARGEST}):token_id>/revoke",
        "revoke_token",
        tokens.revoke,
        methods=["GET", "POST"],
    )


def _personal_links(site: Blueprint) -> None:
    both, of_link = ["GET", "POST"], "/links/<slug>/personal-links"
    of_contact = f"/contacts/<int(max={LARGEST}):contact_id>/personal-links"
    one = f"/personal-links/<int(max={LARGEST}):number>/revoke"
    site.add_url_rule(of_link, "personal_links", personal_links.of_link, methods=both)
    site.add_url_rule(f"{of_link}/many", "many_personal_links", personal_links_many.make, methods=both)
    site.add_url_rule(f"{of_link}/revoke", "revoke_personal_links", personal_links.revoke_all, methods=both)
    site.add_url_rule(of_contact, "contact_personal_links", personal_links.of_contact, methods=both)
    site.add_url_rule(one, "revoke_personal_link", personal_links.revoke, methods=both)


def _bookings(site: Blueprint) -> None:
    both, one = ["GET", "POST"], f"/bookings/<int(max={LARGEST}):booking_id>"
    site.add_url_rule("/bookings", "bookings", bookings.index)
    site.add_url_rule(one, "booking", bookings.show)
    site.add_url_rule(f"{one}/reschedule", "reschedule", reschedule.show)
    site.add_url_rule(f"{one}/reschedule", "move_booking", reschedule.move, methods=["POST"])
    site.add_url_rule(f"{one}/reschedule/slots", "reschedule_slots", reschedule.slots)
    site.add_url_rule(f"{one}/reschedule/confirm", "confirm_move", reschedule.confirm)
    site.add_url_rule(f"{one}/hand-over", "hand_over", booking_changes.hand_over, methods=both)
    site.add_url_rule(f"{one}/decline", "decline", booking_changes.decline, methods=both)
    site.add_url_rule(f"{one}/cancel", "cancel_booking", booking_changes.cancel, methods=both)
    site.add_url_rule(f"{one}/no-show", "no_show", booking_changes.no_show, methods=both)
    decided = f"/bookings/events/<int(max={LARGEST}):event_id>"
    site.add_url_rule(decided, "event", event.show)
    site.add_url_rule(decided, "decide_event", event.decide, methods=["POST"])


def _contacts(site: Blueprint) -> None:
    both, one = ["GET", "POST"], f"/contacts/<int(max={LARGEST}):contact_id>"
    site.add_url_rule("/contacts", "contacts", contacts.index)
    site.add_url_rule("/contacts/found", "contacts_found", contacts.found)
    site.add_url_rule("/contacts.csv", "contacts_table", contacts.table)
    site.add_url_rule("/contacts/new", "new_contact", contact_form.new, methods=both)
    site.add_url_rule(one, "contact", contacts.show)
    site.add_url_rule(f"{one}/edit", "edit_contact", contact_form.edit, methods=both)
    site.add_url_rule(f"{one}/owner", "contact_owner", contact_form.owner, methods=both)
    site.add_url_rule(f"{one}/held", "held", forgetting.held)
    site.add_url_rule(f"{one}/held.json", "held_as_file", forgetting.held_as_file)
    site.add_url_rule(f"{one}/forget", "forget_contact", forgetting.ask, methods=both)
    company = f"/companies/<int(max={LARGEST}):company_id>"
    site.add_url_rule("/companies", "companies", companies.index)
    site.add_url_rule("/companies/new", "new_company", companies.new, methods=both)
    site.add_url_rule(f"{company}/edit", "edit_company", companies.edit, methods=both)
    site.add_url_rule(f"{company}/remove", "remove_company", companies.remove, methods=both)


def _crm(site: Blueprint) -> None:
    site.add_url_rule("/crm", "crm", crm.index)
    site.add_url_rule("/crm/read", "read_crm", crm.read, methods=["POST"])
    owner = f"/crm/owners/<int(max={LARGEST}):owner_id>"
    site.add_url_rule(owner, "crm_owner", crm.owner, methods=["GET", "POST"])


def _calendars(site: Blueprint) -> None:
    account = f"/calendars/<int(max={LARGEST}):account_id>"
    site.add_url_rule("/calendars", "calendars", calendars.index)
    site.add_url_rule("/calendars", "choose_calendars", calendars.choose, methods=["POST"])
    site.add_url_rule("/calendars/stop", "stop_checking", calendars.stop, methods=["POST"])
    site.add_url_rule("/calendars/health", "calendar_health", calendar_health.index)
    site.add_url_rule(f"{account}/test", "test_calendar", calendars.test, methods=["POST"])
    site.add_url_rule(f"{account}/unlink", "unlink_calendar", calendars.remove, methods=["GET", "POST"])
    site.add_url_rule("/calendars/<kind>/link", "link_calendar", connect.link, methods=["GET", "POST"])
    site.add_url_rule("/calendars/<kind>/linked", "calendar_linked", calendar_sign_in.linked)


def _contact_imports(site: Blueprint) -> None:
    both, one = ["GET", "POST"], f"/contacts/import/<int(max={LARGEST}):import_id>"
    site.add_url_rule("/contacts/import", "import_contacts", contact_import.index, methods=both)
    site.add_url_rule(one, "contact_import", contact_import.show)
    site.add_url_rule(f"{one}/columns", "contact_import_columns", contact_import.columns, methods=both)
    site.add_url_rule(f"{one}/start", "start_contact_import", contact_import.begin, methods=["POST"])
    site.add_url_rule(f"{one}/cancel", "cancel_contact_import", contact_import.cancel, methods=["POST"])
    site.add_url_rule(f"{one}/progress", "contact_import_progress", contact_import.progress)
    site.add_url_rule(f"{one}/errors.csv", "contact_import_errors", contact_import.errors)
