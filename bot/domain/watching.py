"""A channel that is read through the preview: how far, how well, how often; and what is due."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.cursor import Cursor, Gap, Turned
from bot.domain.health import Health, Host, back_off
from bot.domain.pacing import Activity, Stretch, activity_of, wanted_interval
from bot.domain.preview import PreviewPage

# What was published longer than this before its channel was put under watch is kept as history and
# not put before people: a channel's first page may hold a year, and would flood every desk.
BASELINE_REACH = timedelta(days=1)
# Looks at a flagged post after it was first flagged. In between, the newest page shows it anyway.
LOOKS_AFTER = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
BETWEEN_DENIALS = timedelta(minutes=10)
_GAP_WAIT, _LONGEST_GAP_WAIT = timedelta(minutes=10), timedelta(days=1)


@dataclass(frozen=True)
class Watch:
    """How a channel's reading stands. chat_id, username, title: the channel's own.

    is_reached: the channel counts as being watched, not as waiting for its owner.
    cursor: None before the first visit. due_at: of the next visit.
    failures: visits in a row that were not well. well_at: the last visit that was.
    wanted: the interval if there were room for all.
    expected_delay: within what time a new post is likely seen; None while nobody knows.
    """

    channel_id: int
    chat_id: int | None
    username: str
    title: str
    subscribers: int | None
    began_at: datetime
    is_reached: bool
    health: Health
    health_since: datetime
    due_at: datetime
    wanted: timedelta
    failures: int = 0
    cursor: Cursor | None = None
    activity: Activity = field(default_factory=Activity)
    visited_at: datetime | None = None
    well_at: datetime | None = None
    expected_delay: timedelta | None = None


def well_after(
    watch: Watch,
    page: PreviewPage,
    turned: Turned,
    now: datetime,
    stretch: Stretch,
    jitter: float,
) -> Watch:
    """The watch after a visit that brought a page.

    jitter: 0 to 1; the next wait is that share of the planned one.
    """
    activity = _activity(watch, page, turned, now)
    wanted = wanted_interval(activity)
    planned = stretch(wanted)
    return replace(
        watch,
        health=Health.WELL,
        health_since=watch.health_since if watch.health is Health.WELL else now,
        failures=0,
        cursor=turned.cursor,
        activity=activity,
        wanted=wanted,
        due_at=now + planned * jitter,
        visited_at=now,
        well_at=now,
        expected_delay=planned + max(now - watch.due_at, timedelta()),
    )


def unwell_after(watch: Watch, health: Health, host: Host, now: datetime, jitter: float) -> Watch:
    """The watch after a visit that brought nothing; it rests, longer with each time.

    host: as it stands after that answer. Where it wants peace, the channel is not to blame: it is
    due as soon as anything may be asked again.
    """
    failures = watch.failures + 1
    due_at = now + back_off(health, failures) * jitter
    if health in (Health.THROTTLED, Health.CHALLENGE):
        due_at, failures = host.paused_until or now, watch.failures
    return replace(
        watch,
        health=health,
        health_since=watch.health_since if watch.health is health else now,
        failures=failures,
        due_at=due_at,
        visited_at=now,
        expected_delay=None,
    )


def _activity(watch: Watch, page: PreviewPage, turned: Turned, now: datetime) -> Activity:
    if watch.cursor is None or watch.well_at is None:
        return activity_of([post.posted_at for post in page.posts], now)
    if turned.was_stale:
        return watch.activity
    known = watch.cursor.max_seen
    new = sum(post.message_id > known for post in page.posts)
    if page.before is not None and page.ids[0] > known + 1:
        new = turned.cursor.max_seen - known  # more than a page shows: numbers are all we have
    return watch.activity.after(new, now - watch.well_at)


@dataclass(frozen=True)
class KeptGap:
    """A gap as it is remembered. tries: fillings in a row that brought nothing."""

    id: int
    channel_id: int
    gap: Gap
    found_at: datetime
    due_at: datetime
    tries: int = 0

    def next_try(self, now: datetime) -> datetime:
        """After one more that brought nothing: from 10 minutes, doubled, to a day."""
        wait: timedelta = _GAP_WAIT * 2 ** min(self.tries, 20)
        return now + min(wait, _LONGEST_GAP_WAIT)


@dataclass(frozen=True)
class Recheck:
    """A flagged post that is asked for by its number. member_ids: ascending, all its messages.

    round: how many of the appointed looks are over. member: the place of the message asked next.
    missing_since: when the host denied all of them for the first time.
    """

    post_id: int
    channel_id: int
    username: str
    member_ids: tuple[int, ...]
    owed_at: datetime
    due_at: datetime
    round: int = 0
    member: int = 0
    failures: int = 0
    missing_since: datetime | None = None

    @property
    def next_look(self) -> datetime | None:
        """When the look after this round's is due; None after the last."""
        later = LOOKS_AFTER[self.round + 1 : self.round + 2]
        return self.owed_at + later[0] if later else None


class ErrandKind(StrEnum):
    """VISIT: the newest page of a channel. FILL: a page of a gap. RECHECK: one flagged post."""

    VISIT = "visit"
    FILL = "fill"
    RECHECK = "recheck"


@dataclass(frozen=True)
class Errand:
    """One request that is due. id: of the channel, the gap or the post.

    patience: by how much it may be late before it is as pressing as anything else that late.
    """

    kind: ErrandKind
    id: int
    channel_id: int
    due_at: datetime
    patience: timedelta

    def urgency(self, now: datetime) -> float:
        """How late it is, in its own measure: the busiest channel is urgent first."""
        return (now - self.due_at) / self.patience
