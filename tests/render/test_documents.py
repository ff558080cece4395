"""A digest's documents: the JSON follows its schema, no cell is a formula, the PDF reads right."""

import csv
import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from openpyxl import load_workbook
from pypdf import PdfReader

from bot.domain.codes import FORWARDABLE, HarmCode
from bot.domain.errors import SettingsError
from bot.domain.receipt import ReplyCode, SheetRow
from bot.domain.referral import Digest, LiveStatus, NamedFile, ReferredItem
from bot.domain.statement import Caution, Factor, Rating, Statement, offered
from bot.render.documents.booklet import booklet
from bot.render.documents.bundle import bundle
from bot.render.documents.columns import ALONE, COLUMNS
from bot.render.documents.manifest import manifest
from bot.render.documents.record import Frame, digest_json
from bot.render.documents.sheet import digest_csv, digest_xlsx, neutral
from bot.render.picture import capture_picture
from bot.sources.sheet import read_sheet
from bot.texts import LANGUAGES
from bot.texts.legal import read_legal_basis
from tests.factories import HOUSE, NOON, PROFILE
from tests.render.test_desk import HOSTILE
from tests.render.test_digest import item
from tests.render.test_picture import capture

CHECKER = FormatChecker(())


@CHECKER.checks("date-time", raises=ValueError)
def is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


DOCS = Path(__file__).parents[2] / "docs"
PICTURE = capture_picture(capture("serang"), hides_words=False)
SHA256 = hashlib.sha256(PICTURE).hexdigest()
FULL = replace(
    item(7, "Kata-kata contoh", HarmCode.INCITE),
    title="Kabar Contoh",
    message_ids=(7, 8),
    edited_at=NOON,
    flagged_at=NOON,
    forwarded_from="@sumber",
    media=("photo",),
    threshold=0.62,
    reviewers=("M3", "M5"),
    has_dissent=True,
    views=1200,
    views_approx=True,
    subscribers=5400,
    copies=3,
    copy_links=("https://t.me/lain/5",),
    captured_at=NOON,
    capture_sha256="ab" * 32,
    picture_sha256=SHA256,
    statement=Statement(
        offered(HarmCode.INCITE),
        "Diulang tiga kali.",
        True,
        "Badan contoh, daftar contoh, 1 Jan 2026",
        dict.fromkeys(Factor, Rating.MIDDLE),
        tuple(Caution),
        "Contoh terjemahan",
    ),
    live_status=LiveStatus.LIVE,
    live_checked_at=NOON,
    language="Arab",
)
BARE = replace(item(8), reviewers=("M3",))


def frame(language: str) -> Frame:
    return HOUSE.frame(replace(PROFILE, language=language))


def digest(*items: ReferredItem, number: int = 4) -> Digest:
    return Digest(
        number,
        "Direktorat Contoh",
        NOON,
        items or (FULL, BARE),
        "ab" * 32,
        since=NOON - timedelta(days=1),
        previous_sha256="cd" * 32,
        waiting=2,
        waiting_since=NOON - timedelta(days=3),
    )


def validated(name: str, content: bytes) -> dict[str, object]:
    record: dict[str, object] = json.loads(content)
    schema = json.loads((DOCS / name).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=CHECKER).validate(record)
    return record


def rows(content: bytes, delimiter: str) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "Excel takes it for another encoding"
    return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


@pytest.mark.parametrize("language", LANGUAGES)
def test_json_follows_its_schema(language: str) -> None:
    record = validated("digest.schema.json", digest_json(digest(), frame(language)))

    assert isinstance(record["items"], list)
    assert len(record["items"]) == 2


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_json_of_hostile_items_follows_its_schema(text: str) -> None:
    items = [replace(item(1, text, harm), reviewers=("M1",)) for harm in FORWARDABLE]

    validated("digest.schema.json", digest_json(digest(*items), frame("en")))


def test_machine_assesses_nothing() -> None:
    record = json.loads(digest_json(digest(BARE), frame("en")))["items"][0]

    assert set(record["exemption_check"].values()) == {"not assessed"}
    assert set(record["context_ratings"].values()) == {"not assessed"}
    assert record["reason"] == "not stated"
    assert record["entity"] == "none claimed"
    assert record["live_status"] == {"status": "not_checked", "checked_at": None}
    assert record["language"] == {"tag": "und", "name": "not determined", "is_guess": True}
    assert record["translation"] == {"text": None, "made_by": None}


