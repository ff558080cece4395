"""Open figures: which days, which counts are hidden, and that nobody can compute them."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import PeriodError
from bot.domain.transparency import (
    FEWEST,
    Group,
    Hidden,
    ShownTable,
    Table,
    period_of,
    shown,
    waiting,
)

NOW = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)  # the 2nd, 03.00 in Jakarta
JAKARTA = "Asia/Jakarta"


def table(*values: int, name: str = "a", of: str | None = None) -> Table:
    return Table(name, {f"{name}{place}": value for place, value in enumerate(values)}, of)


def cells(*values: int) -> list[int | str]:
    """What is shown of one table."""
    return list(shown(Group("g", (table(*values),))).tables[0].cells.values())


def test_days_are_those_of_the_operator() -> None:
    period = period_of(date(2026, 1, 1), date(2026, 6, 30), NOW, JAKARTA)

    assert period.since == datetime(2025, 12, 31, 17, tzinfo=UTC)
    assert period.until == datetime(2026, 6, 30, 17, tzinfo=UTC)
    period_of(date(2026, 7, 2), date(2026, 7, 2), NOW, JAKARTA)


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (date(2026, 2, 1), date(2026, 1, 31), "2026-01-31 is before 2026-02-01"),
        (date(2026, 1, 1), date(2026, 7, 3), "2026-07-03 has not come"),
        (date(2026, 7, 4), date(2026, 7, 5), "2026-07-04 has not come"),
        (date.min, date(2026, 7, 2), "0001-01-01 is before Telegram began"),
        (date.max, date.max, "9999-12-31 has not come"),
    ],
)
def test_days_that_cannot_be_counted_are_refused(first: date, last: date, says: str) -> None:
    with pytest.raises(PeriodError, match=says):
        period_of(first, last, NOW, JAKARTA)


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ((0, 5, 12), [0, 5, 12]),
        ((1, 4, 12), ["<5", "<5", 12]),
        ((3, 30, 12), ["*", 30, "*"]),  # alone, the total would give the 3 away
        ((2, 2, 12, 12, 40), ["*", "*", "*", "*", 40]),  # as they would be by both being 1
        ((3, 3, 0, 0), ["*", "*", "*", "*"]),
        ((0, 0), [0, 0]),
    ],
)
def test_small_counts_are_hidden_with_what_gives_them_away(
    values: tuple[int, ...], seen: list[int | str]
) -> None:
    assert cells(*values) == seen


def test_small_total_hides_its_tables() -> None:
    seen = shown(Group("g", (table(3, 0), table(0, 3, name="b"))))

    assert [one.total for one in seen.tables] == [Hidden.FEW, Hidden.FEW]
    assert all(cell == Hidden.WITHHELD for one in seen.tables for cell in one.cells.values())


def test_parts_of_a_hidden_cell_are_hidden() -> None:
    seen = shown(Group("g", (table(3, 30, 12), table(10, 2, name="b", of="a2"))))

    assert seen.tables[1] == ShownTable("b", Hidden.WITHHELD, {"b0": "*", "b1": "*"})


def test_one_number_alone_is_hidden_where_it_is_small() -> None:
    assert cells(4) == ["<5"]
    assert cells(5) == [5]


def test_table_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="b does not add up"):
        shown(Group("g", (table(9, 9), table(9, 8, name="b"))))


def test_waits_are_hidden_with_the_count_of_answers() -> None:
    times = [timedelta(minutes=minutes) for minutes in range(1, 21)]
    seen = ShownTable("outcomes", 25, {"actioned": 20, "none": 5})
    hidden = ShownTable("outcomes", 25, {"actioned": 20, "none": Hidden.WITHHELD})

    found = waiting(times, seen, ("none",))
    assert found is not None
    assert (found.median, found.slowest) == (timedelta(minutes=10), timedelta(minutes=19))
    assert waiting(times, hidden, ("none",)) is None
    assert waiting(times[: FEWEST - 1], seen, ("none",)) is None


@pytest.mark.parametrize(("width", "most"), [(1, 40), (2, 30), (3, 16), (4, 9), (5, 6)])
def test_whoever_knows_the_rule_cannot_compute_a_hidden_count(width: int, most: int) -> None:
    """Of all tables that show the same, each hidden cell differs between two at least."""
    worlds: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for values in product(range(most + 1), repeat=width):
        seen = shown(Group("g", (table(*values),))).tables[0]
        worlds[seen.total, *seen.cells.values()].append(values)

    given_away = [
        (marks, behind)
        for (_, *marks), behind in worlds.items()
        for place, mark in enumerate(marks)
        if isinstance(mark, Hidden) and len({values[place] for values in behind}) == 1
    ]
    assert given_away == []
    assert any(isinstance(mark, Hidden) for marks in worlds for mark in marks)


_COUNTS = st.one_of(st.integers(0, 7), st.integers(0, 200))


@given(
    st.lists(_COUNTS, min_size=2, max_size=20),
    st.lists(_COUNTS, min_size=2, max_size=8),
    st.data(),
)
@settings(max_examples=150)
def test_hidden_counts_may_change_places_unseen(
    values: list[int], split: list[int], data: st.DataObject
) -> None:
    """In a table and in one of its parts: hidden values in any other order show the same."""
    whole = Table("a", {**table(*values).cells, "more": sum(split)})
    parts = table(*split, name="b", of="more")
    seen = shown(Group("g", (whole, parts)))

    for number, kept in enumerate((whole, parts)):
        marks = seen.tables[number]
        places = [name for name, mark in marks.cells.items() if isinstance(mark, Hidden)]
        hidden = {kept.cells[name] for name in places}
        assert not places or isinstance(marks.total, Hidden) or len(hidden) > 1
        movable = [name for name in places if name != "more"]
        order = data.draw(st.permutations(movable))
        moved = {name: kept.cells[other] for name, other in zip(movable, order, strict=True)}
        other = Table(kept.name, {**kept.cells, **moved}, kept.of)
        assert shown(Group("g", (other, parts) if kept is whole else (whole, other))) == seen


@given(st.lists(_COUNTS, min_size=1, max_size=20))
def test_no_small_count_is_shown(values: list[int]) -> None:
    seen = shown(Group("g", (table(*values),))).tables[0]

    assert {seen.total, *seen.cells.values()}.isdisjoint(range(1, FEWEST))
    assert all(seen.cells[f"a{place}"] in (value, "<5", "*") for place, value in enumerate(values))
