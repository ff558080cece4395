"""What the double refuses to send, and what it sends."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden

from sandbox.double import Double, Person


@pytest.fixture
def ani(double: Double) -> Person:
    ani = double.person(1001, "Ani", language_code="id")
    double.say(ani, "/start")
    return ani


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("x" * 4097, None, "Message is too long"),
        ("😀" * 2049, None, "Message is too long"),
        ("é" * 16_385, None, "Text is too long"),
        (" \n ", None, "Text must be non-empty"),
        ("<b> </b>", "HTML", "Text must be non-empty"),
        ("<b>x", "HTML", "Can't parse entities: can't find end tag"),
        ("x", "Rich", "Unsupported parse_mode"),
    ],
)
async def test_wrong_texts_are_refused(
    bot: Bot, ani: Person, double: Double, text: str, mode: str | None, words: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        await bot.send_message(ani.id, text, parse_mode=mode)

    assert caught.value.message.startswith(words)
    assert double.chat(ani).texts == ["/start"]


async def test_the_longest_texts_are_taken_and_markup_does_not_count(
    bot: Bot, ani: Person, double: Double
) -> None:
    await bot.send_message(ani.id, "x" * 4096)
    await bot.send_message(ani.id, f"<b>{'&lt;' * 4096}</b>", parse_mode="HTML")

    assert [len(text) for text in double.chat(ani).texts[1:]] == [4096, 4096]


async def test_empty_text_and_empty_chat_are_refused(raw: httpx.AsyncClient) -> None:
    empty = await raw.post("sendMessage", data={"chat_id": 1})
    nowhere = await raw.post("sendMessage", data={"text": "x"})

    assert empty.json()["description"] == "Bad Request: message text is empty"
    assert nowhere.json()["description"] == "Bad Request: chat_id is empty"


async def test_who_cannot_be_written_to_is_told_apart(bot: Bot, double: Double) -> None:
    silent = double.person(5)
    unseen = double.person(6, seen=False)
    blocker = double.person(8)
    double.say(blocker, "hi")
    double.block(blocker)
    public = double.channel("contoh_kanal")
    private = double.private_channel("Tertutup")
    gone = double.channel("bekas_kanal")
    double.add_bot(gone, by=silent)
    double.remove_bot(gone, by=silent)

    async def refusal(chat_id: int | str) -> tuple[type[Exception], str]:
        with pytest.raises((BadRequest, Forbidden)) as caught:
            await bot.send_message(chat_id, "x")
        return type(caught.value), caught.value.message

    assert await refusal(silent.id) == (
        Forbidden,
        "Forbidden: bot can't initiate conversation with a user",
    )
    assert await refusal(unseen.id) == (BadRequest, "Chat not found")
    assert await refusal(999) == (BadRequest, "Chat not found")
    assert await refusal("@nobody_here") == (BadRequest, "Chat not found")
    assert await refusal(public.id) == (BadRequest, "Chat not found")
    assert await refusal("@Contoh_Kanal") == (
        Forbidden,
        "Forbidden: bot is not a member of the channel chat",
    )
    assert await refusal(private.id) == (BadRequest, "Chat not found")
    assert await refusal(gone.id) == (
        Forbidden,
        "Forbidden: bot was kicked from the channel chat",
    )
    assert await refusal(blocker.id) == (Forbidden, "Forbidden: bot was blocked by the user")


async def test_unblocking_opens_the_chat_again(bot: Bot, double: Double, ani: Person) -> None:
    double.block(ani)
    with pytest.raises(ValueError, match="unblock"):
        double.say(ani, "hello?")
    double.unblock(ani)

    await bot.send_message(ani.id, "welcome back")

    assert double.chat(ani).last.text == "welcome back"


async def test_a_deleted_account_is_told_apart(bot: Bot, double: Double, ani: Person) -> None:
    double.deactivate(ani)

    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ani.id, "x")


async def test_an_upgraded_group_tells_its_new_id(bot: Bot, double: Double, ani: Person) -> None:
    group = double.group("Moderator", ani)
    double.add_bot(group, by=ani)
    new = double.upgrade(group)

    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "x")
    await bot.send_message(new.id, "x")

    assert caught.value.new_chat_id == new.id
    assert new.last.text == "x"
    assert str(new.id).startswith("-100")


def _keyboard(*rows: list[Any]) -> str:
    return json.dumps({"inline_keyboard": list(rows)})


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        ('{"inline_keyboard": {}}', 'field "inline_keyboard" of the InlineKeyboardMarkup'),
        ('{"inline_keybord": []}', '[double] unknown field "inline_keybord"'),
        (_keyboard([{"text": "x"}]), "Text buttons are unallowed in the inline keyboard"),
        (_keyboard([{"callback_data": "x"}]), 'Can\'t find field "text"'),
        (_keyboard([{"text": "", "callback_data": "x"}]), "[double] a button without text"),
        (_keyboard([{"text": "x", "callback_data": "я" * 33}]), "BUTTON_DATA_INVALID"),
        (_keyboard([{"text": "x", "url": "localhost"}]), "URL 'localhost' is invalid"),
        (_keyboard([{"text": "x", "copy_text": {"text": "c" * 257}}]), "BUTTON_COPY"),
        (_keyboard([{"text": "x", "callback_data": "y", "colour": "red"}]), '"colour"'),
        (_keyboard([{"text": "x", "callback_data": "y", "style": "red"}]), "BUTTON_STYLE"),
        (_keyboard([{"text": "x", "callback_data": "y", "url": "t.me/x"}]), "not modelled"),
        (_keyboard(*[[{"text": "x", "callback_data": "y"}]] * 101), "reply markup is too long"),
        (_keyboard([{"text": "x", "callback_data": "y"}] * 9), "reply markup is too long"),
        (_keyboard(*[[{"text": "x", "callback_data": "y" * 64}]] * 99), "markup is too long"),
        (_keyboard([3]), "InlineKeyboardButton must be an Object"),
        (_keyboard([{"text": "x", "copy_text": "y"}]), "must be of type Object"),
    ],
)
async def test_wrong_keyboards_are_refused(
    raw: httpx.AsyncClient, ani: Person, double: Double, markup: str, description: str
) -> None:
    fields = {"chat_id": ani.id, "text": "x", "reply_markup": markup}

    answer = await raw.post("sendMessage", data=fields)

    assert answer.status_code == 400
    assert description in answer.json()["description"]
    assert double.chat(ani).texts == ["/start"]


async def test_64_bytes_of_data_100_buttons_and_8_in_a_row_are_taken(
    bot: Bot,
    ani: Person,
    double: Double,
    leftovers: Callable[[Any], list[str]],
) -> None:
    row = [InlineKeyboardButton("x", callback_data="я" * 24) for _ in range(8)]
    row[0] = InlineKeyboardButton("x", callback_data="я" * 32)
    keyboard = InlineKeyboardMarkup([row] * 12 + [row[:4]])

    sent = await bot.send_message(ani.id, "x", reply_markup=keyboard)

    assert sent.reply_markup == keyboard
    assert leftovers(sent) == []
    assert sum(map(len, double.chat(ani).last.buttons)) == 100


async def test_a_message_comes_back_as_it_was_sent(
    bot: Bot,
    ani: Person,
    double: Double,
    leftovers: Callable[[Any], list[str]],
) -> None:
    first = double.chat(ani).last
    keyboard = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("Yes", callback_data="y", style="success")],
            [
                InlineKeyboardButton("Open", url="https://t.me/contoh_kanal/1"),
                InlineKeyboardButton("Copy", copy_text=CopyTextButton("number 7")),
            ],
        ]
    )

    sent = await bot.send_message(
        ani.id,
        'Case <a href="tg://user?id=1001">Ani</a> <code>x</code>',
        parse_mode="HTML",
        reply_markup=keyboard,
        protect_content=True,
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_to_message_id=first.id,
    )

    assert leftovers(sent) == []
    assert [entity.type for entity in sent.entities] == ["text_mention", "code"]
    assert sent.entities[0].user and sent.entities[0].user.first_name == "Ani"
    assert sent.reply_to_message and sent.reply_to_message.message_id == first.id
    assert sent.from_user and sent.from_user.id == 42
    assert sent.has_protected_content is True
    assert double.chat(ani).last.buttons == [
        [("Yes", "y")],
        [("Open", "https://t.me/contoh_kanal/1"), ("Copy", "number 7")],
    ]
    assert double.complaints == []


async def test_given_entities_and_other_markups_are_taken(
    bot: Bot, ani: Person, double: Double
) -> None:
    await bot.send_message(ani.id, "bold", entities=[MessageEntity("bold", 0, 4)])
    await bot.send_message(ani.id, "?", reply_markup=ForceReply())
    await bot.send_message(ani.id, "?", reply_markup=ReplyKeyboardMarkup([["a", "b"]]))
    with pytest.raises(BadRequest, match="unsupported type"):
        await bot.send_message(ani.id, "x", entities=[MessageEntity("bald", 0, 1)])

    channel = double.channel("contoh_kanal")
    double.add_bot(channel, by=ani)
    with pytest.raises(BadRequest, match="Inline keyboard expected"):
        await bot.send_message(channel.id, "?", reply_markup=ForceReply())

    assert double.chat(ani).messages[1].html == "<b>bold</b>"
    assert "keyboard" in (double.chat(ani).keyboard or {})


async def test_a_reply_to_what_is_not_there_is_refused_unless_allowed(
    bot: Bot, ani: Person
) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ani.id, "x", reply_to_message_id=99)

    sent = await bot.send_message(
        ani.id, "x", reply_to_message_id=99, allow_sending_without_reply=True
    )

    assert sent.reply_to_message is None


async def test_real_fields_without_a_model_are_refused_aloud(
    bot: Bot, ani: Person, double: Double
) -> None:
    with pytest.raises(BadRequest, match="not modelled"):
        await bot.send_message(ani.id, "x", message_effect_id="5")
    with pytest.raises(BadRequest, match="not modelled"):
        await bot.send_message(ani.id, "*x*", parse_mode="MarkdownV2")

    assert len(double.complaints) == 2


async def test_forward_and_copy_work_only_where_the_bot_is(
    bot: Bot,
    ani: Person,
    double: Double,
    leftovers: Callable[[Any], list[str]],
) -> None:
    ours = double.channel("kanal_kita")
    double.add_bot(ours, by=ani)
    post = double.publish(ours, "a post", media="photo", signature="Editor")
    foreign = double.channel("kanal_lain")
    double.publish(foreign, "unreachable")

    forwarded = await bot.forward_message(ani.id, ours.id, post.id)
    copied = await bot.copy_message(ani.id, ours.id, post.id, caption="other words")
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await bot.forward_message(ani.id, "@kanal_lain", 1)
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(ani.id, "@kanal_lain", 1)
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await bot.forward_message(ani.id, ours.id, 77)

    assert leftovers(forwarded) == []
    assert forwarded.forward_origin and forwarded.forward_origin.type == "channel"
    assert forwarded.caption == "a post"
    assert double.chat(ani).messages[-1].id == copied.message_id
    assert double.chat(ani).last.text == "other words"


async def test_protected_and_service_messages_are_not_forwarded(
    bot: Bot, ani: Person, double: Double
) -> None:
    channel = double.channel("kanal_kita", owner=ani)
    double.add_bot(channel, by=ani)
    post = double.publish(channel, "a post")
    pinned = double.publish(channel, "pinned")
    pinned.service = {"delete_chat_photo": True}
    sealed = await bot.send_message(ani.id, "for you alone", protect_content=True)

    with pytest.raises(BadRequest, match="The message can't be forwarded"):
        await bot.forward_message(ani.id, channel.id, pinned.id)
    with pytest.raises(BadRequest, match="Message has protected content and can't be forwarded"):
        await bot.forward_message(ani.id, ani.id, sealed.message_id)
    channel.is_protected = True
    with pytest.raises(BadRequest, match="Message has protected content and can't be forwarded"):
        await bot.forward_message(ani.id, channel.id, post.id)
    assert (await bot.get_chat(channel.id)).has_protected_content
    channel.is_protected = False
    double.remove_bot(channel)
    with pytest.raises(Forbidden, match="bot was kicked from the channel chat"):
        await bot.forward_message(ani.id, channel.id, post.id)

    assert double.chat(ani).texts == ["/start", "for you alone"]


async def test_chat_action_is_noted_and_checked(
    bot: Bot, raw: httpx.AsyncClient, ani: Person, double: Double
) -> None:
    assert await bot.send_chat_action(ani.id, ChatAction.TYPING)
    wrong = await raw.post("sendChatAction", data={"chat_id": ani.id, "action": "dancing"})

    assert wrong.json()["description"] == "Bad Request: wrong parameter action in request"
    assert [c.detail for c in double.station.changes if c.kind == "action"] == ["typing"]
