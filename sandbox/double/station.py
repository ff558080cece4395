"""What every part of a running double shares: the world, the queue, the calls, the lock."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.double import wire
from sandbox.double.faults import Faults
from sandbox.double.pacing import Pacing
from sandbox.double.signals import Signal
from sandbox.double.updates import UpdateQueue
from sandbox.double.world import Chat, Message, World


@dataclass
class Call:
    """One request of the bot: method, fields as text, when, and how it ended.

    outcome: "ok", the error's description, or "dropped"; empty while the call is under way.
    """

    method: str
    params: dict[str, str]
    when: datetime
    outcome: str = ""
    status: int = 0
    result: Any = None


@dataclass(frozen=True)
class Change:
    """Something a viewer may want to show: its number, what it was, where.

    kind: "message", "edit", "delete", "chat", "press", "answer", "update", "call", "action",
    "webhook" or "delivery".
    """

    number: int
    kind: str
    when: datetime
    chat_id: int | None = None
    message_id: int | None = None
    detail: Any = None


@dataclass
class Webhook:
    """Where updates are sent; an empty URL means long polling."""

    url: str = ""
    secret: str | None = None
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One attempt to post an update to the webhook. status: HTTP's; 0 where nobody answered."""

    update_id: int
    status: int
    when: datetime


@dataclass
class Station:
    """The shared parts. Whoever changes the world holds `lock` and then calls `note`.

    token: the one that opens it now; a revoked one is answered with 401.
    privacy: whether the bot is in privacy mode (sees of groups only what is for it).
    proxy: what stands behind the public address of a webhook, as http://127.0.0.1:8443; the path
    stays. Empty: the address itself is asked.
    """

    world: World
    updates: UpdateQueue
    token: str
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    privacy: bool = True
    pacing: Pacing | None = None
    webhook: Webhook = field(default_factory=Webhook)
    proxy: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    signal: Signal = field(default_factory=Signal)
    lock: threading.RLock = field(default_factory=threading.RLock)
    calls: list[Call] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    is_closing: bool = False

    def now(self) -> datetime:
        return self.clock()

    def spend(self, chat: Chat) -> None:
        """Count one message or edit against the pace. Raises Refusal (429) when too early."""
        if self.pacing is not None:
            self.pacing.spend(chat.id)

    def note(self, kind: str, chat: Chat | None = None, **details: Any) -> None:
        """Write down a change and wake whoever waits for one."""
        with self.lock:
            change = Change(
                number=len(self.changes) + 1,
                kind=kind,
                when=self.now(),
                chat_id=chat.id if chat else None,
                message_id=details.get("message_id"),
                detail=details.get("detail"),
            )
            self.changes.append(change)
        self.signal.notify()

    def note_message(self, kind: str, message: Message) -> None:
        self.note(kind, message.chat, message_id=message.id)

    def emit(self, payload: dict[str, Any]) -> int | None:
        """Queue an update for the bot; None when the bot does not want that kind."""
        update_id = self.updates.put(payload)
        self.note("update", detail=update_id)
        return update_id

    def emit_message(self, message: Message, *, edited: bool = False) -> int | None:
        """Queue a message or a channel post, where the bot would see it."""
        if not self._reaches_bot(message):
            return None
        name = "channel_post" if message.chat.kind == "channel" else "message"
        name = f"edited_{name}" if edited else name
        return self.emit({name: wire.message_object(self.world, message)})

    def _reaches_bot(self, message: Message) -> bool:
        chat = message.chat
        if not chat.has_bot:
            return False
        if chat.kind in ("private", "channel") or chat.bot_status == "administrator":
            return True
        return not self.privacy or bool(message.service) or self._is_for_bot(message)

    def _is_for_bot(self, message: Message) -> bool:
        """In privacy mode a bot gets commands, replies to itself and nothing else."""
        if message.reply_to is not None and message.reply_to.sender is self.world.bot:
            return True
        words = message.text.split(maxsplit=1)
        if not words or not words[0].startswith("/"):
            return False
        _, _, addressed = words[0].partition("@")
        return not addressed or addressed.lower() == (self.world.bot.username or "").lower()
