"""What changed on the stage since a page last heard of it, gathered into one piece of news."""

from collections.abc import Iterable
from typing import Any

from sandbox.app import view
from sandbox.app.feed import Feed
from sandbox.app.stage import Stage
from sandbox.double.station import Change

JSON = dict[str, Any]


class News:
    """One batch. Messages are told as they stand now, however often they changed in the batch."""

    def __init__(self, stage: Stage, feed: Feed) -> None:
        self._stage = stage
        self._feed = feed
        self._messages: dict[tuple[str, int], JSON] = {}
        self._chats: set[str] = set()
        self._found: dict[str, list[JSON]] = {}
        self._status: JSON | None = None

    def of(self, changes: Iterable[Change]) -> JSON:
        """What to tell; empty where nothing is to be shown."""
        for change in changes:
            if change.kind == "stage":
                self._status = view.status(self._stage, self._feed)
            elif change.kind == "commands":
                self._chats |= set(view.chat_keys(self._stage))
            elif change.chat_id and (key := view.key_of(self._stage, change.chat_id)):
                self._in_chat(key, change)
        told: JSON = dict(self._found)
        if self._messages:
            told["messages"] = list(self._messages.values())
        if self._chats:
            told["chats"] = [view.chat_view(self._stage, key) for key in sorted(self._chats)]
        if self._status is not None:
            told["status"] = self._status
        return told

    def _in_chat(self, key: str, change: Change) -> None:
        if change.kind in ("message", "edit"):
            self._message(key, change)
        elif change.kind == "delete":
            self._messages.pop((key, change.message_id or 0), None)
            self._add("gone", {"chat": key, "id": change.message_id})
        elif change.kind == "answer":
            self._add("answers", {"chat": key, "message": change.message_id} | change.detail)
        elif change.kind == "action":
            self._add("typing", {"chat": key, "action": change.detail})
        elif change.kind == "chat":
            self._chats.add(key)

    def _message(self, key: str, change: Change) -> None:
        message = view.all_chats(self._stage)[key].all_messages.get(change.message_id or 0)
        if message is not None and not message.deleted:
            shown = view.message_view(self._stage, message)
            self._messages[key, message.id] = shown | {"how": change.kind}

    def _add(self, kind: str, item: JSON) -> None:
        self._found.setdefault(kind, []).append(item)
