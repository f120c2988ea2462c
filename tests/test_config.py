"""The environment: what works is read, what cannot is refused with a sentence that names the setting."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from website.config import BadSetting, read_config
from website.database import engine_options


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "SECRET_KEY", "BASE_URL", "DEMO", "SMTP_URL", "TRUSTED_PROXIES"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "instance"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "site.db"),
        ("SECRET_KEY", "short"),
        ("BASE_URL", "meet.example.com"),
        ("BASE_URL", "ftp://meet.example.com"),
        ("BASE_URL", "https://[meet"),
        ("GOOGLE_CLIENT_ID", "alone"),
        ("SMTP_URL", "mail.example.com:25"),
        ("SMTP_URL", "smtp://[mail"),
        ("DEMO", "perhaps"),
        ("TRUSTED_PROXIES", "two"),
        ("TRUSTED_PROXIES", "-1"),
    ],
)
def test_what_cannot_work_is_refused(
    instance: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(BadSetting, match=setting):
        read_config(instance)


@pytest.mark.parametrize(
    "query",
    ["host=db1,db2&target_session_attrs=read-write", "host=db1:5432&host=db2:5433", "host=db1,db2&port=1,2"],
)
def test_a_database_may_be_several_servers(
    instance: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    url = f"postgresql+psycopg://user:secret@/firsthand?{query}"
    monkeypatch.setenv("DATABASE_URL", url)
    config = read_config(instance)
    assert config.database_url == url
    assert create_engine(url).dialect.create_connect_args(make_url(url))[1]["host"] == "db1,db2"


def test_the_address_of_the_database_says_how_long_servers_are_waited_for(instance: Path) -> None:
    config = read_config(instance)
    url = "postgresql+psycopg://user@db/firsthand?connect_timeout=2"
    given = engine_options(replace(config, database_url=url))["connect_args"]
    assert "connect_timeout" not in given
    assert given["tcp_user_timeout"]


def test_nothing_need_be_set(instance: Path) -> None:
    config = read_config(instance)
    assert config.sqlite
    assert config.base_url_is_default
    assert len(config.secret_key) == 64
    assert read_config(instance).secret_key == config.secret_key
    assert (instance / "secret.key").stat().st_mode & 0o077 == 0


def test_a_file_beside_the_site_is_read(instance: Path) -> None:
    (instance.parent / ".env").write_text("BASE_URL=https://meet.example.com/\n")
    assert read_config(instance).base_url == "https://meet.example.com"
