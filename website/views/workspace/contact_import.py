"""Contacts from a file: sending it, saying what its columns are, seeing what would happen, and having it done."""

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from ... import clock
from ...csv_cells import csv_lines
from ...models import ContactImport
from ...models.contact_import import RUNNING, UPLOADED
from ...services import contact_import as importing
from ...services.contact_import import Choices
from ...services.contact_import_columns import COLUMN_KINDS
from ...services.errors import Invalid, NothingLeftToDo
from ...services.worker_sign import at_work
from ..access import admin_only, me
from ..errors import answer
from ..languages import translated
from ..responses import see_other, wants_fragment
from .contact_import_words import OVER, columns_of, error_lines, row_of, rows_said, work_of
from .lists import page_asked


@admin_only
def index() -> ResponseReturnValue:
    if request.method != "POST":
        return _index()
    file = request.files.get("file")
    stream = cast(BinaryIO, file.stream) if file else None
    try:
        number = importing.keep_file(stream, _name(file), by=me(), now=clock.now())
    except Invalid as refused:
        return _index(translated(refused.errors["file"][0])), 422
    return see_other(f"{_address(number)}/columns")


def _name(file: FileStorage | None) -> str:
    return (file.filename or "") if file else ""


def _index(problem: str = "") -> str:
    page = page_asked()
    rows, more = importing.imports(page)
    return render_template(
        "workspace/contact_import/index.html",
        rows=[row_of(row, me().timezone) for row in rows],
        problem=problem,
        page=page,
        more=more,
    )


@admin_only
def columns(import_id: int) -> ResponseReturnValue:
    row = importing.import_by_id(import_id)
    if request.method != "POST":
        mapping = row.mapping
        return _columns(row, mapping["keys"], Choices(mapping["update"], mapping["replace_owner"]), {})
    keys = [request.form.get(f"column_{number}", "") for number in range(len(row.mapping["header"]))]
    choices = Choices("update" in request.form, "replace_owner" in request.form)
    try:
        importing.rehearse(import_id, keys, choices, by=me())
    except Invalid as refused:
        return _columns(importing.import_by_id(import_id), keys, choices, refused.errors)
    except NothingLeftToDo:
        return _too_late()
    return see_other(_address(import_id))


def _columns(
    row: ContactImport, keys: list[str], choices: Choices, errors: dict[str, list[str]]
) -> ResponseReturnValue:
    rows = importing.first_rows(row.id)
    if not rows:
        return _too_late()
    page = render_template(
        "workspace/contact_import/columns.html",
        row=row,
        rows=rows_said(row.total),
        columns=columns_of(row.mapping["header"], keys, rows, errors),
        kinds=COLUMN_KINDS.values(),
        choices=choices,
        problem=translated(errors["columns"][0]) if "columns" in errors else "",
        wrong=bool(errors),
    )
    return (page, 422) if errors else page


@admin_only
def show(import_id: int) -> ResponseReturnValue:
    row = importing.import_by_id(import_id)
    if row.state == UPLOADED:
        return see_other(f"{_address(import_id)}/columns")
    return render_template("workspace/contact_import/show.html", row=row, work=_work(row))


@admin_only
def progress(import_id: int) -> ResponseReturnValue:
    row = importing.import_by_id(import_id)
    if row.state != RUNNING or not wants_fragment():
        return see_other(_address(import_id))
    return render_template("workspace/contact_import/_progress.html", row=row, work=_work(row))


def _work(row: ContactImport) -> Any:
    return work_of(row, idle=row.state == RUNNING and not at_work(clock.now()))


@admin_only
def begin(import_id: int) -> ResponseReturnValue:
    return _done(import_id, lambda: importing.start(import_id, by=me()))


@admin_only
def cancel(import_id: int) -> ResponseReturnValue:
    return _done(import_id, lambda: importing.cancel(import_id, by=me(), now=clock.now()))


@admin_only
def errors(import_id: int) -> ResponseReturnValue:
    row = importing.import_by_id(import_id)
    if not row.errors:
        abort(404)
    file = Response(_lines(row), content_type="text/csv; charset=utf-8")
    file.headers["Content-Disposition"] = f'attachment; filename="import-{row.id}-errors.csv"'
    return file


def _lines(row: ContactImport) -> str:
    return "".join(csv_lines(error_lines(row)))


def _done(import_id: int, work: Callable[[], None]) -> ResponseReturnValue:
    try:
        work()
    except NothingLeftToDo:
        return _too_late()
    return see_other(_address(import_id))


def _too_late() -> ResponseReturnValue:
    return answer(409, detail=str(OVER))


def _address(import_id: int) -> str:
    return f"/contacts/import/{import_id}"
