"""How people name channels, and what is refused before anybody is asked."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channel import USERNAME, BadRef, bot_api_id, parse_ref, post_link


@pytest.mark.parametrize(
    "written",
    [
        "kabar_contoh",
        "@kabar_contoh",
        " @kabar_contoh ",
        "<@kabar_contoh>",
        "@kabar_contoh,",
        "t.me/kabar_contoh",
        "T.ME/kabar_contoh",
        "http://t.me/kabar_contoh",
        "https://t.me/kabar_contoh",
        "https://t.me/kabar_contoh/",
        "https://www.t.me/kabar_contoh",
        "https://telegram.me/kabar_contoh",
        "https://telegram.dog/kabar_contoh",
        "https://t.me/kabar_contoh/123",
        "https://t.me/kabar_contoh/123?single",
        "https://t.me/kabar_contoh?before=100",
        "https://t.me/kabar_contoh#top",
        "https://t.me/s/kabar_contoh",
        "https://t.me/s/kabar_contoh/123?q=x",
        "https://t.me/S/kabar_contoh",
        "https://t.me/@kabar_contoh",
        "<https://t.me/kabar_contoh>",
    ],
)
def test_a_public_name_is_found_in(written: str) -> None:
    assert parse_ref(written) == "kabar_contoh"


def test_name_keeps_its_case() -> None:
    assert parse_ref("https://t.me/KabarContoh") == "KabarContoh"


@pytest.mark.parametrize(
    "written",
    [
        "https://t.me/+AbCdEfGhIjK",
        "t.me/+AbCdEfGhIjK",
        "+AbCdEfGhIjK",
        "https://t.me/joinchat/AbCdEfGhIjK",
        "https://t.me/JoinChat/AbCdEfGhIjK",
        "https://t.me/c/1234567890/5",
        "https://t.me/C/1234567890/5",
        "https://t.me/c/1234567890",
    ],
)
def test_private_links_are_refused_as_private(written: str) -> None:
    assert parse_ref(written) is BadRef.PRIVATE


@pytest.mark.parametrize(
    "written",
    [
        "",
        "@",
        "@abc",  # too short
        "@" + "a" * 33,
        "@1abcdef",
        "@_abcdef",
        "@kabar contoh",
        "@kabar-contoh",
        "@kabar.contoh",
        "@кабар_contoh",  # Cyrillic letters
        "kabar_contoh@example.org",
        "https://example.org/kabar_contoh",
        "https://t.me.example.org/kabar_contoh",
        "https://t.me@example.org/kabar_contoh",
        "https://t.me/",
        "https://t.me",
        "https://t.me/s/",
        "https://t.me/s",
        "https://t.me/../kabar_contoh",
        "https://t.me/kabar%20contoh",
        "javascript:alert(1)",
        "-1001234567890",
        "@@kabar_contoh",
        "@kabar_contoh\n@lain_lagi",
    ],
)
def test_what_is_no_name_is_refused(written: str) -> None:
    assert parse_ref(written) is BadRef.BAD_NAME


@pytest.mark.parametrize(
    "path",
    [
        "addlist/AbCdEf",
        "addstickers/Funny",
        "addemoji/Funny",
        "addtheme/dark",
        "share/url?url=https://example.org",
        "proxy?server=1.2.3.4",
        "socks?server=1.2.3.4",
        "setlanguage/id",
        "login/12345",
        "confirmphone?phone=1",
        "invoice/abc",
        "giftcode/abc",
        "boost/kabar_contoh",
        "contact/abc",
    ],
)
def test_telegram_s_own_pages_are_no_channels(path: str) -> None:
    assert parse_ref(f"https://t.me/{path}") is BadRef.BAD_NAME


@given(st.text(max_size=60))
def test_any_text_has_an_answer(written: str) -> None:
    found = parse_ref(written)

    assert isinstance(found, BadRef) or USERNAME.fullmatch(found)


def test_ten_thousand_odd_links_have_an_answer() -> None:
    draws = random.Random(11)
    pieces = ["https://", "t.me", "/", "s/", "+", "@", "c/", "joinchat/", "?", "#", "..", "\x00"]
    pieces += ["\u202e", "é", "kabar", "1", "_", "%2F", " ", "\ud800", "𝕜", ":", string.punctuation]

    for _ in range(10_000):
        written = "".join(draws.choices(pieces, k=draws.randrange(12)))
        found = parse_ref(written)
        assert isinstance(found, BadRef) or USERNAME.fullmatch(found), written


def test_bot_api_id_and_link_name_the_same_channel() -> None:
    assert bot_api_id(1234567890) == -1001234567890
    assert post_link(bot_api_id(1234567890), None, 7) == "https://t.me/c/1234567890/7"
    assert post_link(bot_api_id(1234567890), "kabar_contoh", 7) == "https://t.me/kabar_contoh/7"
