"""What the desk got done: totals, steps, waits, ages and agreement."""

from datetime import timedelta

import pytest

from bot.domain.case import Choice
from bot.domain.codes import HarmCode
from bot.domain.stats import Span, by_age, percentile
from bot.services.account import Account
from tests.factories import NOON, Flow

HOUR = timedelta(hours=1)


@pytest.fixture
def account(flow: Flow) -> Account:
    return Account(flow.database, flow.clock)


async def test_counts_what_came_and_what_was_decided(flow: Flow, account: Account) -> None:
    confirmed, dismissed = await flow.flagged("FLAG satu"), await flow.flagged("FLAG dua")
    await flow.flagged("FLAG tiga")
    sari = await flow.moderator()
    flow.clock.advance(HOUR)
    await flow.confirm(sari, confirmed)
    flow.clock.advance(HOUR)
    await flow.dismiss(sari, dismissed)

    stats = await account.of(Span.DAY)

    assert (stats.flagged, stats.decided, stats.confirmed) == (3, 2, 1)
    assert (stats.median, stats.slowest) == (HOUR, 2 * HOUR)
    assert stats.open_by_age == (0, 1, 0, 0)


async def test_each_hour_has_its_own_step(flow: Flow, account: Account) -> None:
    await flow.flagged()
    flow.clock.advance(3 * HOUR + HOUR / 2)

    steps = (await account.of(Span.DAY)).steps

    assert len(steps) == 24
    assert [place for place, step in enumerate(steps) if step.flagged] == [20]
    assert steps[0].start == flow.clock.now() - timedelta(days=1)


async def test_what_lies_before_the_span_is_left_out(flow: Flow, account: Account) -> None:
    card = await flow.flagged()
    await flow.dismiss(await flow.moderator(), card)
    flow.clock.advance(timedelta(days=2))

    day, week = await account.of(Span.DAY), await account.of(Span.WEEK)

    assert (day.flagged, day.decided, day.median) == (0, 0, None)
    assert (week.flagged, week.decided) == (1, 1)


async def test_undone_decision_is_not_counted(flow: Flow, account: Account) -> None:
    card, sari = await flow.flagged(), await flow.moderator()
    await flow.dismiss(sari, card)
    await flow.decide.undo(sari, card.id)

    stats = await account.of(Span.WEEK)

    assert (stats.decided, sum(stats.open_by_age)) == (0, 1)


@pytest.mark.parametrize(("second", "agreed"), [(Choice.CONFIRM, 1), (Choice.DISMISS, 0)])
async def test_first_two_looks_agree_or_not(
    flow: Flow, account: Account, second: Choice, agreed: int
) -> None:
    card = await flow.flagged()
    await flow.confirm(await flow.moderator("Sari"), card, HarmCode.GLORIFY)
    budi, citra = await flow.moderator("Budi"), await flow.moderator("Citra")
    harm = HarmCode.GLORIFY if second is Choice.CONFIRM else None
    await flow.choose(budi, card, second, harm)
    if not agreed:
        await flow.deal.duty(budi, on=False, chat_id=budi.telegram_id)
        await flow.dismiss(citra, card)

    stats = await account.of(Span.DAY)

    assert (stats.compared, stats.agreed) == (1, agreed)


def test_percentile_is_a_wait_that_happened() -> None:
    waits = [timedelta(minutes=number) for number in range(100, 0, -1)]

    assert percentile(waits, 0.5) == timedelta(minutes=50)
    assert percentile(waits, 0.95) == timedelta(minutes=95)
    assert percentile(waits[:1], 0.95) == timedelta(minutes=100)
    assert percentile([], 0.5) is None


def test_ages_end_where_the_next_begins() -> None:
    opened = [NOON - age for age in (0 * HOUR, 2 * HOUR, 24 * HOUR, 72 * HOUR, 900 * HOUR)]

    assert by_age(opened, NOON) == (1, 1, 1, 2)
