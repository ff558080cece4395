"""The notice board: a group in which moderators see how much waits, and are called to threats.

It shows counts and never a post: decisions are made in private.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

# Telegram counts edits among the 20 messages a minute that a group may get.
REFRESH = timedelta(seconds=30)


@dataclass(frozen=True)
class Notices:
    """What stands on the board. waiting, urgent: posts that need a look, and threats among them."""

    waiting: int
    urgent: int
    on_duty: int
    oldest: datetime | None

    def as_json(self) -> dict[str, Any]:
        oldest = self.oldest.isoformat() if self.oldest else None
        return asdict(self) | {"oldest": oldest}


@dataclass(frozen=True)
class Board:
    """message_id: the message with the counts, None before it was sent.

    shown: what the message says, or will once it is sent. called_card_id: threats up to this card
    have been called out.
    """

    chat_id: int
    title: str
    language: str
    message_id: int | None
    shown: dict[str, Any] | None
    shown_at: datetime | None
    called_card_id: int

    def is_due(self, notices: Notices, now: datetime) -> bool:
        """Whether the counts have changed, and the message was not drawn a moment ago."""
        if self.shown == notices.as_json():
            return False
        return self.shown_at is None or now - self.shown_at >= REFRESH
