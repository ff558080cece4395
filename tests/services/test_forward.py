"""Originals follow their digest, message by message, and only as they were reviewed."""

from datetime import timedelta
from random import Random

import pytest

from bot.domain.case import CaseState
from bot.domain.channel import WatchState
from bot.domain.codes import HarmCode
from bot.domain.errors import ChatMoved, MessageGone, TryLater, Undeliverable
from bot.domain.original import Forwarded, Seen, Stays
from bot.domain.people import Person
from bot.domain.post import Entity, Post
from bot.domain.recipient import Change, RecipientPress
from bot.storage.inbox import Received
from bot.texts import say
from tests.factories import CHANNEL, Flow, post
from tests.render.letter_rules import visible

A_MINUTE = timedelta(seconds=61)
PROTECTED = Undeliverable("Message has protected content and can't be forwarded")


@pytest.fixture
async def regulator(flow: Flow) -> Person:
    """A recipient who wants the originals."""
    person = await flow.recipient()
    await wants_originals(flow, person)
    return person


async def wants_originals(flow: Flow, person: Person) -> None:
    async with flow.database.look() as work:
        one = await work.recipients.of_person(person.id)
    assert one is not None
    press = RecipientPress(one.id, Change.FORWARD)
    assert await flow.enrol.press(await flow.admin(), press) is not None


async def sent_digest(flow: Flow, *posts: Post, harm: HarmCode = HarmCode.INCITE) -> None:
    """A digest with these posts, made and waiting to leave; the channel shows them as they are."""
    person = await flow.moderator("Budi")
    for one in posts:
        for member in one.members or (one,):
            links = frozenset(entity.url for entity in member.entities if entity.url)
            flow.courier.shown[member.message_id] = Seen(member.text, links, member.media)
    await flow.arrive(*posts)
    for card in await flow.cards():
        await flow.confirm(person, card, harm)
    await flow.deal.duty(person, on=False, chat_id=person.telegram_id)
    flow.clock.advance(A_MINUTE)
    assert await flow.refer.digests_now()


def originals(flow: Flow) -> list[int]:
    """Numbers, in their channel, of what was forwarded."""
    return [message_id for _, _, _, message_id in flow.courier.forwarded]


async def notes(flow: Flow) -> list[str]:
    """What admins were told of originals."""
    seen = [visible(str(one.html)) for one in flow.courier.to(1)]
    return [one for one in seen if "original messages were not forwarded" in one]


async def fate(flow: Flow) -> list[tuple[object, object]]:
    rows = await flow.rows(
        "SELECT state, problem FROM outbox WHERE referral_id IS NOT NULL ORDER BY id"
    )
    return [(row.state, row.problem) for row in rows]


async def test_originals_follow_the_digest_in_its_order(flow: Flow, regulator: Person) -> None:
    await sent_digest(
        flow,
        post("FLAG pertama di lapangan malam ini", 71),
        post("FLAG kedua, soal uang", 70, entities=(Entity("url", 0, 4, "https://x.example"),)),
    )

    await flow.post_office()

    *_, head = [visible(str(one.html)) for one in flow.courier.to(regulator.telegram_id)]
    assert "original messages of items 1, 2" in head
    assert flow.courier.sent[-1][2].html in str(flow.courier.to(regulator.telegram_id)[-1].html)
    assert sorted(originals(flow)) == [70, 71]
    assert {chat for chat, *_ in flow.courier.forwarded} == {regulator.telegram_id}
    assert {channel for *_, channel, _ in flow.courier.forwarded} == {CHANNEL.chat_id}
    assert (await flow.audited()).count("original forwarded") == 2
    assert await notes(flow) == []


async def test_nobody_gets_originals_unless_an_admin_says_so(flow: Flow) -> None:
    person = await flow.recipient()
    await sent_digest(flow, post("FLAG serang"))

    await flow.post_office()

    assert originals(flow) == []
    assert len(flow.courier.to(person.telegram_id)) == 1


async def test_album_is_forwarded_whole_and_in_order(flow: Flow, regulator: Person) -> None:
    members = [
        post(text, n, album_id="a1", media=("photo",))
        for n, text in ((82, ""), (81, "FLAG serang sekarang juga"), (83, "lagi"))
    ]
    for one in members:
        flow.courier.shown[one.message_id] = Seen(one.text, frozenset(), one.media)

    await sent_digest(flow, *members)
    await flow.post_office()

    assert originals(flow) == [81, 82, 83]


