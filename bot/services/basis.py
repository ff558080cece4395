"""The way to the preview's switch: the terms, an admin's legal basis in words, a last word."""

from datetime import timedelta
from enum import StrEnum

from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.ports import Clock
from bot.services.sources import Sources, SwitchAnswer, Switched
from bot.services.tell import tell_admins
from bot.storage.database import Database

_PATIENCE = timedelta(days=1)  # after which a question no longer takes what an admin writes
_SHORTEST = 15  # characters; "ok" is no legal basis
_LONGEST = 1000


class Typed(StrEnum):
    """TOO_SHORT: it is asked for again."""

    TAKEN = "taken"
    TOO_SHORT = "too_short"


class Basis:
    def __init__(self, database: Database, clock: Clock, sources: Sources) -> None:
        self._database = database
        self._clock = clock
        self._sources = sources

    async def ask(self, admin: Person) -> bool:
        """Waits for the admin's words; False where the preview is on already."""
        if await self._sources.is_on(SourceKind.PREVIEW):
            return False
        async with self._database.work() as work:
            await work.basis_drafts.ask(admin.id, SourceKind.PREVIEW, self._clock.now())
            await work.commit()
        return True

    async def typed(self, admin: Person, words: str) -> tuple[Typed, str] | None:
        """What became of an admin's words, and the words as kept; None when nobody asked."""
        basis = " ".join(words.split())[:_LONGEST]
        now = self._clock.now()
        async with self._database.work() as work:
            source = await work.basis_drafts.typed(admin.id, basis, now - _PATIENCE)
            if source is None:
                return None
            if len(basis) < _SHORTEST:
                return Typed.TOO_SHORT, basis  # not committed: it is still asked for
            await work.commit()
        return Typed.TAKEN, basis

    async def confirm(self, admin: Person) -> Switched | None:
        """Switches the preview on, on what this admin typed; None where that is gone."""
        async with self._database.work() as work:
            typed = await work.basis_drafts.take(admin.id, self._clock.now() - _PATIENCE)
            await work.commit()
        if typed is None:
            return None
        switched = await self._sources.switch(admin, typed[0], on=True, legal_basis=typed[1])
        await self._tell(admin, switched, "told-preview-on")
        return switched

    async def drop(self, admin: Person) -> None:
        async with self._database.work() as work:
            await work.basis_drafts.drop(admin.id)
            await work.commit()

    async def off(self, admin: Person) -> Switched:
        switched = await self._sources.switch(admin, SourceKind.PREVIEW, on=False)
        await self._tell(admin, switched, "told-preview-off")
        return switched

    async def _tell(self, admin: Person, switched: Switched, key: str) -> None:
        if switched.answer is not SwitchAnswer.SWITCHED:
            return
        async with self._database.work() as work:
            await tell_admins(work, self._clock, key, name=admin.name)
            await work.commit()
