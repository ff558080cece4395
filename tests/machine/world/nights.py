"""Time passes: what the timetable does, what leaves, what is forgotten, what a crash leaves."""

from datetime import timedelta

from bot.domain.retention import Held
from tests.machine.world.people import People


class Nights(People):
    async def wait(self, span: timedelta) -> None:
        self.clock.advance(span)
        await self.tick()

    async def tick(self) -> None:
        """What the timetable does; nobody waits for a card that could be dealt."""
        self.oracle.minute_passed()
        await self.flow.refer.past_undo()
        await self.flow.refer.at_once()
        await self.flow.call_again.due()
        await self.flow.reverse.correct()
        await self.flow.refer.due_digests()
        await self.flow.answer.tell()
        self.settle()
        self.oracle.remind()
        await self.flow.remind.due()
        self.oracle.to_empty_desks()
        await self.flow.deal.wake_desks()
        self.settle()
        self._nobody_waits_in_vain()

    def _nobody_waits_in_vain(self) -> None:
        oracle = self.oracle
        for who, desk in oracle.desks.items():
            rests = desk.rests_until is not None and desk.rests_until > oracle.now
            if desk.is_on_duty and desk.card is None and not rests:
                left = [card for card in oracle.cards.values() if oracle.may_have(who, card)]
                assert not left, f"person {who} waits, and so do cards {left}"

    async def digests(self) -> None:
        self.oracle.minute_passed()
        await self.flow.refer.digests_now()
        self.settle()

    async def resume(self) -> None:
        expected = self.oracle.resume()
        assert await self.flow.pause.resume(await self.flow.admin()) == expected
        self.settle()

    async def deliver(self) -> None:
        """Everything that is owed leaves; afterwards screens show what the database says."""
        await self.flow.post_office()
        self.settle()
        await self.flow.reverse.correct()
        await self.flow.post_office()
        late = self.rows(
            "SELECT referrals.id FROM referrals JOIN cards ON cards.id = card_id "
            "WHERE cards.state = 'withdrawn' AND delivered_at IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM corrections WHERE referral_id = referrals.id AND sent_at IS NOT NULL)"
        )
        assert not late, f"referrals {late} arrived, were withdrawn, and nobody was told"
        self.settle()
        for person in self.people:
            await self.screen_is_true(person)

    # --- forgetting -------------------------------------------------------------------------

    async def forget(self) -> None:
        """A night's forgetting; what went is nowhere in the file any more, all else is there."""
        self.oracle.forget()
        await self.flow.retain.all()
        rows = self.rows(
            "SELECT message_id - 1000 AS post, number, revisions.text, forgotten_at FROM revisions "
            "JOIN posts ON posts.id = post_id"
        )
        kept = {
            (row.post, row.number): (row.forgotten_at is not None, row.text == "") for row in rows
        }
        said = {
            (post.number, number): (revision.is_forgotten, revision.is_empty)
            for post in self.oracle.posts.values()
            for number, revision in enumerate(post.revisions, 1)
        }
        assert kept == said
        gone = [f"p{post}r{number}q" for (post, number), (went, _) in said.items() if went]
        for line in self._raw.iterdump():
            assert not any(words in line for words in gone), f"not forgotten: {line[:300]}"
        self.settle()

    async def hold(self, case: int) -> str:
        expected = self.oracle.hold(case)
        said = await self.flow.retain.hold(await self.flow.admin(), case, "a court asks for it")
        assert said is Held(expected), (case, said, expected)
        self.settle()
        return expected

    async def lift(self, case: int) -> str:
        expected = self.oracle.lift(case)
        said = await self.flow.retain.lift(await self.flow.admin(), case)
        assert said is Held(expected), (case, said, expected)
        self.settle()
        return expected
