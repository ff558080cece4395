"""Open figures: what is counted for the public, and which counts stay hidden.

The rule. A count from 1 to 4 could point at somebody, so it is hidden, and so is whatever would
give it away. In each table the hidden values always number two different ones at least: where the
small counts are all the same, the next larger value is hidden with them, wherever it stands. Which
cell holds which value then depends on nothing that is shown: exchanging any two hidden values gives
the very same page. So no hidden count can be computed, by somebody who knows the rule either.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.errors import PeriodError
from bot.domain.stats import percentile

FEWEST = 5  # the smallest count above nought that is shown
EARLIEST = date(2013, 8, 14)  # Telegram's first day: nothing is older


class Hidden(StrEnum):
    """FEW: a count from 1 to 4. WITHHELD: such a count or one that would give it away."""

    FEW = "<5"
    WITHHELD = "*"


Shown = int | Hidden


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included; `until` is the first moment after them."""

    first: date
    last: date
    timezone: str
    since: datetime
    until: datetime


def period_of(first: date, last: date, now: datetime, timezone: str) -> Period:
    """Days in a time zone. Raises PeriodError that end before they begin, or that
    cannot have been."""
    if last < first:
        raise PeriodError(f"{last} is before {first}: name the earlier day with --from.")
    today = now.astimezone(ZoneInfo(timezone)).date()
    if last > today:
        ahead = first if first > today else last
        raise PeriodError(f"{ahead} has not come yet: the last day to be named is {today}.")
    if first < EARLIEST:
        raise PeriodError(f"{first} is before Telegram began: the first day is {EARLIEST}.")
    following = last + timedelta(days=1)
    return Period(first, last, timezone, _midnight(first, timezone), _midnight(following, timezone))


def _midnight(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))


@dataclass(frozen=True)
class Table:
    """Counts that add up. of: the cell of the group's first table that they are parts of; None:
    they are parts of the group's total.
    """

    name: str
    cells: Mapping[str, int]
    of: str | None = None

    @property
    def total(self) -> int:
        return sum(self.cells.values())


@dataclass(frozen=True)
class Group:
    """Tables of the same things. The first one has every cell that others are parts of."""

    name: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class ShownTable:
    name: str
    total: Shown
    cells: Mapping[str, Shown]


@dataclass(frozen=True)
class ShownGroup:
    name: str
    tables: tuple[ShownTable, ...]


def shown(group: Group) -> ShownGroup:
    """A group with its small counts hidden. Raises ValueError for tables that do not add up."""
    first, *others = group.tables
    for table in others:
        if table.total != (first.total if table.of is None else first.cells[table.of]):
            raise ValueError(f"{table.name} does not add up to {table.of or first.name}")
    if 0 < first.total < FEWEST:
        return _closed_group(group, Hidden.FEW)
    top = _opened(first)
    opened = [one for one in others if one.of is None or isinstance(top.cells[one.of], int)]
    if any(_hidden(one.cells.values()) is None for one in (first, *opened)):
        return _closed_group(group, Hidden.WITHHELD)
    seen = (_opened(one) if one in opened else _closed(one, Hidden.WITHHELD) for one in others)
    return ShownGroup(group.name, (top, *seen))


def _closed_group(group: Group, total: Hidden) -> ShownGroup:
    """Nothing of a group: it is small, or one value alone fills a table of it."""
    return ShownGroup(group.name, tuple(_closed(one, total) for one in group.tables))


def _closed(table: Table, total: Hidden) -> ShownTable:
    """Nothing of a table. A total that is its only cell is marked as that."""
    cell = total if len(table.cells) == 1 else Hidden.WITHHELD
    return ShownTable(table.name, total, dict.fromkeys(table.cells, cell))


def _opened(table: Table) -> ShownTable:
    hidden = _hidden(table.cells.values()) or frozenset()
    mark = Hidden.FEW if all(0 < value < FEWEST for value in hidden) else Hidden.WITHHELD
    cells = {name: mark if value in hidden else value for name, value in table.cells.items()}
    return ShownTable(table.name, table.total, cells)


def _hidden(values: Collection[int]) -> frozenset[int] | None:
    """The values to hide, none or two at least; None where there is no second one to be had.

    By value, never by place: equal counts are hidden or shown together.
    """
    few = {value for value in values if 0 < value < FEWEST}
    if len(few) != 1:
        return frozenset(few)
    others = sorted(value for value in set(values) if value >= FEWEST)
    if not others and 0 in values:
        others = [0]
    return frozenset(few | {others[0]}) if others else None


@dataclass(frozen=True)
class Waiting:
    """How long recipients took: the middle one of all answers, and the 95th of 100."""

    median: timedelta
    slowest: timedelta


def waiting(
    times: Sequence[timedelta], outcomes: ShownTable, without: Sequence[str]
) -> Waiting | None:
    """None for fewer than FEWEST answers, and where it is hidden how many there were.

    without: the cells of `outcomes` that are no answers.
    """
    if any(isinstance(outcomes.cells[name], Hidden) for name in without) or len(times) < FEWEST:
        return None
    median, slowest = percentile(times, 0.5), percentile(times, 0.95)
    assert median is not None  # of some there is one
    assert slowest is not None
    return Waiting(median, slowest)


@dataclass(frozen=True)
class OpenFigures:
    """What may be shown to anybody. groups: in the order in which they are read."""

    period: Period
    made_at: datetime
    groups: tuple[ShownGroup, ...]
    time_to_answer: Waiting | None

    @property
    def tables(self) -> tuple[ShownTable, ...]:
        return tuple(table for group in self.groups for table in group.tables)
