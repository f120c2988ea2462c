"""R5: which events block."""

import pytest

from tests.ical.feeds import AT_NINE, PLAIN, busy, calendar, event

pytestmark = pytest.mark.rule("R5")

BLOCKS = {
    "nothing said": "",
    "confirmed": "STATUS:CONFIRMED",
    "tentative": "STATUS:TENTATIVE",
    "opaque": "TRANSP:OPAQUE",
    "busy in Outlook": "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
    "tentative in Outlook": "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
    "out of office in Outlook": "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
    "a word that nobody knows": "X-MICROSOFT-CDO-BUSYSTATUS:ASLEEP",
    "busy, though it was meant as free": (
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY\nX-MICROSOFT-CDO-INTENDEDSTATUS:FREE"
    ),
    "out of office in Zimbra": "X-MICROSOFT-CDO-INTENDEDSTATUS:OOF",
}
FREE = {
    "cancelled": "STATUS:CANCELLED",
    "cancelled, in small letters": "STATUS:cancelled",
    "transparent": "TRANSP:TRANSPARENT",
    "transparent, in small letters": "transp:transparent",
    "free in Outlook": "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    "working elsewhere in Outlook": "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
    "free in Zimbra": "TRANSP:OPAQUE\nX-MICROSOFT-CDO-INTENDEDSTATUS:FREE",
}
ANA = "ana@acme.example"
DECLINED = {
    "by its owner": "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@acme.example",
    "by its owner, in capitals": "ATTENDEE;partstat=declined:MAILTO:Ana@Acme.Example",
    "by its owner among others": (
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ben@acme.example\n"
        'ATTENDEE;CN="Alves, Ana";PARTSTAT=DECLINED:mailto:ana@acme.example'
    ),
    "by its owner, with a name that is quoted badly": (
        'ATTENDEE;CN="Ana "the Boss" Alves";PARTSTAT=DECLINED:mailto:ana@acme.example'
    ),
    "by its owner through somebody else": (
        'ATTENDEE;SENT-BY="mailto:ben@acme.example";PARTSTAT=DECLINED:mailto:ana@acme.example'
    ),
    "by its owner, whose address is a parameter": (
        "ATTENDEE;EMAIL=ana@acme.example;PARTSTAT=DECLINED:/1234/principal/"
    ),
}
NOT_DECLINED = {
    "accepted": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@acme.example",
    "tentative": "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ana@acme.example",
    "not answered": "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ana@acme.example",
    "without an answer, under a strange name": 'ATTENDEE;CN=A;B=:C;"D:mailto:ana@acme.example',
    "without an answer": "ATTENDEE:mailto:ana@acme.example",
    "declined by somebody else": (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@acme.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@acme.example"
    ),
    "declined for somebody else": (
        'ATTENDEE;SENT-BY="mailto:ana@acme.example";PARTSTAT=DECLINED:mailto:ben@acme.example'
    ),
    "declined by a longer address": "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@acme.example.org",
}


@pytest.mark.parametrize("row", BLOCKS)
def test_an_event_blocks(row: str) -> None:
    assert busy(calendar(event(f"{PLAIN}\n{BLOCKS[row]}"))) == AT_NINE


@pytest.mark.parametrize("row", FREE)
def test_an_event_does_not_block(row: str) -> None:
    assert busy(calendar(event(f"{PLAIN}\n{FREE[row]}"))) == []


@pytest.mark.parametrize("row", DECLINED)
def test_a_declined_event_does_not_block(row: str) -> None:
    assert busy(calendar(event(f"{PLAIN}\n{DECLINED[row]}")), owner_email=ANA) == []


@pytest.mark.parametrize("row", NOT_DECLINED)
def test_any_other_answer_blocks(row: str) -> None:
    assert busy(calendar(event(f"{PLAIN}\n{NOT_DECLINED[row]}")), owner_email=ANA) == AT_NINE


def test_nobody_is_known_to_have_declined_in_a_feed_without_an_owner() -> None:
    assert busy(calendar(event(f"{PLAIN}\n{DECLINED['by its owner']}"))) == AT_NINE


def test_one_occurrence_can_be_declined() -> None:
    series = event(f"{PLAIN}\nRRULE:FREQ=DAILY;COUNT=2\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANA}")
    declined = event(
        "RECURRENCE-ID:20270203T090000Z\nDTSTART:20270203T090000Z\nDTEND:20270203T100000Z\n"
        f"ATTENDEE;PARTSTAT=DECLINED:mailto:{ANA}"
    )
    assert busy(calendar(series, declined), owner_email=ANA) == AT_NINE


def test_one_occurrence_of_a_free_series_can_block() -> None:
    series = event(f"{PLAIN}\nRRULE:FREQ=DAILY;COUNT=2\nTRANSP:TRANSPARENT")
    blocking = event("RECURRENCE-ID:20270203T090000Z\nDTSTART:20270203T090000Z\nDTEND:20270203T100000Z")
    assert busy(calendar(series, blocking)) == ["02-03 09:00 → 02-03 10:00"]
