"""Programs that fill in forms: they write into a field that people do not see, and send before anybody could read.

Whoever is taken for one loses nothing: the form comes back as it was typed, and once sent again it is taken.
"""

from datetime import datetime, timedelta

from flask import Flask, current_app, request
from flask_babel import gettext as _

from ..limits import may_hurry

# The name of the field, one that programs like to fill in and browsers do not (templates/components/unseen.html).
UNSEEN = "website"
# Nobody reads a form, fills it in and sends it sooner, time after time.
QUICKEST = timedelta(seconds=2)


def register(app: Flask) -> None:
    """Says how quick a person is, and names the field in templates."""
    app.config.setdefault("QUICKEST_FORM", QUICKEST)
    app.jinja_env.globals["unseen_field"] = UNSEEN


def filled_in_unseen() -> str:
    """What to say to whoever filled in what people do not see; empty for everybody else."""
    if not request.form.get(UNSEEN):
        return ""
    return str(_("Something was filled in that does not belong to this form. Look at it and send it again."))


def in_a_hurry(shown_at: datetime | None, now: datetime) -> str:
    """What to say to whoever sends form after form as soon as it was shown; empty for everybody else. A form that was
    sent before has no time any more: it is not asked for again."""
    quickest: timedelta = current_app.config["QUICKEST_FORM"]
    if shown_at is None or not timedelta(0) <= now - shown_at < quickest or may_hurry():
        return ""
    return str(_("That was very quick. Look at what you wrote and send it again."))
