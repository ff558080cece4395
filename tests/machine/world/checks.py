"""What must hold after every step: the database says what the oracle says, and desks show it."""

import json
import re
from collections import Counter
from typing import Any

from bot.domain.audit import verify
from bot.domain.desk import View
from bot.domain.people import Person
from bot.render.times import local_clock
from bot.texts import Html, say
from tests.factories import JAKARTA
from tests.machine.oracle.calling import Called
from tests.machine.oracle.state import Card, Desk
from tests.machine.world.stage import ADMIN, FIRST_MESSAGE, Stage, moment

MARK = re.compile(r"p\d+r\d+q")
_SHOWS_WORDS = (View.CARD, View.LIKE, View.FULL, View.HARM, View.PURPOSE)
_CARDS = (
    "SELECT cards.*, number, message_id FROM cards JOIN revisions ON revisions.id = revision_id "
    "JOIN posts ON posts.id = cards.post_id ORDER BY cards.id"
)
_DESKS = (
    "SELECT desks.*, revisions.number, (SELECT count(*) FROM roles "
    "WHERE roles.person_id = desks.person_id AND role = 'moderator') AS is_moderator FROM desks "
    "LEFT JOIN revisions ON revisions.id = desks.revision_id ORDER BY desks.person_id"
)
_UNATTENDED = {"threat": "-unattended", "near": "-unattended"}
# As they begin, whoever is called and whatever about.
_CALLING = re.compile(
    "may announce an attack|should be decided soon|w(?:as|ere) not decided in time"
)
_REFERRALS = "SELECT id, card_id, state, delivered_at FROM referrals ORDER BY id"


