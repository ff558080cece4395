"""Spreadsheets that come back: read where they are ours, refused with a sentence where not."""

import io
import zipfile
from collections.abc import Iterable
from contextlib import suppress

import pytest
from openpyxl import Workbook

from bot.domain.errors import SheetError
from bot.domain.receipt import ReplyCode, SheetRow
from bot.sources import sheet
from bot.sources.sheet import MOST_BYTES, read_sheet


def workbook(rows: Iterable[Iterable[object]]) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(stream)
    return stream.getvalue()


HEAD = ("item_ref", "url", "Outcome")


def refusal(content: bytes) -> tuple[str, int]:
    with pytest.raises(SheetError) as refused:
        read_sheet(content)
    return refused.value.key, refused.value.row


def test_filled_rows_are_read_whatever_stands_above_and_beside() -> None:
    content = workbook(
        [
            ("Digest 7",),
            HEAD,
            (45, "https://t.me/x/1", "actioned"),
            ("#46", "", "Tidak melanggar"),
            (47, "", None),
            (48.0, "", " SUDAH  HILANG "),
        ]
    )

    assert read_sheet(content) == [
        SheetRow(45, ReplyCode.ACTIONED),
        SheetRow(46, ReplyCode.NOT_VIOLATING),
        SheetRow(48, ReplyCode.ALREADY_GONE),
    ]


def test_indonesian_headings_are_known() -> None:
    assert read_sheet(workbook([("Nomor", "Hasil"), (3, "duplikat")])) == [
        SheetRow(3, ReplyCode.DUPLICATE)
    ]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([("a", "b"), (1, "actioned")], ("sheet-no-columns", 0)),
        ([HEAD, (1, "", "blown up")], ("sheet-bad-outcome", 2)),
        ([HEAD, ("=1+1", "", "actioned")], ("sheet-bad-number", 2)),
        ([HEAD, (None, "", "actioned")], ("sheet-bad-number", 2)),
        ([HEAD, (1, "", None)], ("sheet-empty", 0)),
        ([("item_ref", "outcome", "outcome"), (1, "x", "y")], ("sheet-no-columns", 0)),
        ([], ("sheet-no-columns", 0)),
    ],
)
def test_sheet_that_is_not_ours_is_refused(
    rows: list[tuple[object, ...]], wanted: tuple[str, int]
) -> None:
    assert refusal(workbook(rows)) == wanted


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"hello", b"\x00" * 5000])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert refusal(content)[0] == "sheet-no-workbook"


def test_damage_anywhere_is_a_sentence_or_does_no_harm() -> None:
    content = workbook([HEAD, (45, "", "actioned")])
    for place in range(0, len(content), 97):
        spoilt = content[:place] + b"\xff" + content[place + 1 :]
        with suppress(SheetError):
            assert read_sheet(spoilt) == [SheetRow(45, ReplyCode.ACTIONED)]


def test_other_archives_are_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "hello")

    assert refusal(stream.getvalue())[0] == "sheet-no-workbook"


def test_archive_that_unpacks_to_too_much_is_refused_before_it_is_parsed() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in range(3):
            archive.writestr(f"xl/worksheets/sheet{place}.xml", b"0" * (20 * 1024 * 1024))
    content = stream.getvalue()
    assert len(content) < MOST_BYTES

    assert refusal(content)[0] == "sheet-too-large"


def test_too_many_bytes_parts_or_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for place in range(201):
            archive.writestr(f"{place}", b"")
    monkeypatch.setattr(sheet, "_MOST_ROWS", 5)

    assert refusal(b"0" * (MOST_BYTES + 1))[0] == "sheet-too-large"
    assert refusal(stream.getvalue())[0] == "sheet-too-large"
    assert refusal(workbook([HEAD, *[(1, "", "actioned")] * 5]))[0] == "sheet-too-large"


def test_entities_of_xml_are_not_unfolded() -> None:
    """A billion laughs inside a part is refused, not expanded."""
    content = workbook([HEAD, (45, "", "actioned")])
    laughs = "".join(
        f'<!ENTITY l{n} "{"".join([f"&l{n - 1};"] * 10)}">' if n else '<!ENTITY l0 "ha">'
        for n in range(10)
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.infolist():
            kept = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                kept = f"<!DOCTYPE x [{laughs}]><x>&l9;</x>".encode()
            new.writestr(part.filename, kept)

    assert refusal(stream.getvalue())[0] in ("sheet-no-workbook", "sheet-no-columns")
