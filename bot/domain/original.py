"""A referred post's own message, forwarded beside the digest: when it may be, and what it must say.

What Telegram forwards is what stands in the channel now. So it goes only while that is, as far as
anybody knows, the revision that a person reviewed; and what arrived is compared with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.case import CaseState
from bot.domain.channel import WatchState
from bot.domain.codes import HarmCode
from bot.domain.post import SourceKind
from bot.domain.referral import ReferralState

LATEST = timedelta(days=1)  # after its digest; by then that has been read without it
_KNOWN_TO_THEM = frozenset({ReferralState.DELIVERED, ReferralState.ANSWERED})


class Stays(StrEnum):
    """Why an original stays away. OTHERWISE: it arrived, and was taken back; LEFT: was not."""

    INSTRUCT = "instruct"
    WITHDRAWN = "withdrawn"
    UNDELIVERED = "undelivered"
    EDITED = "edited"
    GONE = "gone"
    FORGOTTEN = "forgotten"
    ELSEWHERE = "elsewhere"
    UNWATCHED = "unwatched"
    PRIVATE = "private"
    UNWANTED = "unwanted"
    LATE = "late"
    OTHERWISE = "otherwise"
    LEFT = "left"


@dataclass(frozen=True)
class Seen:
    """What a reader sees of one message; how it is formatted left out. links: addresses in it."""

    text: str
    links: frozenset[str] = frozenset()
    media: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forwarded:
    """The message that a recipient got. seen: None where it cannot be understood."""

    message_id: int
    seen: Seen | None


@dataclass(frozen=True)
class Original:
    """One message of a referred post, with all that decides whether it is forwarded.

    from_chat_id, message_id: where it stands. reviewed: what the reviewed revision says it is.
    has_news: updates of its channel have arrived that nobody has read yet.
    """

    owed_at: datetime
    from_chat_id: int | None
    message_id: int
    reviewed: Seen
    harm: HarmCode
    referral: ReferralState
    card: CaseState
    channel: WatchState
    source: SourceKind
    is_public: bool
    is_wanted: bool
    is_newest: bool
    is_gone: bool
    is_forgotten: bool
    has_news: bool = False


def kept_back(original: Original, now: datetime) -> Stays | None:
    """Why it must not be forwarded; None where it may be."""
    reasons = (
        (original.harm is HarmCode.INSTRUCT, Stays.INSTRUCT),
        (original.card is CaseState.WITHDRAWN, Stays.WITHDRAWN),
        (original.referral not in _KNOWN_TO_THEM, Stays.UNDELIVERED),
        (not original.is_newest, Stays.EDITED),
        (original.is_gone, Stays.GONE),
        (original.is_forgotten, Stays.FORGOTTEN),
        # Elsewhere nobody tells us of an edit.
        (original.source is not SourceKind.BOT, Stays.ELSEWHERE),
        (original.channel is not WatchState.WATCHING, Stays.UNWATCHED),
        (not original.is_public or original.from_chat_id is None, Stays.PRIVATE),
        (not original.is_wanted, Stays.UNWANTED),
        (now - original.owed_at > LATEST, Stays.LATE),
    )
    return next((reason for applies, reason in reasons if applies), None)
