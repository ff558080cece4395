"""What a visit to a channel's public web preview brings back. Values alone; nothing is fetched."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.channel import ChannelRef
from bot.domain.post import Post


class Reached(StrEnum):
    """What a request came to. PAGE and RENAMED alone carry a page; NOT_FOUND alone denies a post.

    PAGE: the channel that was asked for, with at least one block that could be read.
    RENAMED: a sound page of another name, to which the host sent us on. It is the same channel if
        its `chat_id` is.
    EMPTY: "no posts found". Also said under load and before the first post; it deletes nothing.
    UNKNOWN_NAME: nobody carries the name (Telegram's own front page came instead).
    NO_PREVIEW: the name exists and shows no posts: a person, a group, or a channel without preview.
    NOT_FOUND: this one post is not there (any more). Only ever in answer to `Preview.post`.
    THROTTLED: 429. `retry_after` is what the host asks for, None where it does not say.
    CHALLENGE: a page that wants a browser or a person. Never to be worked around.
    REFUSED: 403, or another answer of the 400s.
    SERVER_ERROR: an answer of the 500s.
    UNREACHABLE: no connection, or no whole answer within the time.
    CUT_OFF: the answer ended before its end.
    TOO_LARGE: more bytes than any preview has; the rest was not read.
    GARBLED: not text, or no text in the charset that it names.
    FOREIGN_REDIRECT: sent to a host that we do not follow to.
    REDIRECT_LOOP: sent on too often.
    DRIFT: it came whole and is no page that this parser knows: the parser needs mending.
    """

    PAGE = "page"
    RENAMED = "renamed"
    EMPTY = "empty"
    UNKNOWN_NAME = "unknown_name"
    NO_PREVIEW = "no_preview"
    NOT_FOUND = "not_found"
    THROTTLED = "throttled"
    CHALLENGE = "challenge"
    REFUSED = "refused"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    CUT_OFF = "cut_off"
    TOO_LARGE = "too_large"
    GARBLED = "garbled"
    FOREIGN_REDIRECT = "foreign_redirect"
    REDIRECT_LOOP = "redirect_loop"
    DRIFT = "drift"


@dataclass(frozen=True)
class PreviewPage:
    """One page of a channel, as it was rendered.

    ref: `chat_id` as the Bot API has it, None where the page does not tell (then the name is all we
        know); `username` in the channel's own spelling; the title, empty on a single post's page.
    posts: ascending by number. An album is one post with all its `member_ids`.
    service_ids: messages such as "pinned" or "photo updated": they use up numbers, are no posts.
    broken_ids: numbers whose block could not be read. To be kept as a gap, not as a post.
    strange_blocks: blocks without a usable number, or of another channel. Not read.
    edited_ids: posts that are marked as edited. The page never tells when.
    subscribers: None where the page does not say; `subscribers_approx` when it is rounded (10.5M).
    before: what to ask for next to see earlier posts; None when the page says that there are none.
    rendered_at: the server's clock when it made the page, None where it does not tell. Older than
        the page before: a stale copy.
    """

    ref: ChannelRef
    posts: tuple[Post, ...] = ()
    service_ids: tuple[int, ...] = ()
    broken_ids: tuple[int, ...] = ()
    strange_blocks: int = 0
    edited_ids: frozenset[int] = frozenset()
    subscribers: int | None = None
    subscribers_approx: bool = False
    before: int | None = None
    rendered_at: datetime | None = None

    @property
    def ids(self) -> tuple[int, ...]:
        """Every message number that the page accounts for, ascending, albums' members too."""
        members = [number for post in self.posts for number in post.member_ids]
        return tuple(sorted({*members, *self.service_ids, *self.broken_ids}))

    @property
    def lowest_id(self) -> int | None:
        return min(self.ids, default=None)

    @property
    def highest_id(self) -> int | None:
        return max(self.ids, default=None)

    @property
    def unreadable(self) -> int:
        """How many of the posts have nothing to read."""
        return sum(not post.is_readable for post in self.posts)


@dataclass(frozen=True)
class PreviewAnswer:
    """What came of one request. page: for PAGE and RENAMED alone. retry_after: for THROTTLED."""

    reached: Reached
    page: PreviewPage | None = None
    retry_after: timedelta | None = None
