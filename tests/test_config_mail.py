"""Settings for mail that can and cannot work."""

from pathlib import Path

import pytest

from website.config import BadSetting, Config, read_config


def read(monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: str) -> Config:
    for name in ("SMTP_URL", "MAIL_FROM", "BASE_URL"):
        monkeypatch.setenv(name, settings.get(name, ""))
    instance = folder / "instance"
    return read_config(instance)


@pytest.mark.parametrize(
    ("base_url", "sender"),
    [
        ("https://meet.acme.example/", "Firsthand <firsthand@meet.acme.example>"),
        ("", "Firsthand <firsthand@localhost>"),
        ("http://10.0.0.5:8000", "Firsthand <firsthand@localhost>"),
        ("http://[::1]:8000", "Firsthand <firsthand@localhost>"),
    ],
)
def test_mails_come_from_the_site_s_own_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, base_url: str, sender: str
) -> None:
    assert read(monkeypatch, tmp_path, BASE_URL=base_url).mail_from == sender


def test_mails_come_from_whoever_the_settings_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read(monkeypatch, tmp_path, MAIL_FROM="Acme <a@b.example>").mail_from == "Acme <a@b.example>"


@pytest.mark.parametrize("url", ["smtp://mail.example", "smtps://user:p%40ss@mail.example:465"])
def test_a_mail_server_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    assert read(monkeypatch, tmp_path, SMTP_URL=url).smtp_url == url


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SMTP_URL", "https://mail.example", "must start with smtp:// or smtps://"),
        ("SMTP_URL", "smtp://", "must name a server"),
        ("SMTP_URL", "smtp://user:pass@:25", "must name a server"),
        ("SMTP_URL", "smtp://mail.example:port", "must name a server"),
        ("SMTP_URL", "smtp://mail.example:99999", "must name a server"),
        ("MAIL_FROM", "Acme", "must be an address"),
        ("MAIL_FROM", "Acme <a@b.example>\nBcc: x@y.example", "must be an address"),
    ],
)
def test_mail_settings_that_cannot_work_are_refused_at_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(BadSetting, match=sentence):
        read(monkeypatch, tmp_path, **{name: value})
