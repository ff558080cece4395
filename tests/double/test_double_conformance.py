"""The double against python-telegram-bot: what it says is understood, what it takes exists."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
    Update,
)

from sandbox.double import Chat, Double, Message, Person
from sandbox.double.keyboards import BUTTON_FIELDS
from sandbox.double.methods import METHODS
from sandbox.double.methods.composing import ENTITY_FIELDS
from sandbox.double.methods.groups import ITEM_FIELDS
from sandbox.double.methods.sending import PREVIEW_FIELDS, REPLY_FIELDS
from sandbox.double.pictures import png

FILENAME = {"filename", "filename_depr"}  # what an upload is called, in the library's own way
Leftovers = Callable[[Any], list[str]]
KEYS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Yes", callback_data="y", style="success")],
        [InlineKeyboardButton("Copy", copy_text=CopyTextButton("T-1"))],
        [InlineKeyboardButton("Look", url="https://example.org/1")],
    ]
)
HTML = (
    "<b>bold</b> <i>it</i> <u>u</u> <s>s</s> <code>c</code> <tg-spoiler>x</tg-spoiler> "
    '<a href="https://example.org">l</a> <a href="tg://user?id=1001">Ani</a> @name_here #tag /start'
    '<blockquote expandable>q</blockquote><pre><code class="language-py">p</code></pre>'
)


@pytest.fixture
def ani(double: Double) -> Person:
    ani = double.person(1001, "Ani", last_name="A", username="ani_a", language_code="id")
    double.say(ani, "/start")
    return ani


@pytest.fixture
def group(double: Double, ani: Person) -> Chat:
    group = double.supergroup("Moderators", ani)
    double.add_bot(group, by=ani, admin=True)
    return group


async def test_a_press_is_understood_whether_its_message_is_there_or_gone(
    bot: Bot, double: Double, ani: Person, leftovers: Leftovers
) -> None:
    await bot.send_message(ani.id, HTML, "HTML", reply_markup=KEYS)
    message = double.chat(ani).last
    double.press(ani, message, "Yes")
    double.delete(message)
    double.press(ani, message, data="y")

    presses = [Update.de_json(update, bot) for update in double.pending[-2:]]

    assert [press.callback_query.data for press in presses if press.callback_query] == ["y", "y"]
    assert leftovers(presses) == []


async def test_every_method_answers_with_what_is_understood_to_the_last_field(
    bot: Bot, double: Double, ani: Person, group: Chat, leftovers: Leftovers
) -> None:
    calls = _calls(bot, double, ani, group)

    for name, call in calls.items():
        assert leftovers(await call()) == [], name

    assert {name.lower() for name in calls} == set(METHODS)
    assert {call.method for call in double.calls if call.outcome == "ok"} == set(calls)


def _calls(
    bot: Bot, double: Double, ani: Person, group: Chat
) -> dict[str, Callable[[], Awaitable[Any]]]:
    """One call of each method, with as many kinds of fields as it takes."""
    scope = BotCommandScopeChat(ani.id)

    async def sent(**more: Any) -> Any:
        return await bot.send_message(ani.id, HTML, parse_mode="HTML", reply_markup=KEYS, **more)

    async def picture() -> Any:
        return await bot.send_photo(ani.id, png(20, 10), caption=HTML, parse_mode="HTML")

    async def edited_media() -> Any:
        held = await picture()
        return await held.edit_media(InputMediaDocument(b"x", filename="x.csv", caption="c"))

    async def answered() -> Any:
        await sent()
        press = double.press(ani, double.chat(ani).last, "Yes")
        return await bot.answer_callback_query(press.query.id, "Noted", show_alert=True)

    return {
        "getMe": bot.get_me,
        "getUpdates": lambda: bot.get_updates(allowed_updates=["message"]),
        "setWebhook": lambda: bot.set_webhook("https://example.org/hook", secret_token="s"),
        "getWebhookInfo": bot.get_webhook_info,
        "deleteWebhook": bot.delete_webhook,
        "setMyCommands": lambda: bot.set_my_commands([("start", "Begin")], scope, "id"),
        "getMyCommands": lambda: bot.get_my_commands(scope, "id"),
        "deleteMyCommands": lambda: bot.delete_my_commands(scope, "id"),
        "setMyDescription": lambda: bot.set_my_description("Words", "id"),
        "getMyDescription": lambda: bot.get_my_description("id"),
        "setMyShortDescription": lambda: bot.set_my_short_description("Words"),
        "getMyShortDescription": bot.get_my_short_description,
        "getChat": lambda: bot.get_chat(group.id),
        "getChatMember": lambda: bot.get_chat_member(group.id, ani.id),
        "getChatAdministrators": lambda: bot.get_chat_administrators(group.id),
        "getChatMemberCount": lambda: bot.get_chat_member_count(group.id),
        "sendChatAction": lambda: bot.send_chat_action(ani.id, "typing"),
        "sendMessage": lambda: sent(
            protect_content=True,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_parameters=ReplyParameters(_first(double, ani).id),
        ),
        "sendPhoto": picture,
        "sendDocument": lambda: bot.send_document(ani.id, b"a;b", filename="a.csv"),
        "sendMediaGroup": lambda: bot.send_media_group(
            ani.id, [InputMediaPhoto(png(9, 9), caption="a"), InputMediaPhoto(png(9, 8))]
        ),
        "getFile": lambda: bot.get_file(next(iter(double.world.files))),
        "forwardMessage": lambda: bot.forward_message(group.id, ani.id, _first(double, ani).id),
        "copyMessage": lambda: bot.copy_message(group.id, ani.id, _first(double, ani).id),
        "editMessageText": lambda: _then(sent(), lambda m: m.edit_text("other")),
        "editMessageCaption": lambda: _then(picture(), lambda m: m.edit_caption("other")),
        "editMessageReplyMarkup": lambda: _then(sent(), lambda m: m.edit_reply_markup(None)),
        "editMessageMedia": edited_media,
        "pinChatMessage": lambda: _then(sent(), lambda m: m.pin()),
        "unpinChatMessage": lambda: bot.unpin_chat_message(ani.id),
        "deleteMessage": lambda: _then(sent(), lambda m: m.delete()),
        "deleteMessages": lambda: _then(sent(), lambda m: bot.delete_messages(ani.id, [m.id])),
        "answerCallbackQuery": answered,
        "leaveChat": lambda: bot.leave_chat(group.id),
    }


async def _then(first: Awaitable[Any], more: Callable[[Any], Awaitable[Any]]) -> Any:
    return await more(await first)


def _first(double: Double, person: Person) -> Message:
    return double.chat(person).messages[0]


@pytest.mark.parametrize(
    ("taken", "kind", "added_by_ptb"),
    [
        (BUTTON_FIELDS, InlineKeyboardButton, set()),
        (PREVIEW_FIELDS, LinkPreviewOptions, set()),
        (REPLY_FIELDS, ReplyParameters, set()),
        (ENTITY_FIELDS, MessageEntity, set()),
        (ITEM_FIELDS["photo"], InputMediaPhoto, FILENAME),
        (ITEM_FIELDS["document"], InputMediaDocument, FILENAME),
    ],
)
def test_objects_in_requests_have_exactly_the_fields_of_bot_api_10(
    taken: set[str], kind: type, added_by_ptb: set[str]
) -> None:
    documented = set(inspect.signature(kind).parameters) - {"api_kwargs"} - added_by_ptb

    assert taken - {"type"} == documented - {"type"}
