"""What the site imports is in the lock that a server installs, not only in the one for development."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported() -> set[str]:
    """The packages that the site's modules import, wherever they do."""
    found = set()
    for path in (ROOT / "website").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module).partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"website", "tests"}


def locked() -> set[str]:
    lines = (ROOT / "requirements.txt").read_text()
    return {_plain(name) for name in re.findall(r"^([\w.\-]+)==", lines, re.MULTILINE)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_a_server_has_every_package_that_the_site_imports() -> None:
    known = packages_distributions()
    names = imported()
    assert {"flask", "brotli", "PIL"} <= names
    missing = {name for name in names if not {_plain(one) for one in known.get(name, [])} & locked()}
    assert missing == set()


def test_a_server_has_what_counts_for_several_processes() -> None:
    """It is imported by a library, and only where RATELIMIT_STORAGE_URL asks for it."""
    assert "redis" in locked()
