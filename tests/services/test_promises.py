"""Whatever people, time and Telegram do: what was confirmed arrives, and nothing else ever leaves.

The services and the outbox on a real database. What is expected is read from what people pressed
(`reviews`, `statements`, `withdrawals`), never from referrals or digests.
"""

import asyncio
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from bot.domain.case import Choice
from bot.domain.codes import FORWARDABLE, HarmCode, PurposeCode
from bot.domain.errors import TryLater, Undeliverable
from bot.domain.people import Person
from bot.domain.recipient import Change, RecipientPress, RecipientState, Requirement
from bot.domain.reversal import SecondPress
from bot.ports import Letter
from bot.storage.database import Database
from tests.factories import Flow, FrozenClock, RecordingCourier, post
from tests.render.letter_rules import visible

_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # no disk is waited for
_IS_LONG = "SOAK" in os.environ
_MARK = re.compile(r"p(\d+)r(\d+)q")
_LINK = re.compile(r"https://t\.me/kabar_contoh/(\d+)")
_WORDS = (
    "mari berkumpul malam ini bersama kawan lama",
    "sumbangan dikirim lewat rekening baru kami",
    "pelatihan gelombang ketiga dibuka untuk siapa saja",
)
A_MINUTE = timedelta(seconds=61)


@dataclass(frozen=True)
class Profile:
    codes: frozenset[HarmCode]
    state: RecipientState
    required: frozenset[Requirement]
    most_items: int


class DiedHere(Exception):
    """A process killed after a message was sent, before anybody noted it."""


