"""Owes notices to people: admins hear what only they can mend."""

from collections.abc import Callable

from bot.domain.people import Role
from bot.ports import Clock, Letter
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say


async def tell_admins(
    work: UnitOfWork, clock: Clock, key: str, **values: object | Callable[[str], object]
) -> None:
    """Owes every admin a notice, in their language, with the transaction that gave cause to it.

    values: one that is called with a language says itself in it.
    """
    for admin in await work.people.holding(Role.ADMIN):
        spoken = {
            name: value(admin.language) if callable(value) else value
            for name, value in values.items()
        }
        letter = Letter(say(admin.language, key, **spoken))
        await work.outbox.owe_notice(admin.telegram_id, letter, clock.now())
