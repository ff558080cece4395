"""Calls people: to a threat at once, when a target is near, and admins when one was missed.

Each card calls for each reason once, which is a row; a crash in between only means "later".
"""

from collections.abc import Sequence

from bot.domain.targets import Call
from bot.ports import Clock, Letter
from bot.render.times import local_clock
from bot.services.deal import Deal
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.queue import Overdue
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say


async def call_to_threat(work: UnitOfWork, clock: Clock, card_id: int, case_id: int) -> None:
    """Everybody on duty hears that a post may announce an attack; admins, if nobody is on duty."""
    if await work.queue.was_called(card_id, Call.THREAT):
        return
    await work.queue.called([card_id], Call.THREAT, clock.now())
    if not await _tell_on_duty(work, clock, "told-threat", case=case_id):
        await tell_admins(work, clock, "told-threat-unattended", case=case_id)


async def _tell_on_duty(work: UnitOfWork, clock: Clock, key: str, **values: object) -> bool:
    """Owes a notice that is heard to everybody on duty; whether there was anybody."""
    on_duty = await work.desks.on_duty()
    for person_id in on_duty:
        person = await work.people.by_id(person_id)
        assert person is not None  # a foreign key says so
        letter = Letter(say(person.language, key, **values))
        await work.outbox.owe_notice(person.telegram_id, letter, clock.now())
    return bool(on_duty)


class Remind:
    def __init__(self, database: Database, clock: Clock, deal: Deal) -> None:
        self._database = database
        self._clock = clock
        self._rules = deal.rules

    async def due(self) -> int:
        """Calls whoever is to be called now; about how many cards.

        A notice a reason, however many cards: a night without moderators is no flood of messages.
        """
        now, targets = self._clock.now(), self._rules.targets
        async with self._database.look() as work:
            if not (
                await work.queue.near(now, targets)
                or await work.queue.missed(now)
                or await work.queue.unseen(now, targets.first_look)
            ):
                return 0
        async with self._database.work() as work:
            await work.audit.hold()
            missed = await work.queue.missed(now)
            unseen = await work.queue.unseen(now, targets.first_look)
            lost = {one.card_id for one in missed}
            near = await work.queue.near(now, targets)
            await self._call_near(work, [one for one in near if one.card_id not in lost])
            await self._escalate(work, "told-unseen", Call.UNSEEN, unseen)
            await self._escalate(work, "told-missed", Call.MISSED, missed)
            # What was missed is not announced as near any more.
            await work.queue.called([one.card_id for one in near], Call.NEAR, now)
            await work.commit()
        return len(missed) + len(unseen) + len(near)

    async def _call_near(self, work: UnitOfWork, near: Sequence[Overdue]) -> None:
        if not near:
            return
        first = min(one.due_at for one in near)
        until = local_clock(first, self._rules.timezone)
        values = {"posts": len(near), "until": until}
        if not await _tell_on_duty(work, self._clock, "told-near", **values):
            await tell_admins(work, self._clock, "told-near-unattended", **values)

    async def _escalate(
        self, work: UnitOfWork, key: str, call: Call, overdue: Sequence[Overdue]
    ) -> None:
        if not overdue:
            return
        await work.queue.called([one.card_id for one in overdue], call, self._clock.now())
        on_duty = await work.desks.count_on_duty()
        cases = ", ".join(str(one.case_id) for one in overdue[:5])
        cases += "…" if len(overdue) > 5 else ""
        await tell_admins(work, self._clock, key, posts=len(overdue), cases=cases, on_duty=on_duty)
