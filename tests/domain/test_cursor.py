"""The cursor against a channel that publishes, deletes, overflows and is shown in stale copies."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.channel import ChannelRef
from bot.domain.cursor import Cursor, Gap, GapReason, turn
from bot.domain.preview import PreviewPage
from tests.factories import NOON, post

SINCE = NOON
MINUTE = timedelta(minutes=1)
REF = ChannelRef(-1001, "kanal", "Kanal")
met: Counter[str] = Counter()


def page(*numbers: int, before: int | None = None, old: int = 44, **more: object) -> PreviewPage:
    """old: the last post from before the watch began; each came a minute after the other."""
    shown = tuple(
        post(f"post {n}", n, channel=REF, posted_at=SINCE + MINUTE * (n - old - 1)) for n in numbers
    )
    said = {"ref": REF, "posts": shown, "before": before}
    return PreviewPage(**(said | more))  # type: ignore[arg-type]


def seen(cursor: Cursor) -> tuple[int, int, tuple[Gap, ...]]:
    return cursor.high_water, cursor.max_seen, cursor.gaps


def test_first_page_is_the_baseline() -> None:
    turned = turn(None, page(41, 43, 44, before=41), NOON, SINCE)

    assert seen(turned.cursor) == (44, 44, ())
    assert turned.cursor.floor == 40
    assert [one.message_id for one in turned.posts] == [41, 43, 44]


def test_first_page_that_does_not_reach_back_to_the_watchs_beginning_leaves_a_gap() -> None:
    """More was published than a page shows before the first visit came about."""
    first = turn(None, page(*range(41, 61), before=41, old=12), NOON, SINCE)
    second = turn(first.cursor, page(*range(21, 41), before=21, old=12), NOON, SINCE, before=41)
    third = turn(second.cursor, page(*range(11, 21), before=11, old=12), NOON, SINCE, before=21)

    assert (first.cursor.gaps, second.cursor.gaps) == ((Gap(1, 40),), (Gap(1, 20),))
    assert seen(third.cursor) == (60, 60, ())
    assert third.cursor.floor == 10


def test_page_that_touches_what_was_seen_leaves_no_gap() -> None:
    before = turn(None, page(41, 42, before=41), NOON, SINCE).cursor

    turned = turn(before, page(42, 45, 47, before=42), NOON, SINCE)

    assert seen(turned.cursor) == (47, 47, ())
    assert [one.message_id for one in turned.posts] == [45, 47]


def test_page_that_does_not_reach_back_leaves_one() -> None:
    before = turn(None, page(41, 42, before=41), NOON, SINCE).cursor

    after = turn(before, page(60, 61, before=60), NOON, SINCE).cursor

    assert seen(after) == (42, 61, (Gap(43, 59),))


def test_short_page_without_an_earlier_one_proves_that_nothing_is_there() -> None:
    before = turn(None, page(41, 42, before=41), NOON, SINCE).cursor

    assert turn(before, page(60, 61), NOON, SINCE).cursor.gaps == ()


def test_full_page_without_an_earlier_one_is_not_believed() -> None:
    before = turn(None, page(41, 42, before=41), NOON, SINCE).cursor

    assert turn(before, page(*range(60, 80)), NOON, SINCE).cursor.gaps == (Gap(43, 59),)


def test_page_of_a_gap_closes_it_from_above() -> None:
    cursor = Cursor(40, 61, (Gap(43, 59),))

    once = turn(cursor, page(52, 55, before=52), NOON, SINCE, before=60)
    twice = turn(once.cursor, page(39, 42, 50, before=39), NOON, SINCE, before=52)

    assert once.cursor.gaps == (Gap(43, 51),)
    assert twice.cursor.gaps == ()
    assert [one.message_id for one in twice.posts] == [39, 42, 50]


def test_newest_page_without_the_last_posts_closes_a_gap_up_to_them() -> None:
    cursor = Cursor(40, 61, (Gap(58, 60),))

    after = turn(cursor, page(57, 59, before=57, rendered_at=NOON), NOON, SINCE).cursor

    assert after.gaps == ()


def test_block_of_unknown_number_may_be_any_that_is_missing_beside_it() -> None:
    before = turn(None, page(41, 42, before=41), NOON, SINCE).cursor

    after = turn(before, page(42, 45, before=42, strange_blocks=1), NOON, SINCE).cursor

    assert after.gaps == (Gap(43, 44, GapReason.UNREAD),)
    assert turn(after, page(42, 45, before=42, rendered_at=NOON), NOON, SINCE).cursor.gaps == ()


def test_broken_block_that_was_read_before_is_no_gap() -> None:
    before = turn(None, page(41, 42, before=41), NOON, SINCE).cursor

    assert turn(before, page(41, before=41, broken_ids=(42,)), NOON, SINCE).cursor.gaps == ()


def test_post_that_reads_differently_is_handed_on_as_edited() -> None:
    before = turn(None, page(41, 42), NOON, SINCE).cursor
    changed = page(41, 42, edited_ids=frozenset({41, 42}))
    changed = PreviewPage(
        REF, (post("lain", 41, channel=REF), changed.posts[1]), edited_ids=changed.edited_ids
    )

    turned = turn(before, changed, NOON, SINCE)

    assert [one.message_id for one in turned.posts] == [41]
    assert (turned.edited, turned.marked) == ({41}, {41})


def test_post_that_is_missing_from_a_sound_page_is_suspected_once() -> None:
    before = turn(None, page(41, 42, 43, rendered_at=NOON), NOON, SINCE).cursor

    once = turn(before, page(41, 43, rendered_at=NOON), NOON, SINCE)
    twice = turn(once.cursor, page(41, 43, rendered_at=NOON), NOON, SINCE)

    assert (once.vanished, twice.vanished) == ((42,), ())


def test_stale_copy_suspects_nothing_and_brings_no_edit() -> None:
    before = turn(None, page(41, 42, 43, rendered_at=NOON), NOON, SINCE).cursor
    old = page(41, 42, rendered_at=NOON - timedelta(minutes=1))
    old = PreviewPage(
        REF, (post("lama", 41, channel=REF), *old.posts[1:]), rendered_at=old.rendered_at
    )

    turned = turn(before, old, NOON, SINCE)

    assert turned.was_stale
    assert (turned.posts, turned.vanished) == ((), ())
    assert turned.cursor == before


def test_page_from_the_future_is_no_measure_for_the_next() -> None:
    before = turn(None, page(41, rendered_at=NOON + timedelta(days=1)), NOON, SINCE).cursor

    assert not turn(before, page(41, 42, rendered_at=NOON), NOON, SINCE).was_stale


# --- against a ledger -------------------------------------------------------------------------


@dataclass
class Channel:
    """What was published, what is there, and what a reader had a chance to see."""

    newest: int = 0
    old: int = 0
    there: set[int] = field(default_factory=set)
    shown: set[int] = field(default_factory=set)

    def page(self, before: int | None, size: int) -> PreviewPage | None:
        below = sorted(n for n in self.there if before is None or n < before)
        numbers = below[-size:]
        if not numbers:
            return None
        self.shown |= set(numbers)
        earlier = numbers[0] if len(below) > size else None
        return page(*numbers, before=earlier, old=self.old, rendered_at=NOON)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.integers(1, 45)),
        st.tuples(st.just("skip"), st.integers(1, 5)),
        st.tuples(st.just("delete"), st.integers(0, 200)),
        st.tuples(st.just("visit"), st.just(0)),
        st.tuples(st.just("fill"), st.integers(0, 3)),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(start=st.integers(1, 40), steps=STEPS)
def check(start: int, steps: list[tuple[str, int]]) -> None:
    channel, kept = Channel(), Counter[int]()
    channel.newest, channel.there = start, set(range(1, start + 1))
    channel.old = start
    cursor: Cursor | None = None

    def take(before: int | None) -> None:
        nonlocal cursor
        shown = channel.page(before, 20)
        if shown is not None:
            turned = turn(cursor, shown, NOON, SINCE, before)
            cursor = turned.cursor
            kept.update(one.message_id for one in turned.posts if one.message_id not in kept)

    for act, number in [*steps, ("visit", 0)]:
        if act == "publish":
            channel.there |= set(range(channel.newest + 1, channel.newest + number + 1))
            channel.newest += number
        elif act == "skip":
            channel.newest += number
        elif act == "delete":
            channel.there.discard(number)
        elif act == "visit":
            take(None)
        elif cursor is not None and cursor.gaps:
            met["filled"] += 1
            take(cursor.gaps[number % len(cursor.gaps)].hi + 1)
        if cursor is not None:
            met["overflowed"] += bool(cursor.gaps)
            holds(channel, cursor, kept)


def holds(channel: Channel, cursor: Cursor, kept: Counter[int]) -> None:
    missing = {n for gap in cursor.gaps for n in range(gap.lo, gap.hi + 1)}
    owed = {n for n in channel.there if cursor.floor < n <= cursor.max_seen}
    assert set(kept) >= channel.shown, "what was shown is kept"
    assert owed <= set(kept) | missing, "what is there and not kept stands in a gap"
    assert not missing & set(kept), "nothing that is kept is missed"
    assert all(lower.hi < upper.lo for lower, upper in pairwise(cursor.gaps))
    assert all(cursor.floor < gap.lo <= gap.hi < cursor.max_seen for gap in cursor.gaps)


def test_nothing_that_was_there_is_lost_without_a_gap() -> None:
    met.clear()

    check()

    assert met["overflowed"] > 0
    assert met["filled"] > 0
