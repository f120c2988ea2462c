"""Those who come: some look around, book, and move or cancel their meeting; in a peak, many book at once."""

from datetime import UTC, date, datetime, time, timedelta
from html import unescape

from tests.bench.visitor import TIME, Visitor
from tests.chaos.driver import HIDDEN, Acknowledged

# A visitor looks at the first days of the coming month: nothing is booked further ahead than that.
FURTHEST = timedelta(days=47)


class Guest(Visitor):
    """A visitor who looks at the booking: of four, one moves the meeting, one calls it off, one does both."""

    def _keep(self, booked: Acknowledged) -> None:
        self.seen.booked.append(booked)
        self._ask("manage", f"/booking/{booked.token}", {})
        if self.number % 4 in (1, 3):
            self._move(booked)
        if self.number % 4 in (2, 3):
            self._call_off(booked)

    def _move(self, booked: Acknowledged) -> None:
        here, day = f"/booking/{booked.token}/reschedule", self._some_day()
        self._ask("move page", here, {"timezone": self.zone})
        page = self._ask("slots", f"{here}/slots", {"timezone": self.zone, "date": day.isoformat()})
        times = TIME.findall(unescape(page.text))
        if not times:
            return
        slot = self.rng.choice(times)
        page = self._ask(
            "confirm", f"{here}/confirm", {"timezone": self.zone, "slot": slot}, allowed=(200, 409)
        )
        form = {name: unescape(value) for name, value in HIDDEN.findall(page.text)} | {"slot": slot}
        if self._ask("move", here, form, method="POST", allowed=(303, 409)).status == 303:
            with self.seen.lock:
                self.seen.moved += 1
            booked.start = datetime.strptime(slot, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)

    def _some_day(self) -> date:
        month = self.now().date().replace(day=1) + timedelta(days=32)
        return date(month.year, month.month, self.rng.randint(1, 15))


class HastyGuest(Guest):
    """A program that asks for a time at once."""

    def _visit(self) -> None:
        half_hour = time(self.rng.randrange(24), self.rng.choice((0, 30)), tzinfo=UTC)
        start = datetime.combine(self._some_day(), half_hour)
        token = self._by_api(start)
        if token:
            self.seen.booked.append(Acknowledged(token, self._email, self.slug, start))
