"""The environment, read once into one frozen value. What cannot work is refused with a sentence."""

import os
import re
import secrets
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, EnvError

GOOGLE_METADATA = "https://accounts.google.com/.well-known/openid-configuration"
GOOGLE_CALENDAR = "https://www.googleapis.com/calendar/v3"
HUBSPOT = "https://api.hubapi.com"
HUBSPOT_PREFIX = "/crm/v3"
DEFAULT_BASE = "http://127.0.0.1:8000"
ENGINES = ("sqlite", "postgresql+psycopg")


_in_force: "Config | None" = None


class BadSetting(Exception):
    """A setting that cannot work; the text says which, and why."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting of the product (SPEC §6)."""

    database_url: str
    secret_key: str
    base_url: str
    google_client_id: str
    google_client_secret: str
    google_metadata_url: str
    google_calendar_url: str
    smtp_url: str
    mail_from: str
    hubspot_token: str
    hubspot_api_url: str
    allow_private_urls: bool
    demo: bool
    ratelimit_storage_url: str
    trusted_proxies: int
    secret_key_fallbacks: tuple[str, ...] = ()
    sign_in_domains: tuple[str, ...] = ()
    oidc_name: str = "Single sign-on"
    oidc_metadata_url: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    hubspot_api_prefix: str = HUBSPOT_PREFIX

    @property
    def base_url_is_default(self) -> bool:
        """Whether nobody said where the site is."""
        return self.base_url == DEFAULT_BASE

    @property
    def sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.database_url.startswith("sqlite")


def put_in_force(config: Config) -> None:
    """Makes these the settings of the process; services and providers ask `in_force` for them."""
    global _in_force
    _in_force = config


def in_force() -> Config:
    """The settings of the process. Raises RuntimeError before any application was made."""
    if _in_force is None:
        raise RuntimeError("no settings are in force yet")
    return _in_force


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def read_config(instance: Path) -> Config:
    """The settings from the environment and a `.env` file. Raises BadSetting."""
    env = Env()
    env.read_env(str(instance.parent / ".env"), recurse=False)
    try:
        config = Config(
            database_url=env.str("DATABASE_URL", "") or f"sqlite:///{instance / 'firsthand.db'}",
            secret_key=env.str("SECRET_KEY", "") or _kept_secret(instance / "secret.key"),
            base_url=(env.str("BASE_URL", "") or DEFAULT_BASE).rstrip("/"),
            google_client_id=env.str("GOOGLE_CLIENT_ID", ""),
            google_client_secret=env.str("GOOGLE_CLIENT_SECRET", ""),
            google_metadata_url=env.str("GOOGLE_METADATA_URL", "") or GOOGLE_METADATA,
            google_calendar_url=env.str("GOOGLE_CALENDAR_URL", "") or GOOGLE_CALENDAR,
            smtp_url=env.str("SMTP_URL", ""),
            mail_from=env.str("MAIL_FROM", "") or _usual_sender(env.str("BASE_URL", "")),
            hubspot_token=env.str("HUBSPOT_TOKEN", "").strip(),
            hubspot_api_url=env.str("HUBSPOT_API_URL", "") or HUBSPOT,
            allow_private_urls=env.bool("ALLOW_PRIVATE_URLS", False),
            demo=env.bool("DEMO", False),
            ratelimit_storage_url=env.str("RATELIMIT_STORAGE_URL", "") or "memory://",
            trusted_proxies=env.int("TRUSTED_PROXIES", 0),
            secret_key_fallbacks=_listed(env.str("SECRET_KEY_FALLBACKS", "")),
            sign_in_domains=_listed(env.str("SIGN_IN_DOMAINS", "").lower()),
            oidc_name=env.str("OIDC_NAME", "") or "Single sign-on",
            oidc_metadata_url=env.str("OIDC_METADATA_URL", ""),
            oidc_client_id=env.str("OIDC_CLIENT_ID", ""),
            oidc_client_secret=env.str("OIDC_CLIENT_SECRET", ""),
            hubspot_api_prefix=(env.str("HUBSPOT_API_PREFIX", "") or HUBSPOT_PREFIX).rstrip("/"),
        )
    except EnvError as error:
        raise BadSetting(str(error)) from error
    _check(config)
    _check_domains(config)
    _check_hubspot(config)
    return config


