"""Visitors who come one after the other, and send the same form until it is answered."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from flask import Flask

from tests.faults.visitors import form, post_apart, slot, token_of

THREADS, MOST = 4, 1000
PAUSE_SECONDS = 0.05


class Stubborn:
    """`told` is the token that each visitor was told, by address, empty for a time that was taken; `refused` counts the
    pages that asked to send the form again."""

    def __init__(self, app: Flask, link_id: int) -> None:
        self.told: dict[str, str] = {}
        self.refused = 0
        self._app, self._link_id, self._enough = app, link_id, Event()

    def visit(self, number: int) -> None:
        """Every so many-th visitor, each of whom sends the same form until it is answered."""
        for n in range(number, MOST, THREADS):
            # Two of the threads' visitors want each time: the hosts are two.
            sent = form(self._link_id, slot(n // 2), f"v{n}@prospect.example")
            while not self._enough.is_set():
                answer = post_apart(self._app, sent)
                if answer.status_code != 503:
                    self.told[sent["email"]] = token_of(answer)
                    break
                self.refused += 1
                self._enough.wait(PAUSE_SECONDS)
            if self._enough.is_set():
                return

    def wait_for_more(self, count: int) -> None:
        """Waits until so many more are told."""
        goal = len(self.told) + count
        while len(self.told) < goal:
            assert not self._enough.wait(0.01)

    def stop(self) -> None:
        self._enough.set()


@contextmanager
def visiting(app: Flask, link_id: int) -> Iterator[Stubborn]:
    """Visitors come until the end of the block."""
    visitors = Stubborn(app, link_id)
    with ThreadPoolExecutor(THREADS) as pool:
        visits = [pool.submit(visitors.visit, number) for number in range(THREADS)]
        try:
            yield visitors
        finally:
            visitors.stop()
        for one in visits:
            one.result()
