"""Forwards the originals of a digest's posts, message by message, after the digest itself.

What was refused is noted once; quote and link stand in the digest in any case.
"""

import contextlib
import logging
from functools import partial

from bot.domain.errors import MessageGone, TryLater, Undeliverable
from bot.domain.original import Original, Stays, kept_back
from bot.ports import Clock, Courier
from bot.render.original import reasons_text
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.outbox import Owed
from bot.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)
_UNTIL_READ = 2.0  # seconds, until an update that has arrived is read
_REASONS = 5  # in the message to admins


class Forward:
    def __init__(self, database: Database, clock: Clock, courier: Courier) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier

    async def deliver(self, owed: Owed) -> int:
        """The number of the message that the recipient got.

        Raises Undeliverable where it stays away, with one of `Stays` or Telegram's own reason,
        TryLater and ChatMoved as any letter does.
        """
        if owed.edits is not None:
            await self._take_back(owed, owed.edits)
        async with self._database.look() as work:
            original = await work.originals.owed(owed.id)
        reason = kept_back(original, self._clock.now())
        if reason is not None:
            raise Undeliverable(reason)
        if original.has_news:
            raise TryLater("its channel has news that is not read yet", _UNTIL_READ)
        return await self._forward(owed, original)

    async def _forward(self, owed: Owed, original: Original) -> int:
        assert original.from_chat_id is not None  # or it would be kept back
        sent = await self._courier.forward(owed.chat_id, original.from_chat_id, original.message_id)
        if sent.seen != original.reviewed:
            # Kept first: whatever happens now, it is taken back.
            async with self._database.work() as work:
                await work.outbox.to_be_taken_back(owed, sent.message_id)
                await work.commit()
            await self._take_back(owed, sent.message_id)
        return sent.message_id

    async def _take_back(self, owed: Owed, message_id: int) -> None:
        """Deletes what was forwarded and reads otherwise. Raises Undeliverable in any case."""
        try:
            with contextlib.suppress(MessageGone):
                await self._courier.delete(owed.chat_id, message_id)
        except Undeliverable as refused:
            _log.exception("message %s of an unreviewed edit was not taken back", owed.id)
            raise Undeliverable(f"{Stays.LEFT}: {refused}") from refused
        raise Undeliverable(Stays.OTHERWISE)


async def note_original(work: UnitOfWork, clock: Clock, owed: Owed, *, is_forwarded: bool) -> None:
    """Writes down what became of an original; with a digest's last one, admins are told in one
    message what stayed away and why. The caller holds the audit log.
    """
    assert owed.digest_id is not None  # a constraint says so
    await work.audit.write(
        "original forwarded" if is_forwarded else "original not forwarded",
        f"referral {owed.referral_id}",
        clock.now(),
        details={"digest": owed.digest_id, "outbox": owed.id},
    )
    waiting, total, problems = await work.originals.outcome(owed.digest_id)
    if waiting or not problems:
        return
    kept = await work.digests.get(owed.digest_id)
    recipient = await work.recipients.get(kept.recipient_id)
    await tell_admins(
        work,
        clock,
        "told-originals",
        digest=f"{kept.number} ({recipient.name})",
        count=problems.total(),
        total=total,
        reasons=partial(reasons_text, problems.most_common(_REASONS)),
    )
