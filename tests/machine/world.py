"""The real services on one database file, and the oracle; what is done to one is done to both."""

import asyncio
import contextlib
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.audit import verify
from bot.domain.case import Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import DeskRules, View
from bot.domain.people import Person, Role
from bot.domain.post import Post
from bot.domain.reversal import SecondPress
from bot.ports import Letter
from bot.services.decide import Decided
from bot.services.part import Parted
from bot.storage.database import Database
from tests.factories import JAKARTA, Flow, FrozenClock, RecordingCourier, post
from tests.machine.oracle import OPEN, Oracle, Press

# What is in one family reads nearly the same; what is not, does not. The last one is cut on a card.
FAMILIES = (
    "mari berkumpul malam ini bersama kawan lama",
    "sumbangan dikirim lewat rekening baru kami",
    "pelatihan gelombang ketiga dibuka untuk siapa saja yang sanggup, daftarkan diri sebelum akhir "
    "pekan melalui panitia setempat",
)
KINDS = {"flagged": "FLAG", "urgent": "FLAG THREAT", "news": "FLAG NEWS", "calm": ""}
RULES = DeskRules(timezone=JAKARTA, excerpt=90, practice=0, stretch=6, rest=timedelta(minutes=15))
_MARK = re.compile(r"p\d+r\d+q")
_SHOWS_WORDS = (View.CARD, View.LIKE, View.FULL, View.HARM, View.PURPOSE)


