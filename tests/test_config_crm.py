"""Settings for the CRM that can and cannot work."""

from pathlib import Path

import pytest

from website.config import BadSetting, Config, read_config


def read(monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: str) -> Config:
    for name in ("HUBSPOT_TOKEN", "HUBSPOT_API_URL", "HUBSPOT_API_PREFIX"):
        monkeypatch.setenv(name, settings.get(name, ""))
    return read_config(folder / "instance")


def test_hubspot_s_own_address_and_paths_are_the_usual_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = read(monkeypatch, tmp_path, HUBSPOT_TOKEN=" pat-eu1-0 \n")
    assert config.hubspot_token == "pat-eu1-0"
    assert (config.hubspot_api_url, config.hubspot_api_prefix) == ("https://api.hubapi.com", "/crm/v3")


@pytest.mark.parametrize("prefix", ["/crm/v3/", "/crm/objects/2026-03", "/proxy/crm/v4"])
def test_another_path_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, prefix: str) -> None:
    config = read(monkeypatch, tmp_path, HUBSPOT_API_PREFIX=prefix)
    assert config.hubspot_api_prefix == prefix.rstrip("/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUBSPOT_TOKEN", "pat eu1"),
        ("HUBSPOT_TOKEN", "pat\r\nX-Header: 1"),
        ("HUBSPOT_TOKEN", "pät"),
        ("HUBSPOT_API_URL", "api.hubapi.com"),
        ("HUBSPOT_API_PREFIX", "crm/v3"),
        ("HUBSPOT_API_PREFIX", "/crm//v3"),
        ("HUBSPOT_API_PREFIX", "/crm/v3?x=1"),
        ("HUBSPOT_API_PREFIX", "/objects/objects"),
    ],
)
def test_what_cannot_work_is_refused_by_its_name_without_its_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(BadSetting, match=name) as raised:
        read(monkeypatch, tmp_path, **{name: value})
    assert name != "HUBSPOT_TOKEN" or value not in str(raised.value)
