"""The languages that Firsthand speaks: the one table for pages, mails, forms and files."""

from pathlib import Path

# BCP 47 tags, with what each language calls itself. Of two with one plain code (en), the first stands for the code.
LANGUAGES = {
    "en-GB": "English (UK)",
    "en-US": "English (US)",
    "fr-FR": "Français",
    "de-DE": "Deutsch",
    "es-ES": "Español",
    "ar-EG": "العربية",
}
DEFAULT = "en-GB"
FOLDER = Path(__file__).resolve().parent / "translations"
_BY_CODE = {tag.partition("-")[0]: tag for tag in reversed(LANGUAGES)}
_BY_SPELLING = {tag.casefold(): tag for tag in LANGUAGES}


def known_tag(text: str) -> str:
    """The tag that a tag, a plain code or a locale comes closest to: fr-FR for fr, fr-CA and fr_FR; "" for none."""
    spelling = text.strip().replace("_", "-").casefold()
    return _BY_SPELLING.get(spelling) or _BY_CODE.get(spelling.partition("-")[0], "")


def babel_locale(tag: str) -> str:
    """The name by which Babel knows a language of the table."""
    return tag.replace("-", "_")


def catalog_path(tag: str) -> Path:
    """Where the catalog of a language lies."""
    return FOLDER / babel_locale(tag) / "LC_MESSAGES" / "messages.po"


def not_compiled() -> list[str]:
    """The languages that are not spoken as translators wrote: gettext reads what `make` compiles from catalogs."""
    paths = {name: catalog_path(tag) for tag, name in LANGUAGES.items() if tag != DEFAULT}
    return [name for name, path in paths.items() if not _is_newer(path.with_suffix(".mo"), path)]


def _is_newer(made: Path, source: Path) -> bool:
    return made.exists() and made.stat().st_mtime >= source.stat().st_mtime
