"""What could not be delivered yet, or at all, and the mails of a site that sends none: for admins (R32)."""

from collections.abc import Callable

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from ... import clock
from ...services import outbox_repair
from ...services.errors import NothingLeftToDo, OnItsWay
from ...services.outbox_listing import STATES, messages_in, readers_of
from ..access import admin_only, me
from ..errors import answer
from ..responses import see_other
from .lists import page_asked
from .outbox_words import ALL_DELIVERED, EMPTY, cost_of_giving_up, row_of

TOO_LATE = {
    OnItsWay: _l("A worker is delivering this message at this moment. Look again in a minute or two."),
    NothingLeftToDo: _l("This message was dealt with in the meantime: there is nothing left to do."),
}


@admin_only
def index() -> ResponseReturnValue:
    state, page, now = request.args.get("state", "all"), page_asked(), clock.now()
    if state not in STATES:
        abort(404)
    found, more = messages_in(state, page)
    readers = readers_of(found)
    return render_template(
        "workspace/outbox.html",
        rows=[row_of(message, readers.get(message.id, ""), me().timezone, now) for message in found],
        nothing=EMPTY.get(state, ALL_DELIVERED),
        state=state,
        page=page,
        more=more,
    )


@admin_only
def retry(message_id: int) -> ResponseReturnValue:
    return _done(outbox_repair.retry, message_id, "retried")


@admin_only
def give_up(message_id: int) -> ResponseReturnValue:
    if request.method == "POST":
        return _done(outbox_repair.give_up, message_id, "given_up")
    now = clock.now()
    try:
        message = outbox_repair.open_message(message_id, now)
    except (OnItsWay, NothingLeftToDo) as error:
        return _too_late(error)
    to = readers_of([message]).get(message.id, "")
    return render_template(
        "workspace/outbox_give_up.html",
        row=row_of(message, to, me().timezone, now),
        cost=cost_of_giving_up(message, to),
        state=_state_sent(request.args.get("state", "")),
    )


def _done(work: Callable[..., None], message_id: int, word: str) -> ResponseReturnValue:
    try:
        work(message_id, by=me(), now=clock.now())
    except (OnItsWay, NothingLeftToDo) as error:
        return _too_late(error)
    return see_other(f"/outbox?state={_state_sent(request.form.get('state', ''))}&said={word}")


def _too_late(error: OnItsWay | NothingLeftToDo) -> ResponseReturnValue:
    return answer(409, detail=str(TOO_LATE[type(error)]))


def _state_sent(text: str) -> str:
    """The list that somebody came from, to go back to."""
    return text if text in STATES else "all"
