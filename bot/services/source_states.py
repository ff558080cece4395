"""How each way in which posts come in stands now."""

from collections import Counter

from bot.domain.health import Health
from bot.domain.post import SourceKind
from bot.domain.status import SourceState
from bot.ports import Clock
from bot.services.oversee import Oversee
from bot.storage.database import Database


class SourceStates:
    def __init__(self, database: Database, clock: Clock, oversee: Oversee) -> None:
        self._database = database
        self._clock = clock
        self._oversee = oversee

    async def all(self) -> list[SourceState]:
        seen = await self._oversee.everything()
        read: Counter[SourceKind | None] = Counter()
        for one in seen:
            read[one.source] += one.count
        async with self._database.look() as work:
            switches = [await work.sources.get(source) for source in SourceKind]
            host = await work.sources.host()
            healths = await work.watches.count_by_health()
            names = {
                switch.changed_by: person.name
                for switch in switches
                if switch.changed_by and (person := await work.people.by_id(switch.changed_by))
            }
        rests = host.paused_until if host.is_paused(self._clock.now()) else None
        not_well = {health.value: n for health, n in healths.items() if health is not Health.WELL}
        return [
            SourceState(
                source=switch.source,
                is_on=switch.is_on,
                channels=read[switch.source],
                not_well=not_well if self._is_read(switch.source, is_on=switch.is_on) else {},
                rests_until=rests if self._is_read(switch.source, is_on=switch.is_on) else None,
                legal_basis=switch.legal_basis or "",
                changed_at=switch.changed_at,
                by=names.get(switch.changed_by or 0, ""),
            )
            for switch in switches
        ]

    @staticmethod
    def _is_read(source: SourceKind, *, is_on: bool) -> bool:
        return is_on and source is SourceKind.PREVIEW