async def test_attack_know_how_is_never_forwarded(flow: Flow, regulator: Person) -> None:
    await sent_digest(flow, post("FLAG serang"), harm=HarmCode.INSTRUCT)

    await flow.post_office()

    assert originals(flow) == []
    assert await fate(flow) == []
    assert not any("original" in str(one.html) for one in flow.courier.to(regulator.telegram_id))


async def test_refused_original_is_noted_once_and_holds_nothing_back(
    flow: Flow, regulator: Person
) -> None:
    await sent_digest(flow, post("FLAG pertama di lapangan", 71), post("FLAG kedua, uang", 72))
    *_, head = await due(flow)
    flow.courier.fails(regulator.telegram_id, PROTECTED)

    for _ in range(2):
        await flow.post_office()

    assert head == "forward"
    assert len(originals(flow)) == 1
    (note,) = await notes(flow)
    assert "Digest 1 (Regulator): 1 of 2 original messages" in note
    assert "protected content and can't be forwarded (1)" in note
    assert (await flow.audited()).count("original not forwarded") == 1
    rows = await flow.rows("SELECT state FROM referrals")
    assert {row.state for row in rows} == {"delivered"}
    assert (await flow.report.status()).failed == 0


async def due(flow: Flow) -> list[str]:
    """Sends letter by letter until the line before the originals is out; the kinds that went."""
    kinds = []
    while "forward" not in kinds:
        for one in await flow.send.lease(1, ()):
            await flow.send.one(one)
            kinds.append(one.kind)
    return kinds


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("edited", Stays.EDITED),
        ("withdrawn", Stays.WITHDRAWN),
        ("gone", Stays.GONE),
        ("removed", Stays.UNWATCHED),
        ("private", Stays.PRIVATE),
        ("forgotten", Stays.FORGOTTEN),
        ("unwanted", Stays.UNWANTED),
        ("late", Stays.LATE),
    ],
)
async def test_what_changed_after_the_digest_left_is_not_forwarded(
    flow: Flow, regulator: Person, change: str, reason: Stays
) -> None:
    original = post("FLAG serang", 71)
    await sent_digest(flow, original)
    await due(flow)

    if change == "edited":
        await flow.edit(original, "FLAG kata lain")
    elif change == "unwanted":
        await wants_originals(flow, regulator)
    elif change == "late":
        flow.clock.advance(timedelta(days=1, seconds=1))
    else:
        await happens(flow, change)
    await flow.post_office()

    assert originals(flow) == []
    assert await fate(flow) == [("failed", reason)]
    (note,) = await notes(flow)
    assert f"{say('en', f'original-{reason}')} (1)" in note


async def happens(flow: Flow, change: str) -> None:
    (card,) = await flow.cards()
    async with flow.database.work() as work:
        channel = await work.channels.find(CHANNEL, for_update=True)
        assert channel is not None
        if change == "withdrawn":
            await work.cards.withdrawn(card.id)
        elif change == "gone":
            await work.rechecks.gone(card.post_id, flow.clock.now())
        elif change == "removed":
            await work.channels.set_state(channel.id, WatchState.REMOVED)
        elif change == "private":
            await work.channels.lose_name(channel.id)
        else:
            await work.retention.forget_words([card.post_id], flow.clock.now())
        await work.commit()


@pytest.mark.parametrize(
    "now_reads", [Seen("FLAG serang besok"), Seen("FLAG serang", media=("photo",)), None]
)
async def test_edit_that_nobody_told_us_of_is_taken_back(
    flow: Flow, regulator: Person, now_reads: Seen | None
) -> None:
    await sent_digest(flow, post("FLAG serang", 71))
    if now_reads is None:
        del flow.courier.shown[71]
    else:
        flow.courier.shown[71] = now_reads

    await flow.post_office()

    ((chat, message, _, _),) = flow.courier.forwarded
    assert flow.courier.deleted == [(chat, message)]
    assert await fate(flow) == [("failed", Stays.OTHERWISE)]
    assert "otherwise than what was reviewed, and was taken back (1)" in (await notes(flow))[0]


