"""A user's own calendars: their states, what each is for, testing and unlinking them (R12)."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from ... import clock
from ...services.account_trial import check_account
from ...services.calendar_state import account_state
from ...services.connect import choose_calendars, own_account, stop_checking
from ...services.unlink import costs_of_unlinking, unlink
from ..access import me, signed_in
from ..numbers import row_number
from ..responses import see_other, wants_fragment
from .calendar_cards import card_of, cards_of, choices_for


@signed_in
def index() -> ResponseReturnValue:
    cards = cards_of(me(), clock.now(), tested=request.args.get("tested", type=row_number))
    return render_template(
        "workspace/calendars/index.html",
        cards=cards,
        choices=choices_for(me()),
        checks_none=bool(cards) and not any(row.conflicts for card in cards for row in card.calendars),
    )


@signed_in
def choose() -> ResponseReturnValue:
    try:
        conflicts = {row_number(text) for text in request.form.getlist("conflicts")}
        receives = row_number(request.form["receives"]) if "receives" in request.form else None
    except ValueError:
        abort(400)
    choose_calendars(me().id, conflicts=conflicts, receives=receives, now=clock.now())
    return see_other("/calendars?said=saved")


@signed_in
def stop() -> ResponseReturnValue:
    number = request.form.get("calendar", type=row_number)
    if number is None:
        abort(400)
    stop_checking(me().id, number, clock.now())
    return see_other("/calendars?said=stopped")


@signed_in
def test(account_id: int) -> ResponseReturnValue:
    user_id, now = me().id, clock.now()
    check_account(user_id, account_id, now)
    if not wants_fragment():
        return see_other(f"/calendars?tested={account_id}#account-{account_id}")
    card = card_of(account_state(own_account(user_id, account_id), now), now, tested=True)
    return render_template("workspace/calendars/_account.html", card=card)


@signed_in
def remove(account_id: int) -> ResponseReturnValue:
    account, now = own_account(me().id, account_id), clock.now()
    if request.method == "POST":
        unlink(me().id, account_id, now)
        return see_other("/calendars?said=unlinked")
    card = card_of(account_state(account, now), now)
    costs = costs_of_unlinking(account, now)
    return render_template("workspace/calendars/unlink.html", card=card, costs=costs)
