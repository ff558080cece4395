"""Files of messages that admins send: fetched, scanned by the same service as `scan`, reported.

Nothing of a file is logged, its name included, and no copy of it outlives its scan. One that a
crash left behind is removed at the next start.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from telegram import Document, Message

from bot.chat.fetching import fetch
from bot.chat.reply import Reply, reply
from bot.chat.telegram_bot import TelegramBot
from bot.domain.channel import BadRef, parse_ref
from bot.domain.errors import ExportError
from bot.domain.people import Person, Role
from bot.ports import FileReader
from bot.services.scan import Scan, Tally
from bot.texts import Html, say

MOST_BYTES: Final = 20 * 1024 * 1024  # what bots may download (Bot API, getFile)
_MOST_PROBLEMS: Final = 5  # sentences in the answer; all are counted
_LONGEST_NAME: Final = 64
_LONGEST_PROBLEM: Final = 300


class Uploads:
    """read: takes a file apart, whatever its kind."""

    def __init__(self, bot: TelegramBot, scan: Scan, read: FileReader) -> None:
        self._bot = bot
        self._scan = scan
        self._read = read

    def clear(self) -> None:
        """Removes what an earlier process of this bot left behind: only one can run at a time."""
        for folder in Path(tempfile.gettempdir()).glob(f"{self._prefix}*"):
            shutil.rmtree(folder, ignore_errors=True)

    async def hear(self, person: Person, message: Message) -> list[Reply] | None:
        """A file that an admin sends; an animation is no file, though it comes as one too."""
        document = message.document
        if document is None or message.animation or not person.holds(Role.ADMIN):
            return None
        return await self._read_document(person, message, document)

    async def _read_document(
        self, admin: Person, message: Message, document: Document
    ) -> list[Reply]:
        """One answer to a document: what was read of it, or what to do instead.

        A caption that is a name or link is taken as the channel's public name.
        """
        name = (document.file_name or "?")[:_LONGEST_NAME]
        if (document.file_size or 0) > MOST_BYTES:
            return reply(message.chat_id, _refusal(admin.language, "too-large", name))
        username = _named(message.caption or "")
        if isinstance(username, BadRef):
            return reply(message.chat_id, say(admin.language, "channel-private", name=name))
        async with self._folder() as folder:
            path = folder / "upload"
            content = await fetch(self._bot, document.file_id, MOST_BYTES)
            if isinstance(content, str):
                return reply(message.chat_id, _refusal(admin.language, content, name))
            await asyncio.to_thread(path.write_bytes, content)
            words = await self._scanned(admin.language, path, name, username)
        return reply(message.chat_id, words)

    async def _scanned(self, language: str, path: Path, name: str, username: str | None) -> Html:
        tally, is_whole = Tally(most_problems=_MOST_PROBLEMS), True
        try:
            rows = await asyncio.to_thread(self._read, path, username=username)
            await self._scan.rows(rows, tally)
        except ExportError:
            if not (tally.posts_read or tally.skipped or tally.broken):
                return _refusal(language, "wrong-kind", name)
            is_whole = False
        return _report(language, name, tally, is_whole=is_whole)

    @property
    def _prefix(self) -> str:
        return f"saring-{self._bot.id}-"

    @asynccontextmanager
    async def _folder(self) -> AsyncIterator[Path]:
        """A folder that only we can open; it goes with everything in it."""
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=self._prefix))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _named(caption: str) -> str | BadRef | None:
    """The public name in a caption that is one; PRIVATE for a private link; else None."""
    if not (caption.lstrip().startswith("@") or "t.me/" in caption):
        return None  # words about the file, not a name
    found = parse_ref(caption)
    if isinstance(found, BadRef):
        return found if found is BadRef.PRIVATE else None
    return found


def _refusal(language: str, why: str, name: str) -> Html:
    return say(language, f"upload-{why}", name=name, most=MOST_BYTES // 1024**2)


def _report(language: str, name: str, tally: Tally, *, is_whole: bool) -> Html:
    """What became of a file: counts, why messages were not read, the first few problems."""
    kept = tally.kept
    lines = [
        say(
            language,
            "upload-read",
            name=name,
            posts=tally.posts_read,
            new=kept.new,
            changed=kept.changed,
            known=kept.known,
            unreadable=tally.unreadable,
            flagged=tally.flagged,
            cases=tally.cases,
        )
    ]
    for reason, count in sorted(tally.skipped.items()):
        why = say(language, f"upload-reason-{reason.replace('_', '-')}")
        lines.append(say(language, "upload-skipped", count=count, reason=why))
    if tally.broken:
        lines.append(say(language, "upload-broken", count=tally.broken))
        lines += [Html.escape(problem[:_LONGEST_PROBLEM]) for problem in tally.problems]
    if tally.broken > len(tally.problems):
        lines.append(say(language, "upload-more", count=tally.broken - len(tally.problems)))
    if not is_whole:
        lines.append(say(language, "upload-stopped"))
    return Html("\n").join(lines)