class Post(RecordingCourier):
    """Meets its recipients' fates one by one; every letter is looked at as it leaves."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.fates: list[str] = []
        self._world = world

    async def send(self, chat_id: int, letter: Letter) -> int:
        is_theirs = chat_id in self._world.recipients
        fate = self.fates.pop(0) if self.fates and is_theirs else "arrives"
        if fate == "later":
            raise TryLater("a bad day")
        if fate == "refused":
            raise Undeliverable("Forbidden: bot was blocked by the user")
        if is_theirs:
            await self._world.looks_at(chat_id, letter)
        message_id = await super().send(chat_id, letter)
        if fate == "dies":
            raise DiedHere
        return message_id


class World:
    def __init__(self, folder: Path, profiles: Sequence[Profile]) -> None:
        self.database = Database(f"sqlite:///{folder / 'saring.db'}")
        self.clock = FrozenClock()
        self.flow = Flow(self.database, self.clock)
        self.courier = Post(self)
        self.flow.courier = self.courier
        self.flow.send._courier = self.courier
        self.profiles = profiles
        self.recipients: dict[int, tuple[Person, Profile]] = {}  # by chat
        self.moderators: list[Person] = []
        self.posts: list[Any] = []
        self.revisions: list[int] = []  # of each post, the newest number
        self.went_live: set[int] = set()  # chats of those that were tests before

    async def begin(self) -> None:
        self.moderators = [await self.flow.moderator(f"M{n}") for n in range(3)]
        for number, profile in enumerate(self.profiles):
            person = await self.flow.recipient(f"R{number}")
            self.recipients[person.telegram_id] = person, profile
            async with self.database.work() as work:
                found = await work.recipients.of_person(person.id)
                assert found is not None
                at_once = profile.codes & {HarmCode.THREAT, HarmCode.RECRUIT}
                await work.recipients.take(found.id, profile.codes, at_once)
                await work.recipients.change(
                    found.id,
                    state=profile.state,
                    required=sorted(profile.required),
                    most_items=profile.most_items,
                )
                await work.commit()

    async def rows(self, statement: str, **values: object) -> list[Any]:
        return list(await self.flow.rows(statement, **values))

    # --- what people and time do --------------------------------------------------------------

    async def arrives(self, family: int) -> None:
        number = len(self.posts) + 1
        made = post(f"FLAG p{number}r1q {_WORDS[family]}", 1000 + number)
        self.posts.append(made)
        self.revisions.append(1)
        await self.flow.arrive(made)

    async def is_edited(self, which: int) -> None:
        if self.posts:
            number = which % len(self.posts)
            self.revisions[number] += 1
            words = f"FLAG p{number + 1}r{self.revisions[number]}q {_WORDS[which % 3]}"
            await self.flow.edit(self.posts[number], words)

    async def decides(self, who: int, choice: Choice, harm: HarmCode) -> None:
        """Somebody decides on what lies before them, after reading it for a while."""
        person = self.moderators[who]
        desk = await self.flow.desk(person)
        self.clock.advance(timedelta(seconds=6))
        if desk.card_id is None or desk.revision_id is None:
            return
        purpose = PurposeCode.NEWS if choice is Choice.DISMISS else None
        said = harm if choice is Choice.CONFIRM else None
        await self.flow.decide.choose(person, desk.card_id, desk.revision_id, choice, said, purpose)

    async def is_confirmed(self, family: int, harm: HarmCode, with_note: bool) -> None:
        """A new post, which as many people confirm as it takes; its minute for undoing passes."""
        await self.arrives(family)
        (card,) = await self.rows("SELECT max(id) AS id FROM cards")
        for _ in range(6):  # until it has come to enough of them
            for who, person in enumerate(self.moderators):
                if (await self.flow.desk(person)).card_id == card.id:
                    await self.decides(who, Choice.CONFIRM, harm)
                    if with_note:
                        await self.flow.explain.write(person, card.id, "dibaca dua kali")
                else:
                    await self.decides(who, Choice.SKIP, harm)
        self.clock.advance(A_MINUTE)

    async def undoes(self, who: int, which: int) -> None:
        if cards := await self.rows("SELECT id FROM cards ORDER BY id"):
            await self.flow.decide.undo(self.moderators[who], cards[which % len(cards)].id)

    async def explains(self, which: int) -> None:
        found = await self.rows("SELECT card_id, person_id FROM reviews WHERE stands ORDER BY id")
        if found:
            row = found[which % len(found)]
            person = next(one for one in self.moderators if one.id == row.person_id)
            await self.flow.explain.write(person, row.card_id, "dibaca dua kali")

    async def is_withdrawn(self, which: int) -> None:
        cards = await self.rows("SELECT id FROM cards WHERE state = 'referred' ORDER BY id")
        if cards:
            first, second, _ = self.moderators
            await self.flow.reverse.ask(first, cards[which % len(cards)].id, "it quotes")
            (row,) = await self.rows("SELECT max(id) AS id FROM withdrawals")
            await self.flow.reverse.second(second, SecondPress(row.id or 0, agrees=True))

    async def reopens(self, which: int) -> None:
        if cards := await self.rows("SELECT id FROM cards ORDER BY id"):
            admin = await self.flow.admin()
            await self.flow.reverse.reopen(admin, cards[which % len(cards)].id, "looked wrong")

    async def goes_live(self, which: int) -> None:
        """A line that was a test until now; what it carried is owed anew."""
        tests = [
            (chat, person)
            for chat, (person, profile) in self.recipients.items()
            if profile.state is RecipientState.TEST and chat not in self.went_live
        ]
        if tests:
            chat, person = tests[which % len(tests)]
            async with self.database.look() as work:
                found = await work.recipients.of_person(person.id)
            assert found is not None
            press = RecipientPress(found.id, Change.STATE, RecipientState.LIVE)
            await self.flow.enrol.press(await self.flow.admin(), press)
            self.went_live.add(chat)

    async def passes(self, span: timedelta) -> None:
        self.clock.advance(span)

    async def ticks(self) -> None:
        await self.flow.refer.past_undo()
        await self.flow.refer.at_once()
        await self.flow.call_again.due()
        await self.flow.reverse.correct()
        await self.flow.refer.due_digests()

    async def digests(self, fates: Sequence[str]) -> None:
        await self.flow.refer.digests_now()
        await self.posts_leave(fates)

    async def posts_leave(self, fates: Sequence[str]) -> None:
        self.courier.fates = list(fates)
        while owed := await self.flow.send.lease(20, ()):
            for one in owed:
                try:
                    await self.flow.send.one(one)
                except DiedHere:
                    continue  # its lease runs out
        self.courier.fates = []

    # --- nothing else ever leaves -------------------------------------------------------------

    async def looks_at(self, chat_id: int, letter: Letter) -> None:
        """Every revision in a letter was confirmed, by a look at that very revision that stands."""
        content = letter.attachment.content.decode("utf-8-sig") if letter.attachment else ""
        words = visible(str(letter.html)) + content
        _, profile = self.recipients[chat_id]
        assert profile.state is not RecipientState.PENDING or not _LINK.search(words)
        for number, revision in _MARK.findall(words):
            codes = await self._confirmed(int(number), int(revision))
            assert codes, f"post {number}, revision {revision} was confirmed by nobody"
            assert codes <= FORWARDABLE - {HarmCode.INSTRUCT}, codes
        for message_id in _LINK.findall(words):
            codes = await self._confirmed(int(message_id) - 1000)
            assert codes & profile.codes, f"{chat_id} takes none of {codes}"

    async def _confirmed(self, number: int, revision: int | None = None) -> set[HarmCode]:
        """The codes under which a post, or one revision of it, is confirmed."""
        found = await self.rows(
            "SELECT reviews.harm FROM reviews JOIN revisions ON revisions.id = revision_id "
            "JOIN posts ON posts.id = reviews.post_id WHERE choice = 'confirm' AND stands "
            "AND message_id = :message AND (:any OR revisions.number = :revision)",
            message=1000 + number,
            any=revision is None,
            revision=revision or 0,
        )
        return {HarmCode(row.harm) for row in found}

    # --- what was confirmed arrives -----------------------------------------------------------

    async def settles(self) -> None:
        """Whatever was held up is let go; a digest that failed is sent again."""
        for _ in range(4):
            self.clock.advance(A_MINUTE)
            await self.flow.pause.resume(await self.flow.admin())
            await self.ticks()
            await self.digests(())
            for _ in range(4):
                await self.posts_leave(())
                self.clock.advance(timedelta(minutes=11))
            for row in await self.rows(
                "SELECT DISTINCT digest_id, recipient_id FROM referrals WHERE state = 'failed'"
            ):
                admin = await self.flow.admin()
                assert await self.flow.enrol.again(admin, row.recipient_id, row.digest_id)
                await self.flow.write.due()

    async def holds(self, seen: Counter[str]) -> None:
        owed = await self.rows("SELECT id FROM outbox WHERE state IN ('owed', 'leased')")
        assert owed == []
        for chat, (_, profile) in self.recipients.items():
            got = self._got(chat, is_live=chat in self.went_live)
            for row in await self._standing():
                is_due = self._is_due(row, profile)
                seen["due" if is_due else "not due"] += 1
                if row.harm == HarmCode.INSTRUCT:  # whose words, and so whose mark, never leave
                    assert not is_due or str(row.message_id) in got, (chat, row, profile)
                else:
                    mark = f"p{row.message_id - 1000}r{row.number}q"
                    assert (mark in got) == is_due, (chat, row, profile)

    async def _standing(self) -> list[Any]:
        """Newest revisions whose confirmation stands and was not withdrawn."""
        return await self.rows(
            "SELECT cards.id, message_id, cards.harm, revisions.number, "
            "(SELECT count(*) FROM reviews WHERE card_id = cards.id AND stands "
            " AND revision_id = cards.revision_id AND choice = 'confirm') AS people, "
            "EXISTS (SELECT 1 FROM statements JOIN reviews ON reviews.id = review_id "
            " WHERE card_id = cards.id AND stands) AS is_explained "
            "FROM cards JOIN posts ON posts.id = cards.post_id "
            "JOIN revisions ON revisions.id = cards.revision_id "
            "WHERE cards.state IN ('confirmed', 'referred') "
            "AND newest_revision_id = cards.revision_id ORDER BY cards.id"
        )

    def _is_due(self, row: Any, profile: Profile) -> bool:
        wants = profile.required
        return (
            profile.state is not RecipientState.PENDING
            and row.harm in profile.codes
            and (Requirement.REASONS not in wants or bool(row.is_explained))
            and (Requirement.TWO_PEOPLE not in wants or row.people > 1)
        )

    def _got(self, chat: int, *, is_live: bool) -> set[str]:
        """Marks and message numbers in a chat's digests; is_live: in those that are no test."""
        told = [visible(str(letter.html)) for letter in self.courier.to(chat)]
        digests = [words for words in told if words.startswith(("Digest", "TEST"))]
        if is_live:
            digests = [words for words in digests if "TEST:" not in words[:99]]
        marks = {f"p{n}r{r}q" for words in digests for n, r in _MARK.findall(words)}
        return marks | {number for words in digests for number in _LINK.findall(words)}

    async def close(self) -> None:
        await self.database.close()