def test_person_s_answers_are_said_as_they_were_given() -> None:
    record = json.loads(digest_json(digest(FULL), frame("id")))["items"][0]

    assert record["reason"].startswith("Unggahan ini diduga mengajak")
    assert record["reason"].endswith("Diulang tiga kali.")
    assert record["context_ratings"]["intent"] == "sedang"
    assert record["exemption_check"]["NEWS"].startswith("Seseorang telah memeriksa")
    assert "diduga" in record["legal_basis_alleged"].lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_instructions_are_in_no_document(language: str) -> None:
    said = Statement(translation="rahasia juga")
    secret = replace(FULL, harm=HarmCode.INSTRUCT, text="rahasia sekali", statement=said)
    made, of = digest(secret), frame(language)

    for content in (digest_json(made, of), digest_csv(made, of)):
        assert b"rahasia" not in content
        assert of.said("steps-removed").encode() in content
    book = load_workbook(BytesIO(digest_xlsx(made, of)))
    assert "rahasia" not in str([[c.value for c in row] for row in book.worksheets[0]])


@pytest.mark.parametrize(("language", "delimiter"), [("id", ";"), ("en", ",")])
def test_csv_opens_in_the_excel_of_its_language(language: str, delimiter: str) -> None:
    head, first, second = rows(digest_csv(digest(), frame(language)), delimiter)

    assert head[:3] == [frame(language).said(f"column-{k}") for k in ("place", "number", "outcome")]
    assert (first[0], first[1], second[1]) == ("1", "7", "8")
    assert len(head) == len(first) == len(second)


@pytest.mark.parametrize("language", LANGUAGES)
def test_line_of_the_csv_is_a_whole_referral(language: str) -> None:
    said = frame(language).said
    head, full, bare = rows(digest_csv(digest(), frame(language)), ";" if language == "id" else ",")
    first, second = dict(zip(head, full, strict=True)), dict(zip(head, bare, strict=True))
    column = {key: said(f"column-{key}") for key, _, _ in COLUMNS + ALONE}

    assert len(set(head)) == len(head), "two columns of one name"
    assert [key for key, name in column.items() if not first[name]] == ["outcome"]
    assert first[column["reference"]] == "R000007"
    assert first[column["translation"]] == "Contoh terjemahan"
    assert first[column["message"]] == "7, 8"
    assert first[column["checked"]] == "2026-03-02T12:00:00+07:00"
    assert second[column["translation"]] == said("translation-none")
    assert second[column["live"]] == said("live-not-checked")
    assert second[column["entity"]] == said("entity-none")
    assert second[column["ratings"]] == said("not-assessed")


def test_answers_offered_are_those_that_are_understood() -> None:
    record = json.loads(digest_json(digest(), frame("en")))["items"][0]

    assert record["reply_codes"] == [str(code) for code in ReplyCode]


@pytest.mark.parametrize(
    ("guess", "tag"), [("id", "id"), ("Arab", "und-Arab"), ("Latn", "und-Latn"), (None, "und")]
)
def test_language_is_tagged_as_a_guess(guess: str | None, tag: str) -> None:
    record = json.loads(digest_json(digest(replace(BARE, language=guess)), frame("en")))

    assert record["items"][0]["language"]["tag"] == tag
    assert record["items"][0]["language"]["is_guess"]


@given(st.text(max_size=60), st.sampled_from("=+-@\t\r"))
@settings(max_examples=60)
def test_no_cell_begins_a_formula(text: str, sign: str) -> None:
    value = neutral(sign + text)

    assert isinstance(value, str)
    assert not value.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_formula_in_a_post_stays_text_in_both_sheets() -> None:
    evil = replace(FULL, text='=HYPERLINK("http://x.example")', title="+1", forwarded_from="@x")
    (_, row) = rows(digest_csv(digest(evil), frame("en")), ",")
    book = load_workbook(BytesIO(digest_xlsx(digest(evil), frame("en"))))

    cells = [cell for line in book.worksheets[0].iter_rows(min_row=2) for cell in line]

    assert any(value.startswith("'=HYPERLINK") for value in row)
    assert "f" not in {cell.data_type for cell in cells}