async def test_taking_back_is_tried_until_it_is_done_and_forwards_nothing_more(
    flow: Flow, regulator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sent_digest(flow, post("FLAG serang", 71))
    flow.courier.shown[71] = Seen("FLAG serang besok")
    delete, answers = flow.courier.delete, [TryLater("down", 5.0), MessageGone()]

    async def failing(chat_id: int, message_id: int) -> None:
        await delete(chat_id, message_id)
        raise answers.pop(0)

    monkeypatch.setattr(flow.courier, "delete", failing)
    await flow.post_office()
    assert await fate(flow) == [("owed", "down")]
    flow.clock.advance(timedelta(seconds=5))
    await flow.post_office()

    ((chat, message, _, _),) = flow.courier.forwarded
    assert flow.courier.deleted == [(chat, message)] * 2
    assert await fate(flow) == [("failed", Stays.OTHERWISE)]


async def test_edit_that_cannot_be_taken_back_is_said(
    flow: Flow, regulator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sent_digest(flow, post("FLAG serang", 71))
    flow.courier.shown[71] = Seen("FLAG serang besok")

    async def refused(chat_id: int, message_id: int) -> None:
        raise Undeliverable("Message can't be deleted")

    monkeypatch.setattr(flow.courier, "delete", refused)
    await flow.post_office()

    assert (
        "edited, and could not be taken back: Message can't be deleted (1)"
        in (await notes(flow))[0]
    )


async def test_news_of_the_channel_is_read_first(flow: Flow, regulator: Person) -> None:
    await sent_digest(flow, post("FLAG serang", 71))
    news = Received(9, "post", {"edited_channel_post": {"chat": {"id": CHANNEL.chat_id}}})
    other = Received(8, "post", {"channel_post": {"chat": {"id": -1009}}})
    async with flow.database.work() as work:
        await work.inbox.keep([news, other], flow.clock.now())
        await work.commit()

    await flow.post_office()
    waiting = originals(flow)
    async with flow.database.work() as work:
        await work.inbox.handled([9], flow.clock.now())
        await work.commit()
    flow.clock.advance(timedelta(seconds=2))
    await flow.post_office()

    assert (waiting, originals(flow)) == ([], [71])


async def test_later_digest_overtakes_originals_that_wait(flow: Flow, regulator: Person) -> None:
    await sent_digest(flow, post("FLAG pertama di lapangan", 71), post("FLAG kedua, uang", 72))
    await due(flow)
    flow.courier.fails(regulator.telegram_id, TryLater("slow down", 600.0))
    await flow.post_office()
    assert originals(flow) == []

    await sent_digest(flow, post("FLAG ketiga, ajakan berangkat", 73))
    await flow.post_office()
    heard = "Digest 2" in visible(str(flow.courier.to(regulator.telegram_id)[-1].html))
    flow.clock.advance(timedelta(minutes=10))
    await flow.post_office()

    assert heard
    assert sorted(originals(flow)) == [71, 72, 73]


async def test_one_message_a_chat_is_leased_at_a_time(flow: Flow, regulator: Person) -> None:
    """What is forwarded and what is written must not go to one chat side by side."""
    await sent_digest(flow, post("FLAG pertama di lapangan", 71), post("FLAG kedua, uang", 72))

    while owed := await flow.send.lease(20, ()):
        chats = [one.chat_id for one in owed]
        assert len(chats) == len(set(chats))
        for one in owed:
            await flow.send.one(one)

    assert len(originals(flow)) == 2


async def test_crash_after_forwarding_forwards_once_more(flow: Flow, regulator: Person) -> None:
    await sent_digest(flow, post("FLAG serang", 71))
    await due(flow)
    (owed,) = await flow.send.lease(1, ())
    await flow.courier.forward(owed.chat_id, CHANNEL.chat_id or 0, 71)

    flow.clock.advance(A_MINUTE)  # the lease of a process that is no more
    await flow.post_office()

    assert originals(flow) == [71, 71]
    assert await fate(flow) == [("sent", None)]


async def test_group_that_moved_gets_its_originals(flow: Flow, regulator: Person) -> None:
    await sent_digest(flow, post("FLAG serang", 71))
    await due(flow)
    flow.courier.fails(regulator.telegram_id, ChatMoved(-100777))

    await flow.post_office()

    assert [chat for chat, *_ in flow.courier.forwarded] == [-100777]


async def test_digest_that_fails_takes_its_originals_along(flow: Flow, regulator: Person) -> None:
    await sent_digest(flow, post("FLAG serang", 71))
    flow.courier.fails(regulator.telegram_id, Undeliverable("Forbidden"))

    await flow.post_office()

    assert originals(flow) == []
    assert await notes(flow) == []


async def test_post_that_another_source_read_is_left_to_its_quote(
    flow: Flow, regulator: Person
) -> None:
    """Where the bot is not told of edits, what stands there now is anybody's guess."""
    await flow.arrive(post("FLAG serang", 71))
    async with flow.database.work() as work:
        await work.connection.exec_driver_sql("UPDATE revisions SET source = 'preview'")
        await work.commit()

    person = await flow.moderator("Budi")
    await flow.confirm(person, (await flow.cards())[0])
    flow.clock.advance(A_MINUTE)
    await flow.refer.digests_now()
    await flow.post_office()

    assert originals(flow) == []
    assert await fate(flow) == []


class Walk:
    """A channel, its posts and people, moved at random; what a recipient saw is kept as it was."""

    def __init__(self, flow: Flow, seed: int) -> None:
        self.flow = flow
        self.chance = Random(seed)
        self.posts: list[Post] = []
        self.moderators: list[Person] = []
        self.seen: dict[int, tuple[int, str]] = {}  # by the recipient's message: channel's, words
        flow.courier.forward = self._forward  # type: ignore[method-assign]

    async def _forward(self, chat_id: int, from_chat_id: int, message_id: int) -> Forwarded:
        """As Telegram does: what stands there at that moment."""
        number = len(self.seen) + 9_000
        shown = self.flow.courier.shown.get(message_id)
        if shown is None:
            raise Undeliverable("message to forward not found")
        if self.chance.random() < 0.1:
            raise PROTECTED
        if self.chance.random() < 0.2:
            raise TryLater("slow down", 1.0)
        withdrawn = await self.flow.rows(
            "SELECT c.id FROM cards c JOIN posts p ON p.id = c.post_id"
            f" WHERE p.message_id = {message_id} AND c.revision_id = p.newest_revision_id"
            " AND (c.state = 'withdrawn' OR c.harm = 'INSTRUCT')"
        )
        assert not withdrawn
        self.seen[number] = (message_id, shown.text)
        return Forwarded(number, shown)

    async def step(self) -> None:
        moves = (self._post, self._edit, self._vanish, self._withdraw, self._confirm, self._send)
        await self.chance.choices(moves, (4, 3, 1, 1, 8, 5))[0]()

    async def _post(self) -> None:
        one = post(f"FLAG {self.chance.choice(WORDS)} {self.chance.random()}")
        self.posts.append(one)
        self.flow.courier.shown[one.message_id] = Seen(one.text)
        await self.flow.arrive(one)

    async def _edit(self) -> None:
        """Of every other edit no update tells."""
        standing = [one for one in self.posts if one.message_id in self.flow.courier.shown]
        if standing:
            one = self.chance.choice(standing)
            words = f"FLAG {self.chance.choice(WORDS)} {self.chance.random()}"
            self.flow.courier.shown[one.message_id] = Seen(words)
            if self.chance.random() < 0.5:
                await self.flow.edit(one, words)

    async def _vanish(self) -> None:
        if self.posts:
            self.flow.courier.shown.pop(self.chance.choice(self.posts).message_id, None)

    async def _confirm(self) -> None:
        person = self.chance.choice(self.moderators)
        desk = await self.flow.desk(person)
        if desk.card_id is not None:
            card = await self.flow.card(desk.card_id)
            await self.flow.confirm(person, card, self.chance.choice(CODES))
        self.flow.clock.advance(timedelta(seconds=self.chance.choice([20, 70])))

    async def _send(self) -> None:
        await self.flow.refer.digests_now()
        for _ in range(self.chance.randrange(15)):
            for owed in await self.flow.send.lease(20, ()):
                await self.flow.send.one(owed)

    async def _withdraw(self) -> None:
        referred = [one for one in await self.flow.cards() if one.state is CaseState.REFERRED]
        if referred:
            card = self.chance.choice(referred)
            async with self.flow.database.work() as work:
                await work.cards.withdrawn(card.id)
                await work.referrals.withdraw_unsent(card.id, "withdrawn")
                await work.commit()


CODES = (*[HarmCode.INCITE, HarmCode.FINANCE] * 3, HarmCode.INSTRUCT)
WORDS = ("serang pos itu malam ini", "kirim uang ke sini", "mari berangkat bersama kami")


@pytest.mark.parametrize("seed", [1])
async def test_nothing_stays_forwarded_that_no_review_of_that_very_revision_names(
    flow: Flow, regulator: Person, seed: int
) -> None:
    walk = Walk(flow, seed)
    walk.moderators = [await flow.moderator(name) for name in ("Ani", "Budi")]
    for _ in range(40):
        await walk.step()
    flow.clock.advance(timedelta(hours=1))
    await flow.refer.digests_now()
    await flow.post_office()

    taken_back = {message for _, message in flow.courier.deleted}
    reviewed = await flow.rows(
        "SELECT p.message_id, r.text, v.harm FROM reviews v"
        " JOIN revisions r ON r.id = v.revision_id JOIN posts p ON p.id = r.post_id"
        " WHERE v.choice = 'confirm' AND v.stands"
    )
    named = {(row.message_id, row.text) for row in reviewed if row.harm != "INSTRUCT"}
    kept = [walk.seen[number] for number in set(walk.seen) - taken_back]
    assert kept
    assert set(kept) <= named