def _usual_sender(base_url: str) -> str:
    """An address at the site's own name, which has to be a name: numbers receive no mail."""
    host = (urlsplit(base_url).hostname or "") if _is_address(base_url, "http", "https") else ""
    named = not host.replace(".", "").isdigit() and ":" not in host
    return f"Firsthand <firsthand@{host if host and named else 'localhost'}>"


def _check(config: Config) -> None:
    if config.database_url.split("://")[0] not in ENGINES:
        raise BadSetting("DATABASE_URL must start with sqlite:/// or postgresql+psycopg://.")
    if len(config.secret_key) < 16:
        raise BadSetting("SECRET_KEY is shorter than 16 characters; make one with: openssl rand -hex 32")
    addresses = ["base_url", "google_metadata_url", "google_calendar_url", "hubspot_api_url"]
    for name in [*addresses, *(["oidc_metadata_url"] if config.oidc_metadata_url else [])]:
        if not _is_address(getattr(config, name), "http", "https"):
            raise BadSetting(f"{name.upper()} must be a whole address such as https://meet.example.com.")
    _check_mail(config)
    if bool(config.google_client_id) != bool(config.google_client_secret):
        raise BadSetting("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET must be set together.")
    oidc = (config.oidc_metadata_url, config.oidc_client_id, config.oidc_client_secret)
    if any(oidc) and not all(oidc):
        raise BadSetting("OIDC_METADATA_URL, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set together.")
    if any(len(key) < 16 for key in config.secret_key_fallbacks):
        raise BadSetting(
            "SECRET_KEY_FALLBACKS are earlier secret keys, of 16 characters or more, with commas between."
        )
    if config.trusted_proxies < 0:
        raise BadSetting("TRUSTED_PROXIES is the number of proxies in front of the site: 0 or more.")


def _is_address(text: str, *schemes: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in schemes and bool(address.hostname) and address.port != 0
    except ValueError:
        return False


def _check_mail(config: Config) -> None:
    if config.smtp_url and not config.smtp_url.startswith(("smtp://", "smtps://")):
        raise BadSetting("SMTP_URL must start with smtp:// or smtps://.")
    if config.smtp_url and not _is_address(config.smtp_url, "smtp", "smtps"):
        raise BadSetting("SMTP_URL must name a server, such as smtp://user:password@mail.example.com:587.")
    if "@" not in parseaddr(config.mail_from)[1] or not config.mail_from.isprintable():
        raise BadSetting("MAIL_FROM must be an address such as Acme <meet@acme.example>.")


def _kept_secret(path: Path) -> str:
    """A secret made at the first start and kept in a file that only the owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()


def _check_domains(config: Config) -> None:
    if any(not re.fullmatch(r"[\w-]+(\.[\w-]+)+", domain) for domain in config.sign_in_domains):
        raise BadSetting("SIGN_IN_DOMAINS are domains such as example.com, with commas between.")


def _check_hubspot(config: Config) -> None:
    """The token stands in a header of every request, and the prefix in every address."""
    if not all("!" <= letter <= "~" for letter in config.hubspot_token):
        raise BadSetting("HUBSPOT_TOKEN must be one word, as HubSpot shows it.")
    prefix = config.hubspot_api_prefix
    if not re.fullmatch(r"(/[\w.-]+)+", prefix, re.ASCII) or prefix.split("/").count("objects") > 1:
        raise BadSetting(
            "HUBSPOT_API_PREFIX must be a path such as /crm/v3, or that of the objects: /crm/objects/2026-03."
        )
