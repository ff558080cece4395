"""One tree of errors. The docstring is the default message; it says what the reader can do."""


class SaringError(Exception):
    """Something went wrong in Saring; the log has the details."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class SettingsError(SaringError):
    """A setting is missing or wrong: look at `.env.example` for its name, unit and default."""


class ExportError(SaringError):
    """This file is no channel export: in Telegram Desktop, export the chat history as JSON."""


class SheetError(SaringError):
    """This file cannot be read as a digest's spreadsheet. `key` names the sentence that says why;
    `row` the line of the sheet, where one is at fault.
    """

    def __init__(self, key: str, row: int = 0) -> None:
        super().__init__(f"{key} in row {row}" if row else key)
        self.key = key
        self.row = row


class NameListError(SaringError):
    """This is no list of channels: send a text or CSV file with a name or link in each line."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class StorageError(SaringError):
    """The database cannot be used: run `python -m bot doctor`, it says what to do."""


class AuditError(SaringError):
    """The audit log does not add up: keep a copy of the database before anything else."""


class EvidenceError(SaringError):
    """This is no evidence pack, or a damaged one: take a fresh copy from whoever made it."""


class PeriodError(SaringError):
    """These are no days to count: name the first and the last, as in 2026-01-01."""


class FiguresError(SaringError):
    """The open figures cannot be written: name another folder with --out."""


class CourierError(SaringError):
    """Telegram did not take the message."""


class TryLater(CourierError):
    """Telegram asks to wait; `after_seconds` says how long, None when it did not say."""

    def __init__(self, message: str | None = None, after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class Undeliverable(CourierError):
    """Telegram will never take this message: the chat is gone, blocked, or the text is refused."""


class ShutOut(Undeliverable):
    """The bot may not write there any more: it was blocked, or thrown out of the group."""


class ChatMoved(CourierError):
    """The group became a supergroup and has another id now."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__()
        self.new_chat_id = new_chat_id


class MessageGone(CourierError):
    """The message to edit is no longer there: send a new one."""


class TokenRefused(SaringError):
    """Telegram refuses BOT_TOKEN (401): get the token from @BotFather, put it into `.env`."""


class AnotherInstance(SaringError):
    """Another program reads this bot's updates (409): stop it, or give it a token of its own."""
