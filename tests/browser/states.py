"""Every state of the pages that prospects and invitees see, one after the other, in any language."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests.factories import make_busy, make_link, make_user
from tests.views.public.test_booking_page import ALL_WEEK, DANA
from tests.views.public.test_reschedule import begin_at
from website import clock
from website.extensions import db
from website.models import User
from website.views.public.parameters import SLOT_FORMAT

QUESTIONS = [
    {"key": "size", "label": "How many people work with you?", "kind": "number", "required": True},
    {"key": "plan", "label": "Which plan?", "kind": "choice", "choices": ["Small", "Large"]},
    {"key": "parts", "label": "Which parts?", "kind": "choices", "choices": ["Pages", "Mails"]},
    {"key": "topic", "label": "What would you like to see?", "kind": "long_text"},
    {"key": "terms", "label": "I agree to be called", "kind": "consent", "required": True},
]


def fill_the_site() -> None:
    """Links in every state that a visitor may find one in."""
    ana, ben = make_user("Ana"), make_user("Ben")
    for host in (ana, ben):
        make_busy(host, now=clock.now())
    both, hours = [ana, ben], {"hours": ALL_WEEK}
    make_link("round_robin", both, slug="who", owner_first=True, **hours)
    make_link(
        "round_robin", both, slug="demo", any_colleague=True, durations=[30, 60], questions=QUESTIONS,
        description="A short tour, with time for your questions.", place={"kind": "text", "value": "Video call"},
        change_notice_minutes=120, **hours,
    )  # fmt: skip
    later = clock.now().date() + timedelta(days=62)
    window = {"window_days": None, "window_from": later, "window_to": later + timedelta(days=9)}
    make_link("personal", [ana], slug="later", **window, **hours)
    make_link("group", both, slug="never", hours={})
    make_link("personal", [ana], slug="off", active=False, **hours)
    db.session.commit()


class Visit:
    """A visitor on the way through all states; `all` names each as soon as it is on the page."""

    def __init__(self, page: Page, site: str, language: str) -> None:
        self._page, self._site, self._language = page, site, language

    def all(self) -> Iterator[str]:
        yield from self._choosing()
        yield from self._details()
        yield from self._booked()
        yield from self._elsewhere()

    def _choosing(self) -> Iterator[str]:
        self._go("/book/who")
        yield "who question"
        self._send(until="#summary")
        yield "who question, refused"
        self._page.locator("#email").fill(DANA)
        self._send(until="a.time")
        yield "month of an owner-first link"
        self._go("/book/later?timezone=Europe/London&month=" + f"{clock.now():%Y-%m}")
        yield "empty month"
        self._go("/book/never?timezone=Europe/London")
        yield "no time at all"
        self._go("/book/demo?timezone=Europe/London&zones=all")
        yield "month, with all zones"
        tomorrow = clock.now().date() + timedelta(days=1)
        self._go(f"/book/demo?timezone=Europe/London&date={tomorrow}")
        yield "day"

    def _details(self) -> Iterator[str]:
        self._click("a.time", until="input[name=slot]")
        yield "details"
        self._send(until="#summary")
        self._unfold()
        yield "422"
        self._page.locator("#name").fill("Dana Prospect")
        self._page.locator("#email").fill(DANA)
        self._page.locator("#answer_size").fill("12")
        self._page.locator("#answer_terms").check()
        yield from self._another_time("409")
        yield "done"

    def _booked(self) -> Iterator[str]:
        manage = self._page.url.partition("?")[0].removeprefix(self._site)
        self._go(f"{manage}/cancel")
        yield "cancel"
        self._go(f"{manage}/reschedule?timezone=Europe/London")
        yield "reschedule"
        self._click("li:nth-child(3) a.time", until="input[name=slot]")
        yield "confirm reschedule"
        yield from self._another_time("reschedule, 409")
        yield "moved"
        begin_at(clock.now() + timedelta(minutes=100))
        yield from self._unchangeable(manage, "too late")
        begin_at(clock.now() - timedelta(minutes=100))
        yield from self._unchangeable(manage, "past")
        begin_at(clock.now() + timedelta(days=9))
        self._go(f"{manage}/cancel")
        self._send(until=".badge.off")
        yield "cancelled"

    def _another_time(self, name: str) -> Iterator[str]:
        """The time is taken meanwhile, so the form comes back with others, and one of them it is."""
        slot = self._page.locator("input[name=slot]").input_value()
        take(datetime.strptime(slot, SLOT_FORMAT).replace(tzinfo=UTC))
        self._send(until=".alternatives")
        yield name
        self._page.locator(".alternatives input[type=radio]").first.check()
        self._send(until=".done")

    def _unchangeable(self, manage: str, name: str) -> Iterator[str]:
        for path in ("", "/reschedule", "/cancel"):
            self._go(manage + path)
            yield f"{name} {path}"

    def _elsewhere(self) -> Iterator[str]:
        for path in ("/book/off", "/book/nothing-here"):
            self._go(path)
            yield path
        self._go("/book/demo/write")
        yield "write to us"
        self._send(until="#summary")
        yield "write to us, refused"
        self._page.locator("#name").fill("Dana Prospect")
        self._page.locator("#email").fill(DANA)
        self._page.locator("#text").fill("I would rather call.")
        self._send(until="#done")
        yield "written"

    def _go(self, path: str) -> None:
        self._page.goto(f"{self._site}{path}{'&' if '?' in path else '?'}lang={self._language}")

    def _send(self, until: str) -> None:
        self._click("main form[method=post]:last-of-type button[type=submit]", until)

    def _click(self, css: str, until: str) -> None:
        """Clicks, and waits for what the next page alone has."""
        self._page.locator(css).first.click()
        self._page.locator(until).first.wait_for(state="attached")
        self._page.wait_for_load_state()

    def _unfold(self) -> None:
        for details in self._page.locator("details").all():
            details.evaluate("one => { one.open = true; }")


def take(start: datetime) -> None:
    """Keeps everybody from meeting for three hours from then on."""
    for host in db.session.query(User).all():
        make_busy(host, (start, start + timedelta(hours=3)), now=clock.now())
    db.session.commit()
