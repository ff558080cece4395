"""Sends what the outbox owes. It is the only retrier."""

import contextlib
import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.domain.errors import ChatMoved, MessageGone, ShutOut, TryLater, Undeliverable
from bot.domain.recipient import RecipientState
from bot.domain.referral import ReferralState
from bot.domain.retry import next_try
from bot.ports import Clock, Courier, Letter
from bot.services.admit import shut_out
from bot.services.board import NoticeBoard, follow, take_down
from bot.services.deal import Deal
from bot.services.draw import Draw
from bot.services.forward import Forward, note_original
from bot.services.refer import Refer
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.outbox import Owed
from bot.storage.unit_of_work import UnitOfWork

_log = logging.getLogger(__name__)


class Send:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        courier: Courier,
        deal: Deal,
        draw: Draw,
        refer: Refer,
        board: NoticeBoard,
        forward: Forward,
    ) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._deal = deal
        self._draw = draw
        self._refer = refer
        self._board = board
        self._forward = forward

    async def lease(self, limit: int, except_chats: Collection[int]) -> Sequence[Owed]:
        """Takes due messages, at most one a chat; the caller passes each to `one`."""
        async with self._database.work() as work:
            owed = await work.outbox.lease_due(self._clock.now(), limit, except_chats)
            await work.commit()
        return owed

    async def one(self, owed: Owed) -> None:
        """Sends one leased message and marks what became of it."""
        try:
            message_id = await self._deliver(owed)
        except TryLater as later:
            await self._postpone(owed, later)
        except ChatMoved as moved:
            await self._follow(owed, moved.new_chat_id)
        except ShutOut as refused:
            if not await self._waits_for_its_group(owed, str(refused)):
                await self._give_up(owed, str(refused))
        except Undeliverable as refused:
            await self._give_up(owed, str(refused))
        else:
            await self._sent(owed, message_id)

    async def _deliver(self, owed: Owed) -> int | None:
        """The number of a new message; None where one was edited, or nothing was left to send."""
        if owed.kind == "digest" and owed.digest_id is not None:
            return await self._deliver_part(owed, owed.digest_id)
        if owed.kind == "notice" and owed.person_id is not None and owed.letter is not None:
            await self._shrink(owed, owed.letter)
            return None
        if owed.referral_id is not None:
            return await self._forward.deliver(owed)
        if owed.letter is not None:
            return await self._put(owed.chat_id, owed.edits, await self._filled(owed.letter))
        drawn = await self._drawn(owed)
        return await self._put(owed.chat_id, drawn[1], drawn[0]) if drawn else None

    async def _put(self, chat_id: int, message_id: int | None, letter: Letter) -> int | None:
        """Changes a message in place, None then; sends a new one where there is none to change."""
        if message_id is not None:
            try:
                await self._courier.edit(chat_id, message_id, letter)
            except MessageGone:
                _log.info("message %s is gone, sending a new one", message_id)
            else:
                return None
        return await self._courier.send(chat_id, letter)

    async def _drawn(self, owed: Owed) -> tuple[Letter, int | None] | None:
        """What is drawn when it leaves, and the message it replaces; None: nothing any more."""
        if owed.kind == "board":
            return await self._board.draw()
        assert owed.person_id is not None  # a constraint says so of desks
        return await self._draw.desk(owed.person_id)

    async def _shrink(self, owed: Owed, letter: Letter) -> None:
        """What was a desk is one line now; unless it is gone, or is the desk again by now."""
        assert owed.edits is not None  # it was owed with its message
        async with self._database.look() as work:
            if await work.desks.shows_in(owed.chat_id, owed.edits):
                return
        with contextlib.suppress(MessageGone):
            await self._courier.edit(owed.chat_id, owed.edits, letter)

    async def _deliver_part(self, owed: Owed, digest_id: int) -> int | None:
        """Sends a digest's part; None when every post in it was edited before it could leave."""
        await self._refer.freshen(digest_id)
        async with self._database.look() as work:
            letter = await work.outbox.letter_of(owed.id)
        return await self._courier.send(owed.chat_id, letter) if letter else None

    async def _filled(self, letter: Letter) -> Letter:
        """The letter with its file, where it names one that is kept.

        Raises Undeliverable for a file that has been forgotten.
        """
        file = letter.attachment
        if file is None or file.sha256 is None:
            return letter
        async with self._database.look() as work:
            content = await work.files.get(file.sha256)
        if content is None:
            raise Undeliverable(f"{file.name} has been forgotten")
        return replace(letter, attachment=replace(file, content=content))

    async def _sent(self, owed: Owed, message_id: int | None) -> None:
        now = self._clock.now()
        async with self._database.work() as work:
            if owed.kind == "desk" and owed.person_id is not None:
                # The desk before its row in the outbox, as whoever redraws one takes them.
                # After an edit its message is left alone: a new one may be owed by now.
                new = {} if message_id is None else {"message_id": message_id}
                await work.desks.change(owed.person_id, drawn_at=now, **new)
            if owed.kind == "board" and message_id is not None:
                await work.board.change(message_id=message_id)
            is_part = owed.kind == "digest" and owed.digest_id is not None
            if is_part or owed.referral_id is not None:
                await work.audit.hold()
            is_marked = await work.outbox.sent(owed, message_id, now)
            if (
                is_marked
                and is_part
                and owed.digest_id is not None
                and await work.digests.part_delivered(owed.digest_id, now)
            ):
                await self._delivered(work, owed.digest_id)
            if is_marked and owed.referral_id is not None:
                await note_original(work, self._clock, owed, is_forwarded=True)
            if is_marked and owed.correction_id is not None:
                await work.reversals.correction_sent(owed.correction_id, now)
            await work.commit()

    async def _delivered(self, work: UnitOfWork, digest_id: int) -> None:
        """Every part has arrived. A test whose line went live meanwhile asked for nothing."""
        now = self._clock.now()
        await work.referrals.settle(digest_id, ReferralState.DELIVERED, now)
        await work.audit.write("digest delivered", f"digest {digest_id}", now)
        kept = await work.digests.get(digest_id)
        recipient = await work.recipients.get(kept.recipient_id)
        if kept.is_test and recipient.state is RecipientState.LIVE:
            await work.referrals.owe_again(recipient.id)

    async def _postpone(self, owed: Owed, later: TryLater) -> None:
        due_at = next_try(self._clock.now(), owed.attempts, later.after_seconds)
        _log.warning("message %s goes out later: %s", owed.id, later)
        async with self._database.work() as work:
            await work.outbox.later(owed, due_at, str(later))
            await work.commit()

    async def _follow(self, owed: Owed, new_chat_id: int) -> None:
        async with self._database.work() as work:
            await follow(work, owed.chat_id, new_chat_id)
            await work.commit()

    async def _waits_for_its_group(self, owed: Owed, problem: str) -> bool:
        """Whether a recipient's group has thrown the bot out; then it goes out when it is back."""
        async with self._database.work() as work:
            await work.audit.hold()
            group = await work.recipients.of_group(owed.chat_id)
            if group is None or group.state is RecipientState.CLOSED:
                return False
            await shut_out(work, self._clock, group)
            await work.outbox.later(owed, self._clock.now(), problem, is_unread=True)
            await work.commit()
        return True

    async def _give_up(self, owed: Owed, problem: str) -> None:
        """The message will never arrive: kept with the reason, and admins are told what it was."""
        _log.error("message %s (%s) cannot be delivered: %s", owed.id, owed.kind, problem)
        async with self._database.work() as work:
            await work.audit.hold()
            if owed.kind == "desk" and owed.person_id is not None:
                await self._deal.cut_off(work, owed.person_id)
            board = await work.board.get()
            if board is not None and board.chat_id == owed.chat_id:
                await take_down(work, self._clock, board)
            await work.outbox.failed(owed, problem)
            if owed.correction_id is not None:
                await self._tell_of_correction(work, owed.correction_id, problem)
            if owed.kind == "digest" and owed.digest_id is not None:
                await self._fail_digest(work, owed.digest_id, problem)
            elif owed.referral_id is not None:
                await note_original(work, self._clock, owed, is_forwarded=False)
            elif owed.digest_id is not None and owed.kind != "forward":
                await self._tell_of_file(work, owed, owed.digest_id, problem)
            await work.commit()

    async def _tell_of_correction(self, work: UnitOfWork, correction_id: int, problem: str) -> None:
        one = await work.reversals.correction(correction_id)
        assert one is not None  # a foreign key says so
        recipient = await work.recipients.get(one.recipient_id)
        await tell_admins(
            work,
            self._clock,
            "told-correction-failed",
            number=one.number,
            name=recipient.name,
            problem=problem,
        )

    async def _fail_digest(self, work: UnitOfWork, digest_id: int, problem: str) -> None:
        now = self._clock.now()
        await work.referrals.settle(digest_id, ReferralState.FAILED, now, problem)
        kept = await work.digests.get(digest_id)
        await tell_admins(
            work,
            self._clock,
            "told-digest-failed",
            digest=await self._named(work, digest_id),
            problem=problem,
            number=kept.number,
        )

    async def _tell_of_file(
        self, work: UnitOfWork, owed: Owed, digest_id: int, problem: str
    ) -> None:
        """The digest has arrived; something that goes with it has not."""
        file = owed.letter.attachment if owed.letter else None
        name = file.name if file else "?"
        named = await self._named(work, digest_id)
        await tell_admins(
            work, self._clock, "told-file-failed", digest=named, name=name, problem=problem
        )

    async def _named(self, work: UnitOfWork, digest_id: int) -> str:
        kept = await work.digests.get(digest_id)
        recipient = await work.recipients.get(kept.recipient_id)
        return f"{kept.number} ({recipient.name})"
