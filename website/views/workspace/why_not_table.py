"""A day of a link as a table, its times by its hosts, and one time in full (R43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from ...scheduling.case import Case, Cause
from ...scheduling.causes import causes_by
from ...scheduling.remedies import would_be_free
from ...scheduling.slots import HOST_RULES, LINK_RULES
from ...scheduling.timeline import instant_of, step_before
from ...services.hosts import Host
from ...services.why_not import OF_THE_LINK, Explanation, HostAnswer, Reason, deciding
from ..public.parameters import local, slot_text
from ..public.words import clock_time
from .why_not_short import short_word
from .why_not_words import Reader, Said, said

RULES = frozenset(rule.key for rule in (*LINK_RULES, *HOST_RULES))


@dataclass(frozen=True, slots=True)
class Cell:
    """`tone` is yes (offered), wait (free, yet not offered), out (of the pool) or no; `brief` says when or how many."""

    tone: str
    word: str
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A start: `at` as addresses write it; `link` is what the link itself has against it, whoever is free, in the
    place of a cell for each host."""

    at: str
    label: str
    offered: bool
    chosen: bool
    link: Cell | None
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Point:
    """A reason in full: the rule's number, what it is, and what would be without it (empty where more stands against
    the host)."""

    number: str
    said: Said
    then: str = ""


@dataclass(frozen=True, slots=True)
class HostInFull:
    """A host at one time: offered, or every reason why not."""

    name: str
    offered: bool
    points: list[Point]


def lines_of(
    explained: Explanation, hosts: Sequence[Host], at: datetime | None, reader: Reader
) -> list[Line]:
    """The starts inside the link's hours, for these hosts; `at` is the one that was picked."""
    return [_line(explained, hosts, start, at == start, reader) for start in explained.starts()]


def _line(
    explained: Explanation, hosts: Sequence[Host], start: datetime, chosen: bool, reader: Reader
) -> Line:
    answers = {one.host_id: one for one in explained.at(start)}
    pairs = [(host, deciding(answers[host.id].reasons)) for host in hosts]
    of_link = next(((host, one) for host, one in pairs if one and one.key in OF_THE_LINK), None)
    return Line(
        slot_text(start),
        clock_time(local(start, reader.user.timezone)),
        any(answer.offered for answer in answers.values()),
        chosen,
        _cell(explained, *of_link, start, reader) if of_link else None,
        [] if of_link else [_cell(explained, host, one, start, reader) for host, one in pairs],
    )


def _cell(explained: Explanation, host: Host, reason: Reason | None, start: datetime, reader: Reader) -> Cell:
    if reason is None:
        return Cell("yes", _("Free"))
    if reason.key not in RULES:
        return Cell("wait" if reason.key == "others" else "out", short_word(reason, None, host.standing))
    case = case_of(explained, host, start, reader)
    cause = min(causes_by(reason.key, case), key=lambda one: one.where != "meeting", default=None)
    brief = said(cause, host, case, reader).brief if cause and reason.key != "standing" else ""
    return Cell("no", short_word(reason, cause, host.standing), brief)


def case_of(explained: Explanation, host: Host, start: datetime, reader: Reader) -> Case:
    """A host at a start, with the host's diary."""
    time = next(one for one in explained.everybody.hosts if one.host_id == host.id)
    return Case(explained.everybody, time, reader.diaries.by_host[host.id], step_before(start))


def time_in_full(
    explained: Explanation, start: datetime, host_id: int | None, reader: Reader
) -> list[HostInFull]:
    """Every reason that stands against each host, or against one of them, at a time that need not be a start."""
    answers = explained.at(start)
    hosts = {host.id: host for host in explained.scene.hosts}
    return [
        HostInFull(
            answer.name, answer.offered, _points(explained, hosts[answer.host_id], answers, start, reader)
        )
        for answer in answers
        if host_id in (None, answer.host_id)
    ]


def _points(
    explained: Explanation, host: Host, answers: list[HostAnswer], start: datetime, reader: Reader
) -> list[Point]:
    answer = next(one for one in answers if one.host_id == host.id)
    case = case_of(explained, host, start, reader)
    points = []
    for reason in answer.reasons:
        if reason.key not in RULES:
            points.append(Point(reason.number, Said("", _(reason.sentence))))
            continue
        found = causes_by(reason.key, case)
        for words, cause in {said(cause, host, case, reader): cause for cause in found}.items():
            points.append(Point(reason.number, words, _then(explained, case, cause, answers, answer)))
    return points


def _then(
    explained: Explanation, case: Case, cause: Cause, answers: list[HostAnswer], answer: HostAnswer
) -> str:
    """What follows if this cause alone were out of the way, by asking the rules again."""
    at_start = instant_of(case.start)
    whole = explained.everybody.window.instant(explained.everybody.window.bit(at_start)) == at_start
    if not whole or not would_be_free(case, [cause]):
        return ""
    if not _in_pool(explained, answer) or _waits(explained, answers, answer):
        return str(_("Then %(name)s would be free.", name=answer.name))
    return str(_("Then this time would be offered."))


def _in_pool(explained: Explanation, answer: HostAnswer) -> bool:
    """Whether the host would be in the pool, were it not for the host's standing, which is a rule of its own."""
    scene = explained.scene
    if scene.pool.owner_alone and answer.host_id not in scene.pool.host_ids:
        return False
    paused = any(host.paused for host in scene.hosts if host.id == answer.host_id and host.standing)
    return not paused and all(reason.key in RULES for reason in answer.reasons)


def _waits(explained: Explanation, answers: list[HostAnswer], answer: HostAnswer) -> bool:
    """Whether another host would still be missing."""
    others = [one for one in answers if one.host_id != answer.host_id]
    return explained.scene.terms.everyone and not all(one.free or _optional(one) for one in others)


def _optional(answer: HostAnswer) -> bool:
    return any(reason.key == "optional" for reason in answer.reasons)
