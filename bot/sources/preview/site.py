"""The public web preview as a source: what is asked of it, and what its answers are."""

from typing import Final

from bot.domain.channel import USERNAME
from bot.domain.preview import PreviewAnswer, Reached
from bot.sources.preview.fetch import Fetch, Follow, Unanswered
from bot.sources.preview.figures import LAST_MESSAGE_ID
from bot.sources.preview.page import read_page, read_post

PUBLIC_SITE: Final = "https://t.me"


class PreviewSite:
    """Keeps the protocol `bot.ports.Preview`."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    async def close(self) -> None:
        await self._fetch.close()

    async def page(self, username: str, before: int | None = None) -> PreviewAnswer:
        """As the protocol says. `before` beyond any message number asks for the newest posts."""
        if not USERNAME.fullmatch(username):
            return PreviewAnswer(Reached.UNKNOWN_NAME)
        if before is not None and before <= 1:
            return PreviewAnswer(Reached.EMPTY)
        is_cursor = before is not None and before <= LAST_MESSAGE_ID
        query = {"before": str(before)} if is_cursor else {}
        try:
            text = await self._fetch.text(f"/s/{username}", query, _from_page(username))
        except Unanswered as unanswered:
            return unanswered.answer
        return read_page(text, username, before)

    async def post(self, username: str, message_id: int) -> PreviewAnswer:
        """As the protocol says. A number that no message can have is NOT_FOUND, unasked."""
        if not USERNAME.fullmatch(username):
            return PreviewAnswer(Reached.UNKNOWN_NAME)
        if not 0 < message_id <= LAST_MESSAGE_ID:
            return PreviewAnswer(Reached.NOT_FOUND)
        path = f"/{username}/{message_id}"
        query = {"embed": "1", "mode": "tme"}
        try:
            text = await self._fetch.text(path, query, _from_post(path))
        except Unanswered as unanswered:
            return unanswered.answer
        return read_post(text, username, message_id)


def _from_page(username: str) -> Follow:
    """What a redirect away from a channel's page means."""

    def meant(path: str) -> Reached | None:
        parts = [part for part in path.split("/") if part]
        if not parts:
            return Reached.UNKNOWN_NAME
        if len(parts) == 2 and parts[0] == "s" and USERNAME.fullmatch(parts[1]):
            return None
        # The page about a name, without its posts: that is where names without preview lead.
        is_about = len(parts) == 1 and parts[0].lower() == username.lower()
        return Reached.NO_PREVIEW if is_about else Reached.DRIFT

    return meant


def _from_post(asked: str) -> Follow:
    """What a redirect away from the page of one post means."""

    def meant(path: str) -> Reached | None:
        if path.rstrip("/").lower() == asked.lower():
            return None
        parts = [part for part in path.split("/") if part]
        if not parts:
            return Reached.UNKNOWN_NAME
        is_about = len(parts) == 1 and parts[0].lower() == asked.split("/")[1].lower()
        return Reached.NO_PREVIEW if is_about else Reached.DRIFT

    return meant
