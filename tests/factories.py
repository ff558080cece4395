"""What tests are made of: doubles for the outside, and things that name only what a test is about.

A text says what the scripted classifier thinks of it: FLAG is flagged, a harm code (THREAT) is its
likely harm, a purpose code (NEWS) its likely purpose, FOREIGN is outside what it knows.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from unittest.mock import patch

from sqlalchemy import text as sql
from sqlalchemy.engine import Row

from bot.domain.adding import (
    AdditionPress,
    AdditionState,
    ChannelKind,
    Outcome,
    Verb,
    WantedBy,
)
from bot.domain.capture import Capture
from bot.domain.case import Choice
from bot.domain.channel import Channel, ChannelRef, WatchState
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import Desk, DeskRules
from bot.domain.original import Forwarded, Seen
from bot.domain.people import Person, Role
from bot.domain.post import Post, SourceKind
from bot.domain.recipient import Recipient, RecipientState
from bot.domain.referral import Digest, NamedFile, Sender
from bot.domain.retention import Terms
from bot.domain.verdict import Verdict
from bot.ports import Found, Letter
from bot.render.documents.manifest import manifest
from bot.render.documents.record import Frame, digest_json
from bot.render.documents.sheet import digest_csv
from bot.services.add_names import AddNames
from bot.services.adding import Adding, Took
from bot.services.admit import Admit
from bot.services.answer import Answer
from bot.services.board import NoticeBoard
from bot.services.call import CallAgain
from bot.services.deal import Deal
from bot.services.decide import Decide, Decided
from bot.services.draw import Draw
from bot.services.enrol import Enrol
from bot.services.explain import Explain
from bot.services.forward import Forward
from bot.services.ingest import Ingest
from bot.services.join import Join
from bot.services.last_look import LastLook
from bot.services.nearest import Nearest
from bot.services.oversee import Oversee
from bot.services.part import Part
from bot.services.pause import Pause
from bot.services.picture import Picture
from bot.services.receive import Receive
from bot.services.refer import Refer
from bot.services.regroup import Regroup
from bot.services.remind import Remind
from bot.services.report import Report
from bot.services.retain import Retain
from bot.services.reverse import Reverse
from bot.services.send import Send
from bot.services.triage import Triage
from bot.services.turn import Turn
from bot.services.watch import Watch
from bot.services.write import House, Write
from bot.storage.additions import AdditionStore
from bot.storage.cards import KeptCard
from bot.storage.database import Database
from bot.texts.legal import read_legal_basis
from classifiers import CodeScore, Prediction, Reason
from tests.render.letter_rules import checked

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # 12.00 in Jakarta, a Monday
CHANNEL = ChannelRef(-1001234567890, "kabar_contoh", "Kabar Contoh")
JAKARTA = "Asia/Jakarta"
DESK_LINK = "https://t.me/saring_test_bot?start=desk"
HOUSE = House(
    Sender("Yayasan Contoh", "Unit Rujukan", "rujukan@example.org", "+62 21 000"),
    read_legal_basis(),
    "rujukan@example.org",
)
PROFILE = Recipient(1, 1, 1, "Regulator", "en", JAKARTA, "0 8 * * *", NOON, RecipientState.LIVE)
_numbers = count(1)


class FrozenClock:
    """Stands still until it is told to move."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by


def prediction(text: str = "", **changed: object) -> Prediction:
    """What the scripted classifier says of a text; `changed` sets single fields."""
    words = re.findall(r"[A-Z]{3,}", text)
    flagged = "FLAG" in words
    harm = tuple(CodeScore(word, 0.8) for word in words if word in set(HarmCode))
    purpose = next((CodeScore(word, 0.7) for word in words if word in set(PurposeCode)), None)
    said = {
        "score": 0.9 if flagged else 0.1,
        "threshold": 0.5,
        "flagged": flagged,
        "harm": harm,
        "purpose": purpose,
        "reasons": (Reason("flag", 2.0), Reason("calm", -0.5)) if flagged else (),
        "readable": any(letter.isalpha() for letter in text),
        "known": "FOREIGN" not in words,
        "model_version": "scripted-1",
    }
    return Prediction(**(said | changed))  # type: ignore[arg-type]


class ScriptedClassifier:
    """Reads its opinion off the text. calls: the batches that it was asked for."""

    version = "scripted-1"

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        self.calls.append(list(texts))
        return [prediction(text) for text in texts]


