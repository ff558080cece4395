"""What recipients get, held against files that a person has read, in both languages.

`GOLDEN=write python -m pytest tests/render/test_golden.py` writes them anew; read the difference.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from bot.ports import Letter
from bot.render.documents.booklet import booklet
from bot.render.documents.record import Frame, digest_json
from bot.render.documents.sheet import digest_csv, digest_xlsx
from bot.texts import LANGUAGES
from tests.factories import HOUSE, PROFILE
from tests.render.golden_set import digest, messages
from tests.render.letter_rules import checked
from tests.render.test_documents import PICTURE, validated

FOLDER = Path(__file__).with_name("golden")


def frame(language: str) -> Frame:
    return HOUSE.frame(replace(PROFILE, language=language))


def is_golden(name: str, drawn: str) -> None:
    """Compares with the file of this name; pytest shows the lines that differ."""
    file = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        file.write_text(drawn, "utf-8", newline="")
    assert drawn.splitlines() == file.read_text("utf-8").splitlines()


def as_text(letter: Letter) -> str:
    """HTML as it is sent, a row of buttons a line: [label](what it does)."""
    rows = [
        " ".join(f"[{one.label}]({one.data or one.url or f'copies {one.copy}'})" for one in row)
        for row in checked(letter).buttons
    ]
    return "\n".join([str(letter.html), *rows])


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages(language: str) -> None:
    shown = [
        f"=== {occasion}, {place} of {len(letters)}\n{as_text(letter)}\n"
        for occasion, letters in messages(frame(language)).items()
        for place, letter in enumerate(letters, 1)
    ]

    is_golden(f"messages.{language}.txt", "\n".join(shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_csv(language: str) -> None:
    is_golden(f"digest.{language}.csv", digest_csv(digest(), frame(language)).decode("utf-8-sig"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_json(language: str) -> None:
    content = digest_json(digest(), frame(language))

    record = validated("digest.schema.json", content)

    shown = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True)
    is_golden(f"digest.{language}.json", shown + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_cells_of_the_workbook(language: str) -> None:
    book = load_workbook(BytesIO(digest_xlsx(digest(), frame(language))))

    def cells() -> Iterator[str]:
        for sheet in book.worksheets:
            yield f"=== {sheet.title}"
            for row in sheet.iter_rows():
                yield from (
                    f"{one.coordinate} {one.data_type} {one.value!r}" for one in row if one.value
                )

    is_golden(f"workbook.{language}.txt", "\n".join([*cells(), ""]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_booklet(language: str) -> None:
    """Right-to-left lines stand here as they were set, from the left."""
    made = digest()
    pictures = {made.items[0].picture_sha256 or "": PICTURE}
    pages = PdfReader(BytesIO(booklet(made, frame(language), pictures))).pages

    assert [len(page.images) for page in pages].count(1) == 1
    shown = [f"=== page {n}\n{page.extract_text()}\n" for n, page in enumerate(pages, 1)]
    is_golden(f"booklet.{language}.txt", "\n".join(shown))
