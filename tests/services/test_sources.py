"""The switch of the web preview, and which channels it is asked for."""

import pytest

from bot.domain.channel import ChannelRef
from bot.domain.health import Health, Host
from bot.domain.people import Role
from bot.domain.post import SourceKind
from bot.services.basis import Basis, Typed
from bot.services.sources import Sources, SwitchAnswer
from tests.factories import CHANNEL, NOON, Flow

PREVIEW = SourceKind.PREVIEW


@pytest.fixture
def sources(flow: Flow) -> Sources:
    return Sources(flow.database, flow.clock)


async def test_preview_is_off_until_somebody_switches_it_on(sources: Sources) -> None:
    assert not await sources.is_on(PREVIEW)
    assert await sources.is_on(SourceKind.BOT)
    assert await sources.is_on(SourceKind.EXPORT)


async def test_switching_on_needs_a_legal_basis(flow: Flow, sources: Sources) -> None:
    said = await sources.switch(await flow.admin(), PREVIEW, on=True, legal_basis="  \n ")

    assert said.answer is SwitchAnswer.NO_BASIS
    assert not await sources.is_on(PREVIEW)


async def test_one_word_is_no_legal_basis_and_nobody_uses_anothers(
    flow: Flow, sources: Sources
) -> None:
    admin, other = await flow.admin(), await flow.person(Role.ADMIN, name="Wati")
    basis = Basis(flow.database, flow.clock, sources)
    await basis.ask(admin)

    short = await basis.typed(admin, "mandate")
    nothing = await basis.confirm(other)
    await basis.typed(admin, "Mandate 12/2026 of the agency")

    assert short == (Typed.TOO_SHORT, "mandate")
    assert nothing is None
    assert not await sources.is_on(PREVIEW)
    assert await basis.confirm(admin) is not None
    assert (await sources.get(PREVIEW)).legal_basis == "Mandate 12/2026 of the agency"


async def test_basis_and_who_answered_for_it_are_kept_and_audited_as_a_hash(
    flow: Flow, sources: Sources
) -> None:
    admin = await flow.admin()

    said = await sources.switch(admin, PREVIEW, on=True, legal_basis="Mandate 12/2026")
    switch = await sources.get(PREVIEW)
    (row,) = await flow.rows("SELECT details FROM audit WHERE event = 'source on'")

    assert said.answer is SwitchAnswer.SWITCHED
    assert (switch.is_on, switch.legal_basis, switch.changed_by) == (
        True,
        "Mandate 12/2026",
        admin.id,
    )
    assert switch.changed_at == NOON
    assert "Mandate" not in str(row.details)


async def test_switching_twice_changes_nothing(flow: Flow, sources: Sources) -> None:
    admin = await flow.admin()
    await sources.switch(admin, PREVIEW, on=True, legal_basis="Mandate")

    again = await sources.switch(admin, PREVIEW, on=True, legal_basis="Another")

    assert again.answer is SwitchAnswer.ALREADY
    assert (await sources.get(PREVIEW)).legal_basis == "Mandate"
    assert (await flow.audited()).count("source on") == 1


async def test_off_again_remembers_what_it_rested_on(flow: Flow, sources: Sources) -> None:
    admin = await flow.admin()
    await sources.switch(admin, PREVIEW, on=True, legal_basis="Mandate")

    await sources.switch(admin, PREVIEW, on=False)

    assert not await sources.is_on(PREVIEW)
    assert (await sources.get(PREVIEW)).legal_basis == "Mandate"
    assert "source off" in await flow.audited()


async def test_bot_and_export_have_no_switch(flow: Flow, sources: Sources) -> None:
    said = await sources.switch(await flow.admin(), SourceKind.BOT, on=False)

    assert said.answer is SwitchAnswer.FIXED
    assert await sources.is_on(SourceKind.BOT)


async def test_channels_that_wait_for_their_owner_are_read_from_then_on(
    flow: Flow, sources: Sources
) -> None:
    admin = await flow.admin()
    await flow.watched(CHANNEL)
    await flow.adds("@menunggu_satu", "@menunggu_dua")

    said = await sources.switch(admin, PREVIEW, on=True, legal_basis="Mandate")

    assert said.channels == 2
    async with flow.database.look() as work:
        assert await work.watches.count_by_health() == {Health.NEW: 2}


async def test_what_is_removed_is_not_visited_and_what_returns_goes_on(flow: Flow) -> None:
    admin = await flow.admin()
    await Sources(flow.database, flow.clock).switch(admin, PREVIEW, on=True, legal_basis="Mandate")
    await flow.adds("@menunggu_satu")
    async with flow.database.work() as work:
        channel = await work.channels.find(ChannelRef(username="menunggu_satu"))
        assert channel is not None
        await work.watches.begin(channel.id, NOON)
        await work.watches.end(channel.id)
        await work.commit()
    async with flow.database.look() as work:
        ended = await work.watches.get(channel.id)
        report = (await work.watches.reports([channel.id]))[channel.id]
    async with flow.database.work() as work:
        await work.watches.begin(channel.id, NOON)
        await work.commit()
    async with flow.database.look() as work:
        again = await work.watches.get(channel.id)
    await flow.watch.remove(admin, ["@menunggu_satu"])
    async with flow.database.look() as work:
        removed = await work.watches.get(channel.id)

    assert ended is None
    assert (report.is_active, report.health, report.missing) == (False, Health.NEW, 0)
    assert again is not None and again.username == "menunggu_satu"
    assert removed is None


async def test_how_the_host_answered_is_kept(flow: Flow, sources: Sources) -> None:
    await sources.switch(await flow.admin(), PREVIEW, on=True, legal_basis="Mandate")
    async with flow.database.work() as work:
        before = await work.sources.host()
        await work.sources.answered(Host(2, NOON))
        await work.commit()

    async with flow.database.look() as work:
        assert (before, await work.sources.host()) == (Host(), Host(2, NOON))
