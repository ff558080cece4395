"""The real services against the preview that is played on loopback, in virtual time.

What the server's ledger says was shown and was there is held against what the database holds.
"""

import asyncio
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import httpx

from bot.domain.cursor import Gap
from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.schedule.rounds import Rounds
from bot.services.errands import Errands
from bot.services.fill import Fill
from bot.services.recheck import LookAgain
from bot.services.sources import Sources
from bot.services.visit import Visit
from bot.sources.preview.fetch import Fetch
from bot.sources.preview.site import PreviewSite
from bot.storage.database import Database
from sandbox.preview import Channel, Fault, Kind, Site
from tests.factories import Flow

MINUTE = timedelta(minutes=1)
_A_REQUEST = timedelta(milliseconds=200)
_A_LOOK = timedelta(seconds=20)  # at what is due, while nothing is


class Street:
    """rate: requests a second that the rounds may make."""

    def __init__(self, file: Path, rate: float = 0.5) -> None:
        self.site = Site()
        self.clock = self.site.clock
        self.flow = Flow(Database(f"sqlite:///{file}"), self.clock)  # type: ignore[arg-type]
        fetch = Fetch(
            self.clock,
            "tests",
            base_url="http://preview",
            transport=httpx.ASGITransport(self.site.app),
        )
        preview, database = PreviewSite(fetch), self.flow.database
        errands = Errands(
            database,
            self.clock,
            Visit(database, self.clock, preview, Random(5)),
            Fill(database, self.clock, preview),
            LookAgain(database, self.clock, preview, self.flow.deal),
            rate,
        )
        self.rounds = Rounds(self.clock, errands, rate)
        self.met: Counter[str] = Counter()
        self._names = 0

    async def close(self) -> None:
        await self.flow.database.close()

    async def opened(self) -> Person:
        admin = await self.flow.admin()
        sources = Sources(self.flow.database, self.clock)
        await sources.switch(admin, SourceKind.PREVIEW, on=True, legal_basis="Mandate")
        return admin

    async def watched(self, username: str) -> None:
        await self.flow.adds(f"@{username}")

    async def pass_by(self, over: timedelta) -> None:
        """Lets the rounds go on for so long; everything that came is judged."""
        end = self.clock.now() + over
        while self.clock.now() < end:
            idle = await self.rounds.turn()
            wait = max(idle, _A_LOOK) if idle else _A_REQUEST
            self.clock.move_to(min(self.clock.now() + wait, end))
        while (await self.flow.triage.batch()).judged:
            pass
        self.met["stopped with gaps"] += bool(await self.flow.rows("SELECT 1 FROM gaps LIMIT 1"))

    async def renamed(self, channel: Channel, *, forwards: bool) -> None:
        """A new name; where the old one leads nowhere, somebody tells the bot."""
        self._names += 1
        channel.rename(f"nama_baru_{self._names}", forwards=forwards)
        self.met["renamed"] += 1
        if not forwards:
            await self.watched(channel.username)

    # --- what is held against the ledger ------------------------------------------------------

    async def kept(self, channel: Channel) -> dict[int, set[str]]:
        """The words of each revision that is kept, by each of the post's numbers."""
        rows = await self.flow.rows(
            "SELECT m.message_id AS number, r.text FROM post_members m "
            "JOIN revisions r ON r.post_id = m.post_id "
            "JOIN channels c ON c.id = m.channel_id WHERE c.chat_id = :chat",
            chat=channel.chat_id,
        )
        found: dict[int, set[str]] = {}
        for number, words in rows:
            found.setdefault(number, set()).add(words)  # type: ignore[arg-type]
        return found

    async def gaps(self, channel: Channel) -> list[Gap]:
        rows = await self.flow.rows(
            "SELECT first, last FROM gaps g JOIN channels c ON c.id = g.channel_id "
            "WHERE c.chat_id = :chat",
            chat=channel.chat_id,
        )
        return [Gap(*row) for row in rows]  # type: ignore[arg-type]

    async def cursor(self, channel: Channel) -> tuple[int, int]:
        """Floor and highest number seen; zeros before the first visit."""
        rows = await self.flow.rows(
            "SELECT floor, max_seen FROM watches w JOIN channels c ON c.id = w.channel_id "
            "WHERE c.chat_id = :chat AND max_seen IS NOT NULL",
            chat=channel.chat_id,
        )
        return tuple(rows[0]) if rows else (0, 0)  # type: ignore[return-value]

    async def check(self, channel: Channel) -> None:
        """Kept once is what was shown, and nothing else; what is there and not kept is a gap."""
        kept, gaps = await self.kept(channel), await self.gaps(channel)
        shown = self.site.ledger.delivered(channel)
        for number, versions in shown.items():
            assert number in kept, f"{number} was shown and is not kept"
            if channel.message(number).kind in (Kind.TEXT, Kind.PHOTO):
                newest = max(versions)  # "..., version 2" is above "..., version 1"
                assert newest in kept[number], f"{newest!r} was shown and is not kept"
        assert set(kept) <= self.site.ledger.delivered_numbers(channel), "nothing is made up"
        twice = await self.flow.rows(
            "SELECT channel_id, message_id FROM posts GROUP BY 1, 2 HAVING count(*) > 1"
        )
        assert twice == []
        floor, highest = await self.cursor(channel)
        missing = {n for gap in gaps for n in range(gap.lo, gap.hi + 1)}
        assert not missing & set(kept), "what is kept is not missed"
        for message in self.site.ledger.visible(channel, self.clock.now()):
            if floor < message.number <= highest:
                assert message.number in kept or message.number in missing, (
                    f"{message.number} is there, is not kept, and stands in no gap"
                )

    async def check_deleted(self, channel: Channel) -> None:
        """What counts as deleted is."""
        rows = await self.flow.rows(
            "SELECT message_id AS n FROM posts p JOIN channels c ON c.id = p.channel_id "
            "WHERE deleted_at IS NOT NULL AND c.chat_id = :chat",
            chat=channel.chat_id,
        )
        for (number,) in rows:
            assert channel.message(number).deleted_at is not None  # type: ignore[arg-type]

    def counted(self) -> Counter[str]:
        """How often what happened, for a run that must have met it all."""
        return self.met + self.site.ledger.counted()