class Screens(RecordingCourier):
    """What stands on people's screens: the newest letter of every message."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[tuple[int, int], Letter] = {}

    async def send(self, chat_id: int, letter: Letter) -> int:
        message_id = await super().send(chat_id, letter)
        self.shown[chat_id, message_id] = letter
        return message_id

    async def edit(self, chat_id: int, message_id: int, letter: Letter) -> None:
        await super().edit(chat_id, message_id, letter)
        self.shown[chat_id, message_id] = letter


class World:
    """people: moderators by the order in which they came; who was removed stays in the list."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.clock = FrozenClock()
        self.oracle = Oracle()
        self.screens = Screens()
        self.people: list[Person] = []
        self.removed: set[int] = set()
        self.posts: dict[int, tuple[Post, str]] = {}  # by number: as it reads now, its family
        self.may_share: set[int] = set()  # cards that lie on two desks for a reason
        self.read: set[tuple[int, int, int]] = set()  # who, card, revision
        self.forgotten: set[tuple[int, int]] = set()  # posts with their revisions' numbers
        self._open()

    def _open(self) -> None:
        self.database = Database(f"sqlite:///{self.file}")
        self.flow = Flow(self.database, self.clock, RULES)
        self.flow.send._courier = self.screens
        self.flow.courier = self.screens

    async def begin(self, moderators: int = 3) -> None:
        for number in range(moderators):
            self.people.append(await self.flow.moderator(f"M{number}"))
        await self.flow.recipient()
        await self.flow.watched()

    async def restart(self) -> None:
        """Everything that a process holds is gone; rows and screens stay."""
        await self.database.close()
        self._open()

    async def close(self) -> None:
        await self.database.close()

    # --- posts ------------------------------------------------------------------------------

    async def arrive(self, family: int, kind: str, prefix: str = "") -> int:
        """A post comes in; its number."""
        number = len(self.posts) + 1
        before = await self._alive(FAMILIES[family])
        words = f"p{number}r1q {prefix}{KINDS[kind]} {FAMILIES[family]}"
        made = post(words, 1000 + number)
        self.posts[number] = (made, FAMILIES[family])
        opened = self.oracle.arrives(number, flagged=kind != "calm", likely_purpose=kind == "news")
        await self._take(made)
        if opened:
            await self._case_is_right(number, before)
        return number

    async def edit(self, number: int, kind: str) -> None:
        self.clock.advance(timedelta(seconds=1))
        old, family = self.posts[number]
        before = await self._alive(family)
        is_unsent = bool(
            await self._rows(
                "SELECT 1 FROM referrals JOIN cards ON cards.id = card_id "
                f"WHERE cards.id = {self._newest_card(number)} AND referrals.state IN "
                "('owed', 'leased')"
            )
        )
        shown = self.oracle.posts[number].newest + 1
        words = f"p{number}r{shown}q {KINDS[kind]} {family}"
        edited = post(words, old.message_id, edited_at=self.clock.now())
        self.posts[number] = (edited, family)
        what = self.oracle.edited(
            number,
            flagged=kind != "calm",
            likely_purpose=kind == "news",
            is_unsent=is_unsent,
        )
        await self._take(edited)
        if what == "first":
            await self._case_is_right(number, before)
        elif what == "opened":
            cases = await self._rows(
                "SELECT DISTINCT case_id FROM cards JOIN posts ON posts.id = post_id "
                f"WHERE message_id = {1000 + number}"
            )
            assert len(cases) == 1, cases

    async def _take(self, one: Post) -> None:
        await self.flow.ingest.live([one], [])
        while (await self.flow.triage.batch()).judged:
            pass

    def _newest_card(self, number: int) -> int:
        cards = self.oracle.posts[number].cards
        return cards[-1] if cards else 0

    async def _alive(self, family: str) -> tuple[set[int], set[int]]:
        """Cases of the family, those alone whose words were flagged within 30 days, and all."""
        rows = await self._rows(
            "SELECT cards.case_id, cards.opened_at, revisions.text FROM cards "
            "JOIN revisions ON revisions.id = cards.revision_id"
        )
        since = (self.clock.now() - timedelta(days=30)).isoformat(" ")[:19]
        recent = {row.case_id for row in rows if family in row.text and row.opened_at > since}
        ever = await self._rows("SELECT id FROM cases")
        return recent, {row.id for row in ever}

    async def _case_is_right(self, number: int, before: tuple[set[int], set[int]]) -> None:
        """Row b beside a copy of the last 30 days, row a without one."""
        card = await self.flow.card(self._newest_card(number))
        recent, ever = before
        if recent:
            assert card.case_id in ever, "a copy got a case of its own"
        self.oracle.rows["b" if card.case_id in ever else "a"] += 1

    # --- presses ----------------------------------------------------------------------------

    async def desks(self) -> dict[int, tuple[int, int]]:
        """The card and revision number that lie before each person."""
        rows = await self._rows(
            "SELECT person_id, card_id, number FROM desks "
            "JOIN revisions ON revisions.id = desks.revision_id WHERE is_on_duty"
        )
        return {row.person_id: (row.card_id, row.number) for row in rows}

    async def holder(self, card: int) -> int:
        """Who has a card on the desk, by place."""
        (person_id,) = [who for who, lies in (await self.desks()).items() if lies[0] == card]
        return [person.id for person in self.people].index(person_id)

    async def turn(self, who: int, view: View) -> None:
        """Shows another view of what lies on a desk."""
        person = self.people[who]
        lies = (await self.desks()).get(person.id)
        if lies is None:
            return
        revision_id = await self._revision_id(*lies)
        shown = await self.flow.turn.to(person, lies[0], revision_id, view)
        assert shown is not None
        if shown is View.FULL:  # every text here is one page
            self.read.add((person.id, *lies))

    async def differs(self, who: int) -> None:
        person = self.people[who]
        lies = (await self.desks()).get(person.id)
        if lies is not None:
            revision_id = await self._revision_id(*lies)
            assert await self.flow.turn.differs(person, lies[0], revision_id)

    async def press(self, who: int, what: str, code: str | None = None, card: int = 0) -> str:
        """Presses for the card on the desk, or for another one; what the presser is told."""
        press, lies = await self._press(who, what, code, card)
        expected = self.oracle.press(press, lies, self.clock.now())
        said = await self._decide(press)
        assert said == expected, (press, said, expected)
        self._unread(press.who, said)
        return said

    async def stale_press(self, who: int) -> None:
        """Presses a button of an older revision than what lies there."""
        press, lies = await self._press(who, "dismiss", None, 0)
        if press.revision < 2:
            return
        old = Press(**{**vars(press), "revision": press.revision - 1})
        expected = self.oracle.press(old, lies, self.clock.now())
        assert await self._decide(old) == expected == "post_changed"
        self._unread(old.who, expected)

    async def together(self, first: tuple[int, str, str | None], second: Any) -> None:
        """Two presses at the same moment; whichever comes first, the table holds."""
        one, lies = await self._press(*first, 0)
        two, _ = await self._press(*second, 0)
        now, orders = self.clock.now(), []
        for presses in ((one, two), (two, one)):
            oracle, on_desks = self.oracle.copy(), dict(lies)
            said = {press: oracle.press(press, on_desks, now) for press in presses}
            orders.append((said, oracle))
        told = await asyncio.gather(self._decide(one), self._decide(two))
        for said, oracle in orders:
            if (said[one], said[two]) == tuple(told):
                self.oracle = oracle
                break
        else:
            raise AssertionError((one, two, told, [said for said, _ in orders]))
        self._unread(one.who, told[0])
        self._unread(two.who, told[1])

    def _unread(self, who: int, said: str) -> None:
        """After a press that moved the desk on, what lies there has to be read from the start."""
        if said != "not_opened_in_full":
            self.read = {one for one in self.read if one[0] != who}

    async def _press(
        self, who: int, what: str, code: str | None, card: int
    ) -> tuple[Press, dict[int, tuple[int, int]]]:
        person, lies = self.people[who], await self.desks()
        on_desk = lies.get(person.id, (0, 0))
        number = card or on_desk[0]
        known = self.oracle.cards.get(number)
        revision = known.revision if known else 0
        words = self.posts[known.post][0].text if known else ""
        desk = await self._rows(f"SELECT dealt_at FROM desks WHERE person_id = {person.id}")
        dealt = _moment(desk[0].dealt_at) if desk and desk[0].dealt_at else None
        press = Press(
            person.id,
            number,
            revision,
            what,
            code,
            read=len(words) <= RULES.excerpt or (person.id, number, revision) in self.read,
            took=self.clock.now() - dealt if dealt else timedelta(0),
        )
        return press, lies

    async def _decide(self, press: Press) -> str:
        person = next(one for one in self.people if one.id == press.who)
        harm = HarmCode(press.code) if press.what == "confirm" else None
        purpose = PurposeCode(press.code) if press.what == "dismiss" and press.code else None
        revision_id = await self._revision_id(press.card, press.revision)
        decided = await self.flow.decide.choose(
            person, press.card, revision_id, Choice(press.what), harm, purpose
        )
        return _told(decided)

    async def same(self, who: int) -> None:
        """Takes the decision of the card beside the one on the desk."""
        person = self.people[who]
        desk = await self._rows(f"SELECT like_card_id FROM desks WHERE person_id = {person.id}")
        if not desk or desk[0].like_card_id is None:
            return
        like = self.oracle.cards[desk[0].like_card_id]
        is_harm = like.code in set(HarmCode)
        press, lies = await self._press(who, "confirm" if is_harm else "dismiss", like.code, 0)
        expected = self.oracle.press(press, lies, self.clock.now()) if not like.is_open else None
        revision_id = await self._revision_id(press.card, press.revision)
        said = _told(
            await self.flow.decide.same(person, press.card, revision_id, like.code or "NONE")
        )
        assert said == (expected or "like_changed"), (press, said, expected)
        self._unread(press.who, said)

    async def undo(self, who: int, card: int) -> str:
        person = self.people[who]
        is_on_duty = person.id in await self._on_duty()
        expected = self.oracle.undo(person.id, card, self.clock.now())
        said = _told(await self.flow.decide.undo(person, card))
        assert said == expected, (who, card, said, expected)
        if said in OPEN:
            self.may_share.add(card)
            self._unread(person.id, said)
            if is_on_duty:
                assert (await self.desks())[person.id][0] == card
        return said

    async def take_out(self, who: int) -> None:
        """Takes what lies on a desk out of its case, where the case has other posts."""
        person = self.people[who]
        lies = (await self.desks()).get(person.id)
        if lies is None:
            return
        await self.flow.regroup.take_out(person, lies[0], await self._revision_id(*lies))
        self._unread(person.id, "")

    # --- people -----------------------------------------------------------------------------

    async def duty(self, who: int, *, on: bool) -> None:
        person = self.people[who]
        if person.id not in self.removed:
            await self.flow.deal.duty(person, on=on, chat_id=person.telegram_id)
            self._unread(person.id, "")

    async def remove(self, who: int) -> None:
        person = self.people[who]
        parted = await self.flow.part.remove(await self.flow.admin(), person.id, Role.MODERATOR)
        assert parted is (Parted.NOT_HELD if person.id in self.removed else Parted.REMOVED)
        self.removed.add(person.id)
        self._unread(person.id, "")

    async def come_back(self, who: int) -> None:
        person = self.people[who]
        await self.flow.person(Role.MODERATOR, person.telegram_id, person.name)
        self.removed.discard(person.id)

    async def block(self, who: int) -> None:
        await self.flow.deal.blocked(self.people[who].telegram_id)
        self._unread(self.people[who].id, "")

    async def _on_duty(self) -> set[int]:
        rows = await self._rows("SELECT person_id FROM desks WHERE is_on_duty")
        return {row.person_id for row in rows}

    # --- taken back -------------------------------------------------------------------------

    async def reopen(self, card: int) -> str:
        known = self.oracle.cards[card]
        is_forgotten = (known.post, known.revision) in self.forgotten
        expected = self.oracle.reopen(card, is_forgotten=is_forgotten)
        said = await self.flow.reverse.reopen(await self.flow.admin(), card, "a second thought")
        assert said.value == expected, (card, said, expected)
        return expected

    async def ask(self, who: int, card: int) -> str:
        expected = self.oracle.ask(self.people[who].id, card)
        said, _ = await self.flow.reverse.ask(self.people[who], card, "a second thought")
        assert said.value == expected, (card, said, expected)
        return expected

    async def second(self, who: int, card: int, *, agrees: bool) -> str:
        expected = self.oracle.second(self.people[who].id, card, agrees=agrees)
        rows = await self._rows(f"SELECT max(id) AS id FROM withdrawals WHERE card_id = {card}")
        press = SecondPress(rows[0].id or 0, agrees)
        said = await self.flow.reverse.second(self.people[who], press)
        assert said.value == expected, (card, said, expected)
        return expected

    # --- time -------------------------------------------------------------------------------

    async def wait(self, span: timedelta) -> None:
        self.clock.advance(span)
        if span >= timedelta(minutes=10):  # claims run out
            self.may_share |= {card for card, _ in (await self.desks()).values()}
        await self.tick()

    async def tick(self) -> None:
        """What the timetable does; nobody waits for a card that could be dealt."""
        self.oracle.window(self.clock.now(), has_recipient=True)
        await self.flow.refer.past_undo()
        await self.flow.refer.at_once()
        await self.flow.call_again.due()
        await self.flow.reverse.correct()
        await self.flow.refer.due_digests()
        await self.flow.remind.due()
        await self.flow.deal.wake_desks()
        idle = await self._rows(
            "SELECT desks.person_id FROM desks JOIN roles ON roles.person_id = desks.person_id "
            "AND role = 'moderator' WHERE is_on_duty AND card_id IS NULL AND rests_until IS NULL"
        )
        now = self.clock.now().isoformat(" ")[:19]
        for row in idle:
            left = await self._rows(
                "SELECT id FROM cards WHERE state IN ('waiting', 'second', 'third') "
                f"AND (claimed_until IS NULL OR claimed_until <= '{now}') AND NOT EXISTS "
                "(SELECT 1 FROM reviews WHERE card_id = cards.id AND stands "
                f"AND revision_id = cards.revision_id AND person_id = {row.person_id})"
            )
            assert not left, f"person {row.person_id} waits, and so do cards {left}"

    async def digests(self) -> None:
        self.oracle.window(self.clock.now(), has_recipient=True)
        await self.flow.refer.digests_now()

    async def deliver(self) -> None:
        """Everything that is owed leaves; afterwards screens show what the database says."""
        await self.flow.post_office()
        await self.flow.reverse.correct()
        await self.flow.post_office()
        late = await self._rows(
            "SELECT referrals.id FROM referrals JOIN cards ON cards.id = card_id "
            "WHERE cards.state = 'withdrawn' AND delivered_at IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM corrections WHERE referral_id = referrals.id AND sent_at IS NOT NULL)"
        )
        assert not late, f"referrals {late} arrived, were withdrawn, and nobody was told"
        for person in self.people:
            await self._screen_is_true(person)

    async def _screen_is_true(self, person: Person) -> None:
        desk = await self._rows(f"SELECT * FROM desks WHERE person_id = {person.id}")
        if not desk:
            return
        drawn, message_id = await self.flow.draw.desk(person.id)
        for (chat, message), letter in self.screens.shown.items():
            if chat != person.telegram_id:
                continue
            words = _MARK.findall(str(letter.html))
            if message != message_id:
                assert not words, f"an old desk of {person.name} shows {words}"
            elif desk[0].view in _SHOWS_WORDS:
                assert set(words) == set(_MARK.findall(str(drawn.html)))

    async def forget(self) -> None:
        """A night's forgetting; what went is nowhere in the file any more."""
        await self.flow.retain.all()
        rows = await self._rows(
            "SELECT message_id, number FROM revisions JOIN posts ON posts.id = post_id "
            "WHERE forgotten_at IS NOT NULL"
        )
        gone = {(row.message_id - 1000, row.number) for row in rows}
        self.oracle.forgotten({post for post, _ in gone - self.forgotten})
        self.forgotten |= gone
        with contextlib.closing(sqlite3.connect(self.file)) as raw:
            dump = "\n".join(raw.iterdump())
        kept = [words for words in (f"p{post}r{number}q" for post, number in gone) if words in dump]
        assert not kept, kept

    # --- what must hold ---------------------------------------------------------------------

    async def check(self) -> None:
        await self._states_are_the_tables()
        await self._desks_are_true()
        await self._referrals_stand()
        async with self.database.look() as work:
            entries = [entry async for entry in work.audit.entries()]
            newest = await work.audit.newest_hash()
        assert verify(entries, newest) == len(entries)

    async def _states_are_the_tables(self) -> None:
        rows = await self._rows(
            "SELECT cards.id, state, number, message_id FROM cards "
            "JOIN revisions ON revisions.id = revision_id "
            "JOIN posts ON posts.id = cards.post_id ORDER BY cards.id"
        )
        kept = {row.id: (row.state, row.number, row.message_id - 1000) for row in rows}
        said = {
            card.number: (card.state, card.revision, card.post)
            for card in self.oracle.cards.values()
        }
        assert kept == said

    async def _desks_are_true(self) -> None:
        rows = await self._rows(
            "SELECT desks.*, cards.state, cards.claimed_by, cards.revision_id AS newest, "
            "(SELECT count(*) FROM roles WHERE roles.person_id = desks.person_id "
            "AND role = 'moderator') AS is_moderator, (SELECT count(*) FROM reviews "
            "WHERE reviews.card_id = cards.id AND reviews.person_id = desks.person_id "
            "AND reviews.revision_id = cards.revision_id AND stands) AS looks "
            "FROM desks LEFT JOIN cards ON cards.id = desks.card_id"
        )
        held = [row for row in rows if row.card_id is not None]
        for row in rows:
            letter, _ = await self.flow.draw.desk(row.person_id)
            words = set(_MARK.findall(str(letter.html)))
            if row.card_id is None:
                assert not words, f"an empty desk shows {words}"
                continue
            assert row.is_on_duty
            assert row.is_moderator
            assert row.state in OPEN
            assert row.revision_id == row.newest
            assert not row.looks, "a card was dealt again to who had looked at it"
            card = self.oracle.cards[row.card_id]
            mark = f"p{card.post}r{card.revision}q"
            beside = self.oracle.cards.get(row.like_card_id or 0)
            allowed = {mark} | ({f"p{beside.post}r{beside.revision}q"} if beside else set())
            if row.view in _SHOWS_WORDS:  # other views tell of other posts
                assert {mark} <= words <= allowed, (row.view, words, allowed)
            others = [one.person_id for one in held if one.card_id == row.card_id]
            assert len(others) == 1 or row.card_id in self.may_share, f"{others} share a card"
            # Whoever held it may have gone since, while it lies on a desk whose claim had run out.
            assert row.claimed_by in others or (
                row.claimed_by is None and row.card_id in self.may_share
            )

    async def _referrals_stand(self) -> None:
        loose = await self._rows(
            "SELECT referrals.id FROM referrals WHERE NOT EXISTS (SELECT 1 FROM reviews "
            "WHERE reviews.id = referrals.review_id AND reviews.stands AND choice = 'confirm' "
            "AND reviews.saw_all AND reviews.revision_id = referrals.revision_id "
            "AND reviews.card_id = referrals.card_id)"
        )
        assert not loose, f"referrals {loose} rest on no confirmation that stands"
        unwritten = await self._rows(
            "SELECT id FROM digests WHERE EXISTS (SELECT 1 FROM referrals "
            "WHERE digest_id = digests.id AND state = 'leased') AND NOT EXISTS "
            "(SELECT 1 FROM outbox WHERE digest_id = digests.id AND kind = 'digest')"
        )
        assert not unwritten, f"digests {unwritten} are made, and no letter is owed"
        sent = {
            card.number
            for card in self.oracle.cards.values()
            if card.state in ("referred", "withdrawn")
        }
        rows = await self._rows("SELECT DISTINCT card_id FROM referrals")
        assert {row.card_id for row in rows} == sent

    async def _revision_id(self, card: int, number: int) -> int:
        rows = await self._rows(
            "SELECT revisions.id FROM revisions JOIN cards ON cards.post_id = revisions.post_id "
            f"WHERE cards.id = {card} AND number = {number}"
        )
        return int(rows[0].id) if rows else 0

    async def _rows(self, statement: str) -> Sequence[Any]:
        return await self.flow.rows(statement)


def _told(decided: Decided) -> str:
    """The refusal, or else the state that the press led to."""
    word = decided.refusal or decided.state
    assert word is not None
    return str(word.value)


def _moment(kept: str) -> datetime:
    return datetime.fromisoformat(kept).replace(tzinfo=UTC)
