"""`make translations`: brings every catalog up to date with the texts of the program and of its templates."""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

from ..locales import DEFAULT, FOLDER, LANGUAGES, babel_locale, catalog_path

ROOT = FOLDER.parents[1]
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{[a-z_]+\}")
# Its catalog holds what it writes differently from the texts themselves, and nothing else.
VARIANT = "en-US"


def extract(to: Path) -> Catalog:
    """What there is to translate, as pyproject.toml says where to look; run from the folder that it stands in."""
    words = ["pybabel", "-q", "extract", "-F", "pyproject.toml", "--sort-by-file", "--add-location=file"]
    CommandLineInterface().run([*words, "-o", str(to), "."])  # type: ignore[no-untyped-call]
    with to.open("rb") as file:
        return read_po(file)


def read(tag: str) -> Catalog:
    """A language's catalog; a new language starts with an empty one."""
    path = catalog_path(tag)
    if not path.exists():
        return Catalog(locale=babel_locale(tag), domain="messages", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=babel_locale(tag), domain="messages")


def texts(message: Message) -> tuple[str, ...]:
    """A message's translation, in each plural form if it has any."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def written(tag: str, template: Catalog) -> bytes:
    """A language's catalog anew: new texts come in empty, and what is no longer said goes."""
    catalog = read(tag)
    catalog.update(template, no_fuzzy_matching=True)
    if tag == VARIANT:
        for message in [one for one in catalog if one.id and not any(texts(one))]:
            catalog.delete(message.id, message.context)
    file = BytesIO()
    file.write(HEADER.format(language=babel_locale(tag), plurals=catalog.plural_forms).encode())
    write_po(
        file,
        catalog,
        width=0,
        omit_header=True,
        sort_by_file=True,
        include_lineno=False,
        ignore_obsolete=True,
    )
    return file.getvalue()


def main(pot: str) -> None:
    """Every catalog but that of the language which the texts are written in."""
    template = extract(Path(pot))
    for tag in LANGUAGES:
        if tag != DEFAULT:
            path = catalog_path(tag)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(tag, template))


if __name__ == "__main__":
    main(sys.argv[1])
