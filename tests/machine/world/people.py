"""People come, practise, go on duty, are removed; recipients answer, and disputes are settled."""

from collections.abc import Sequence
from typing import Any

from bot.domain.people import Role
from bot.domain.receipt import DisputePress, DisputeState, ReplyCode
from bot.domain.reversal import SecondPress
from bot.services.part import Parted
from bot.storage.tables import metadata
from tests.machine.world.desks import Desks


class People(Desks):
    # --- shifts -----------------------------------------------------------------------------

    async def duty(self, who: int, *, on: bool) -> str:
        person = self.people[who]
        if not self.oracle.desks[person.id].is_moderator:
            return "no moderator"
        expected = self.oracle.duty(person.id, on=on)
        said = await self.flow.deal.duty(person, on=on, chat_id=person.telegram_id)
        assert said == expected, (who, said, expected)
        self.settle()
        return expected

    async def remove(self, who: int) -> None:
        person = self.people[who]
        was_there = self.oracle.desks[person.id].is_moderator
        if was_there:
            self.oracle.goes(person.id, is_removed=True)
        parted = await self.flow.part.remove(await self.flow.admin(), person.id, Role.MODERATOR)
        assert parted is (Parted.REMOVED if was_there else Parted.NOT_HELD)
        self.settle()

    async def block(self, who: int) -> None:
        person = self.people[who]
        self.oracle.goes(person.id, is_removed=False)
        await self.flow.deal.blocked(person.telegram_id)
        self.settle()

    async def come_back(self, who: int) -> None:
        person = self.people[who]
        self.oracle.comes_back(person.id)
        await self.flow.person(Role.MODERATOR, person.telegram_id, person.name)
        self.settle()

    # --- practice ---------------------------------------------------------------------------

    async def practise(self, who: int, answers: Sequence[bool]) -> None:
        """Plays sample cards; nothing of anything real changes by it."""
        person, before = self.people[who], self._real()
        right = self.oracle.desks[person.id].practised
        for is_right in answers:
            exercise = await self.lessons.stand(person)
            assert exercise.passed == len(right)
            if exercise.sample is None:
                assert exercise.wanted == len(right) == self.rules.practice
                break
            assert exercise.sample.id not in right
            guess = exercise.sample.is_propaganda is is_right
            answered = await self.lessons.answer(person, exercise.sample.id, is_propaganda=guess)
            assert answered.is_right is is_right
            if is_right:
                right.add(exercise.sample.id)
        assert self._real() == before, "practice left a mark on real figures"
        self.settle()

    def _real(self) -> dict[str, Sequence[Any]]:
        """Every row there is, practice aside."""
        tables = [table.name for table in metadata.sorted_tables]
        return {
            name: self.rows(f"SELECT * FROM {name}")
            for name in tables
            if name != "practice_answers"
        }

    # --- recipients -------------------------------------------------------------------------

    async def answer(self, number: int, code: ReplyCode, *, is_theirs: bool = True) -> str:
        person = self.officer if is_theirs else self.stranger
        expected, asked = self.oracle.answer(number, code.value, is_theirs=is_theirs)
        said = await self.flow.answer.one(person, number, code)
        kept = "kept" if said.kept else "unchanged" if said.unchanged else "foreign"
        assert kept == expected, (number, code, said, expected)
        if asked is not None:
            self._moderators_are_asked(asked)
        self.settle()
        return kept

    def _moderators_are_asked(self, card: int) -> None:
        newest = (self.rows("SELECT max(id) AS id FROM disputes"))[0].id
        self.oracle.opens_dispute(newest, card)
        owed = self.rows(
            f"SELECT chat_id FROM outbox WHERE letter LIKE '%dispute:{newest}:agreed%'"
        )
        asked = [self._person(who).telegram_id for who in self.oracle.asked_about(card)]
        assert sorted(row.chat_id for row in owed) == sorted(asked)

    async def dispute(self, who: int, number: int, word: DisputeState) -> bool:
        """Whether the word of a moderator counted."""
        person = self.people[who]
        expected = self.oracle.disputed(person.id, number, word.value)
        counted, _ = await self.flow.answer.decide(person, DisputePress(number, word))
        assert counted == expected, (who, number, word)
        self.settle()
        return counted

    # --- taken back -------------------------------------------------------------------------

    async def reopen(self, card: int) -> str:
        expected = self.oracle.reopen(card)
        said = await self.flow.reverse.reopen(await self.flow.admin(), card, "a second thought")
        assert said.value == expected, (card, said, expected)
        self.settle()
        return expected

    async def ask(self, who: int, card: int) -> str:
        expected = self.oracle.ask(self.people[who].id, card)
        said, _ = await self.flow.reverse.ask(self.people[who], card, "a second thought")
        assert said.value == expected, (card, said, expected)
        self.settle()
        return expected

    async def second(self, who: int, card: int, *, agrees: bool) -> str:
        expected = self.oracle.second(self.people[who].id, card, agrees=agrees)
        rows = self.rows(f"SELECT max(id) AS id FROM withdrawals WHERE card_id = {card}")
        press = SecondPress(rows[0].id or 0, agrees)
        said = await self.flow.reverse.second(self.people[who], press)
        assert said.value == expected, (card, said, expected)
        self.settle()
        return expected
