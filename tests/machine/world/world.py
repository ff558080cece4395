"""The real services on one database file, and the oracle; what is done to one is done to both."""

from bot.domain.people import Role
from tests.machine.oracle.state import Desk
from tests.machine.world.nights import Nights
from tests.machine.world.stage import VETERANS


class World(Nights):
    async def begin(self) -> None:
        """Everybody is as `prepare` left them: three on duty, one who has not practised."""
        async with self.database.look() as work:
            for number in [row.id for row in self.rows("SELECT id FROM people ORDER BY id")]:
                person = await work.people.by_id(number)
                assert person is not None  # read just now
                if person.holds(Role.MODERATOR):
                    self.people.append(person)
                elif person.name == "Regulator":
                    self.officer = person
                elif person.holds(Role.RECIPIENT):
                    self.stranger = person
        for person in self.people:
            self._oracle.desks[person.id] = Desk(person.id)
        right = self.rows("SELECT DISTINCT person_id, sample FROM practice_answers")
        for row in right:
            self._oracle.desks[row.person_id].practised.add(row.sample)
        for person in self.people[: len(VETERANS)]:
            self.oracle.duty(person.id, on=True)
        rows = self.rows("SELECT coalesce(max(id), 0) AS id FROM outbox")
        self._letters = rows[0].id
        began = self.rows("SELECT event, count(*) AS times FROM audit GROUP BY event")
        self._oracle.events.clear()
        self._oracle.events.update({row.event: row.times for row in began})
        await self.check()

    async def restart(self) -> None:
        """Everything that a process holds is gone; rows and screens stay."""
        await self.database.close()
        self._open()
        self.settle()
