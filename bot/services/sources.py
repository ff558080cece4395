"""Switches the web preview on and off: off until an admin answers for the legal basis."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.ports import Clock
from bot.storage.database import Database
from bot.storage.sources import Switch


class SwitchAnswer(StrEnum):
    """NO_BASIS: switching it on needs a legal basis in words. FIXED: this source has no switch."""

    SWITCHED = "switched"
    ALREADY = "already"
    NO_BASIS = "no_basis"
    FIXED = "fixed"


@dataclass(frozen=True)
class Switched:
    """channels: how many waited for their owner and are read through the preview from now on."""

    answer: SwitchAnswer
    channels: int = 0


class Sources:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def is_on(self, source: SourceKind) -> bool:
        async with self._database.look() as work:
            return await work.sources.is_on(source)

    async def get(self, source: SourceKind) -> Switch:
        async with self._database.look() as work:
            return await work.sources.get(source)

    async def switch(
        self, admin: Person, source: SourceKind, *, on: bool, legal_basis: str = ""
    ) -> Switched:
        """legal_basis: the admin's own words, kept; the audit log gets their hash."""
        basis = " ".join(legal_basis.split())
        if source is not SourceKind.PREVIEW:
            return Switched(SwitchAnswer.FIXED)
        if on and not basis:
            return Switched(SwitchAnswer.NO_BASIS)
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            before = await work.sources.get(source)
            if before.is_on == on:
                return Switched(SwitchAnswer.ALREADY)
            kept = basis if on else before.legal_basis
            await work.sources.change(source, on, kept, admin.id, now)
            begun = await work.watches.begin_all_waiting(now) if on else 0
            await work.audit.write(
                "source on" if on else "source off",
                f"source {source}",
                now,
                admin.id,
                {"basis": hashlib.sha256((kept or "").encode()).hexdigest(), "channels": begun},
            )
            await work.commit()
        return Switched(SwitchAnswer.SWITCHED, begun)
