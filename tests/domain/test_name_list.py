"""Names in what people paste and in files: one entry each, nothing guessed, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.adding import LONGEST_LINE, MOST_LINES
from bot.domain.channel import BadRef, parse_ref
from bot.domain.errors import NameListError
from bot.domain.name_list import names_in_command, names_in_file, names_pasted


@pytest.mark.parametrize(
    ("pasted", "names"),
    [
        ("@satu_kanal\n@dua_kanal", ["@satu_kanal", "@dua_kanal"]),
        (
            "@satu_kanal, https://t.me/dua_kanal; t.me/s/tiga",
            ["@satu_kanal", "https://t.me/dua_kanal", "t.me/s/tiga"],
        ),
        ("1. Kabar Pagi – https://t.me/kabar_pagi", ["https://t.me/kabar_pagi"]),
        ("satu_kanal\r\n\r\n  dua_kanal ", ["satu_kanal", "dua_kanal"]),
        ("Halo, ini daftarnya:\n@satu_kanal", ["Halo", "ini daftarnya:", "@satu_kanal"]),
        ("t.me/+rahasia telegram.me/joinchat/abc", ["t.me/+rahasia", "telegram.me/joinchat/abc"]),
        ("  \n , ;\t", []),
    ],
)
def test_pasted_text(pasted: str, names: list[str]) -> None:
    assert names_pasted(pasted) == names


def test_words_around_names_are_never_taken_for_names() -> None:
    assert names_in_command(["@satu_kanal", "karena", "ramai"]) == ["@satu_kanal", "“karena ramai”"]
    assert names_in_command(["satu_kanal", "dua_kanal"]) == ["satu_kanal", "dua_kanal"]
    assert parse_ref("“karena”") is BadRef.BAD_NAME
    assert names_in_command([]) == []


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"@satu_kanal\n@dua_kanal\n", ["@satu_kanal", "@dua_kanal"]),
        (b"\xef\xbb\xbfchannel\r\nsatu_kanal\r\ndua_kanal\r\n", ["satu_kanal", "dua_kanal"]),
        ("username;judul\nsatu_kanal;Kabar Pagi\n".encode("utf-16"), ["satu_kanal"]),
        (b"name,link\nKabar Pagi,t.me/kabar_pagi\n", ["t.me/kabar_pagi"]),
        (b"Kabar Pagi\t@kabar_pagi\n\t\nSiang\t@siang_1 \n", ["@kabar_pagi", "@siang_1"]),
        (
            b'"Kabar, pagi",@kabar_pagi\n"Kabar ""siang""",ya\n',
            ["@kabar_pagi", 'Kabar "siang", ya'],
        ),
        (b"judul,catatan\nKabar,ramai\n", ["judul, catatan", "Kabar, ramai"]),
        (b"link,catatan\n,kosong\n", [", kosong"]),
        ("Kabar é @kabar_pagi".encode("latin-1"), ["@kabar_pagi"]),
        (b"@a_satu, @b_dua, @c_tiga", ["@a_satu", "@b_dua", "@c_tiga"]),
    ],
)
def test_files(content: bytes, names: list[str]) -> None:
    assert names_in_file(content) == names


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"channel\n", "empty"),
        (b"PK\x03\x04\x00\x00", "no_text"),
        (b"%PDF-1.7\n%\x00\x01", "no_text"),
        (b"@satu_kanal\n" * (MOST_LINES + 1), "too_many"),
        (b'a,"' + b"x" * 200_000, "no_text"),
    ],
)
def test_files_that_are_no_list(content: bytes, why: str) -> None:
    with pytest.raises(NameListError) as refused:
        names_in_file(content)

    assert refused.value.why == why


def test_ten_thousand_lines_are_taken() -> None:
    content = "\n".join(f"@kanal_{number}" for number in range(MOST_LINES)).encode()

    assert len(names_in_file(content)) == MOST_LINES


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_file_is_a_list_or_refused_with_a_reason(content: bytes) -> None:
    try:
        names = names_in_file(content)
    except NameListError as refused:
        assert refused.why in ("empty", "no_text", "too_many")  # noqa: PT017
    else:
        assert all(0 < len(name) <= LONGEST_LINE for name in names)


_NAME = st.from_regex(r"@[A-Za-z][A-Za-z0-9_]{3,20}", fullmatch=True)
_WORDS = st.text("abc xyz", max_size=12)


@given(st.lists(st.tuples(_WORDS, _NAME, _WORDS), min_size=1, max_size=30))
def test_every_marked_name_in_a_paste_is_found_in_its_order(
    lines: list[tuple[str, str, str]],
) -> None:
    pasted = "\n".join(" ".join(parts) for parts in lines)

    assert names_pasted(pasted) == [name for _, name, _ in lines]
