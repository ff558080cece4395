"""The bot killed at every boundary of its visits, one life for each: nothing lost, nothing twice.

The boundaries are counted, not sampled: life n ends at its n-th commit or request boundary, until
one is done before it gets there. Each life finds more posts than a page holds.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.domain.channel import ChannelRef, WatchState
from bot.domain.post import SourceKind
from bot.services.sources import Sources
from sandbox.preview import Channel, Site
from tests.end_to_end.stage import Stage

A_LIFE = 30  # posts that each life finds: a page, and half of another
PARTS = "rounds,posts"


@pytest.fixture
async def site(stage: Stage) -> AsyncIterator[Site]:
    site = Site(stage.clock)  # type: ignore[arg-type]
    async with site.serve() as address:
        stage.further = {"PREVIEW_URL": address, "PREVIEW_RATE": "10"}
        yield site


async def under_watch(stage: Stage, channel: Channel) -> None:
    """Read through the preview, which an admin has switched on."""
    admin = await stage._join.person(stage.admin.id, "en")
    assert admin is not None
    async with stage.database.work() as work:
        ref = ChannelRef(username=channel.username)
        await work.channels.add(ref, WatchState.WAITING, None, stage.clock.now())
        await work.commit()
    sources = Sources(stage.database, stage.clock)
    await sources.switch(admin, SourceKind.PREVIEW, on=True, legal_basis="Mandate")


async def is_done(stage: Stage, channel: Channel) -> bool:
    """Whether everything that is there has been read, judged, and nothing is missing."""
    newest = await stage.rows("SELECT max_seen FROM watches")
    waiting = await stage.rows(
        "SELECT 1 FROM gaps UNION ALL SELECT 1 FROM revisions WHERE NOT is_judged"
    )
    return newest == [(channel.next_number - 1,)] and not waiting


async def ledger(stage: Stage, site: Site, channel: Channel) -> None:
    """What the server has shown, and what is there, is kept: each post once."""
    there = [number for one in channel.messages for number in one.numbers]
    rows = await stage.rows("SELECT message_id FROM post_members ORDER BY message_id")
    assert [row[0] for row in rows] == there
    assert set(there) == site.ledger.delivered_numbers(channel)
    for table, key in (
        ("posts", "channel_id, message_id"),
        ("revisions", "post_id, content_hash"),
        ("verdicts", "revision_id"),
        ("cards", "post_id"),
    ):
        twice = await stage.rows(f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1")
        assert twice == [], table
    flagged = sum("armed" in one.versions[-1].text for one in channel.messages)
    assert await stage.one("SELECT count(*) FROM cards") == flagged


async def test_killed_at_every_boundary_of_its_visits(stage: Stage, site: Site) -> None:
    channel = site.channel("contoh_kanal")
    channel.publish("the first")
    await under_watch(stage, channel)
    boundary = 0
    while stage.life is None:
        boundary += 1
        if boundary > 1:
            for number in range(A_LIFE):
                words = "armed" if number == 7 else "calm"
                channel.publish(f"{words} words number {channel.next_number} of life {boundary}")
            channel.edit(channel.next_number - 3, f"edited calm words in life {boundary}")
        stage.later(hours=2)
        stage.further["KILL_AT"] = str(boundary)
        await stage.start_process(PARTS)
        assert stage.life is not None
        while not stage.life.is_over and not await is_done(stage, channel):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # another process sets no event of ours
        if stage.life.is_over:
            stage.life = None

    await ledger(stage, site, channel)
    assert boundary >= 10, "a life has a visit, a page of a gap and two judgements"
    assert site.ledger.counted()["overflow"] >= boundary - 5
