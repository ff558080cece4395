"""How far a channel has been read through the web preview: what was seen, and what is missing.

Every number above the floor is one of three: seen (a post, or a service message), proven not to
exist (a page shows an unbroken run, so what it leaves out is not there), or part of a gap.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.post import Post
from bot.domain.preview import PreviewPage

FULL_PAGE = 20  # blocks
RECENT = 60  # posts whose looks are remembered: three pages
_HASH = 16  # signs of a content hash; enough to tell two versions of one post apart
# A page from further ahead than this is no measure for how old the next one is.
_CLOCK_SKEW = timedelta(minutes=10)


class GapReason(StrEnum):
    """MISSED: no page that reaches there was had yet. UNREAD: shown, and could not be read."""

    MISSED = "missed"
    UNREAD = "unread"


@dataclass(frozen=True, order=True)
class Gap:
    """Numbers from lo to hi, both included, of which nothing is known."""

    lo: int
    hi: int
    reason: GapReason = GapReason.MISSED

    @property
    def size(self) -> int:
        return self.hi - self.lo + 1


@dataclass(frozen=True)
class Cursor:
    """floor: nothing at or below it is missed: it was published before the watch began.

    max_seen: the highest number seen. gaps: ascending, apart from each other.
    recent: how the newest posts read when they were last seen, by number; hashes.
    rendered_at: when the newest page was made, by the host's clock; None before it told.
    """

    floor: int
    max_seen: int
    gaps: tuple[Gap, ...] = ()
    recent: Mapping[int, str] = field(default_factory=dict)
    rendered_at: datetime | None = None

    @property
    def high_water(self) -> int:
        """Up to here nothing is missing."""
        return self.gaps[0].lo - 1 if self.gaps else self.max_seen


@dataclass(frozen=True)
class Turned:
    """What one page changes.

    posts: those that are new, or read differently than at the last visit; ascending.
    edited: numbers of those that read differently than when they were last on a page.
    marked: numbers of those that the page marks as edited, whenever that was.
    vanished: numbers of recent posts that should be on the page and are not. A suspicion.
    was_stale: an older copy of the page; it brings new posts and takes nothing back.
    """

    cursor: Cursor
    posts: tuple[Post, ...]
    edited: frozenset[int] = frozenset()
    marked: frozenset[int] = frozenset()
    vanished: tuple[int, ...] = ()
    was_stale: bool = False


def turn(
    cursor: Cursor | None,
    page: PreviewPage,
    now: datetime,
    since: datetime,
    before: int | None = None,
) -> Turned:
    """The cursor after one page, and what to keep of it.

    cursor: None before the first visit. page: with at least one number.
    since: when the watch began. A page with a post from before then is the baseline: nothing below
        it counts as missing. before: what was asked for, None: the newest.
    """
    lowest, highest = page.ids[0], page.ids[-1]
    is_baseline = any(post.posted_at < since for post in page.posts)
    if cursor is None:
        floor = lowest - 1 if is_baseline or _is_first(page) else 0
        cursor = Cursor(floor, max_seen=floor)
    elif is_baseline and any(gap.lo < lowest for gap in cursor.gaps):
        cursor = _from(cursor, lowest)
    stale = _is_stale(cursor, page)
    fresh = tuple(post for post in page.posts if _is_news(cursor, post, stale=stale))
    numbers = {post.message_id for post in fresh}
    is_sound = before is None and not stale and not page.strange_blocks
    vanished = _vanished(cursor, page, lowest) if is_sound else ()
    after = replace(
        cursor,
        max_seen=max(cursor.max_seen, highest),
        gaps=_gaps(cursor, page, _covered(cursor, page, before, stale=stale)),
        recent=_remembered(cursor, fresh, vanished),
        rendered_at=_newer(cursor.rendered_at, page.rendered_at, now),
    )
    edited = frozenset(numbers & cursor.recent.keys())
    return Turned(after, fresh, edited, page.edited_ids & numbers, vanished, stale)


def _from(cursor: Cursor, lowest: int) -> Cursor:
    """What is missing below was published before the watch, and is not missed."""
    above = [replace(gap, lo=max(gap.lo, lowest)) for gap in cursor.gaps if gap.hi >= lowest]
    return replace(cursor, floor=max(cursor.floor, lowest - 1), gaps=tuple(above))


def look_of(post: Post) -> str:
    """How a post reads, short enough to be remembered for many."""
    return post.content_hash[:_HASH]


def _is_stale(cursor: Cursor, page: PreviewPage) -> bool:
    """Whether the page was made before one that was seen already."""
    return (
        cursor.rendered_at is not None
        and page.rendered_at is not None
        and page.rendered_at < cursor.rendered_at
    )


def _covered(cursor: Cursor, page: PreviewPage, before: int | None, *, stale: bool) -> Gap:
    """The numbers that a page speaks for: what it shows, and where nothing is, to either side."""
    lowest, highest = page.ids[0], page.ids[-1]
    lo = min(lowest, cursor.floor + 1) if _is_first(page) else lowest
    if stale:
        return Gap(lo, highest)
    if before is not None:
        return Gap(lo, max(highest, before - 1))
    return Gap(lo, max(highest, cursor.max_seen) if page.rendered_at else highest)


def _is_first(page: PreviewPage) -> bool:
    """Whether nothing was published before it. A full page that names no earlier one is likelier
    one whose link we failed to see."""
    blocks = len(page.posts) + len(page.service_ids) + len(page.broken_ids) + page.strange_blocks
    return page.before is None and blocks < FULL_PAGE


def _remembered(
    cursor: Cursor, fresh: Collection[Post], vanished: Collection[int]
) -> Mapping[int, str]:
    """What vanished is forgotten, so that it is asked about once."""
    recent = dict(cursor.recent) | {post.message_id: look_of(post) for post in fresh}
    kept = [number for number in sorted(recent) if number not in vanished]
    return {number: recent[number] for number in kept[-RECENT:]}


def _newer(before: datetime | None, told: datetime | None, now: datetime) -> datetime | None:
    if told is None or told > now + _CLOCK_SKEW:
        return before
    return told if before is None else max(before, told)


def _is_news(cursor: Cursor, post: Post, *, stale: bool) -> bool:
    """A post that was never seen, or reads differently now. An old copy of a page proves no edit.

    What is no longer remembered is handed on: the database knows whether it has it.
    """
    if stale:
        return post.message_id not in cursor.recent
    return cursor.recent.get(post.message_id) != look_of(post)


def _vanished(cursor: Cursor, page: PreviewPage, lowest: int) -> tuple[int, ...]:
    shown = set(page.ids)
    return tuple(n for n in sorted(cursor.recent) if n >= lowest and n not in shown)


def _gaps(cursor: Cursor, page: PreviewPage, covered: Gap) -> tuple[Gap, ...]:
    """The gaps that remain, those above the highest number so far among them."""
    gaps = list(cursor.gaps)
    if covered.lo > cursor.max_seen + 1:
        gaps.append(Gap(cursor.max_seen + 1, covered.lo - 1))
    was_open = [*cursor.gaps, Gap(cursor.max_seen + 1, max(covered.hi, cursor.max_seen + 1))]
    left = [part for gap in gaps for part in _without(gap, covered)]
    left += [Gap(number, number, GapReason.UNREAD) for number in _unread(page, was_open)]
    return _joined(left)


def _unread(page: PreviewPage, was_open: Collection[Gap]) -> list[int]:
    """Numbers that the page shows, or may show, without our being able to read them.

    A block that does not tell its number may be any that is missing between the others.
    """
    unread = set(page.broken_ids)
    if page.strange_blocks and page.ids:
        unread |= set(range(page.ids[0], page.ids[-1])) - set(page.ids)
    return sorted(
        number for number in unread if any(gap.lo <= number <= gap.hi for gap in was_open)
    )


def _without(gap: Gap, covered: Gap) -> list[Gap]:
    """What is left of a gap outside a stretch."""
    below = Gap(gap.lo, min(gap.hi, covered.lo - 1), gap.reason)
    above = Gap(max(gap.lo, covered.hi + 1), gap.hi, gap.reason)
    return [part for part in (below, above) if part.lo <= part.hi]


def _joined(parts: list[Gap]) -> tuple[Gap, ...]:
    """Ascending, neighbours of one reason made one."""
    joined: list[Gap] = []
    for part in sorted(parts):
        last = joined[-1] if joined else None
        if last is not None and last.hi + 1 >= part.lo and last.reason is part.reason:
            joined[-1] = replace(last, hi=max(last.hi, part.hi))
        else:
            joined.append(part)
    return tuple(joined)
