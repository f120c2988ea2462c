"""Several threads, or processes, that do the same thing in the same moment."""

import json
import subprocess
import sys
from collections import Counter
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


def processes_at_once(module: str, url: str, processes: int, attempts: int) -> Counter[str]:
    """Lets so many processes of a module loose at once on a database, each with its number and so many attempts, and
    adds up what they saw: each prints counts as JSON."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", module, url, str(number), str(attempts)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for number in range(processes)
    ]
    total = Counter[str]()
    for process in running:
        out, _ = process.communicate(timeout=600)
        total.update(json.loads(out))
    return total