class RecordingCourier:
    """Keeps what was sent, checks it as Telegram would, and fails when told to.

    sent: (chat, message, letter) of new messages; edited: the same of edits. forwarded: (chat, its
    message, from chat, message there); deleted: (chat, message). shown: how a channel's messages
    read now, by their numbers.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[int, int, Letter]] = []
        self.edited: list[tuple[int, int, Letter]] = []
        self.forwarded: list[tuple[int, int, int, int]] = []
        self.deleted: list[tuple[int, int]] = []
        self.shown: dict[int, Seen] = {}
        self._faults: dict[int, list[Exception]] = {}
        self._message_ids = count(500)

    def fails(self, chat_id: int, *faults: Exception) -> None:
        """The next requests about this chat meet these errors, one each."""
        self._faults.setdefault(chat_id, []).extend(faults)

    async def send(self, chat_id: int, letter: Letter) -> int:
        self._meet_fault(chat_id)
        message_id = next(self._message_ids)
        self.sent.append((chat_id, message_id, checked(letter)))
        return message_id

    async def edit(self, chat_id: int, message_id: int, letter: Letter) -> None:
        self._meet_fault(chat_id)
        self.edited.append((chat_id, message_id, checked(letter)))

    async def forward(self, chat_id: int, from_chat_id: int, message_id: int) -> Forwarded:
        self._meet_fault(chat_id)
        number = next(self._message_ids)
        self.forwarded.append((chat_id, number, from_chat_id, message_id))
        return Forwarded(number, self.shown.get(message_id))

    async def delete(self, chat_id: int, message_id: int) -> None:
        self._meet_fault(chat_id)
        self.deleted.append((chat_id, message_id))

    def to(self, chat_id: int) -> list[Letter]:
        """New messages to a chat, oldest first; files that went along are in `files`."""
        sent = [letter for chat, _, letter in self.sent if chat == chat_id]
        return [letter for letter in sent if letter.attachment is None]

    def files(self, chat_id: int) -> dict[str, bytes]:
        """The documents sent to a chat, by name."""
        sent = [letter.attachment for chat, _, letter in self.sent if chat == chat_id]
        return {file.name: file.content for file in sent if file is not None}

    def _meet_fault(self, chat_id: int) -> None:
        if self._faults.get(chat_id):
            raise self._faults[chat_id].pop(0)


class ScriptedDirectory:
    """Knows the names that it was told of."""

    def __init__(self) -> None:
        self.known: dict[str, Found] = {}
        self._faults: dict[str, Exception] = {}

    def fails(self, username: str, fault: Exception) -> None:
        """The next question about this name meets an error."""
        self._faults[username] = fault

    async def look_up(self, username: str) -> Found | None:
        if fault := self._faults.pop(username, None):
            raise fault
        return self.known.get(username.lower())


def post(text: str = "Cuaca cerah hari ini", message_id: int | None = None, **more: object) -> Post:
    """A channel's post, with a number of its own unless one is given."""
    said = {
        "channel": CHANNEL,
        "message_id": message_id or next(_numbers) + 10_000,
        "posted_at": NOON,
        "source": SourceKind.BOT,
        "text": text,
    }
    return Post(**(said | more))  # type: ignore[arg-type]


async def confirm_recipient(database: Database, telegram_id: int) -> None:
    """What an admin's press does, and without the question that it answers."""
    async with database.work() as work:
        person = await work.people.by_telegram_id(telegram_id)
        assert person is not None
        profile = await work.recipients.of_person(person.id)
        assert profile is not None
        await work.recipients.change(profile.id, state=RecipientState.LIVE)
        asked = f"%recipient:{profile.id}:%"
        await work.connection.execute(
            sql("DELETE FROM outbox WHERE CAST(letter AS TEXT) LIKE :asked"), {"asked": asked}
        )
        await work.commit()


def drawn(capture: Capture, *, hides_words: bool) -> bytes:
    """Stands for a picture, which takes half a second."""
    return f"PNG of {capture.sha256} {hides_words}".encode()


def bundled(digest: Digest, frame: Frame, pictures: Mapping[str, bytes]) -> list[NamedFile]:
    """A digest's documents without those that take a second."""
    files = [
        NamedFile(f"{digest.number}.csv", digest_csv(digest, frame)),
        NamedFile(f"{digest.number}.json", digest_json(digest, frame)),
    ]
    return [*files, NamedFile(f"{digest.number}.manifest.json", manifest(digest, files, frame))]