codes = st.frozensets(st.sampled_from(sorted(FORWARDABLE)), min_size=3)
wanted = st.frozensets(st.sampled_from([Requirement.REASONS, Requirement.TWO_PEOPLE]), max_size=1)
states = st.sampled_from(
    [RecipientState.LIVE, RecipientState.LIVE, RecipientState.TEST, RecipientState.PENDING]
)
profiles = st.lists(
    st.builds(Profile, codes, states, wanted, st.integers(1, 3)), min_size=1, max_size=3
)
places = st.integers(0, 9)
people = st.integers(0, 2)
choices = st.sampled_from([Choice.CONFIRM] * 4 + [Choice.DISMISS, Choice.UNSURE, Choice.SKIP])
harms = st.sampled_from(sorted(HarmCode))
forwardable = st.sampled_from(sorted(FORWARDABLE))
spans = st.sampled_from([timedelta(seconds=20), A_MINUTE, A_MINUTE, timedelta(hours=25)])
fates = st.lists(st.sampled_from(["arrives", "later", "dies", "refused"]), max_size=4)


def act(name: str, *values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(name), st.tuples(*values))


acts = st.one_of(
    act("arrives", people),
    act("decides", people, choices, harms),
    act("is_confirmed", people, forwardable, st.booleans()),
    act("is_confirmed", people, forwardable, st.booleans()),
    act("is_confirmed", people, forwardable, st.booleans()),
    act("undoes", people, places),
    act("explains", places),
    act("is_edited", places),
    act("is_withdrawn", places),
    act("reopens", places),
    act("goes_live", places),
    act("passes", spans),
    act("ticks"),
    act("digests", fates),
    act("digests", fates),
    act("posts_leave", fates),
)


