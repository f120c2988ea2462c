"""E-mail addresses, as people compare them."""

import re
import unicodedata
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

LONGEST_EMAIL = 254
# What may stand before the @, by RFC 5321, and what is fine there whatever follows.
LONGEST_BEFORE = 64
_PLAIN = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*")

_FULL_STOPS = str.maketrans("。｡．", "...")
_INVISIBLE = frozenset(("Cc", "Cf"))
# Spaces and tabs stay for now, so that "a b@c.example" does not become somebody's address.
_SPACES = re.compile(r"\s+")


def normal_email(email: str) -> str:
    """The form in which addresses are stored and compared: without invisible characters, spaces around it and a dot at
    its end, in small letters of usual width, the domain in its own script. The part before the @ is changed in nothing
    else: whether dots or tags in it count is known to its provider alone."""
    if email.isascii() and email.isprintable():
        plain = email.strip().lower()
        if "xn--" not in plain:
            return plain.rstrip(".") if "@" in plain else plain
    return _normal(email)


def is_email(address: str) -> bool:
    """Whether an address is well formed; nobody is asked whether it exists."""
    if len(address) > LONGEST_EMAIL or not address.isprintable():
        return False
    before, _, domain = address.rpartition("@")
    # Nearly all are like that, and a file of contacts has many of few domains: those are looked at once.
    if len(before) <= LONGEST_BEFORE and _PLAIN.fullmatch(before) and domain.isascii():
        return _is_domain(domain)
    return _is_valid(address)


@lru_cache(maxsize=4096)
def _is_domain(domain: str) -> bool:
    return _is_valid(f"x@{domain}")


def _is_valid(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def wire_email(address: str) -> str:
    """The address as mail servers and calendars everywhere take it: with its domain in ASCII, where that can be."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def domain_of(address: str) -> str:
    """The domain of an address in its normal form, empty where there is none."""
    return address.rpartition("@")[2] if "@" in address else ""


def normal_domain(text: str) -> str:
    """A domain in the form in which `normal_email` has it; `@acme.example` and `https://www.acme.example/` are read as
    people mean them."""
    bare = text.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    return domain_of(normal_email("x@" + bare.rpartition("@")[2].removeprefix("www.")))


@lru_cache(maxsize=1024)
def _normal(email: str) -> str:
    text = email
    while (once_more := _step(text)) != text:
        text = once_more
    return text


def _step(text: str) -> str:
    """One round: what it makes may ask for another, as where a capital letter is made of two."""
    shown = "".join(one for one in text if unicodedata.category(one) not in _INVISIBLE or one.isspace())
    usual = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", shown).lower())
    local, at, domain = _SPACES.sub(" ", usual).strip().rpartition("@")
    return f"{local}@{_normal_domain(domain)}" if at else domain


def _normal_domain(domain: str) -> str:
    return ".".join(_label(part) for part in domain.translate(_FULL_STOPS).rstrip(".").split("."))


def _label(label: str) -> str:
    """A part of a domain in its own script; one that no registry would give away stays as it is."""
    if label.isascii() and not label.startswith("xn--"):
        return label
    try:
        own = idna.decode(label) if label.isascii() else label
        return idna.decode(idna.encode(own, uts46=True))
    except (idna.IDNAError, UnicodeError):
        return label
