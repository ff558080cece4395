"""Albums, replaced media, pins and deletions by the number."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from telegram import Bot, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest

from sandbox.double import Double, Person
from sandbox.double.pictures import png


@pytest.fixture
def ani(double: Double) -> Person:
    ani = double.person(1001, "Ani", language_code="id")
    double.say(ani, "/start")
    return ani


async def test_documents_arrive_as_one_album_each_with_its_file_and_caption(
    bot: Bot, ani: Person, double: Double, leftovers: Callable[[Any], list[str]]
) -> None:
    files = [
        InputMediaDocument(b"one", filename="digest.csv", caption="<b>Digest</b> 1"),
        InputMediaDocument(b"two", filename="digest.json"),
    ]

    sent = await bot.send_media_group(ani.id, files, parse_mode="HTML")

    shown = double.chat(ani).messages[1:]
    assert [message.document for message in shown] == [b"one", b"two"]
    assert [message.file_name for message in shown] == ["digest.csv", "digest.json"]
    assert shown[0].album is not None and shown[0].album == shown[1].album
    assert [message.media_group_id for message in sent] == [shown[0].album] * 2
    assert leftovers(list(sent)) == []


async def test_pictures_make_an_album_and_a_picture_takes_anothers_place(
    bot: Bot, ani: Person, double: Double, leftovers: Callable[[Any], list[str]]
) -> None:
    album = await bot.send_media_group(
        ani.id, [InputMediaPhoto(png(20, 10), caption="a"), InputMediaPhoto(png(30, 10))]
    )

    changed = await bot.edit_message_media(
        InputMediaPhoto(png(40, 10), caption="b"), ani.id, album[0].message_id
    )

    first = double.chat(ani).messages[1]
    assert first.text == "b" and first.media is not None
    assert first.media.details == {"width": 40, "height": 10}
    assert leftovers(changed) == []


@pytest.mark.parametrize(
    ("media", "words"),
    [
        ([{"type": "photo", "media": "x"}], "wrong number"),
        ([{"type": "photo", "media": "x"}] * 11, "wrong number"),
        ([{"type": "photo", "media": "x"}, {"type": "document", "media": "x"}], "can't mix"),
        ([{"type": "photo", "media": "x"}] * 2, "wrong file identifier"),
        ([{"type": "photo", "media": "x", "title": "t"}] * 2, 'unknown field "title"'),
        ([{"type": "sticker", "media": "x"}] * 2, "not modelled"),
        ("photo", "can't parse media"),
    ],
)
async def test_what_is_no_album_is_refused_and_nothing_is_sent(
    raw: httpx.AsyncClient, ani: Person, double: Double, media: Any, words: str
) -> None:
    fields = {"chat_id": ani.id, "media": json.dumps(media)}

    answer = await raw.post("sendMediaGroup", data=fields)

    assert words in answer.json()["description"]
    assert double.chat(ani).texts == ["/start"]


async def test_several_messages_are_deleted_at_once_and_missing_ones_passed_over(
    bot: Bot, ani: Person, double: Double
) -> None:
    numbers = [(await bot.send_message(ani.id, word)).message_id for word in ("a", "b", "c")]

    assert await bot.delete_messages(ani.id, [numbers[0], numbers[2], 999_999])

    assert double.chat(ani).texts == ["/start", "b"]


async def test_a_message_is_pinned_where_the_bot_may_and_unpinned_again(
    bot: Bot, ani: Person, double: Double
) -> None:
    group = double.supergroup("Moderators", ani)
    double.add_bot(group, by=ani)
    sent = await bot.send_message(group.id, "Board")
    with pytest.raises(BadRequest, match="Not enough rights"):
        await bot.pin_chat_message(group.id, sent.message_id)
    double.add_bot(group, by=ani, admin=True)

    await bot.pin_chat_message(group.id, sent.message_id)
    pinned = group.pinned
    await bot.unpin_chat_message(group.id)

    assert pinned == sent.message_id
    assert group.pinned is None
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(group.id)
