"""Prospects: no sign-in, no cookie, may be framed where the link says so."""

from flask import Blueprint, Flask

from ...extensions import csrf
from . import booking, booking_form, booking_page, bots, note, reschedule
from .framing import current, let_in
from .invitee import keep_secret


def register(app: Flask) -> None:
    """Binds the booking page and the invitee's page of a booking."""
    bots.register(app)
    page = Blueprint("booking_page", __name__, url_prefix="/book/<slug>")
    page.add_url_rule("", "show", booking_page.show)
    page.add_url_rule("", "book", booking_form.book, methods=["POST"])
    page.add_url_rule("/slots", "slots", booking_page.slots)
    page.add_url_rule("/who", "who", booking_page.who, methods=["POST"])
    page.add_url_rule("/details", "details", booking_form.details)
    page.add_url_rule("/write", "write", note.write, methods=["GET", "POST"])
    manage = Blueprint("booking", __name__, url_prefix="/booking/<token>")
    manage.add_url_rule("", "show", booking.show)
    manage.add_url_rule("/cancel", "cancel", booking.cancel, methods=["GET", "POST"])
    manage.add_url_rule("/invite.ics", "invite", booking.invite)
    manage.add_url_rule("/reschedule", "reschedule", reschedule.show)
    manage.add_url_rule("/reschedule", "move", reschedule.move, methods=["POST"])
    manage.add_url_rule("/reschedule/slots", "slots", reschedule.slots)
    manage.add_url_rule("/reschedule/confirm", "confirm", reschedule.confirm)
    manage.after_request(keep_secret)
    app.jinja_env.globals.update(framing=current)
    for blueprint in (page, manage):
        # There is no cookie, so there is nothing that another site's form could make use of.
        csrf.exempt(blueprint)
        blueprint.after_request(let_in)
        app.register_blueprint(blueprint)
