"""The items as rows: CSV for any program, XLSX for the desk officer, who can send it back."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.domain.receipt import ReplyCode
from bot.domain.referral import Digest
from bot.render.documents.columns import ALONE, COLUMNS, PRINTED, WRAPPED, Columns, Value
from bot.render.documents.record import Frame, sender_line
from bot.render.times import local_time

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNWRITABLE = {code: None for code in range(32) if chr(code) not in "\t\n"}
# Where Excel writes decimals with a comma, it parts columns with a semicolon.
_SEPARATORS: Mapping[str, str] = {"id": ";"}

_INK, _ACCENT, _PALE, _ASKED = "22313F", "1F6F8B", "F3F6F8", "FFF8E1"
_OUTCOME = [key for key, _, _ in COLUMNS].index("outcome") + 1


def _rows(columns: Columns, digest: Digest, frame: Frame) -> list[list[Value]]:
    return [
        [value(item, place, digest, frame) for _, _, value in columns]
        for place, item in enumerate(digest.items, 1)
    ]


def _headings(columns: Columns, frame: Frame) -> list[Value]:
    return [frame.said(f"column-{key}") for key, _, _ in columns]


def neutral(value: Value) -> Value:
    """A value that no spreadsheet takes for a formula; control characters are left out."""
    if not isinstance(value, str):
        return value
    text = value.translate(_UNWRITABLE)
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text


def delimiter(language: str) -> str:
    """What parts the columns of a CSV, as Excel in this language expects it."""
    return _SEPARATORS.get(language, ",")


def digest_csv(digest: Digest, frame: Frame) -> bytes:
    """UTF-8 with a byte order mark, parted as the Excel of the recipient's language expects."""
    text = StringIO()
    writer = csv.writer(text, delimiter=delimiter(frame.language))
    columns = COLUMNS + ALONE
    for row in [_headings(columns, frame), *_rows(columns, digest, frame)]:
        writer.writerow(["" if value is None else neutral(value) for value in row])
    return text.getvalue().encode("utf-8-sig", "replace")


def digest_xlsx(digest: Digest, frame: Frame) -> bytes:
    """A workbook: the items with a column for the outcome, and a sheet about the digest."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = frame.said("sheet-items")
    _write_items(sheet, digest, frame)
    _write_about(book.create_sheet(frame.said("sheet-about")), digest, frame)
    book.properties.creator = frame.sender.organisation
    book.properties.created = digest.created_at.replace(tzinfo=None)
    book.properties.title = frame.said("booklet-title", number=digest.number)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_items(sheet: Worksheet, digest: Digest, frame: Frame) -> None:
    rows = _rows(COLUMNS, digest, frame)
    line = Border(bottom=Side(style="thin", color="D5DEE4"))
    for column, (key, width, _) in enumerate(COLUMNS, 1):
        cell = _put(sheet, 1, column, frame.said(f"column-{key}"))
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_INK if column != _OUTCOME else _ACCENT)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
        for place, row in enumerate(rows, 2):
            cell = _put(sheet, place, column, row[column - 1])
            cell.alignment = Alignment(vertical="top", wrap_text=key in WRAPPED)
            cell.border = line
            cell.font = Font(color=_INK)
            if column == _OUTCOME:
                cell.fill = PatternFill("solid", fgColor=_ASKED)
            if key == "url":
                cell.hyperlink = str(row[column - 1])
                cell.font = Font(color=_ACCENT, underline="single")
    sheet.row_dimensions[1].height = 30
    sheet.freeze_panes = f"{get_column_letter(_OUTCOME + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(rows) + 1}"
    _offer_outcomes(sheet, len(rows) + 1, frame)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.print_area = f"A1:{get_column_letter(PRINTED)}{len(rows) + 1}"


def _offer_outcomes(sheet: Worksheet, last: int, frame: Frame) -> None:
    """A list to choose the outcome from."""
    names = [frame.said(f"reply-{code.replace('_', '-')}") for code in ReplyCode]
    choice = DataValidation(type="list", formula1=f'"{",".join(names)}"', allow_blank=True)
    choice.errorTitle = frame.said("column-outcome")
    choice.error = ", ".join(names)
    letter = get_column_letter(_OUTCOME)
    choice.add(f"{letter}2:{letter}{max(2, last)}")
    sheet.add_data_validation(choice)


def _write_about(sheet: Worksheet, digest: Digest, frame: Frame) -> None:
    lines = [
        (frame.said("about-digest"), str(digest.number)),
        (frame.said("about-made"), local_time(digest.created_at, frame.timezone, frame.language)),
        (frame.said("about-recipient"), digest.recipient),
        (frame.said("about-sender"), sender_line(frame)),
        (frame.said("about-audit"), digest.audit_hash),
        ("", ""),
        ("", frame.said("sheet-how", column=frame.said("column-outcome"))),
        ("", frame.said("request-assess")),
        ("", frame.said("good-faith")),
        ("", frame.said("remedy", contact=frame.contact)),
    ]
    if digest.is_test:
        lines.insert(0, ("", frame.said("booklet-test")))
    for place, (name, value) in enumerate(lines, 1):
        _put(sheet, place, 1, name).font = Font(bold=True, color=_INK)
        cell = _put(sheet, place, 2, value)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(color=_INK)
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 90


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # nothing is merged
    cell.value = neutral(value)
    if isinstance(value, str):
        cell.data_type = "s"  # whatever it begins with
    return cell