class Checks(Stage):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._drawn: dict[int, Any] = {}  # desks as they were when they were last looked at

    async def check(self) -> None:
        self.settle()
        await self._desks_show_it()
        self._referrals_stand()

    def agree(self) -> str:
        """What the two do not agree on; nothing: an empty line."""
        cards = {row.id: _card_row(row) for row in self.rows(_CARDS)}
        said = {card.number: _card_said(card) for card in self._oracle.cards.values()}
        if cards != said:
            return f"cards are {cards}\nand not {said}"
        for row in self.rows(_DESKS):
            desk = self._oracle.desks[row.person_id]
            found, known = self._desk_row(row), self._desk_said(desk)
            if found != known:
                return f"the desk of {row.person_id} is {found}\nand not {known}"
            if row.card_id is not None and bool(row.like_card_id) != bool(desk.beside):
                return f"beside {row.card_id} lies {row.like_card_id}, and not one of {desk.beside}"
            if row.like_card_id is not None and row.like_card_id not in desk.beside:
                return f"{row.like_card_id} lies there, and not one of {desk.beside}"
        return ""

    def settle(self) -> None:
        """Holds the database against the oracle, and tells it what it cannot know."""
        difference = self.agree()
        assert not difference, difference
        for row in self.rows(_DESKS):
            if row.like_card_id is not None:
                self._oracle.desks[row.person_id].beside = frozenset({row.like_card_id})
        for row in self.rows(_REFERRALS):
            self._oracle.told(row.id, row.card_id, row.state, moment(row.delivered_at))
        disputes = self.rows("SELECT id, state FROM disputes ORDER BY id")
        assert {row.id: row.state for row in disputes} == {
            number: one.state for number, one in self._oracle.disputes.items()
        }
        self._calls_were_made()
        held = self.rows("SELECT case_id FROM holds")
        assert {row.case_id for row in held} == self._oracle.held
        cases = self.rows("SELECT id FROM cases")
        assert {row.id for row in cases} == {one.case for one in self._oracle.cards.values()}

    # --- desks ------------------------------------------------------------------------------

    def _desk_said(self, desk: Desk) -> tuple[object, ...]:
        rests = desk.rests_until
        return (
            desk.is_moderator,
            desk.is_on_duty,
            desk.card,
            desk.revision,
            desk.view,
            (desk.page, desk.pages) if desk.card else None,
            desk.dealt_at if desk.card else None,
            rests if rests and rests > self.clock.now() else None,
        )

    def _desk_row(self, row: Any) -> tuple[object, ...]:
        rests = moment(row.rests_until)
        return (
            bool(row.is_moderator),
            bool(row.is_on_duty),
            row.card_id,
            row.number,
            row.view,
            (row.page, row.pages_seen) if row.card_id else None,
            moment(row.dealt_at) if row.card_id else None,
            rests if rests and rests > self.clock.now() else None,
        )

    async def _desks_show_it(self) -> None:
        for row in self.rows(_DESKS):
            if self._drawn.get(row.person_id) == row:
                continue
            self._drawn[row.person_id] = row
            letter, _ = await self.flow.draw.desk(row.person_id)
            words = set(MARK.findall(str(letter.html)))
            if row.card_id is None:
                assert not words, f"an empty desk shows {words}"
                continue
            card = self._oracle.cards[row.card_id]
            beside = self._oracle.cards.get(row.like_card_id or 0)
            allowed = {_mark(card)} | ({_mark(beside)} if beside else set())
            if row.view in _SHOWS_WORDS:  # other views tell of other posts
                wanted = {_mark(card)} if row.page == 0 else set()
                assert wanted <= words <= allowed, (row.view, words, allowed)

    async def screen_is_true(self, person: Person) -> None:
        """Messages that were desks show no words any more; the newest shows what lies there."""
        desk = self.rows(f"SELECT * FROM desks WHERE person_id = {person.id}")
        if not desk:
            return
        drawn, message_id = await self.flow.draw.desk(person.id)
        for (chat, message), letter in self.screens.shown.items():
            if chat != person.telegram_id:
                continue
            words = MARK.findall(str(letter.html))
            if message != message_id:
                assert not words or "dispute:" in str(letter.as_json()), (
                    f"an old desk of {person.name} shows {words}"
                )
            elif desk[0].view in _SHOWS_WORDS:
                true = set(MARK.findall(str(drawn.html)))
                assert set(words) == true, f"{person.name} reads {words}, and not {true}"

    # --- what leaves ------------------------------------------------------------------------

    def _referrals_stand(self) -> None:
        loose = self.rows(
            "SELECT referrals.id FROM referrals WHERE NOT EXISTS (SELECT 1 FROM reviews "
            "WHERE reviews.id = referrals.review_id AND reviews.stands AND choice = 'confirm' "
            "AND reviews.saw_all AND reviews.revision_id = referrals.revision_id "
            "AND reviews.card_id = referrals.card_id)"
        )
        assert not loose, f"referrals {loose} rest on no confirmation that stands"
        unwritten = self.rows(
            "SELECT id FROM digests WHERE EXISTS (SELECT 1 FROM referrals "
            "WHERE digest_id = digests.id AND state = 'leased') AND NOT EXISTS "
            "(SELECT 1 FROM outbox WHERE digest_id = digests.id AND kind = 'digest')"
        )
        assert not unwritten, f"digests {unwritten} are made, and no letter is owed"
        sent = {
            card.number
            for card in self._oracle.cards.values()
            if card.state in ("referred", "withdrawn")
        }
        assert {one.card for one in self._oracle.referrals.values()} == sent

    def _calls_were_made(self) -> None:
        kept = self.rows("SELECT card_id, call FROM calls")
        assert {(row.call, row.card_id) for row in kept} == self._oracle.calls
        owed = self.rows(
            f"SELECT id, chat_id, letter FROM outbox WHERE kind = 'notice' AND id > {self._letters}"
        )
        newest = self.rows("SELECT coalesce(max(id), 0) AS id FROM outbox")
        self._letters = newest[0].id  # of what was sent, numbers are used again
        made = Counter((row.chat_id, json.loads(row.letter)["html"]) for row in owed)
        wanted = Counter(
            (chat, str(self._words(called)))
            for called in self._oracle.letters
            for chat in [self._telegram_id(who) for who in called.to] or [ADMIN]
        )
        self._oracle.letters.clear()
        calls = Counter({one: times for one, times in made.items() if _CALLING.search(one[1])})
        assert calls == wanted, f"called {calls - wanted}, and not {wanted - calls}"

    def _words(self, called: Called) -> Html:
        cards = [self._oracle.cards[number] for number in called.cards]
        cases = ", ".join(str(card.case) for card in cards[:5]) + "…" * (len(cards) > 5)
        return say(
            "en",
            f"told-{called.why}" + _UNATTENDED.get(called.why, "") * (not called.to),
            case=cards[0].case,
            cases=cases,
            posts=len(cards),
            until=local_clock(min(card.due_at for card in cards), JAKARTA),
            on_duty=len(self._oracle.on_duty),
        )

    def _telegram_id(self, who: int) -> int:
        return next(one.telegram_id for one in self.people if one.id == who)

    # --- the log ----------------------------------------------------------------------------

    async def the_log_is_whole(self) -> None:
        """Every entry hangs on the one before, and there is one for everything that happened."""
        async with self.database.look() as work:
            entries = [entry async for entry in work.audit.entries()]
            newest = await work.audit.newest_hash()
        assert verify(entries, newest) == len(entries)
        rows = self.rows("SELECT event, count(*) AS times FROM audit GROUP BY event")
        kept = {row.event: row.times for row in rows}
        said = {event: times for event, times in self._oracle.events.items() if times}
        wrong = {one: (kept.get(one, 0), times) for one, times in said.items()}
        wrong = {one: pair for one, pair in wrong.items() if pair[0] != pair[1]}
        assert not wrong, f"in the log, and in truth: {wrong}"


def _mark(card: Card) -> str:
    return f"p{card.post}r{card.revision}q"


def _card_row(row: Any) -> tuple[object, ...]:
    return (
        row.state,
        row.number,
        row.message_id - FIRST_MESSAGE,
        row.harm or row.purpose,
        row.case_id,
        row.looks_like_case_id,
        bool(row.is_urgent),
        moment(row.due_at),
        row.score,
        row.claimed_by,
        moment(row.claimed_until),
    )


def _card_said(card: Card) -> tuple[object, ...]:
    return (
        card.state,
        card.revision,
        card.post,
        card.code,
        card.case,
        card.looks_like,
        card.is_urgent,
        card.due_at,
        card.score,
        card.held_by,
        card.held_until,
    )
