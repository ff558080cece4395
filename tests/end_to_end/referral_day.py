"""A referral's whole life as people live it, with a bot that dies: from "confirmed" to "answered".

Six posts are confirmed, one of them a threat. The threat goes out at once and is called for; the
others go out in the morning's digest of several pages. The recipient presses Received, answers by
button, by reply and by spreadsheet; a moderator agrees with one "not violating"; two moderators
withdraw another post, and the recipient restores it. People press once, and wait: what was accepted
and never done would leave the play waiting.
"""

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bot.domain.audit import verify
from bot.domain.case import Choice
from bot.domain.channel import ChannelRef
from bot.domain.codes import HarmCode
from bot.domain.people import Person as Known
from sandbox.double import Chat, Media, Message, Person
from tests.end_to_end.stage import PATIENCE, ZONE, Stage
from tests.factories import Flow, post
from tests.sources.test_sheet import HEAD, workbook

POSTS = (  # what makes a digest of more than one page, and no two of them alike
    (HarmCode.THREAT, "FLAG THREAT pasar utama besok pagi, jangan ada yang berani menghalangi"),
    (HarmCode.RECRUIT, "FLAG bergabunglah, pendaftaran gelombang baru sudah dibuka " * 9),
    (HarmCode.FINANCE, "FLAG kirimkan sumbangan melalui rekening yang baru, semua dihitung " * 9),
    (HarmCode.INCITE, "FLAG serang siapa saja yang lewat, tidak perlu menunggu perintah " * 9),
    (HarmCode.OFFICIAL, "FLAG terbitan resmi nomor sekian, sebarkan kepada semua anggota " * 9),
    (HarmCode.INSTRUCT, "FLAG langkah demi langkah yang tidak boleh ikut terkirim kemana pun " * 9),
    (
        HarmCode.RECRUIT,
        "FLAG kelompok kami menunggu anggota dari kota mana saja, segera daftar " * 9,
    ),
    (HarmCode.FINANCE, "FLAG galang dana untuk perlengkapan lapangan masih berjalan terus " * 9),
    (HarmCode.INCITE, "FLAG bakar semuanya malam nanti, jangan tinggalkan apa pun di sana " * 9),
)
_TABLES = {  # what must be the same after every play, whatever died on the way
    "referrals": "SELECT id, state, place, digest_id FROM referrals ORDER BY id",
    "digests": "SELECT id, number, parts_owed, is_at_once, delivered_at IS NULL FROM digests "
    "ORDER BY id",
    "files": "SELECT digest_id, name FROM digest_files ORDER BY digest_id, place",
    "received": "SELECT digest_id, person_id FROM received ORDER BY digest_id",
    "receipts": "SELECT referral_id, code, way, stands FROM receipts ORDER BY referral_id, id",
    "disputes": "SELECT referral_id, state FROM disputes ORDER BY id",
    "withdrawals": "SELECT card_id, state FROM withdrawals ORDER BY id",
    "corrections": "SELECT number, referral_id, outcome FROM corrections ORDER BY id",
    "cards": "SELECT id, state, harm FROM cards ORDER BY id",
    "owed": "SELECT kind, state, count(*) FROM outbox WHERE state <> 'sent' GROUP BY kind, state",
    "waiting": "SELECT count(*) FROM inbox WHERE handled_at IS NULL",
}
_PATIENCE = 4 * PATIENCE  # the bot may have to start several times meanwhile
_RESTS = (
    "SELECT count(*) FROM outbox WHERE state = 'owed' "
    "AND NOT EXISTS (SELECT 1 FROM outbox WHERE state = 'leased')"
)


@dataclass(frozen=True)
class End:
    """How a play ended. letters: what each person was promised and holds, with how often.

    kinds: of the boundaries that were crossed, in order.
    """

    rows: dict[str, Any]
    letters: dict[str, Counter[str]]
    deaths: int
    kinds: list[str]