def play(migrated_file: Path, folder: Path, acts: list[tuple[str, int, int]]) -> Counter[str]:
    """One play: acts by name, each with the channel it is about and a number. What it met."""
    file = folder / "street.db"
    shutil.copyfile(migrated_file, file)
    return asyncio.run(_play(file, acts))


async def _play(file: Path, acts: list[tuple[str, int, int]]) -> Counter[str]:
    street = Street(file)
    try:
        await street.opened()
        channels = [street.site.channel(f"kabar_{number}") for number in range(2)]
        for channel in channels:
            channel.publish(f"{channel.bare_id} post 1, version 1")
            await street.watched(channel.username)
        await street.pass_by(MINUTE)
        for name, which, number in acts:
            await _act(street, channels[which % len(channels)], name, number)
            for channel in channels:
                await street.check(channel)
        await _calm(street, channels)
    finally:
        await street.close()
    return street.counted()


async def _calm(street: Street, channels: list[Channel]) -> None:
    """Good days: in the end nothing is missing that is still there."""
    street.site.faults.clear()
    for _ in range(3):
        street.clock.advance(timedelta(hours=23))
        await street.pass_by(10 * MINUTE)
    for channel in channels:
        await street.check(channel)
        await street.check_deleted(channel)
        kept = await street.kept(channel)
        floor, _ = await street.cursor(channel)
        there = street.site.ledger.visible(channel, street.clock.now())
        assert [one.number for one in there if one.number > floor and one.number not in kept] == []


async def _act(street: Street, channel: Channel, name: str, number: int) -> None:
    site = street.site
    match name:
        case "publish":
            for _ in range(number % 50 + 1):
                words = f"{channel.bare_id} post {channel.next_number}, version 1"
                flagged = " FLAG" if channel.next_number % 9 == 0 else ""
                channel.publish(words + flagged, kind=_KINDS[number % len(_KINDS)])
        case "album":
            words = f"{channel.bare_id} post {channel.next_number}, version 1"
            channel.publish(words, kind=Kind.PHOTO, members=number % 9 + 2)
        case "service":
            channel.serve()
        case "skip":
            channel.skip(number % 5 + 1)
        case "edit" | "delete":
            _change(channel, name, number)
        case "rename":
            await street.renamed(channel, forwards=number % 2 == 0)
        case "fault":
            site.faults.script(_FAULTS[number % len(_FAULTS)], times=number % 3 + 1)
        case "limit":
            site.faults.limit(3, MINUTE, str(number % 90))
        case _:
            await street.pass_by(timedelta(minutes=number % 90 + 5))


_KINDS = (Kind.TEXT, Kind.PHOTO, Kind.POLL, Kind.STICKER, Kind.VIDEO)
_FAULTS = tuple(set(Fault) - {Fault.RESET, Fault.HANGING})  # these two need a real connection


def _change(channel: Channel, name: str, number: int) -> None:
    there = [one for one in channel.messages if one.deleted_at is None and one.versions[0].text]
    there = [one for one in there if one.kind is not Kind.SERVICE]
    if not there:
        return
    message = there[-1 - number % min(len(there), 30)]
    if name == "delete":
        channel.delete(message.number)
        return
    version = len(message.versions) + 1
    channel.edit(
        message.number, message.versions[0].text.replace("version 1", f"version {version}")
    )
