"""The engine alone, on seeded workloads with brute-force answers."""

import datetime as dt
from typing import Any

from tests.bench import workloads
from tests.bench.measure import measure
from website.scheduling.hours import ALWAYS, WEEKDAYS, Hours
from website.scheduling.slots import HostTime, Offer, Question, Terms, offer
from website.scheduling.timeline import STEP_SECONDS, Window, bits, busy_mask

Workload = dict[str, Any]
TARGETS = {"W3": (10.0, 1.0), "W5": (60.0, 4.0)}
OVERLAPPING = {"zones": ["Europe/London", "Europe/Berlin", "Africa/Casablanca", "Europe/Dublin"]}
SPECS: tuple[tuple[Any, ...], ...] = (
    ("W1", 101, 1, 30, 5, "round_robin", 30, {"step": 30}),
    ("W2", 102, 10, 60, 8, "round_robin", 30, {}),
    ("W3", 103, 50, 60, 10, "round_robin", 30, {}),
    ("W4", 104, 10, 60, 10, "collective", 30, OVERLAPPING),
    ("W5", 105, 200, 90, 10, "round_robin", 30, {}),
    ("W6", 106, 50, 60, 3, "round_robin", 60, {}),
    ("W7", 107, 10, 60, 2, "collective", 30, OVERLAPPING),
)


class Case:
    """A workload as the engine is asked for it."""

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.now = dt.datetime.fromtimestamp(workload["now"], dt.UTC)
        self.terms = Terms(
            Hours(workload["booker_tz"], ALWAYS),
            workload["step_min"],
            workload["duration_min"],
            everyone=workload["mode"] == "collective",
            own_hours=True,
            notice=workload["min_notice_min"],
            buffer_before=workload["buffer_before_min"],
            buffer_after=workload["buffer_after_min"],
        )
        start, end = workload["window_start"] // STEP_SECONDS, workload["window_end"] // STEP_SECONDS
        self.asked = Window(start, end - start)
        self.window = self.asked.widened(self.terms.margin)
        self.hours = [hours_of(host) for host in workload["hosts"]]

    def hosts(self) -> list[HostTime]:
        """The hosts with their raw events turned into masks."""
        return [
            HostTime(host["id"], hours=hours, busy=busy_mask(host["busy"], self.window))
            for host, hours in zip(self.workload["hosts"], self.hours, strict=True)
        ]

    def offer(self, hosts: list[HostTime]) -> Offer:
        """The engine's answer."""
        return offer(Question(self.terms, hosts, self.window, self.now))

    def starts(self, hosts: list[HostTime]) -> list[int]:
        """The starts as epoch seconds, as the workload's answers are written: the slot must end in the window."""
        length = self.workload["duration_min"] * 60 // STEP_SECONDS
        found = (self.window.start + bit for bit in bits(self.offer(hosts).starts))
        return [step * STEP_SECONDS for step in found if self.asked.start <= step <= self.asked.end - length]


def hours_of(host: dict[str, Any]) -> Hours:
    """A workload's weekly rules (0 is Sunday, an end of 23:59 means midnight) as hours."""
    weekly: dict[str, list[str]] = {}
    for rule in host["weekly"]:
        for day in rule["days"]:
            weekly.setdefault(WEEKDAYS[(day - 1) % 7], []).append(_text(rule["start"], rule["end"]))
    special = {day: _merged([_text(*pair) for pair in pairs]) for day, pairs in host["overrides"].items()}
    return Hours.read(host["tz"], {day: _merged(texts) for day, texts in weekly.items()}, special)


def _text(start: str, end: str) -> str:
    return f"{start}-{'24:00' if end == '23:59' else end}"


def _merged(texts: list[str]) -> list[str]:
    """Overlapping ranges as one: the workloads have some, hours do not."""
    found: list[list[str]] = []
    for start, end in sorted(text.split("-") for text in texts):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return [f"{start}-{end}" for start, end in found]


def run() -> list[str]:
    """The table of the engine alone, as lines of Markdown."""
    lines = [
        "| work | hosts × events | from raw events | from cached masks | target (raw, masks) | all starts right |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, seed, hosts, days, events, mode, duration, more in SPECS:
        workload = workloads.gen(name, seed, hosts, days, events, mode, duration, **more)
        workload["expected"], _ = workloads.oracle(workload)
        case = Case(workload)
        masks = case.hosts()
        right = case.starts(masks) == workload["expected"]
        raw, cached = (
            measure(lambda case=case: case.offer(case.hosts())),
            measure(lambda case=case, masks=masks: case.offer(masks)),
        )
        count = sum(len(host["busy"]) for host in workload["hosts"])
        target = "≤ {} ms, ≤ {} ms".format(*TARGETS[name]) if name in TARGETS else ""
        lines.append(
            f"| {name} | {hosts} × {count:,} | {raw} | {cached} | {target} | {'yes' if right else 'NO'} |"
        )
    lines.append(_hard_cases())
    return lines


def _hard_cases() -> str:
    cases = workloads.gen_torture()
    wrong = total = 0
    for workload in cases:
        expected, _ = workloads.oracle(workload)
        case = Case(workload)
        total += len(expected)
        wrong += case.starts(case.hosts()) != expected
    return (
        f"\nW0: {len(cases) - wrong} of {len(cases)} hard cases agree to the last start ({total:,} starts)."
    )
