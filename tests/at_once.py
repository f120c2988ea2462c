"""Several threads that do the same thing in the same moment, each in an application context of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from website.extensions import db

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def at_once(app: Flask, work: Callable[[Thing], Result], things: Sequence[Thing]) -> list[Result | Exception]:
    """What `work` returned or raised for each thing; all begin together."""
    ready = Barrier(len(things))

    def one(thing: Thing) -> Result | Exception:
        with app.app_context():
            db.session.connection()  # so that nobody still connects while another one works
            db.session.rollback()
            ready.wait()
            try:
                return work(thing)
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(things)) as pool:
        answers = list(pool.map(one, things))
    db.session.rollback()  # the caller sees what they did
    return answers
