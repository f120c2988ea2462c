"""Which addresses of a file stood in it before: no two rows may be about one."""

from collections.abc import Iterable

from ..sentences import Sentence
from .contact_import import rows_of
from .contact_import_rows import Entry, EntryReader, Problem


class Seen:
    """The line where each address of a file stands first, as far as it was read, for one file at a time."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self._file: tuple[int, tuple[str, ...]] | None = None
        self._lines: dict[str, int] = {}
        self._parts = 0

    def catch_up(self, import_id: int, reader: EntryReader, number: int) -> None:
        """Reads what stands before the part with that number, as far as it was not read here."""
        file = (import_id, reader.keys)
        if file != self._file:
            self.forget()
            self._file = file
        while self._parts < number:
            for row in rows_of(import_id, self._parts):
                email, further = reader.addresses(row)
                self._note(row.line, (email, *further))
            self._parts += 1

    def look(self, entries: Iterable[Entry], reader: EntryReader, number: int) -> None:
        """Notes what is wrong with the entries of the part with that number whose addresses stood there before. All
        that comes before it was caught up with."""
        for entry in entries:
            self._look(entry, reader)
        self._parts = max(self._parts, number + 1)

    def _note(self, line: int, addresses: Iterable[str]) -> None:
        for address in addresses:
            self._lines.setdefault(address, line)

    def _look(self, entry: Entry, reader: EntryReader) -> None:
        for address in filter(None, entry.addresses):
            before = self._lines.setdefault(address, entry.line)
            if before < entry.line:
                column = reader.column("email") if address == entry.email else reader.further_column
                again = Sentence(
                    "Line %(line)s has this address already. Leave one of the two rows out, or make one of them.",
                    line=before,
                )
                entry.problems.append(Problem(column, address, again))