class Flow:
    """The services joined as `bot.compose` joins them, and short ways to arrange a test."""

    def __init__(
        self, database: Database, clock: FrozenClock, rules: DeskRules | None = None
    ) -> None:
        self.database = database
        self.clock = clock
        self.classifier = ScriptedClassifier()
        self.courier = RecordingCourier()
        self.directory = ScriptedDirectory()
        self.rules = rules or DeskRules(timezone=JAKARTA, practice=0)
        self.deal = Deal(database, clock, self.rules)
        self.ingest = Ingest(database, clock)
        self.triage = Triage(database, clock, self.classifier, self.deal)
        self.decide = Decide(database, clock, self.deal)
        self.picture = Picture(database, clock, drawn)
        self.last_look = LastLook(database, clock)
        self.write = Write(database, clock, self.picture, HOUSE, self.last_look, bundled)
        self.refer = Refer(database, clock, self.write)
        self.enrol = Enrol(database, clock)
        self.explain = Explain(database, clock)
        self.board = NoticeBoard(database, clock, DESK_LINK, JAKARTA)
        self.admit = Admit(database, clock, self.board, JAKARTA, "0 8 * * *")
        self.pause = Pause(database, clock, limit=0.5, least=4)
        self.answer = Answer(database, clock, self.pause)
        self.reverse = Reverse(database, clock, self.deal, self.pause)
        self.call_again = CallAgain(database, clock, "021-000-000")
        self.retain = Retain(database, clock, Terms(), retain_at="30 3 * * *", timezone=JAKARTA)
        self.turn = Turn(database, self.deal)
        self.regroup = Regroup(database, clock, self.deal)
        self.remind = Remind(database, clock, self.deal)
        self.draw = Draw(database, clock, self.deal, Nearest(database))
        self.send = Send(
            database,
            clock,
            self.courier,
            self.deal,
            self.draw,
            self.refer,
            self.board,
            Forward(database, clock, self.courier),
        )
        self.join = Join(database, clock, (1,), JAKARTA, "0 8 * * *")
        self.watch = Watch(database, clock)
        self.adding = Adding(database, clock)
        self.add_names = AddNames(database, clock, self.directory, "saring_test_bot")
        self.oversee = Oversee(database, clock, self.directory)
        self.receive = Receive(database, clock)
        self.part = Part(database, clock, self.deal, (1,))
        self.report = Report(database, self.classifier)

    # --- people -----------------------------------------------------------------------------

    async def person(
        self, role: Role, telegram_id: int | None = None, name: str = "Sari", language: str = "en"
    ) -> Person:
        """Somebody who has joined with a role."""
        number = telegram_id or next(_numbers) + 100_000
        token = await self.join.invite(await self.admin(), role)
        accepted = await self.join.accept(token, number, name, language)
        assert accepted is not None
        return accepted[0]

    async def admin(self) -> Person:
        """The admin of the settings, Telegram id 1."""
        found = await self.join.person(1, "en")
        assert found is not None
        return found

    async def moderator(self, name: str = "Sari", *, on_duty: bool = True) -> Person:
        person = await self.person(Role.MODERATOR, name=name)
        if on_duty:
            await self.deal.duty(person, on=True, chat_id=person.telegram_id)
        return person

    async def recipient(self, name: str = "Regulator", language: str = "en") -> Person:
        person = await self.person(Role.RECIPIENT, name=name, language=language)
        await confirm_recipient(self.database, person.telegram_id)
        return person

    # --- posts ------------------------------------------------------------------------------

    async def watched(self, ref: ChannelRef = CHANNEL) -> None:
        """Puts a channel under watch that the bot is in; twice changes nothing."""
        assert ref.username is not None
        self.directory.known[ref.username.lower()] = Found(ref, is_channel=True, has_bot=True)
        admin = await self.admin()
        async with self.database.work() as work:
            known = await work.channels.find(ref, for_update=True)
            if known is None:
                await work.channels.add(ref, WatchState.WATCHING, admin.id, self.clock.now())
            else:
                await work.channels.set_state(known.id, WatchState.WATCHING)
            await work.commit()

    async def adds(
        self,
        *written: str,
        reason: str = "a test",
        kind: ChannelKind = ChannelKind.ORDINARY,
        wanted_by: WantedBy = WantedBy.OWN,
    ) -> list[Outcome]:
        """What became of each name that the admin of the settings asks to have watched."""
        admin = await self.admin()
        begun = await self.adding.begin(admin, admin.telegram_id, written)
        assert begun.addition is not None
        await self.adding.say(admin, [], reason)
        for verb, value in ((Verb.KIND, kind), (Verb.WANTED, wanted_by)):
            press = AdditionPress(verb, begun.addition.id, value)
            assert (await self.adding.press(admin, press, 700)).took is Took.OK
        answers: list[Outcome] = []
        close = AdditionStore.close

        async def noted(
            store: AdditionStore, addition_id: int, state: AdditionState, now: datetime
        ) -> None:
            answers.extend(one.answer for one in await store.lines(addition_id) if one.answer)
            await close(store, addition_id, state, now)

        with patch.object(AdditionStore, "close", noted):
            while await self.add_names.work_off():
                pass
        return answers

    async def under_watch(self) -> list[Channel]:
        """Channels that are watched or waited for, by name, with what was read of them."""
        async with self.database.look() as work:
            found = [one.id for one in await work.channels.under_watch()]
            return await work.channels.by_ids(found)

    async def arrive(self, *posts: Post) -> None:
        """Posts of a watched channel, kept and judged."""
        for channel in {one.channel for one in posts}:
            await self.watched(channel)
        await self.ingest.live(posts, [])
        while (await self.triage.batch()).judged:
            pass

    async def edit(self, original: Post, text: str) -> Post:
        """The same post with other words, a minute after now; kept and judged."""
        self.clock.advance(timedelta(minutes=1))
        edited = post(
            text, original.message_id, channel=original.channel, edited_at=self.clock.now()
        )
        await self.arrive(edited)
        return edited

    async def cards(self) -> list[KeptCard]:
        """Every card there is, oldest first."""
        rows = await self.rows("SELECT id FROM cards ORDER BY id")
        async with self.database.look() as work:
            found = [await work.cards.get(row.id) for row in rows]
        return [card for card in found if card is not None]

    async def flagged(self, text: str = "FLAG serang sekarang", **more: object) -> KeptCard:
        """The card of a flagged post that has just arrived."""
        await self.arrive(post(text, **more))  # type: ignore[arg-type]
        return (await self.cards())[-1]

    async def card(self, card_id: int) -> KeptCard:
        async with self.database.look() as work:
            found = await work.cards.get(card_id)
        assert found is not None
        return found

    # --- decisions --------------------------------------------------------------------------

    async def desk(self, person: Person) -> Desk:
        async with self.database.look() as work:
            desk = await work.desks.of(person.id)
        assert desk is not None
        return desk

    async def choose(
        self,
        person: Person,
        card: KeptCard,
        choice: Choice,
        harm: HarmCode | None = None,
        purpose: PurposeCode | None = None,
    ) -> Decided:
        return await self.decide.choose(person, card.id, card.revision_id, choice, harm, purpose)

    async def confirm(
        self, person: Person, card: KeptCard, harm: HarmCode = HarmCode.INCITE
    ) -> Decided:
        return await self.choose(person, card, Choice.CONFIRM, harm)

    async def dismiss(
        self, person: Person, card: KeptCard, purpose: PurposeCode | None = None
    ) -> Decided:
        return await self.choose(person, card, Choice.DISMISS, purpose=purpose)

    async def confirmed(self, text: str = "FLAG serang sekarang", **more: object) -> KeptCard:
        """The card of a post that one moderator, who then went home, has confirmed."""
        card = await self.flagged(text, **more)
        person = await self.moderator("Budi")
        decided = await self.confirm(person, card)
        assert decided.refusal is None
        await self.deal.duty(person, on=False, chat_id=person.telegram_id)
        return await self.card(card.id)

    async def referred(self, text: str = "FLAG serang sekarang", **more: object) -> KeptCard:
        """The card of a confirmed post whose undo window has passed; needs a recipient."""
        card = await self.confirmed(text, **more)
        self.clock.advance(timedelta(seconds=61))
        assert await self.refer.past_undo()
        return await self.card(card.id)

    async def post_office(self) -> int:
        """Sends everything that is due now; how many messages were tried."""
        tried = 0
        while owed := await self.send.lease(20, ()):
            for one in owed:
                await self.send.one(one)
            tried += len(owed)
        return tried

    # --- behind the services ----------------------------------------------------------------

    async def rows(self, statement: str, **values: object) -> Sequence[Row[tuple[object, ...]]]:
        """What the database itself says."""
        async with self.database.look() as work:
            return (await work.connection.execute(sql(statement), values)).all()

    async def audited(self) -> list[str]:
        """What the audit log says happened, oldest first."""
        return [str(row.event) for row in await self.rows("SELECT event FROM audit ORDER BY seq")]


def verdict(**changed: object) -> Verdict:
    """What a model said of a flagged post."""
    said = {
        "revision_id": 1,
        "model_version": "scripted-1",
        "score": 0.9,
        "threshold": 0.5,
        "is_flagged": True,
        "is_known": True,
        "likely_harm": HarmCode.INCITE,
        "likely_purpose": None,
        "reasons": (("serang", 1.5), ("sekarang", 0.5)),
    }
    return Verdict(**(said | changed))  # type: ignore[arg-type]
