"""Where in a TOML text each value stands, so that an error can name its line."""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')\s*(\.[^=]*)?=")


def line_numbers(text: str) -> dict[str, int]:
    """Line numbers from 1, by path such as `links[0].hours` or `users[2]`. The text must be valid TOML."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            table = _enter(header[2], counts, many=header[1] == "[[")
            found.setdefault(table, number)
        elif key:
            found.setdefault(_join(table, key[1].strip("\"'")), number)
    return found


def line_of(path: str, numbers: dict[str, int]) -> int:
    """The line of a path, or of the nearest thing that holds it."""
    while path and path not in numbers:
        path = re.sub(r"(\.[^.\[\]]+|\[\d+\]|^[^.\[\]]+)$", "", path)
    return numbers.get(path, 1)


def _enter(header: str, counts: dict[str, int], *, many: bool) -> str:
    """The path of a table header; a repeated one stands for the last of its array."""
    path = ""
    names = [name.strip().strip("\"'") for name in header.split(".")]
    for place, name in enumerate(names):
        path = _join(path, name)
        if many and place == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def _join(table: str, name: str) -> str:
    return f"{table}.{name}" if table else name