_ALL = frozenset(FORWARDABLE)
_FOUR = [
    Profile(_ALL, RecipientState.LIVE, frozenset(), 2),
    Profile(_ALL - {HarmCode.FINANCE}, RecipientState.TEST, frozenset(), 3),
    Profile(_ALL, RecipientState.LIVE, frozenset({Requirement.REASONS}), 1),
    Profile(_ALL, RecipientState.TEST, frozenset(), 3),
]
_A_FULL_DAY = [
    ("is_confirmed", (0, HarmCode.INCITE, False)),
    ("is_confirmed", (1, HarmCode.FINANCE, True)),
    ("is_confirmed", (2, HarmCode.INSTRUCT, True)),
    ("is_confirmed", (0, HarmCode.RECRUIT, False)),
    ("digests", (["dies", "later", "dies"],)),
    ("goes_live", (0,)),  # while its digest is on its way
    ("passes", (A_MINUTE,)),
    ("posts_leave", ([],)),
    ("goes_live", (0,)),  # after it has arrived
    ("is_withdrawn", (0,)),
    ("is_confirmed", (0, HarmCode.GLORIFY, True)),
    ("digests", (["refused", "arrives", "refused"],)),
    ("is_confirmed", (1, HarmCode.THREAT, True)),
    ("ticks", ()),
    ("posts_leave", (["later"],)),
    ("is_edited", (1,)),
]


def test_what_was_confirmed_arrives_and_nothing_else(migrated_file: Path) -> None:
    seen = Counter[str]()

    async def play(folder: Path, profiles: list[Profile], acts: list[tuple[str, Any]]) -> None:
        world = World(folder, profiles)
        try:
            await world.begin()
            await world.arrives(0)
            for name, values in acts:
                await getattr(world, name)(*values)
            await world.settles()
            await world.holds(seen)
        finally:
            await world.close()

    @given(profiles, st.lists(acts, min_size=12, max_size=30))
    @example(_FOUR, _A_FULL_DAY)
    @settings(
        phases=(Phase.explicit, Phase.generate, *((Phase.shrink,) if _IS_LONG else ())),
        max_examples=int(os.environ.get("SOAK") or 4),
        deadline=None,
        derandomize=not _IS_LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def any_play(profiles: list[Profile], acts: list[tuple[str, Any]]) -> None:
        with tempfile.TemporaryDirectory(prefix="saring-promises-", dir=_MEMORY) as folder:
            shutil.copyfile(migrated_file, Path(folder) / "saring.db")
            asyncio.run(play(Path(folder), profiles, acts))

    any_play()

    assert seen["due"], "nothing was ever due: this would hold of a bot that sends nothing"
    assert seen["not due"]
