"""A site with its database, hosts with calendars of every kind, and the world outside, which is never killed."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from tests.chaos.marks import Marks
from tests.chaos.processes import WORKERS, Processes
from tests.conftest import BASE
from tests.factories import WORKDAYS, make_link, make_organisation, make_user
from tests.peers.dav import DavUser, free_port
from tests.peers.google import Google
from tests.peers.google_links import with_google
from tests.peers.radicale import Radicale
from tests.peers.smtp import MailServer
from tests.services.google.linking import make_rep, read
from website import create_app
from website.config import Config
from website.extensions import db
from website.models import Calendar, CalendarAccount, User

KINDS = ("google", "caldav", "builtin")
ALWAYS = {day: ["00:00-24:00"] for day in (*WORKDAYS, "sat", "sun")}
POOL, GROUP = "pool", "group"


@dataclass
class World:
    """`reps` are hosts with Google calendars, by address; `diaries` the CalDAV calendars, by their address there."""

    app: Flask
    config: Config
    marks: Marks
    google: Google
    mail: MailServer
    processes: Processes
    diaries: dict[str, DavUser]

    @property
    def url(self) -> str:
        return self.config.base_url


Filling = Callable[[Flask, Google, Radicale, Marks], dict[str, DavUser]]


@contextmanager
def world(database_url: str, fill: Filling | None = None, workers: int = WORKERS) -> Iterator[World]:
    """The site on this database, which is migrated and empty; `fill` makes other hosts and links than the usual, and
    gives their CalDAV calendars."""
    folder = Path(tempfile.mkdtemp(prefix="chaos"))
    marks, port = Marks(folder), free_port()
    marks.make()
    radicale, mail = Radicale(), MailServer()
    try:
        with Google(clock=marks.now) as google:
            config = _config(database_url, port, google, mail)
            app = create_app(config)
            diaries = (fill or _hosts)(app, google, radicale, marks)
            environment = environment_of(config) | {"CHAOS_FOLDER": str(folder), "PGAPPNAME": "site"}
            processes = Processes("tests.chaos.site", port, environment, folder / "log", workers)
            try:
                yield World(app, config, marks, google, mail, processes, diaries)
            finally:
                processes.stop()
                with app.app_context():
                    db.session.remove()
                    db.engine.dispose()
    finally:
        mail.stop()
        radicale.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _config(database_url: str, port: int, google: Google, mail: MailServer) -> Config:
    site = replace(
        BASE,
        database_url=database_url,
        base_url=f"http://127.0.0.1:{port}",
        smtp_url=mail.url(),
        demo=False,
        trusted_proxies=1,
    )
    return with_google(site, google)


def environment_of(config: Config) -> dict[str, str]:
    """The settings as the processes read them."""
    given = {name: getattr(config, name) for name in Config.__slots__}
    plain = {name.upper(): value for name, value in given.items() if isinstance(value, str)}
    return plain | {"ALLOW_PRIVATE_URLS": "1", "TRUSTED_PROXIES": str(config.trusted_proxies)}


def _hosts(app: Flask, google: Google, radicale: Radicale, marks: Marks) -> dict[str, DavUser]:
    """Two hosts for each kind of calendar, one of each in the group; gives the CalDAV calendars."""
    with app.app_context():
        make_organisation()
        reps = [make_rep(google, name) for name in ("Gina", "Gus")]
        writers = [_writer(name, radicale.new_user()) for name in ("Cora", "Carl")]
        locals_ = [make_user(name) for name in ("Bea", "Bob")]
        hosts = [*reps, *(user for user, _, _ in writers), *locals_]
        shared = {"hours": ALWAYS, "place": {"kind": "meet"}}
        make_link(hosts=hosts, slug=POOL, rotation="balanced", **shared)
        make_link("group", hosts=hosts[::2], slug=GROUP, **shared)
        db.session.commit()
        read(*hosts[:4], now=marks.now())
        return {calendar: diary for _, diary, calendar in writers}


def _writer(name: str, diary: DavUser) -> tuple[User, DavUser, str]:
    """A user whose one calendar is at a CalDAV server."""
    user, calendar = make_user(name, calendar=False), diary.make_calendar("Work")
    account = CalendarAccount(kind="caldav", user=user, secret=dict(diary.account().secret))
    account.calendars = [Calendar(external_id=calendar, receives_bookings=True, writable=True)]
    db.session.add(account)
    db.session.commit()
    return user, diary, calendar
