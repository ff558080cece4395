"""Takes letters to Telegram and names what came back by our own errors."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.chat.posts import post_of
from bot.chat.telegram_bot import TelegramBot, wait_of
from bot.domain.errors import ChatMoved, MessageGone, ShutOut, TryLater, Undeliverable
from bot.domain.original import Forwarded, Seen
from bot.ports import Attachment, Letter

_UNCHANGED = "message is not modified"
_DELETED = "message to delete not found"
_TOO_LARGE = "request entity too large"  # status 413
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


class TelegramCourier:
    def __init__(self, bot: TelegramBot) -> None:
        self._bot = bot

    async def send(self, chat_id: int, letter: Letter) -> int:
        if letter.is_last:
            return await self._say_and_leave(chat_id, letter)
        return await self._send(chat_id, letter)

    async def _say_and_leave(self, chat_id: int, letter: Letter) -> int:
        """Where nothing can be said, the chat is left all the same."""
        try:
            message_id = await self._send(chat_id, letter)
        except Undeliverable:
            with contextlib.suppress(Undeliverable):
                await self._leave(chat_id)
            raise
        with contextlib.suppress(Undeliverable):  # it is not in there any more
            await self._leave(chat_id)
        return message_id

    async def _leave(self, chat_id: int) -> None:
        async with _translated():
            await self._bot.leave_chat(chat_id)

    async def _send(self, chat_id: int, letter: Letter) -> int:
        async with _translated():
            if letter.attachment is not None:
                return await self._send_file(chat_id, letter, letter.attachment)
            message = await self._bot.send_message(
                chat_id,
                letter.html,
                parse_mode=ParseMode.HTML,
                reply_markup=_keyboard(letter),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                protect_content=letter.protected or None,
                disable_notification=letter.silent or None,
            )
        return message.message_id

    async def _send_file(self, chat_id: int, letter: Letter, attachment: Attachment) -> int:
        send = self._bot.send_photo if attachment.is_picture else self._bot.send_document
        message = await send(
            chat_id,
            attachment.content,
            filename=attachment.name,
            caption=letter.html,
            parse_mode=ParseMode.HTML,
            reply_markup=_keyboard(letter),
            protect_content=letter.protected or None,
            disable_notification=letter.silent or None,
        )
        return message.message_id

    async def edit(self, chat_id: int, message_id: int, letter: Letter) -> None:
        async with _translated():
            try:
                await self._bot.edit_message_text(
                    letter.html,
                    chat_id,
                    message_id,
                    parse_mode=ParseMode.HTML,
                    reply_markup=_keyboard(letter),
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            except BadRequest as error:
                said = error.message.lower()
                if any(gone in said for gone in _GONE):
                    raise MessageGone from error
                if _UNCHANGED not in said:
                    raise

    async def forward(self, chat_id: int, from_chat_id: int, message_id: int) -> Forwarded:
        try:
            async with _translated():
                message = await self._bot.forward_message(
                    chat_id, from_chat_id, message_id, disable_notification=True
                )
        except ShutOut as refused:  # of the channel or of the recipient's chat: nothing says which
            raise Undeliverable(str(refused)) from refused
        return Forwarded(message.message_id, _seen(message))

    async def delete(self, chat_id: int, message_id: int) -> None:
        async with _translated():
            try:
                await self._bot.delete_message(chat_id, message_id)
            except BadRequest as error:
                if _DELETED in error.message.lower():
                    raise MessageGone from error
                raise


def _seen(message: Message) -> Seen | None:
    """What the message shows, read as a channel's post is; None where that cannot be done."""
    try:
        post = post_of(message)
    except (ValueError, TypeError, AttributeError):
        return None
    links = frozenset(entity.url for entity in post.entities if entity.url)
    return Seen(post.text, links, post.media)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Telegram's errors as ours. The order matters: PTB's classes inherit from each other."""
    try:
        yield
    except RetryAfter as error:
        seconds = wait_of(error) or 0.0
        raise TryLater(f"Telegram asks to wait {seconds:.0f} s", seconds) from error
    except ChatMigrated as error:
        raise ChatMoved(error.new_chat_id) from error
    except Forbidden as error:
        raise ShutOut(error.message) from error
    except BadRequest as error:
        raise Undeliverable(error.message) from error
    except InvalidToken as error:
        raise TryLater("Telegram refuses the token") from error
    except NetworkError as error:
        if _TOO_LARGE in error.message.lower():  # no class of its own, and no better next time
            raise Undeliverable(error.message) from error
        raise TryLater(f"Telegram cannot be reached ({type(error).__name__})") from error
    except TelegramError as error:
        raise TryLater(error.message) from error


def _keyboard(letter: Letter) -> InlineKeyboardMarkup | None:
    if not letter.buttons:
        return None
    rows = [
        [
            InlineKeyboardButton(
                b.label,
                callback_data=b.data,
                url=b.url,
                style=b.style,
                copy_text=CopyTextButton(b.copy) if b.copy else None,
            )
            for b in row
        ]
        for row in letter.buttons
    ]
    return InlineKeyboardMarkup(rows)
