"""Where in a TOML text each value stands, so that an error can name its line.

Parsers of TOML do not tell positions. This one walks the words of a text that a parser has accepted already: it
need not know what is wrong, only where keys and elements are.
"""

import json
import re
import tomllib
from collections.abc import Iterator

_WORD = re.compile(
    r"""
      [ \t]+ | \#[^\n]*                                             # nothing that counts
    | \"{3} (?: [^"\\] | \\. | "{1,2}(?!") )* "{3,5}                # texts of several lines
    | '{3} (?: [^'] | '{1,2}(?!') )* '{3,5}
    | " (?: [^"\\] | \\. )* " | '[^']*'                             # texts of one line
    | [\[\]{}=,.\n]
    | [^\s\[\]{}=,.\#"']+                                           # bare keys, and parts of numbers and times
    """,
    re.VERBOSE | re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_LAST_PART = re.compile(r'(?:\.|^)(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*")$|\[\d+\]$')
_AFTER_VALUE = frozenset((",", "]", "}", "\n", ""))


def line_numbers(text: str) -> dict[str, int]:
    """Line numbers from 1, by path such as `links[0].hosts[1].weight` (see `join`). The text must be valid TOML.

    A key stands where it is first written, an element of an array where it begins.
    """
    walk = _Walk(text)
    walk.file()
    return walk.found


def line_of(path: str, numbers: dict[str, int]) -> int:
    """The line of a path, or of the nearest thing that holds it."""
    while path and path not in numbers:
        path = _LAST_PART.sub("", path)
    return numbers.get(path, 1)


def join(path: str, key: str) -> str:
    """The path of a key inside what stands at `path`; a key that TOML must quote is quoted."""
    name = key if _BARE.fullmatch(key) else json.dumps(key)
    return f"{path}.{name}" if path else name


def _words(text: str) -> Iterator[tuple[str, int]]:
    """The words of a text with their lines; an empty one ends it."""
    line = 1
    for found in _WORD.finditer(text):
        if found[0][0] not in " \t#":
            yield found[0], line
        line += found[0].count("\n")
    yield "", line


class _Walk:
    """A walk through a text: the word at hand, and what was found so far."""

    def __init__(self, text: str) -> None:
        self.found: dict[str, int] = {}
        self._last: dict[str, int] = {}  # the number of the last [[table]] so far, by path
        self._words = _words(text)
        self._step()

    def file(self) -> None:
        table = ""
        while self._word:
            if self._word == "\n":
                self._step()
            elif self._word == "[":
                table = self._header()
            else:
                self._pair(table)

    def _step(self) -> None:
        self._word, self._line = next(self._words)

    def _note(self, path: str) -> str:
        self.found.setdefault(path, self._line)
        return path

    def _header(self) -> str:
        """`[a.b]` or `[[a.b]]`: the path of the table that it opens."""
        self._step()
        many = self._word == "["
        if many:
            self._step()
        path = self._key("")
        if many:
            self._last[path] = self._last.get(path, -1) + 1
        while self._word == "]":
            self._step()
        return self._note(self._inside(path))

    def _key(self, table: str) -> str:
        """A key, dotted or not, and each table on the way: the path that it leads to."""
        path = table
        while True:
            path = self._note(join(self._inside(path), _name(self._word)))
            self._step()
            if self._word != ".":
                return path
            self._step()

    def _inside(self, path: str) -> str:
        """Where keys below a path belong: for an array of tables, to the last one."""
        return f"{path}[{self._last[path]}]" if path in self._last else path

    def _pair(self, table: str) -> None:
        path = self._key(table)
        self._step()
        self._value(path)

    def _value(self, path: str) -> None:
        if self._word == "[":
            self._array(path)
        elif self._word == "{":
            self._inline_table(path)
        while self._word not in _AFTER_VALUE:
            self._step()

    def _array(self, path: str) -> None:
        self._step()
        number = 0
        while self._more("]"):
            self._value(self._note(f"{path}[{number}]"))
            number += 1
        self._step()

    def _inline_table(self, path: str) -> None:
        self._step()
        while self._more("}"):
            self._pair(path)
        self._step()

    def _more(self, end: str) -> bool:
        """Passes over what parts the elements, and tells whether there is another one."""
        while self._word in (",", "\n"):
            self._step()
        return self._word not in (end, "")


def _name(word: str) -> str:
    """The key that a word says, bare or quoted."""
    name: str = tomllib.loads(f"key = {word}")["key"] if word[0] in "\"'" else word
    return name
