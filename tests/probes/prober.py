"""Probes of a site that gunicorn serves: one after another, in random order, each timed."""

import gc
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import brotli

from tests.chaos.processes import Processes
from tests.chaos.world import environment_of
from tests.conftest import BASE
from tests.peers.dav import free_port
from tests.probes.ground import KINDS, PLANTED, UNKNOWN, Address, Ground, grow_cold, lay
from tests.probes.places import PLACES, Ask
from tests.probes.shape import Shape, shape_of
from website import clock, create_app
from website.extensions import db

# Of so many probes one finds a calendar changed, and another comes with a connection of its own.
COLD, FRESH = 20, 50
# Who wants to know asks again, and heeds the quickest answer; a calendar has changed for the first one alone.
TRIES = 3
WARM_UP = 400
SECONDS = 30.0


@dataclass
class Heard:
    """What came back, by place and kind: milliseconds and bytes on the way; and the shapes of all answers of a place,
    which should be one."""

    took: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    lengths: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    shapes: dict[str, set[Shape]] = field(default_factory=lambda: defaultdict(set))


def probe(database_url: str, probes: int, seed: int) -> Heard:
    """So many probes of a site on a fresh, migrated database, after some that warm it up."""
    rng, heard = Random(seed), Heard()
    with _site(database_url, probes, rng) as (ground, url):
        _ask_all(Prober(url, ground, rng, Heard()), WARM_UP)
        gc.disable()
        try:
            _ask_all(Prober(url, ground, rng, heard), probes)
        finally:
            gc.enable()
    return heard


def _ask_all(prober: "Prober", probes: int) -> None:
    cells = [(place, kind) for place in PLACES for kind in (*KINDS, PLANTED)]
    wanted = [cells[number % len(cells)] for number in range(probes)]
    prober.rng.shuffle(wanted)
    for number, (place, kind) in enumerate(wanted):
        if number % FRESH == 0:
            prober.connect()
        prober.probe(place, kind)


@contextmanager
def _site(database_url: str, probes: int, rng: Random) -> Iterator[tuple[Ground, str]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = replace(BASE, database_url=database_url, base_url=url, demo=False, trusted_proxies=1)
    app = create_app(config)
    with app.app_context(), tempfile.TemporaryDirectory() as folder:
        ground = lay(clock.now(), max(10, probes // 50), rng)
        environment = environment_of(config)
        processes = Processes("tests.probes.served", port, environment, Path(folder) / "log", workers=0)
        try:
            yield ground, url
        finally:
            processes.stop()
            db.session.remove()
            db.engine.dispose()


class Prober:
    """Somebody who tries addresses, each time from somewhere else, so that no limit stops them."""

    def __init__(self, url: str, ground: Ground, rng: Random, heard: Heard) -> None:
        self.ground, self.rng, self.heard = ground, rng, heard
        self._place = urlsplit(url)
        self._number = rng.getrandbits(16)
        self.connect()

    def connect(self) -> None:
        """Another connection, to whichever process takes it."""
        self._connection = HTTPConnection(self._place.hostname or "", self._place.port, timeout=SECONDS)
        self._connection.connect()

    def probe(self, place: str, kind: str) -> None:
        """Asks about one address, and writes down what came back and when."""
        who = self.rng.choice(self.ground.addresses[UNKNOWN if kind == PLANTED else kind])
        cold = self.rng.randrange(COLD) == 0
        if cold:
            grow_cold(self.rng)
        tries = []
        for _ in range(1 if cold else TRIES):
            took, length, shape = self._ask(PLACES[place](self.ground, who), who, planted=kind == PLANTED)
            tries.append(took)
            self.heard.shapes[place].add(shape)
        self.heard.took[place][kind].append(min(tries))
        self.heard.lengths[place][kind].append(length)

    def _ask(self, ask: Ask, who: Address, *, planted: bool) -> tuple[float, float, Shape]:
        headers = self._headers(planted)
        if ask.body:
            headers["Content-Type"] = ask.content_type
        begun = time.perf_counter()
        self._connection.request(ask.method, ask.path, ask.body or None, headers)
        answer = self._connection.getresponse()
        data = answer.read()
        took = (time.perf_counter() - begun) * 1000
        length = len(data)
        if answer.headers.get("Content-Encoding") == "br":
            data = brotli.decompress(data)
        return took, length, shape_of(answer.status, answer.getheaders(), data.decode(), who)

    def _headers(self, planted: bool) -> dict[str, str]:
        self._number += 1
        sender = f"10.{self._number >> 16 & 255}.{self._number >> 8 & 255}.{self._number & 255}"
        headers = {"X-Forwarded-For": sender, "Accept-Encoding": "br"}
        return headers | ({"X-Planted": "1"} if planted else {})
