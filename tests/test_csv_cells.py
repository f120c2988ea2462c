import csv
from io import StringIO

import pytest

from website.csv_cells import csv_lines, plain_cell, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "+1/0",
        "+",
        "+49 30 1+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "\rx",
        "\nx",
        "=1",
        "＝1",
        "＋1",
        "'=1",
        "''-1",
        "\u00a0@x",
    ],
)
def test_what_a_spreadsheet_would_compute_is_written_as_text_and_read_as_it_was(text):
    cell = safe_cell(text)
    assert cell == f"'{text}"
    assert plain_cell(cell) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        "ada@example.com",
        "O'Neill",
        "'Ada'",
        "1-1",
        "a=b",
        "+33 1 23-45.67",
        "+44 (0)20 1",
        "+49 (30) 1-2.3",
    ],
)
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text
    assert plain_cell(text) == text


def test_rows_come_back_as_they_went():
    rows = [["name", "phone"], ['Ada "Countess", King\nLovelace', "+44 1"], ["=cmd()", ""]]
    text = "".join(csv_lines(rows))
    assert text.startswith("\ufeff")
    back = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert back == [rows[0], [rows[1][0], "+44 1"], ["'=cmd()", ""]]
    assert [[plain_cell(cell) for cell in row] for row in back] == rows
