"""What the inside expects of the outside: a clock, a classifier, a courier, ways to posts."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bot.domain.channel import ChannelRef
from bot.domain.original import Forwarded
from bot.domain.preview import PreviewAnswer
from bot.domain.receipt import SheetRow
from bot.domain.scan import FileRow
from classifiers import Prediction


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class Classifier(Protocol):
    """Text in, prediction out, many at a time and off the event loop."""

    @property
    def version(self) -> str: ...

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction a text, in the same order."""
        ...


@dataclass(frozen=True)
class Button:
    """What a press sends back (`data`, at most 64 bytes), the address it opens, or what it copies.

    copy: at most 256 characters that a press puts into the clipboard of the presser's own device.
    """

    label: str
    data: str | None = None
    url: str | None = None
    style: str | None = None
    copy: str | None = None


@dataclass(frozen=True)
class Attachment:
    """A file that travels with a letter; one whose name ends in `.png` is shown as a picture.

    sha256: under which the content is kept. A letter that waits then names it alone, and whoever
    sends the letter fills the content in; so a letter stays small, and the same again is the same.
    """

    name: str
    content: bytes = b""
    sha256: str | None = None

    @property
    def is_picture(self) -> bool:
        return self.name.endswith(".png")


@dataclass(frozen=True)
class Letter:
    """A message as it leaves: HTML of at most 4,096 characters after parsing, and its buttons.

    protected: cannot be forwarded or saved. silent: arrives without a sound.
    attachment: the HTML becomes its caption, of at most 1,024 characters; it cannot be edited.
    is_last: the bot leaves the group or channel after it.
    """

    html: str
    buttons: tuple[tuple[Button, ...], ...] = field(default=())
    protected: bool = False
    silent: bool = False
    attachment: Attachment | None = None
    is_last: bool = False

    def as_json(self) -> dict[str, Any]:
        rows = [[[b.label, b.data, b.url, b.style, b.copy] for b in row] for row in self.buttons]
        kept = {
            "html": self.html,
            "buttons": rows,
            "protected": self.protected,
            "silent": self.silent,
        }
        if self.is_last:
            kept["is_last"] = True
        if self.attachment is None:
            return kept
        file = self.attachment
        content = "" if file.sha256 else b64encode(file.content).decode()
        return kept | {"attachment": [file.name, content, file.sha256]}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Letter":
        rows = tuple(tuple(Button(*cells) for cells in row) for row in kept["buttons"])
        name, content, *more = kept.get("attachment") or (None, "")
        sha256 = more[0] if more else None
        attachment = Attachment(name, b64decode(content), sha256) if name else None
        is_last = kept.get("is_last", False)
        return cls(kept["html"], rows, kept["protected"], kept["silent"], attachment, is_last)


class Courier(Protocol):
    """Takes letters to Telegram, once each, and says what became of them.

    Raises TryLater, Undeliverable or ChatMoved; `edit` also MessageGone. It never retries.
    """

    async def send(self, chat_id: int, letter: Letter) -> int:
        """The number of the message that was sent."""
        ...

    async def edit(self, chat_id: int, message_id: int, letter: Letter) -> None:
        """Changes a message in place; one that already reads so counts as changed."""
        ...

    async def forward(self, chat_id: int, from_chat_id: int, message_id: int) -> Forwarded:
        """Forwards a channel's message without a sound, and says how what arrived reads."""
        ...

    async def delete(self, chat_id: int, message_id: int) -> None:
        """Takes a message of ours away. Raises MessageGone where it is not there."""
        ...


@dataclass(frozen=True)
class Found:
    """What Telegram says of a public name. has_bot: the bot is in that channel."""

    ref: ChannelRef
    is_channel: bool
    has_bot: bool


class Directory(Protocol):
    """Asks Telegram who carries a public name."""

    async def look_up(self, username: str) -> Found | None:
        """None where Telegram does not say: an unknown name, or a channel the bot is not in.

        Raises TryLater where it cannot be asked now.
        """
        ...


class FileReader(Protocol):
    """Reads a file of messages as a stream, whatever its kind."""

    def __call__(
        self,
        path: Path,
        *,
        username: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[FileRow]:
        """The file's rows in their order.

        username: the public name, where the file does not carry it; for all its channels.
        progress: called now and then with the number of bytes read so far.
        Raises ExportError, at once or while reading, for what is no such file.
        """
        ...


class SheetReader(Protocol):
    """Reads a spreadsheet that a recipient sent back. Its bytes may be anything."""

    def __call__(self, content: bytes) -> list[SheetRow]:
        """The rows whose outcome column is filled in. Raises SheetError for what is no such file,
        and for a row that is not understood.
        """
        ...


class Preview(Protocol):
    """Asks the public web preview, one request a call. Every failure is an answer: never raises.

    It neither paces nor retries: who calls it keeps to a budget, and to `retry_after`.
    username: a public name without `@`; one that no channel can have is UNKNOWN_NAME, unasked.
    """

    async def page(self, username: str, before: int | None = None) -> PreviewAnswer:
        """The newest posts, at most 20 blocks; or the newest of those with numbers below `before`.

        EMPTY is "retry later", whatever was asked for.
        """
        ...

    async def post(self, username: str, message_id: int) -> PreviewAnswer:
        """The page of one post alone, to see whether it still stands.

        NOT_FOUND: the host says so; the member of an album that is still there is found. A service
        message's page has no post and names it in `service_ids`.
        """
        ...
