"""Writes values as TOML in whatever way the format allows, and remembers the line of everything that it wrote."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from website.services.workspace_lines import join

Draw = Callable[[st.SearchStrategy[Any]], Any]
COMMENT = '# [[not]] a = "table'


class Pen:
    """What was written so far. `lines` says for each path on which line it was first written."""

    def __init__(self, draw: Draw) -> None:
        self.draw, self.text, self.lines = draw, "", dict[str, int]()

    def write(self, text: str) -> None:
        self.text += text

    def note(self, path: str) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def choose(self, *ways: Any) -> Any:
        return self.draw(st.sampled_from(ways))

    def key(self, name: str) -> None:
        bare = name and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name)
        quoted = [json.dumps(name), *([f"'{name}'"] if name.isprintable() and "'" not in name else [])]
        self.write(self.choose(*quoted, *([name] * 3 if bare else [])))

    def keys(self, path: str, names: list[str]) -> str:
        """A key, dotted where there are several; returns the path that it leads to."""
        for number, name in enumerate(names):
            self.write(self.choose(".", " . ") if number else "")
            path = join(path, name)
            self.note(path)
            self.key(name)
        return path

    def end_line(self) -> None:
        self.write(self.choose("", "  ", f" {COMMENT}") + self.choose("\n", "\n", "\n\n", f"\n{COMMENT}\n"))

    def table(self, names: list[str], path: str, data: dict[str, Any]) -> None:
        """What stands below a header: pairs first, then tables with headers of their own."""
        below = []
        for key, value in data.items():
            if (isinstance(value, dict) or tables(value)) and self.choose(True, False):
                below.append((key, value))
            else:
                self.pair([key], path, value)
                self.end_line()
        for key, value in below:
            for number, one in enumerate(value if isinstance(value, list) else [value]):
                self.header([*names, key], join(path, key), number if isinstance(value, list) else None, one)

    def header(self, names: list[str], path: str, number: int | None, data: dict[str, Any]) -> None:
        opening, closing = ("[", "]") if number is None else ("[[", "]]")
        self.write(self.choose("", "  ") + opening)
        self.note(path)
        for place, name in enumerate(names):
            self.write("." if place else "")
            self.key(name)
        self.write(closing)
        inside = path if number is None else f"{path}[{number}]"
        self.note(inside)
        self.end_line()
        self.table(names, inside, data)

    def pair(self, names: list[str], path: str, value: Any) -> None:
        """`a = …`, or `a.b = …` for a table with one key."""
        while isinstance(value, dict) and len(value) == 1 and self.choose(True, False):
            ((name, value),) = value.items()
            names = [*names, name]
        path = self.keys(path, names)
        self.write(self.choose("=", " = "))
        self.value(path, value)

    def value(self, path: str, value: Any) -> None:
        if isinstance(value, dict):
            self.write("{")
            for number, (key, part) in enumerate(value.items()):
                self.write(", " if number else " ")
                self.pair([key], path, part)
            self.write(" }")
        elif isinstance(value, list):
            self.array(path, value)
        else:
            self.write(self.string(value) if isinstance(value, str) else json.dumps(value))

    def array(self, path: str, value: list[Any]) -> None:
        gap = self.choose("", " ", "\n", f" {COMMENT}\n\n  ")
        self.write("[" + gap)
        for number, part in enumerate(value):
            self.note(f"{path}[{number}]")
            self.value(f"{path}[{number}]", part)
            self.write(self.choose(",", " ,") if number < len(value) - 1 else self.choose("", ","))
            self.write(gap)
        self.write("]")

    def string(self, text: str) -> str:
        """A text of one line or of several, escaped as little as may be or throughout."""
        ways = [json.dumps(text), '"""\n' + _escaped(text) + '"""']
        if '"""' not in text and "\\" not in text:
            ways += [f'"""\n{text}"""'] * 3
        if "'''" not in text:
            ways += [f"'''\n{text}'''"] * 3
        if "'" not in text and "\n" not in text:
            ways.append(f"'{text}'")
        return self.choose(*ways)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


@st.composite
def toml_texts(
    draw: Draw, values: st.SearchStrategy[dict[str, Any]]
) -> tuple[str, dict[str, Any], dict[str, int]]:
    """A text, what it says, and the line of each path in it."""
    data = draw(values)
    pen = Pen(draw)
    pen.table([], "", data)
    return pen.text, data, pen.lines
