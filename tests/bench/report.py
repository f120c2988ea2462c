"""BENCHMARKS.md in parts: what one command measured replaces its own parts and leaves the others."""

from pathlib import Path

FILE = Path("BENCHMARKS.md")
MARK = "\n## "


def write(text: str, file: Path = FILE) -> None:
    """Writes a report: its head, where it has one, and its parts, each under a heading of the second level."""
    head, parts = _split(text)
    known_head, known = _split(file.read_text() if file.exists() else "")
    both = known | parts
    file.write_text((head or known_head) + "".join(MARK + name + body for name, body in both.items()))


def _split(text: str) -> tuple[str, dict[str, str]]:
    head, *parts = ("\n" + text).split(MARK)
    named = (part.partition("\n") for part in parts)
    return head.removeprefix("\n"), {name: newline + body for name, newline, body in named}
