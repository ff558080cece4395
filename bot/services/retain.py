"""Forgets words whose time is over, each night; row p of docs/flow.md.

Driven by rows: each batch is a transaction with its tombstone in the audit log, so a crash leaves
the rest for the next tick. The audit log holds ids and hashes alone, and forgetting never
touches it.
"""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.people import Person
from bot.domain.referral import ReferralState
from bot.domain.retention import Expired, Forgotten, Held, Shelf, Terms, tombstone
from bot.domain.reversal import fair_reason
from bot.ports import Clock
from bot.services.tell import tell_admins
from bot.services.timetable import next_time
from bot.storage.database import Database
from bot.storage.holds import Hold
from bot.storage.unit_of_work import UnitOfWork

_BATCH = 200  # posts in one transaction
_MOST_BATCHES = 20  # in one tick, so that other jobs get their turn
_LOOSE = timedelta(days=1)  # a file is named in the transaction that keeps it; this is for calm
_FORGOTTEN = "its words were forgotten before it left"
_SET_ASIDE = timedelta(days=30)  # updates that could not be understood, notices not delivered


class Retain:
    """retain_at: a crontab line, read in `timezone`."""

    def __init__(
        self, database: Database, clock: Clock, terms: Terms, *, retain_at: str, timezone: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._terms = terms
        self._retain_at = retain_at
        self._timezone = timezone

    async def nightly(self) -> Forgotten:
        """Goes on with tonight's forgetting, if it is time; what this tick forgot."""
        if not await self._is_night():
            return Forgotten()
        done = Forgotten()
        for _ in range(_MOST_BATCHES):
            async with self._database.work() as work:
                await work.audit.hold()
                batch = await self._batch(work)
                if not batch.total:
                    await work.retention.end_night(self._clock.now())
                await work.commit()
            if not batch.total:
                break
            done += batch
        return done

    async def seal(self) -> int:
        """Leaves the words of attack know-how that was referred in its capture alone."""
        async with self._database.look() as work:
            if not await work.retention.to_seal(1):
                return 0
        async with self._database.work() as work:
            await work.audit.hold()
            sealed = await self._seal(work)
            await work.commit()
        return sealed

    async def _seal(self, work: UnitOfWork) -> int:
        post_ids = await work.retention.to_seal(_BATCH)
        await work.retention.seal_words(post_ids)
        await self._off_screens(work, post_ids)
        for post_id in post_ids:
            await work.audit.write("sealed", f"post {post_id}", self._clock.now())
        return len(post_ids)

    async def _is_night(self) -> bool:
        """Whether forgetting has begun and not ended, or begins now."""
        now = self._clock.now()
        async with self._database.look() as work:
            night = await work.retention.newest_night()
        if night is not None and not night[1]:
            return True
        last = night[0] if night else now - timedelta(days=1)
        if next_time(self._retain_at, self._timezone, last) > now:
            return False
        async with self._database.work() as work:
            await work.retention.begin_night(now.astimezone(ZoneInfo(self._timezone)).date(), now)
            await work.commit()
        return True

    async def all(self, *, dry_run: bool = False) -> Forgotten:
        """Forgets everything that is due now; with `dry_run` it only counts, and keeps all."""
        done = Forgotten()
        if dry_run:
            async with self._database.work() as work:  # never committed
                while (batch := await self._batch(work)).total:
                    done += batch
            return done
        while True:
            async with self._database.work() as work:
                await work.audit.hold()
                batch = await self._batch(work)
                await work.commit()
            if not batch.total:
                return done
            done += batch

    async def _batch(self, work: UnitOfWork) -> Forgotten:
        """One batch of whatever is due; nothing left: all counts are 0."""
        now = self._clock.now()
        if sealed := await self._seal(work):
            return Forgotten(sealed=sealed)
        for shelf in Shelf:
            expired = await work.retention.expired(shelf, self._terms.before(shelf, now), _BATCH)
            if expired:
                messages = await self._forget(work, shelf, expired)
                return Forgotten(**{shelf.value: len(expired)}, digests=messages)
        updates = await work.retention.forget_updates(now - _SET_ASIDE, _BATCH)
        letters = await work.retention.forget_notices(now - _SET_ASIDE)
        if updates or letters:
            await work.audit.write(
                "forgotten", "inbox", now, details={"updates": updates, "notices": letters}
            )
        tests = await work.retention.forget_tests(self._terms.before(Shelf.REFERRED, now))
        files = await work.retention.forget_files(now - _LOOSE, _BATCH)
        if files or tests:
            details = {"files": files, "tests": tests}
            await work.audit.write("forgotten", "files", now, details=details)
        prints = await work.near_duplicates.forget_old(now, _BATCH)
        return Forgotten(
            updates=updates, letters=letters, digests=tests, files=files, prints=prints
        )

    async def _forget(self, work: UnitOfWork, shelf: Shelf, expired: Sequence[Expired]) -> int:
        now, post_ids = self._clock.now(), [one.post_id for one in expired]
        await work.retention.forget_words(post_ids, now)
        await self._off_screens(work, post_ids)
        for digest_id in await work.retention.unsent(post_ids):
            await self._reach(work, digest_id)
        messages = await work.retention.forget_messages(post_ids)
        for part in [expired] if shelf is Shelf.UNFLAGGED else [[one] for one in expired]:
            first, last = part[0].post_id, part[-1].post_id
            subject = f"post {first}" if len(part) == 1 else f"posts {first} to {last}"
            details = {"why": shelf.value, "posts": len(part), "hash": tombstone(part)}
            await work.audit.write("forgotten", subject, now, details=details)
        return messages

    async def _off_screens(self, work: UnitOfWork, post_ids: Sequence[int]) -> None:
        """What shows these words beside a card, or still asks about them, shows them no more."""
        now = self._clock.now()
        await work.disputes.forget_questions(post_ids)
        for person_id in await work.desks.stand_alone(post_ids):
            person = await work.people.by_id(person_id)
            assert person is not None  # a foreign key says so
            await work.outbox.owe_desk(person_id, person.telegram_id, now)

    async def _reach(self, work: UnitOfWork, digest_id: int) -> None:
        """What waits to leave must not carry forgotten words. A digest that was never tried is
        written anew, under its number, with what is left. Of one that may have arrived in part the
        rest is given up, and its other posts are owed in another digest.
        """
        if not await work.outbox.has_begun(digest_id):
            await work.outbox.take_back(digest_id)
            await work.digests.to_be_rewritten(digest_id)
        elif await work.retention.drop_unsent(digest_id, _FORGOTTEN):
            now = self._clock.now()
            await work.referrals.owe_leased(digest_id)
            # What was withdrawn has failed: if it arrived after all, a correction is owed.
            await work.referrals.settle(digest_id, ReferralState.FAILED, now, _FORGOTTEN)
            kept = await work.digests.get(digest_id)
            recipient = await work.recipients.get(kept.recipient_id)
            await tell_admins(
                work,
                self._clock,
                "told-digest-forgotten",
                number=kept.number,
                name=recipient.name,
            )

    # --- holds ------------------------------------------------------------------------------

    async def hold(self, admin: Person, case_id: int, reason: str) -> Held:
        """Keeps a case's words until the hold is lifted."""
        words = fair_reason(reason)
        if words is None:
            return Held.NO_REASON
        async with self._database.work() as work:
            await work.audit.hold()
            if not await work.cases.exists(case_id):
                return Held.NO_CASE
            if not await work.holds.place(case_id, admin.id, words, self._clock.now()):
                return Held.ALREADY
            await work.audit.write("held", f"case {case_id}", self._clock.now(), admin.id)
            await work.commit()
        return Held.PLACED

    async def lift(self, admin: Person, case_id: int) -> Held:
        async with self._database.work() as work:
            await work.audit.hold()
            if not await work.holds.lift(case_id):
                return Held.NOT_HELD
            await work.audit.write("hold lifted", f"case {case_id}", self._clock.now(), admin.id)
            await work.commit()
        return Held.LIFTED

    async def holds(self) -> list[Hold]:
        async with self._database.look() as work:
            return await work.holds.all()
