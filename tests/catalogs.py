"""The catalogs that gettext reads, made anew where translators wrote something since: tests run without make too."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "website" / "translations"


def compile_catalogs() -> None:
    """Whole or not at all: processes that run at once find no half-written file."""
    for source in FOLDER.glob("*/LC_MESSAGES/messages.po"):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = made.with_suffix(f".{os.getpid()}")
        with source.open("rb") as text, unfinished.open("wb") as file:
            write_mo(file, read_po(text, locale=source.parent.parent.name))
        unfinished.replace(made)
