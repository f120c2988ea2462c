"""The settings about signing in: what cannot work is refused with a sentence."""

from pathlib import Path

import pytest

from website.config import BadSetting, Config, read_config
from website.openid import sign_in_methods

OIDC = {"OIDC_METADATA_URL": "https://a.example/m", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
GOOGLE = {"GOOGLE_CLIENT_ID": "a", "GOOGLE_CLIENT_SECRET": "b"}


def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **settings: str) -> Config:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return read_config(tmp_path / "instance")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SIGN_IN_DOMAINS": "@acme.example"}, "SIGN_IN_DOMAINS are domains"),
        ({"SIGN_IN_DOMAINS": "acme"}, "SIGN_IN_DOMAINS are domains"),
        ({"SIGN_IN_DOMAINS": "acme.example;else.example"}, "SIGN_IN_DOMAINS are domains"),
        ({"GOOGLE_CLIENT_ID": "a"}, "must be set together"),
        ({**OIDC, "OIDC_CLIENT_SECRET": ""}, "must be set together"),
        ({**OIDC, "OIDC_METADATA_URL": "a.example"}, "OIDC_METADATA_URL must be a whole address"),
        ({"SECRET_KEY_FALLBACKS": "short,a longer one, which is fine"}, "SECRET_KEY_FALLBACKS are"),
    ],
)
def test_what_cannot_work_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
) -> None:
    with pytest.raises(BadSetting, match=said):
        read(tmp_path, monkeypatch, **settings)


def test_the_ways_to_sign_in_are_those_that_are_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sign_in_methods(read(tmp_path, monkeypatch)) == {}
    both = sign_in_methods(read(tmp_path, monkeypatch, **GOOGLE, **OIDC, OIDC_NAME="Acme Login"))
    assert [(method.client, method.label, method.domain_claim) for method in both.values()] == [
        ("google", "Google", "hd"),
        ("oidc", "Acme Login", ""),
    ]
    assert "client_secret" not in repr(both["google"])


def test_domains_are_read_in_small_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    domains = read(tmp_path, monkeypatch, SIGN_IN_DOMAINS="Acme.example, else.example").sign_in_domains
    assert domains == ("acme.example", "else.example")
