"""The queue of updates: ids, which kinds are wanted, what was confirmed, who polls.

Known from the server's source: an update of a kind that is not wanted is not even queued; a press
lives 150 s and everything else a day; a new poll ends the one before it.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "message_reaction",
    "message_reaction_count",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "purchased_paid_media",
    "managed_bot",
    "guest_message",
)
OPT_IN = ("chat_member", "message_reaction", "message_reaction_count")
DEFAULT = frozenset(KINDS) - frozenset(OPT_IN)
LIFETIME_S = 86_400.0
PRESS_LIFETIME_S = 150.0


@dataclass(frozen=True)
class Update:
    """A queued update: its id, its JSON without the id, and when it is forgotten."""

    id: int
    payload: dict[str, Any]
    expires: float


class UpdateQueue:
    """Updates in order until they are confirmed or too old.

    now: seconds on a clock that never goes back.
    allowed: kinds that are queued; kept until a call names others.
    turn: number of the poll that may go on; an older poll has lost its turn.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.allowed = DEFAULT
        self.turn = 0
        self.turn_taken_by = "getUpdates"
        self._now = now
        self._next_id = 731_000_001
        self._waiting: deque[Update] = deque()

    def put(self, payload: dict[str, Any]) -> int | None:
        """Queue one update and return its id; None when its kind is not wanted.

        A kind that Bot API 10.0 has not is always queued: a newer server sends such things.
        """
        kinds = set(payload) & set(KINDS)
        if kinds and not kinds & self.allowed:
            return None
        lifetime = PRESS_LIFETIME_S if "callback_query" in payload else LIFETIME_S
        update = Update(self._next_id, payload, self._now() + lifetime)
        self._next_id += 1
        self._waiting.append(update)
        return update.id

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Choose the kinds to queue from now on; None keeps the choice, empty is the default."""
        if kinds is not None:
            self.allowed = frozenset(kind.lower() for kind in kinds) & frozenset(KINDS) or DEFAULT

    def confirm(self, offset: int) -> None:
        """Forget what is before `offset`; a negative one keeps only that many from the end."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
        while offset > 0 and self._waiting and self._waiting[0].id < offset:
            self._waiting.popleft()

    def pending(self, limit: int = 100) -> list[dict[str, Any]]:
        """The oldest updates, at most `limit`, as the Bot API gives them."""
        now = self._now()
        alive = [update for update in self._waiting if update.expires > now]
        if len(alive) < len(self._waiting):
            self._waiting = deque(alive)
        return [{"update_id": update.id} | update.payload for update in alive[:limit]]

    def drop(self) -> None:
        self._waiting.clear()

    @property
    def is_chosen(self) -> bool:
        """Whether the bot has asked for other kinds than the default."""
        return self.allowed != DEFAULT

    def take_turn(self, by: str = "getUpdates") -> int:
        """Start a poll (or a webhook) and end the poll that waits."""
        self.turn += 1
        self.turn_taken_by = by
        return self.turn
