"""The site under test, for `gunicorn tests.chaos.site:app` and `flask --app tests.chaos.site worker`.

It is the application as it is. From the outside it gets the clock of the marks' folder, and around the steps of a
booking and of a delivery the marks at which its process can be told to die.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import local
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from tests.chaos.marks import MAIL, Marks
from website import clock
from website.extensions import db
from website.models import Calendar, Message
from website.services import booking, cancellation, outbox
from website.services.effect import Effect

marks = Marks(Path(os.environ["CHAOS_FOLDER"]))
_at = local()


def _in_stage(stage: Callable[..., str], work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, of which the commit that follows is known to be a stage's; `stage` is given what it returns."""

    def staged(*args: Any, **values: Any) -> Any:
        result = work(*args, **values)
        _at.stage = stage(result)
        return result

    return staged


def _before_commit(_: Connection) -> None:
    if _stage():
        marks.passed(f"before-{_stage()}", _message())


def _after_commit(session: Session) -> None:
    stage, _at.stage = _stage(), ""
    if session.info.get("writing") and stage:
        marks.passed(f"after-{stage}", _message())


def _stage() -> str:
    return getattr(_at, "stage", "")


def _message() -> int:
    return getattr(_at, "message", 0)


def _marked(channel: str, prepare: Callable[[Message, datetime], Effect | None]) -> Any:
    """A channel whose effects have marks around them."""

    def marked(message: Message, now: datetime) -> Effect | None:
        _at.kind, _at.message = _kind_of(channel, message), message.id
        effect = prepare(message, now)
        if effect is None:
            return None
        if _at.kind == MAIL and effect.in_database:
            _at.kind = "mail-that-waits"
        return replace(effect, run=_between_marks(effect.run))

    return marked


def _kind_of(channel: str, message: Message) -> str:
    if channel in (outbox.email.CHANNEL, outbox.booking_mail.CHANNEL):
        return MAIL
    if channel != outbox.calendar_event.CHANNEL:
        return channel
    calendar = db.session.get(Calendar, message.payload["calendar"])
    return calendar.account.kind if calendar else channel


def _between_marks(run: Callable[[], Any]) -> Callable[[], Any]:
    def run_marked() -> Any:
        marks.passed(f"before-effect.{_at.kind}", _at.message)
        outcome = run()
        marks.passed(f"after-effect.{_at.kind}", _at.message)
        return outcome

    return run_marked


def _install() -> None:
    clock.now = marks.now
    event.listen(Engine, "commit", _before_commit)
    event.listen(Session, "after_commit", _after_commit)
    booking._store = _in_stage(lambda _: "booking", booking._store)
    cancellation._cancel = _in_stage(lambda _: "cancel", cancellation._cancel)
    outbox._lease = _in_stage(lambda lease: "lease" if lease else "", outbox._lease)
    outbox._record = _in_stage(lambda _: f"mark.{_at.kind}", outbox._record)
    outbox.CHANNELS = {name: _marked(name, prepare) for name, prepare in outbox.CHANNELS.items()}


_install()

from tests.bench.served import app  # noqa: E402, F401  (bound to the marks first)
