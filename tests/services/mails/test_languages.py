"""Mails in their readers' languages (R37)."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import NOW, make_link
from tests.peers.smtp import MailServer
from tests.services.mails.letters import ANA, BEN, DANA, HOUR, Letter, hand_over, host, move, sent
from tests.services.test_booking import NINE, ask
from tests.translations.spoken import left_in_english, lines_of_page
from website.extensions import db
from website.locales import LANGUAGES
from website.services.booking import book
from website.services.cancellation import cancel

TRANSLATED = [tag for tag in LANGUAGES if not tag.startswith("en")]


def every_mail(post: MailServer, theirs: str, ours: str) -> list[Letter]:
    """A booking's whole life: booked, moved, handed over, reminded of, cancelled."""
    ana, ben = host("Ana", language=ours), host("Ben", language=ours)
    place = {"kind": "phone", "value": "+33 1 23 45 67 89"}
    link = make_link("round_robin", hosts=[ana, ben], title="Kickoff", reminders=[60], place=place)
    db.session.commit()
    booking = book(link, ask(guests=("gus@guest.example",), language=theirs), now=NOW)
    mails = sent(post)
    move(booking)
    mails += sent(post)
    former = booking.hosts[0].user
    hand_over(booking, ben if former is ana else ana, by=former)
    mails += sent(post)
    mails += sent(post, NINE)
    cancel(booking.token, reason="", now=NINE + timedelta(minutes=1))
    return mails + sent(post, NINE + HOUR)


@pytest.mark.rule("R37")
@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_mail_speaks_one_language(world: Flask, post: MailServer, tag: str) -> None:
    mails = every_mail(post, tag, tag)
    assert len(mails) >= 12
    direction = "rtl" if tag == "ar-EG" else "ltr"
    for mail in mails:
        assert f'<html lang="{tag}" dir="{direction}">' in mail.html
        lines = [mail.subject, *mail.text.splitlines(), *lines_of_page(mail.html)]
        assert left_in_english(lines, tag) == []


def test_hosts_and_invitees_each_read_their_own_language(world: Flask, post: MailServer) -> None:
    for mail in every_mail(post, "fr-FR", "de-DE"):
        assert f'lang="{"de-DE" if mail.to in (ANA, BEN) else "fr-FR"}"' in mail.html


def test_an_unknown_language_is_the_sites_own(world: Flask, post: MailServer) -> None:
    (mail,) = [
        mail for mail in every_mail(post, "tlh", "") if mail.to == DANA and "Confirmed" in mail.subject
    ]
    assert 'lang="en-GB"' in mail.html


def test_american_mails_are_american(world: Flask, post: MailServer) -> None:
    subjects = [mail.subject for mail in every_mail(post, "en-US", "en-US")]
    assert any(subject.startswith("Canceled: Kickoff, Tuesday, February 2, 2027") for subject in subjects)
    assert not any("ancelled" in subject for subject in subjects)
