"""Every message that leaves, as an owed row.

owed -> leased -> sent, or failed for good. A crash between sending and marking lets the lease run
out, and the same row goes out again: at least once, never under another number.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.retry import LEASE
from bot.ports import Letter
from bot.storage.store import AnyRow, Store
from bot.storage.tables import outbox, people, recipients

_is_away = (
    select(recipients.c.id)
    .where(recipients.c.chat_id == outbox.c.chat_id, recipients.c.away_since.is_not(None))
    .exists()
)


@dataclass(frozen=True)
class Owed:
    """A message to send. letter: None for a desk and the board, drawn when they leave.

    edits: the message that a notice takes the place of, or that was forwarded and is to be taken
    back; None for a new one. referral_id: whose original is forwarded; such a row has no letter.
    """

    id: int
    kind: str
    chat_id: int
    person_id: int | None
    digest_id: int | None
    letter: Letter | None
    attempts: int
    edits: int | None = None
    correction_id: int | None = None
    referral_id: int | None = None


class OutboxStore(Store):
    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.owes_more = False

    async def owe_notice(
        self, chat_id: int, letter: Letter, now: datetime, edits: int | None = None
    ) -> None:
        """edits: an earlier message, to be changed in place; of several changes the last counts."""
        if edits is not None:
            await self._connection.execute(
                delete(outbox).where(
                    outbox.c.kind == "notice",
                    outbox.c.state == "owed",
                    outbox.c.chat_id == chat_id,
                    outbox.c.message_id == edits,
                )
            )
        await self._owe("notice", chat_id, now, letter=letter.as_json(), message_id=edits)

    async def owe_correction(
        self, chat_id: int, letter: Letter, correction_id: int, now: datetime
    ) -> None:
        await self._owe("notice", chat_id, now, letter.as_json(), correction_id=correction_id)

    async def owe_leftover(
        self, person_id: int, chat_id: int, message_id: int, letter: Letter, now: datetime
    ) -> None:
        """Owes what is left to say in a message that was the person's desk.

        It has the notice's kind and, unlike any notice, a person.
        """
        await self._owe(
            "notice",
            chat_id,
            now,
            letter=letter.as_json(),
            message_id=message_id,
            person_id=person_id,
        )

    async def owe_digest(
        self, chat_id: int, letter: Letter, digest_id: int, part: int, now: datetime
    ) -> None:
        key = f"digest:{digest_id}:{part}"
        await self._owe("digest", chat_id, now, letter.as_json(), key=key, digest_id=digest_id)

    async def owe_document(
        self, chat_id: int, letter: Letter, digest_id: int, place: int, now: datetime
    ) -> None:
        """Owes a digest's document. Its failing or arriving says nothing of the digest's own."""
        key = f"document:{digest_id}:{place}"
        await self._owe("document", chat_id, now, letter.as_json(), key=key, digest_id=digest_id)

    async def owe_originals(
        self,
        chat_id: int,
        head: Letter,
        digest_id: int,
        originals: Sequence[tuple[int, int]],
        now: datetime,
    ) -> None:
        """Owes a line about them and then each message: its referral, its number in its channel."""
        await self._owe("forward", chat_id, now, head.as_json(), digest_id=digest_id)
        for referral_id, message_id in originals:
            await self._owe(
                "forward",
                chat_id,
                now,
                key=f"forward:{digest_id}:{referral_id}:{message_id}",
                digest_id=digest_id,
                referral_id=referral_id,
                original_id=message_id,
            )

    async def to_be_taken_back(self, owed: Owed, message_id: int) -> None:
        """What was forwarded must go: whoever takes this row next deletes that message."""
        await self._connection.execute(
            update(outbox).where(outbox.c.id == owed.id).values(message_id=message_id)
        )

    async def owe_copies(self, digest_id: int, chat_id: int, now: datetime) -> int:
        """Owes a digest's message and documents once more, letter by letter; how many."""
        rows = await self._connection.scalars(
            select(outbox.c.letter)
            .where(outbox.c.digest_id == digest_id, outbox.c.kind.in_(("digest", "document")))
            .order_by(outbox.c.id)
        )
        letters = rows.all()
        for letter in letters:
            await self._owe("copy", chat_id, now, letter, digest_id=digest_id)
        return len(letters)

    async def owe_desk(self, person_id: int, chat_id: int, now: datetime) -> None:
        """Owes a redraw of a person's desk. Several that wait are one: the newest state counts."""
        await self._owe_once(f"desk:{person_id}", "desk", chat_id, now, person_id=person_id)

    async def owe_board(self, chat_id: int, now: datetime) -> None:
        """Owes a redraw of the notice board, as of a desk."""
        await self._owe_once("board", "board", chat_id, now)

    async def _owe_once(
        self, key: str, kind: str, chat_id: int, now: datetime, **more: Any
    ) -> None:
        self.owes_more = True
        again = await self._connection.execute(
            update(outbox)
            .where(outbox.c.key == key)
            .values(
                state="owed",
                chat_id=chat_id,
                owed_at=now,
                due_at=now,
                lease_until=None,
                attempts=0,
                problem=None,
            )
        )
        if not again.rowcount:
            await self._owe(kind, chat_id, now, key=key, **more)

    async def _owe(
        self,
        kind: str,
        chat_id: int,
        now: datetime,
        letter: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        self.owes_more = True
        await self._connection.execute(
            insert(outbox).values(
                kind=kind,
                chat_id=chat_id,
                letter=letter,
                state="owed",
                owed_at=now,
                due_at=now,
                **more,
            )
        )

    async def lease_due(
        self, now: datetime, limit: int, except_chats: Collection[int] = ()
    ) -> Sequence[Owed]:
        """Takes due rows for sending, oldest first; a row whose lease ran out is due again.

        Within a chat only the oldest unsent row is due, so that messages keep their order; what is
        forwarded lets every letter go first, and holds none back.
        except_chats: chats that somebody is writing to just now. What is owed to a group that the
        bot is not in waits until it is back.
        """
        earlier = outbox.alias()
        waits, is_letter = outbox.c.kind == "forward", earlier.c.kind != "forward"
        is_due = or_(
            and_(outbox.c.state == "owed", outbox.c.due_at <= now),
            and_(outbox.c.state == "leased", outbox.c.lease_until <= now),
        )
        is_first = ~(
            select(earlier.c.id)
            .where(
                earlier.c.chat_id == outbox.c.chat_id,
                earlier.c.state.in_(("owed", "leased")),
                or_(
                    and_(waits, is_letter),
                    and_(or_(waits, is_letter), earlier.c.id < outbox.c.id),
                ),
            )
            .exists()
        )
        due = (
            select(outbox.c.id)
            .where(is_due, is_first, outbox.c.chat_id.not_in(except_chats), ~_is_away)
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = await self._connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(due.scalar_subquery()))
            .values(state="leased", lease_until=now + LEASE, attempts=outbox.c.attempts + 1)
            .returning(outbox)
        )
        return sorted((_owed(row) for row in rows), key=lambda owed: owed.id)

    async def sent(self, owed: Owed, message_id: int | None, now: datetime) -> bool:
        """Marks a leased row as sent; False when it was owed anew meanwhile and goes out again.

        A notice leaves no row behind: it may have answered a stranger, whose id is not kept.
        """
        if owed.kind == "notice":
            gone = delete(outbox).where(outbox.c.id == owed.id, outbox.c.state == "leased")
            return bool((await self._connection.execute(gone)).rowcount)
        done = await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == owed.id, outbox.c.state == "leased")
            .values(state="sent", message_id=message_id, sent_at=now, lease_until=None)
        )
        return bool(done.rowcount)

    def look_again(self) -> None:
        """Something that waited may leave now."""
        self.owes_more = True

    async def later(
        self, owed: Owed, due_at: datetime, problem: str, *, is_unread: bool = False
    ) -> None:
        """is_unread: Telegram would not have it there, so that it has certainly not arrived."""
        attempts = {"attempts": outbox.c.attempts - 1} if is_unread else {}
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == owed.id, outbox.c.state == "leased")
            .values(state="owed", due_at=due_at, lease_until=None, problem=problem, **attempts)
        )
        self.owes_more = True

    async def failed(self, owed: Owed, problem: str) -> None:
        """Gives a row up for good; of a digest, its other unsent parts too."""
        if owed.kind == "notice" and not await self._is_staff(owed.chat_id):
            await self._connection.execute(delete(outbox).where(outbox.c.id == owed.id))
            return
        if owed.kind == "digest" and owed.digest_id is not None:
            await self._drop_parts(owed.digest_id, problem)
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == owed.id)
            .values(state="failed", lease_until=None, problem=problem)
        )

    async def _is_staff(self, chat_id: int) -> bool:
        found = select(people.c.id).where(people.c.telegram_id == chat_id)
        return await self._connection.scalar(found) is not None

    async def _drop_parts(self, digest_id: int, problem: str) -> None:
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.digest_id == digest_id, outbox.c.state != "sent")
            .values(state="failed", lease_until=None, problem=problem)
        )

    async def letter_of(self, row_id: int) -> Letter | None:
        """What a leased row says now; None when it is gone: another may carry its number since."""
        asked = select(outbox.c.letter).where(outbox.c.id == row_id, outbox.c.state == "leased")
        kept = await self._connection.scalar(asked)
        return Letter.from_json(kept) if kept else None

    async def has_been_tried(self, digest_id: int) -> bool:
        """Whether a part of the digest may have reached its recipient already."""
        found = select(outbox.c.id).where(
            outbox.c.digest_id == digest_id,
            or_(outbox.c.state == "sent", outbox.c.attempts > 1),
        )
        return (await self._connection.execute(found.limit(1))).first() is not None

    async def has_begun(self, digest_id: int) -> bool:
        """Whether anything of the digest was sent, or is being sent just now."""
        found = select(outbox.c.id).where(
            outbox.c.digest_id == digest_id, or_(outbox.c.state == "sent", outbox.c.attempts > 0)
        )
        return (await self._connection.execute(found.limit(1))).first() is not None

    async def has_arrived(self, digest_id: int) -> bool:
        """Whether a part of the digest's message is known to have reached its recipient."""
        found = select(outbox.c.id).where(
            outbox.c.digest_id == digest_id, outbox.c.kind == "digest", outbox.c.state == "sent"
        )
        return (await self._connection.execute(found.limit(1))).first() is not None

    async def owe_failed(self, digest_id: int, chat_id: int, now: datetime) -> None:
        """Owes what was given up of a digest."""
        self.owes_more = True
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.digest_id == digest_id, outbox.c.state == "failed")
            .values(state="owed", chat_id=chat_id, owed_at=now, due_at=now, problem=None)
        )

    async def take_back(self, digest_id: int) -> None:
        """Takes the letters of a digest out that has not been tried."""
        await self._connection.execute(delete(outbox).where(outbox.c.digest_id == digest_id))

    async def chat_moved(self, old_chat_id: int, new_chat_id: int) -> None:
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.chat_id == old_chat_id, outbox.c.state.in_(("owed", "leased")))
            # Messages there have other numbers: what was to be edited is sent anew.
            .values(chat_id=new_chat_id, state="owed", lease_until=None, message_id=None)
        )
        self.owes_more = True

    async def count_by_state(self) -> dict[str, int]:
        """An original that stays away is no message that failed: its digest has arrived."""
        stays_away = and_(outbox.c.kind == "forward", outbox.c.state == "failed")
        rows = await self._connection.execute(
            select(outbox.c.state, func.count()).where(~stays_away).group_by(outbox.c.state)
        )
        return {state: count for state, count in rows.all()}


def _owed(row: AnyRow) -> Owed:
    return Owed(
        row.id,
        row.kind,
        row.chat_id,
        row.person_id,
        row.digest_id,
        Letter.from_json(row.letter) if row.letter else None,
        row.attempts,
        row.message_id if row.kind in ("notice", "forward") else None,
        row.correction_id,
        row.referral_id,
    )