class Day:
    """deaths: how often the bot died. Each time it is started again, once its leases are over."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.deaths = 0
        self._is_over = False

    # --- before the play ----------------------------------------------------------------------

    async def confirmed(self) -> None:
        """The people, and what they confirmed a minute ago, without the bot."""
        stage = self.stage
        nine = datetime.now(ZoneInfo(ZONE)).replace(hour=9, minute=0, second=0, microsecond=0)
        await stage.until_next(nine + timedelta(days=1))  # an hour after the digest's time of day
        self.budi = await stage.moderator()
        self.rina = await stage.moderator(1004, "Rina")
        self.citra = await stage.recipient()
        stage.opened(stage.admin)
        channel = await self._published()
        flow = Flow(stage.database, stage.clock)  # type: ignore[arg-type]
        ref = ChannelRef(channel.id, channel.username, channel.title)
        budi = await self._known(self.budi)
        for number, (harm, words) in enumerate(POSTS, 1):
            await flow.picture.confirmed()  # of all but the last: drawing takes half a second
            await flow.ingest.live([post(words.strip(), number, channel=ref)], [])
            await flow.triage.batch()
            card = (await flow.cards())[-1]
            await flow.deal.duty(budi, on=True, chat_id=budi.telegram_id)
            decided = await flow.choose(budi, card, Choice.CONFIRM, harm)
            assert decided.refusal is None
        async with stage.database.work() as work:
            await work.connection.execute(text("DELETE FROM outbox"))
            await work.connection.execute(text("UPDATE desks SET is_on_duty = false"))
            await work.commit()

    async def _published(self) -> Chat:
        """The channel with its posts, which the bot has heard of; originals are forwarded, too."""
        channel = await self.stage.watched()
        channel.bot_status = "left"  # no update comes of these
        for _, words in POSTS:
            self.stage.double.publish(channel, words.strip())
        channel.bot_status = "administrator"
        async with self.stage.database.work() as work:
            await work.connection.execute(text("UPDATE recipients SET forwards = true"))
            await work.commit()
        return channel

    async def _known(self, person: Person) -> Known:
        found = await self.stage._join.person(person.id, "en")
        assert found is not None
        return found

    # --- the play -----------------------------------------------------------------------------

    async def played(self, *, kill_at: str = "") -> None:
        """From the end of the undo window to the last answer. kill_at: see `bot_process`."""
        self.stage.later(seconds=61)
        self.stage.further |= {"KILL_AT": kill_at, "BOUNDARIES": str(self.stage.folder / "kinds")}
        self._starts()
        midwife = asyncio.create_task(self._brings_back(again="new" if kill_at == "new" else ""))
        try:
            await self._sent_at_once()
            await self._sent_in_the_morning()
            await self._answered()
            await self._taken_back()
            await self._until_one("SELECT count(*) FROM audit WHERE event = 'sealed'", 1)
            await self._quiet()
        finally:
            self._is_over = True
            await midwife
            self.stage.kill()

    def _starts(self) -> None:
        env = self.stage.environment() | {"PARTS": ""}
        self.stage.life = self.stage._nursery.bear(env, self.stage.folder / "log")

    async def _brings_back(self, again: str) -> None:
        """Starts the bot whenever it is dead; what it had leased is due again by then."""
        while not self._is_over:
            life = self.stage.life
            if life is not None and life.is_over:
                self.deaths += 1
                self.stage.further["KILL_AT"] = again
                if await self.stage.one("SELECT count(*) FROM outbox WHERE state = 'leased'"):
                    self.stage.later(seconds=61)
                self._starts()
            elif await self.stage.one(_RESTS):
                self.stage.later(seconds=1)  # a chat that has had its five in a row
            await asyncio.sleep(0.05)

    async def _until(self, holds: Callable[[], Any]) -> Any:
        async with asyncio.timeout(_PATIENCE):
            while not (found := holds()):  # noqa: ASYNC110 - the bot is another process
                await asyncio.sleep(0.01)
        return found

    async def _until_one(self, sql: str, value: object) -> None:
        async with asyncio.timeout(_PATIENCE):
            while await self.stage.one(sql) != value:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)

    async def _quiet(self) -> None:
        """Until nothing is owed, on its way or waiting to be handled."""
        await self._until(lambda: not self.stage.double.pending)
        await self._until_one("SELECT count(*) FROM inbox WHERE handled_at IS NULL", 0)
        await self._until_one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'leased')", 0)

    async def _letter(self, person: Person, words: str) -> Message:
        """The oldest letter with these words that was not deleted; a double works as well."""
        letters: list[Message] = await self._until(
            lambda: [one for one in self.stage.letters(person) if words in one.text]
        )
        return letters[0]

    def _press(self, person: Person, message: Message, button: str) -> None:
        self.stage.double.press(person, message, button)

    async def _sent_at_once(self) -> None:
        await self._until_one("SELECT count(*) FROM digests WHERE delivered_at IS NOT NULL", 1)
        await self._quiet()
        self.stage.later(minutes=5)
        call = await self._letter(self.citra, "is urgent")
        self._press(self.citra, call, "✓ Received")
        await self._until_one("SELECT count(*) FROM received", 1)
        await self._quiet()

    async def _sent_in_the_morning(self) -> None:
        self.stage.later(days=1)
        await self._until_one("SELECT count(*) FROM digests WHERE delivered_at IS NOT NULL", 2)
        await self._quiet()
        last = await self._last_page()
        self._press(self.citra, last, "✓ Received")
        await self._until_one("SELECT count(*) FROM received", 2)

    async def _last_page(self) -> Message:
        def found() -> list[Message]:
            return [
                one
                for one in self.stage.letters(self.citra)
                if one.text.startswith("Digest 2") and labels(one, "Answer items")
            ]

        return (await self._until(found))[-1]  # type: ignore[no-any-return]

    async def _answered(self) -> None:
        """By button, by reply, and by spreadsheet; a moderator agrees with the last."""
        last = await self._last_page()
        self._press(self.citra, last, "Answer items")
        page = await self._letter(self.citra, "page 1 of 1")
        self._press(self.citra, page, "1")
        await self._until(lambda: "What became of it?" in page.text)
        self._press(self.citra, page, "actioned")
        await self._until_one("SELECT count(*) FROM receipts", 1)
        await self._quiet()
        self.stage.double.say(self.citra, "2 3 already gone", reply_to=last)
        await self._until_one("SELECT count(*) FROM receipts", 3)
        (number,) = (await self.stage.rows("SELECT id FROM referrals WHERE place = 4"))[0]
        content = workbook([HEAD, (number, "", "not violating")])
        file = self.stage.double.world.store(content, "digest-2.xlsx", "application/zip")
        media = Media("document", {"file_name": "digest-2.xlsx"}, file)
        self.stage.double.say(self.citra, None, media=media)
        question = await self._letter(self.rina, "answered “not violating”")
        self._press(self.rina, question, "They are right")
        await self._until_one("SELECT state FROM disputes", "agreed")
        await self._quiet()
        self.stage.later(minutes=11)
        await self._letter(self.budi, "What recipients answered")

    async def _taken_back(self) -> None:
        (number,) = (await self.stage.rows("SELECT id FROM referrals WHERE place = 4"))[0]
        self.stage.double.say(self.budi, f"/withdraw #{number} It quotes, and condemns")
        question = await self._letter(self.rina, "wants to withdraw")
        self._press(self.rina, question, "Withdraw it")
        correction = await self._letter(self.citra, "Correction 1")
        self._press(self.citra, correction, "Restored")
        await self._until_one("SELECT outcome FROM corrections", "restored")

    # --- what it left behind ------------------------------------------------------------------

    async def end(self) -> "End":
        return End(await self._left(), self._promised(), self.deaths, self._kinds())

    async def _left(self) -> dict[str, Any]:
        """Rows that people have a right to, by name. The audit log is whole; files are as named."""
        kept: dict[str, Any] = {}
        for name, sql in _TABLES.items():
            kept[name] = [tuple(row) for row in await self.stage.rows(sql)]
        async with self.stage.database.look() as work:
            entries = [entry async for entry in work.audit.entries()]
        verify(entries)
        events = Counter(entry.event for entry in entries)
        named = await self.stage.rows("SELECT name, sha256 FROM digest_files")
        assert self._files() <= {tuple(row) for row in named}
        return kept | {"audit": {event: events[event] for event in events if event not in _DAILY}}

    def _files(self) -> set[tuple[str, str]]:
        """Name and hash of each document that the recipient holds."""
        files = [one.media.file for one in self.stage.letters(self.citra) if one.media]
        return {(file.name, hashlib.sha256(file.content).hexdigest()) for file in files}

    def _promised(self) -> dict[str, Counter[str]]:
        """What each person was owed and holds, with how often. Answers to presses are left out."""
        people = (self.citra, self.budi, self.rina, self.stage.admin)
        return {one.first_name: Counter(self._owed(one)) for one in people}

    def _owed(self, person: Person) -> Iterator[str]:
        raw: dict[str, set[str]] = {}
        for one in self.stage.letters(person):
            file = one.media.file.name if one.media else ""
            words = f"{file} {one.text.partition(_ANSWERED)[0]}".strip()
            if words.startswith(_OWED) and not _PAGE.match(words):
                raw.setdefault(_VARIES.sub("~", words), set()).add(words)
                yield _VARIES.sub("~", words)
        for words, forms in raw.items():
            assert len(forms) == 1 or words.startswith("⏰"), "a double that reads otherwise"

    def _kinds(self) -> list[str]:
        return (self.stage.folder / "kinds").read_text().splitlines()


def labels(message: Message, start: str) -> bool:
    return any(label.startswith(start) for row in message.buttons for label, _ in row)


_DAILY = ("called again", "sample drawn")  # how often depends on when the bot was dead
_OWED = ("FLAG", "Digest", "1.", "2.", "⏰", "Correction", "What recipients answered", "⚠️")
_PAGE = re.compile(r"Digest \d+, page")
_ANSWERED = "\n\nYour answer"
_VARIES = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2} \w{3,9} \d{4}|\d\d[:.]\d\d|\d+ minutes|[0-9a-f]{8,64}"
)