def test_workbook_asks_for_outcomes_and_offers_the_answers() -> None:
    sheet = load_workbook(BytesIO(digest_xlsx(digest(), frame("en")))).worksheets[0]

    assert [cell.value for cell in sheet[1]][:3] == ["No.", "Referral", "Outcome"]
    assert [cell.value for cell in sheet["B"]][1:] == [7, 8]
    (choice,) = sheet.data_validations.dataValidation
    assert str(choice.sqref) == "C2:C3"
    assert "not violating" in choice.formula1
    assert len(choice.formula1) <= 257  # Excel's limit of a list, with its quotes


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_that_comes_back_filled_in_is_read(language: str) -> None:
    book = load_workbook(BytesIO(digest_xlsx(digest(), frame(language))))
    for row, code in ((2, "actioned"), (3, "not-violating")):
        book.worksheets[0].cell(row, 3).value = frame(language).said(f"reply-{code}")
    stream = BytesIO()
    book.save(stream)

    read = read_sheet(stream.getvalue())

    assert read == [SheetRow(7, ReplyCode.ACTIONED), SheetRow(8, ReplyCode.NOT_VIOLATING)]


@pytest.mark.parametrize(("language", "text"), [("id", HOSTILE[0]), ("en", "مرحبا " * 90)])
def test_booklet_has_a_cover_and_a_page_an_item(language: str, text: str) -> None:
    content = booklet(digest(replace(FULL, text=text), BARE), frame(language), {SHA256: PICTURE})

    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") >= 3


def test_manifest_names_every_file_and_the_digest_before() -> None:
    files = [NamedFile("a.csv", b"one"), NamedFile("b.pdf", b"two")]

    record = validated("manifest.schema.json", manifest(digest(), files, frame("en")))

    assert record["files"] == [
        {"name": "a.csv", "size": 3, "sha256": hashlib.sha256(b"one").hexdigest()},
        {"name": "b.pdf", "size": 3, "sha256": hashlib.sha256(b"two").hexdigest()},
    ]
    assert record["previous_manifest_sha256"] == "cd" * 32
    assert record["audit_sha256"] == "ab" * 32


def test_bundle_ends_with_the_manifest_of_the_others() -> None:
    *files, last = bundle(digest(), frame("id"), {SHA256: PICTURE})

    named = {file["name"]: file["sha256"] for file in json.loads(last.content)["files"]}
    kinds = ("pdf", "xlsx", "csv", "json")
    assert [file.name for file in files] == [f"ringkasan-4.{kind}" for kind in kinds]
    assert named == {f.name: hashlib.sha256(f.content).hexdigest() for f in files}


def test_test_digest_says_so_everywhere() -> None:
    files = bundle(replace(digest(), is_test=True), frame("en"), {})

    assert all(file.name.startswith("TEST-") for file in files)


@pytest.mark.parametrize(
    ("language", "sign"), [("en", "PREVIEW: not sent"), ("id", "PRATINJAU: tidak dikirim")]
)
def test_preview_says_so_on_every_page_and_has_no_number(language: str, sign: str) -> None:
    pdf = bundle(replace(digest(), is_preview=True), frame(language), {})[0]

    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages]

    assert pdf.name.startswith(sign.split(":")[0])
    assert "4" not in pdf.name
    assert all(page.startswith(sign) for page in pages)
    assert not any(re.search("(Digest|Ringkasan) 4", page) for page in pages)


def test_legal_basis_covers_every_code_and_alleges() -> None:
    basis = read_legal_basis()

    assert set(basis) == FORWARDABLE
    assert all(set(texts) == set(LANGUAGES) for texts in basis.values())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('[INCITE]\nen = "It is a crime."', "asserts"),
        ('[JUSTIFY]\nen = "alleged"', "no code"),
        ('[INCITE]\nxx = "alleged"', "language"),
        ("[INCITE]\nen = 3", "language"),
        ('INCITE = "alleged"', "write [INCITE]"),
        ("[INCITE", "cannot be read"),
        (f'[INCITE]\nen = "alleged {"x" * 700}"', "letters"),
    ],
)
def test_odd_legal_basis_is_refused_with_the_reason(
    tmp_path: Path, written: str, said: str
) -> None:
    file = tmp_path / "legal.toml"
    file.write_text(written)

    with pytest.raises(SettingsError, match=said.replace("[", r"\[")):
        read_legal_basis(file)
