"""Captures are sealed when a post comes before people, and drawn when it was confirmed."""

import hashlib
import json

from bot.domain.codes import HarmCode
from bot.services.picture import Picture
from tests.factories import CHANNEL, NOON, Flow, post


async def captures(flow: Flow) -> list[dict[str, object]]:
    rows = await flow.rows("SELECT content FROM captures ORDER BY id")
    return [json.loads(row.content) for row in rows]


async def test_flagged_post_is_captured_with_all_that_was_seen(flow: Flow) -> None:
    await flow.arrive(post("FLAG serang", 77, media=("photo",), views=1200, views_approx=True))

    (capture,) = await captures(flow)

    assert capture["text"] == "FLAG serang"
    assert capture["url"] == "https://t.me/kabar_contoh/77"
    assert capture["channel"] == {
        "id": CHANNEL.chat_id,
        "username": CHANNEL.username,
        "title": CHANNEL.title,
        "subscribers": None,
        "subscribers_approx": False,
    }
    assert capture["media"] == ["photo"]
    assert (capture["views"], capture["views_approx"]) == (1200, True)
    assert capture["taken_at"] == capture["posted_at"] == NOON.isoformat()


async def test_capture_is_sealed_with_its_own_hash(flow: Flow) -> None:
    await flow.flagged()

    (row,) = await flow.rows("SELECT content, sha256 FROM captures")

    assert hashlib.sha256(row.content.encode()).hexdigest() == row.sha256


async def test_unflagged_post_is_not_captured(flow: Flow) -> None:
    await flow.arrive(post("Selamat pagi"))

    assert await captures(flow) == []


async def test_edit_on_an_open_card_is_captured_beside_the_first(flow: Flow) -> None:
    original = post("FLAG serang")
    await flow.arrive(original)

    await flow.edit(original, "Selamat pagi")

    assert [one["text"] for one in await captures(flow)] == ["FLAG serang", "Selamat pagi"]


async def test_confirmed_post_is_drawn_once(flow: Flow) -> None:
    await flow.confirmed()
    await flow.flagged("FLAG lain, belum diputuskan siapa pun")
    picture = Picture(flow.database, flow.clock)

    assert [await picture.confirmed() for _ in range(2)] == [1, 0]

    (row,) = await flow.rows("SELECT * FROM captures WHERE picture_sha256 IS NOT NULL")
    async with flow.database.look() as work:
        content = await work.files.get(row.picture_sha256)
    assert content is not None
    assert content.startswith(b"\x89PNG")
    assert hashlib.sha256(content).hexdigest() == row.picture_sha256


async def test_instructions_are_drawn_without_their_words(flow: Flow) -> None:
    card = await flow.flagged("FLAG langkah rahasia")
    person = await flow.moderator()
    await flow.confirm(person, card)
    picture = Picture(flow.database, flow.clock)
    await picture.confirmed()
    (open_,) = await flow.rows("SELECT picture_sha256, picture_hides_words FROM captures")
    await flow.decide.undo(person, card.id)
    await flow.confirm(person, card, HarmCode.INSTRUCT)

    assert await picture.confirmed() == 1

    (hidden,) = await flow.rows("SELECT picture_sha256, picture_hides_words FROM captures")
    assert (bool(open_.picture_hides_words), bool(hidden.picture_hides_words)) == (False, True)
    assert open_.picture_sha256 != hidden.picture_sha256
