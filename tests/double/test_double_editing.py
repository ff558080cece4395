"""Edits, deletions and answers to presses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from sandbox.double import Base, Double, Person

YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])


@pytest.fixture
def ani(double: Double) -> Person:
    ani = double.person(1001, "Ani")
    double.say(ani, "/start")
    return ani


async def test_an_edit_without_a_change_is_refused(bot: Bot, ani: Person) -> None:
    sent = await bot.send_message(ani.id, "<b>a</b>", parse_mode="HTML", reply_markup=YES)

    with pytest.raises(BadRequest) as same:
        await bot.edit_message_text(
            " <strong>a</strong> \n", ani.id, sent.id, parse_mode="HTML", reply_markup=YES
        )
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(ani.id, sent.id, reply_markup=YES)

    assert same.value.message == (
        "Message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )


async def test_an_edit_changes_text_markup_and_keeps_what_was(
    bot: Bot,
    ani: Person,
    double: Double,
    leftovers: Callable[[Any], list[str]],
) -> None:
    sent = await bot.send_message(ani.id, "a", reply_markup=YES)

    bold = await bot.edit_message_text("<b>a</b>", ani.id, sent.id, parse_mode="HTML")
    bare = await bot.edit_message_reply_markup(ani.id, sent.id, reply_markup=YES)

    card = double.chat(ani).last
    assert (card.html, card.edited, card.versions) == ("<b>a</b>", True, ["a", "<b>a</b>"])
    assert bold.reply_markup is None  # type: ignore[union-attr]
    assert card.buttons == [[("Yes", "y")]]
    assert leftovers(bold) == leftovers(bare) == []


async def test_what_cannot_be_edited_is_told_apart(
    bot: Bot, raw: httpx.AsyncClient, ani: Person, double: Double
) -> None:
    theirs = double.chat(ani).last
    photo = await bot.send_document(ani.id, b"x", filename="x.txt", caption="c")

    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", ani.id, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", ani.id, theirs.id)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("x", ani.id, photo.id)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.edit_message_text("x" * 4097, ani.id, photo.id)
    no_id = await raw.post("editMessageText", data={"chat_id": ani.id, "text": "x"})

    assert no_id.json()["description"] == "Bad Request: message identifier is not specified"


async def test_captions_are_edited_as_captions(bot: Bot, ani: Person, double: Double) -> None:
    text = await bot.send_message(ani.id, "text")
    sent = await bot.send_document(ani.id, b"x", filename="x.txt", caption="before")

    await bot.edit_message_caption(ani.id, sent.id, caption="after")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_caption(ani.id, sent.id, caption="after")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(ani.id, text.id, caption="x")
    with pytest.raises(BadRequest, match="Media_caption_too_long"):
        await bot.edit_message_caption(ani.id, sent.id, caption="x" * 1025)

    assert double.chat(ani).last.text == "after"


async def test_a_deleted_message_is_gone_for_everyone(
    bot: Bot, ani: Person, double: Double
) -> None:
    sent = await bot.send_message(ani.id, "a")
    card = double.chat(ani).last

    assert await bot.delete_message(ani.id, sent.id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ani.id, sent.id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("b", ani.id, sent.id)

    assert card.deleted
    assert card not in double.chat(ani).messages


async def test_after_48_hours_or_of_others_nothing_is_deleted(
    ani: Person, connect: Callable[..., Bot]
) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    double = Double(clock=lambda: now)
    ani = double.person(1001)
    double.say(ani, "/start")
    group = double.group("Moderator", ani)
    double.add_bot(group, by=ani)
    theirs = double.say(ani, "/hello", chat=group)
    async with double.serve() as base, connect(base) as bot:
        sent = await bot.send_message(ani.id, "a")
        with pytest.raises(BadRequest, match="Message can't be deleted"):
            await bot.delete_message(group.id, theirs.id)

        now += timedelta(hours=49)

        with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
            await bot.delete_message(ani.id, sent.id)
    assert sent.date == datetime(2026, 11, 1, tzinfo=UTC)


async def test_a_press_is_answered_once(bot: Bot, ani: Person, double: Double) -> None:
    await bot.send_message(ani.id, "a", reply_markup=YES)
    press = double.press(ani, double.chat(ani).last, "Y")

    assert press.answered is None
    await bot.answer_callback_query(press.query.id, text="x" * 200)
    for query in (press.query.id, "123"):
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
            await bot.answer_callback_query(query)

    assert len((await press.answer).text) == 200


async def test_an_expired_press_and_a_long_answer_are_refused(
    bot: Bot, ani: Person, double: Double
) -> None:
    await bot.send_message(ani.id, "a", reply_markup=YES)
    old = double.press(ani, double.chat(ani).last, "Yes")
    double.expire(old)
    new = double.press(ani, double.chat(ani).last, "Yes")

    with pytest.raises(BadRequest, match="or query id is invalid"):
        await bot.answer_callback_query(old.query.id)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(new.query.id, text="x" * 201)
    with pytest.raises(TimeoutError):
        await new.answer_within(0.05)


async def test_pressing_needs_a_button_that_is_there(bot: Bot, ani: Person, double: Double) -> None:
    budi = double.person(1002, "Budi")
    keyboard = [
        [
            InlineKeyboardButton("Yes, all", callback_data="a"),
            InlineKeyboardButton("Yes", callback_data="b"),
        ],
        [InlineKeyboardButton("Open", url="https://t.me/x")],
    ]
    await bot.send_message(ani.id, "a", reply_markup=InlineKeyboardMarkup(keyboard))
    card = double.chat(ani).last

    assert double.press(ani, card, "Yes").query.data == "b"
    with pytest.raises(LookupError, match="there are: 'Yes, all', 'Yes', 'Open'"):
        double.press(ani, card, "No")
    with pytest.raises(LookupError, match="2 buttons match"):
        double.press(ani, card, "Ye")
    with pytest.raises(LookupError, match="calls nothing back"):
        double.press(ani, card, "Open")
    with pytest.raises(ValueError, match="another person"):
        double.press(budi, card, "Yes")


async def test_forged_data_and_presses_on_deleted_messages_arrive(
    bot: Bot, ani: Person, double: Double, leftovers: Callable[[Any], list[str]], base: Base
) -> None:
    sent = await bot.send_message(ani.id, "a", reply_markup=YES)
    card = double.chat(ani).last
    double.press(ani, card, data="confirm:999")
    await bot.delete_message(ani.id, sent.id)
    double.press(ani, card, data="y")
    with pytest.raises(LookupError, match="gone"):
        double.press(ani, card, "Yes")

    _, forged, late = await bot.get_updates()

    assert forged.callback_query and forged.callback_query.data == "confirm:999"
    assert late.callback_query and late.callback_query.message
    assert not late.callback_query.message.is_accessible
    assert leftovers((forged, late)) == []
