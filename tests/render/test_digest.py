"""Digests fit Telegram's limits whatever the posts hold, and lose no item on the way."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.codes import FORWARDABLE, HarmCode
from bot.domain.referral import Digest, LiveStatus, ReferredItem
from bot.domain.statement import Caution, Statement, offered
from bot.render.digest import digest_letters
from bot.render.paging import packed
from bot.texts import LANGUAGES, Html, say
from tests.factories import HOUSE, NOON, PROFILE
from tests.render.letter_rules import checked, units, visible
from tests.render.test_desk import HOSTILE


def item(number: int = 1, text: str = "serang", harm: HarmCode = HarmCode.INCITE) -> ReferredItem:
    return ReferredItem(
        number=number,
        harm=harm,
        link="https://t.me/kabar_contoh/7",
        channel=text[:300] or "@kabar_contoh",
        text=text,
        posted_at=NOON,
        decided_at=NOON + timedelta(hours=1),
        people=2,
        score=0.9,
        model_version="scripted-1",
    )


def digest(*items: ReferredItem, number: int = 4) -> Digest:
    return Digest(number, "Regulator", NOON, items, "ab" * 32)


def drawn(*items: ReferredItem, language: str = "en") -> list[str]:
    frame = HOUSE.frame(replace(PROFILE, language=language))
    letters = digest_letters(digest(*items), frame, "cd" * 32)
    return [visible(str(checked(letter).html)) for letter in letters]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hundred_hostile_items_all_arrive(text: str, language: str) -> None:
    items = [item(n, text, sorted(FORWARDABLE)[n % 7]) for n in range(1, 101)]

    parts = drawn(*items, language=language)

    seen = "\n".join(parts)
    assert len(parts) > 1
    for number in (1, 50, 100):
        assert re.search(rf"\b{number}\b", seen)
    assert seen.count("https://t.me/kabar_contoh/7") >= 100


@given(st.lists(st.text(max_size=500), min_size=1, max_size=12))
@settings(max_examples=30)
def test_any_texts_make_letters_that_telegram_takes(texts: list[str]) -> None:
    assert drawn(*(item(n, text) for n, text in enumerate(texts, 1)))


def test_every_part_is_headed_by_the_same_number() -> None:
    parts = drawn(*(item(n, "x" * 600) for n in range(1, 21)))

    assert [part.splitlines()[0] for part in parts] == [
        f"Digest 4, part {n} of {len(parts)}" for n in range(1, len(parts) + 1)
    ]


def test_single_part_says_nothing_of_parts() -> None:
    (only,) = drawn(item())

    assert only.startswith("Digest 4 ·")
    assert "part" not in only.splitlines()[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_instructions_are_never_quoted(language: str) -> None:
    secret = replace(item(text="langkah rahasia", harm=HarmCode.INSTRUCT), channel="@kabar")

    (only,) = drawn(secret, language=language)

    assert "rahasia" not in only
    assert str(say(language, "steps-removed")) in only


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", LiveStatus)
def test_status_and_its_time_stand_in_the_message(status: LiveStatus, language: str) -> None:
    seen = replace(item(), live_status=status, live_checked_at=NOON)
    words = say(language, f"live-{status.replace('_', '-')}").unescape()

    (checked_,) = drawn(seen, language=language)
    (unchecked,) = drawn(replace(seen, live_checked_at=None), language=language)

    assert f"{words}, 2 " in checked_
    assert f"{words}\n" in unchecked + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_item_with_all_that_can_be_said_of_it_fits_a_message(language: str) -> None:
    long = "🧕" * 1000
    said = Statement(
        offered(HarmCode.INCITE), long, True, long[:200], {}, tuple(Caution), translation=long
    )
    full = replace(item(text=long), statement=said, views=10**9, copies=99, language="Arab")

    (head, *rest) = drawn(full, full, language=language)

    assert "🧕" * 300 + " …" in head + "".join(rest)


def test_quote_is_cut_with_a_mark() -> None:
    (whole,) = drawn(item(text="x" * 400))
    (cut,) = drawn(item(text="x" * 401))

    assert "…" not in whole
    assert "x" * 400 + " …" in cut
    assert "x" * 401 not in cut


def test_head_counts_by_code() -> None:
    (only,) = drawn(item(1), item(2), item(3, harm=HarmCode.THREAT))

    assert "Items: 3 (threat of an attack 1, call to violence 2)" in only


def test_wording_alleges_and_asserts_nothing() -> None:
    (only,) = drawn(item())

    assert "alleged" in only
    assert not re.search(r"\b(is|are) terrorist", only)


@given(st.lists(st.text(max_size=300).map(lambda text: Html("{}").format(text)), min_size=1))
def test_packing_tears_and_loses_nothing(blocks: list[Html]) -> None:
    parts = packed(blocks, "\n\n")

    assert Html("\n\n").join(parts) == Html("\n\n").join(blocks)
    assert all(units(visible(str(part))) <= 4096 for part in parts)


@pytest.mark.parametrize(("more", "lengths"), [(0, [3600]), (1, [3008, 591])])
def test_one_character_too_many_makes_another_message(more: int, lengths: list[int]) -> None:
    blocks = [Html("x" * 600)] * 5 + [Html("y" * (590 + more))]

    parts = packed(blocks)

    assert [units(visible(part)) for part in parts] == lengths
    assert Html("\n\n").join(parts) == Html("\n\n").join(blocks)
