"""What the buttons under one of the bot's own messages send."""

from collections.abc import Iterator

from telegram import InlineKeyboardMarkup, Message


def buttons_of(message: Message) -> Iterator[str]:
    """The data of each button that sends any, in their order."""
    markup = message.reply_markup
    rows = markup.inline_keyboard if isinstance(markup, InlineKeyboardMarkup) else ()
    for button in (button for row in rows for button in row):
        if isinstance(button.callback_data, str):
            yield button.callback_data
