"""A corpus of files as programs and people make them: read to the letter, or refused with a sentence."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from website import csv_file
from website.csv_file import Unreadable, read_csv

PLAIN = "Email,Name\nana@a.example,Ana\nben@b.example,Ben\n"
ROWS = [["ana@a.example", "Ana"], ["ben@b.example", "Ben"]]


def read(content: bytes | str, encoding: str = "utf-8") -> tuple[list[str], list[list[str]]]:
    """The header, and the cells of all rows."""
    file = read_csv(BytesIO(content if isinstance(content, bytes) else content.encode(encoding)))
    return file.header, [row.cells for row in file.rows]


def refused(content: bytes | str) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(Unreadable) as caught:
        read(content)
    return str(caught.value.sentence)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_every_encoding_separator_and_line_end_is_read(encoding: str, separator: str, end: str) -> None:
    text = PLAIN.replace(",", separator).replace("\n", end)
    assert read(text, encoding) == (["Email", "Name"], ROWS)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "Zoë Łukasz 李 😀"),
        ("utf-8-sig", "Zoë"),
        ("utf-16", "Zoë 李 😀"),
        ("cp1252", "Zoë “Œuvre” €"),
    ],
)
def test_letters_stay_what_they_are(encoding: str, name: str) -> None:
    assert read(f"Email,Name\na@b.example,{name}\n", encoding)[1] == [["a@b.example", name]]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('"a@b.example","Alves, Ana"', ["a@b.example", "Alves, Ana"]),
        ('"a@b.example","Ana ""the boss"" Alves"', ["a@b.example", 'Ana "the boss" Alves']),
        ('a@b.example,Ana "the boss" Alves', ["a@b.example", 'Ana "the boss" Alves']),
        ('"a@b.example","Ana\nAlves"', ["a@b.example", "Ana\nAlves"]),
        ('"a@b.example","Ana\r\nAlves"', ["a@b.example", "Ana\r\nAlves"]),
        ('"a@b.example", "Ana"', ["a@b.example", "Ana"]),
        ("  a@b.example \t, Ana ", ["a@b.example", "Ana"]),
        ("a@b.example,", ["a@b.example", ""]),
        ("a@b.example", ["a@b.example"]),
        ("a@b.example,Ana,,", ["a@b.example", "Ana", "", ""]),
        ("a@b.example,'+49 30 1", ["a@b.example", "+49 30 1"]),
        ('a@b.example,""', ["a@b.example", ""]),
        ("a@b.example,Ana;Alves", ["a@b.example", "Ana;Alves"]),
        ("a@b.example,\u2028Ana\u2028Alves", ["a@b.example", "Ana\u2028Alves"]),
    ],
)  # fmt: skip
def test_a_row_is_read_to_the_letter(text: str, cells: list[str]) -> None:
    assert read(f"Email,Name\n{text}\n")[1] == [cells]


def test_rows_know_the_line_where_they_begin_and_empty_ones_do_not_count() -> None:
    text = 'Email,Name\n\na@b.example,"Ana\nAlves"\n,\n  ,  \nc@d.example,Ben'
    rows = list(read_csv(BytesIO(text.encode())).rows)
    assert [(row.line, row.cells[0]) for row in rows] == [(3, "a@b.example"), (7, "c@d.example")]


def test_the_header_is_the_first_row_with_anything_in_it() -> None:
    assert read("\n,,\n" + PLAIN) == (["Email", "Name"], ROWS)


def test_separators_at_the_end_of_the_header_are_no_columns() -> None:
    assert read("Email,Name,,\na@b.example,Ana,,\n")[0] == ["Email", "Name"]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_file_may_say_its_separator(separator: str) -> None:
    text = f"sep={separator}\r\n" + PLAIN.replace(",", separator)
    assert read(text) == (["Email", "Name"], ROWS)


def test_commas_in_the_cells_are_no_separators_where_the_columns_are_parted_by_semicolons() -> None:
    text = "Email;Last, first\na@b.example;Alves, Ana, Maria\nb@b.example;Bell\nc@b.example;Cho, Cleo"
    assert read(text)[1][0] == ["a@b.example", "Alves, Ana, Maria"]


def test_one_column_is_enough() -> None:
    assert read("Email\na@b.example\nb@b.example") == (["Email"], [["a@b.example"], ["b@b.example"]])


def test_a_row_at_the_border_of_the_sample_does_not_mislead() -> None:
    text = "Email;Name\n" + "".join(
        f"a{number}@b.example;{'x' * (number % 97)}, y\n" for number in range(4000)
    )
    assert len(read(text)[1]) == 4000


def test_a_letter_at_the_border_of_two_pieces_is_one_letter() -> None:
    text = "Email,Name\n" + "a@b.example,é\n" * 120_000
    rows = read(text)[1]
    assert {row[1] for row in rows} == {"é"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n  \n", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"Email,Name\n", "no contacts"),
        (b"ana@a.example,Ana\nben@b.example,Ben", "names of the columns"),
        (b"PK\x03\x04\x14\x00\x06\x00", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a CSV file"),
        (bytes(range(256)), "not a CSV file"),
        (b"\xef\xbb\xbfEmail,Name\na@b.example,\xff\xff", "not a CSV file"),
        ("Email,Name\na@b.example,Ana".encode("utf-16")[:-1], "not a CSV file"),
        (b"Email,Name\na@b.example,\x81", "not a CSV file"),
        (b'Email,Name\na@b.example,"Ana\nb@b.example,Ben\n', "line 2 "),
        (b'Email,Name\na@b.example,Ana\nb@b.example,"Ben"x\n', "line 3 "),
        (b'Email,Name\na@b.example,"Ana\nb@b.example,"Ben"\n', "line 2 "),
        (b'Email,Name\na@b.example,"' + b"x" * 140_000 + b'"', "line 2 "),
        (",".join(["c"] * 201) + "\n", "201 columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(content: bytes | str, said: str) -> None:
    assert said in refused(content)


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "25 MB" in refused(b"Email,Name\n" + b"x" * csv_file.LARGEST_BYTES)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "MOST_ROWS", 2)
    assert read(PLAIN)[1] == ROWS
    assert "more than 2 rows" in refused(PLAIN + "c@c.example,Cleo")


@given(st.binary(max_size=200))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    try:
        header, rows = read(content)
    except Unreadable:
        return
    assert header
    assert all(any(cells) for cells in rows)
