"""Recipients' profiles: who joined is confirmed by an admin, and admins set what each one takes."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.codes import FORWARDABLE, HarmCode
from bot.domain.errors import SettingsError
from bot.domain.people import Person, Role
from bot.domain.recipient import (
    MOST_ITEMS,
    Change,
    Recipient,
    RecipientPress,
    RecipientState,
    Requirement,
    Typed,
    asks_first,
    timetable,
    turned,
)
from bot.domain.referral import missing
from bot.ports import Clock, Letter
from bot.render.digest import withdrawn_letter
from bot.render.documents.remains import remains_letters
from bot.render.recipient import Profile, profile_letter
from bot.services.timetable import next_time
from bot.storage.database import Database
from bot.storage.digests import KeptDigest
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import LANGUAGES, say

_LONGEST_NAME = 64


class Again(StrEnum):
    """What had become of a digest that is sent again."""

    DELIVERED = "delivered"
    FAILED = "failed"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class SentDigest:
    """A digest that went out. withdrawn: place and number of what was withdrawn since."""

    id: int
    recipient: Recipient
    withdrawn: tuple[tuple[int, int], ...] = ()


class Enrol:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self) -> list[Recipient]:
        """Every profile whose person holds the role."""
        async with self._database.look() as work:
            return list(await work.recipients.all())

    async def public_names(self) -> tuple[str, ...]:
        """What anybody may read of who gets referrals: one entry a live profile.

        Empty where the profile still has its person's own name, or its group's, which is nobody's
        to publish.
        """
        async with self._database.look() as work:
            live = [one for one in await work.recipients.all() if one.state is RecipientState.LIVE]
            own = [await _own_name(work, one) for one in live]
        return tuple(
            "" if name in (None, one.name) else one.name
            for one, name in zip(live, own, strict=True)
        )

    async def profile(self, recipient_id: int) -> Profile | None:
        """None for a profile that there is not, or whose person has left."""
        async with self._database.look() as work:
            return await self._profile(work, recipient_id)

    async def press(self, admin: Person, press: RecipientPress) -> Profile | None:
        """The profile after a button; None where the button names nothing that there is."""
        async with self._database.work() as work:
            await work.audit.hold()
            before = await self._profile(work, press.recipient_id)
            if before is None or not await self._change(work, before, press):
                return None
            await self._audit(work, admin, press.recipient_id, press.change, press.value)
            after = await self._profile(work, press.recipient_id)
            await work.commit()
        return after

    async def _change(self, work: UnitOfWork, profile: Profile, press: RecipientPress) -> bool:
        one, value = profile.recipient, press.value
        if press.change is Change.STATE and value in (RecipientState.LIVE, RecipientState.TEST):
            await self._serve(work, one, RecipientState(value))
        elif press.change is Change.CODE and value in FORWARDABLE:
            if asks_first(one, HarmCode(value)):
                return False
            await work.recipients.take(one.id, *turned(one, HarmCode(value)))
        elif press.change is Change.STOP and value in FORWARDABLE:
            await work.recipients.take(
                one.id, one.codes - {HarmCode(value)}, one.at_once - {HarmCode(value)}
            )
        elif press.change is Change.NEED and value in set(Requirement):
            required = one.required ^ {Requirement(value)}
            await work.recipients.change(one.id, required=sorted(required))
        elif press.change is Change.EMPTY:
            await work.recipients.change(one.id, tells_empty=not one.tells_empty)
        elif press.change is Change.FORWARD:
            await work.recipients.change(one.id, forwards=not one.forwards)
        elif press.change is Change.SECOND:
            return await self._second(work, profile, value)
        else:
            return False
        return True

    async def _serve(self, work: UnitOfWork, one: Recipient, state: RecipientState) -> None:
        """What was sent as a test is owed anew when the line goes live: it asked for nothing."""
        if one.state is state:
            return
        if (one.state, state) == (RecipientState.TEST, RecipientState.LIVE):
            await work.referrals.owe_again(one.id)
        now = self._clock.now()
        following = next_time(one.digest_at, one.timezone, now)
        await work.recipients.change(one.id, state=state, next_digest_at=following)
        if not one.is_served:
            words = say(one.language, "recipient-confirmed")
            await work.outbox.owe_notice(one.chat_id, Letter(words), now)

    async def _second(self, work: UnitOfWork, profile: Profile, value: str) -> bool:
        """Makes somebody the second contact, who then gets no digests; pressed again: nobody is."""
        one = profile.recipient
        person = next((p for p in profile.contacts if str(p.id) == value), None)
        if person is None:
            return False
        own = await work.recipients.of_person(person.id)
        if one.second_person_id == person.id:
            await work.recipients.change(one.id, second_person_id=None)
            return True
        await work.recipients.change(one.id, second_person_id=person.id)
        if own is not None and own.state is RecipientState.PENDING:
            await work.recipients.change(own.id, state=RecipientState.CONTACT)
        return True

    async def typed(
        self, admin: Person, recipient_id: int, field: Typed, words: str
    ) -> Profile | str | None:
        """The profile with a typed value; the key of the sentence that says what is wrong with it.

        None where there is no such profile.
        """
        async with self._database.work() as work:
            await work.audit.hold()
            profile = await self._profile(work, recipient_id)
            if profile is None:
                return None
            try:
                changed = self._read(profile.recipient, field, words)
            except (ValueError, ZoneInfoNotFoundError, SettingsError):
                return f"recipient-bad-{field}"
            await work.recipients.change(recipient_id, **changed)
            # The words themselves may name somebody, and the audit log holds no names.
            await self._audit(work, admin, recipient_id, field, "")
            after = await self._profile(work, recipient_id)
            await work.commit()
        return after

    def _read(self, one: Recipient, field: Typed, words: str) -> dict[str, object]:
        """Raises ValueError, ZoneInfoNotFoundError or SettingsError for what cannot be meant."""
        now = self._clock.now()
        if field is Typed.NAME and 0 < len(words) <= _LONGEST_NAME:
            return {"name": words}
        if field is Typed.LANGUAGE and words.lower() in LANGUAGES:
            return {"language": words.lower()}
        if field is Typed.ZONE:
            ZoneInfo(words)
            return {"timezone": words, "next_digest_at": next_time(one.digest_at, words, now)}
        if field is Typed.TIME and len(words) <= _LONGEST_NAME:
            line = timetable(words)
            return {"digest_at": line, "next_digest_at": next_time(line, one.timezone, now)}
        if field is Typed.MOST and 1 <= int(words) <= MOST_ITEMS:
            return {"most_items": int(words)}
        raise ValueError(words)

    async def _profile(self, work: UnitOfWork, recipient_id: int) -> Profile | None:
        everyone = await work.recipients.all()
        one = next((r for r in everyone if r.id == recipient_id), None)
        if one is None:
            return None
        holding = await work.people.holding(Role.RECIPIENT)
        by_person = {r.person_id: r for r in everyone}
        contacts = [
            person
            for person in holding
            if person.id != one.person_id
            and (own := by_person.get(person.id)) is not None
            and not own.is_served
        ]
        second = next((p.name for p in holding if p.id == one.second_person_id), "")
        return Profile(one, dict(await held_back(work, one)), contacts, second)

    async def _audit(
        self, work: UnitOfWork, admin: Person, recipient_id: int, field: str, value: str
    ) -> None:
        await work.audit.write(
            "recipient changed",
            f"recipient {recipient_id}",
            self._clock.now(),
            admin.id,
            {"field": str(field), "value": value},
        )

    async def close(self, admin: Person, recipient_id: int) -> bool:
        """Takes a group off, and has the bot leave it; False where there is no such group."""
        async with self._database.work() as work:
            await work.audit.hold()
            profile = await self._profile(work, recipient_id)
            if profile is None or not profile.recipient.is_group:
                return False
            one, now = profile.recipient, self._clock.now()
            await work.recipients.change(one.id, state=RecipientState.CLOSED, away_since=None)
            farewell = Letter(say(one.language, "group-closed"), is_last=True)
            await work.outbox.owe_notice(one.chat_id, farewell, now)
            await self._audit(work, admin, one.id, Change.CLOSE, "")
            await work.commit()
        return True

    # --- digests that were sent ---------------------------------------------------------------

    async def sent_as(self, number: int) -> list[SentDigest]:
        """Delivered and failed digests with this number."""
        async with self._database.look() as work:
            return [
                SentDigest(
                    one.id,
                    await work.recipients.get(one.recipient_id),
                    tuple(await work.reversals.withdrawn_of(one.id)),
                )
                for one in await work.digests.numbered(number)
            ]

    async def again(self, admin: Person, recipient_id: int, digest_id: int) -> Again | None:
        """Owes a digest once more, a delivered one the same to the byte; None for none of theirs.

        Of one whose words were forgotten since, what is left is sent. Items that were withdrawn
        since are named in a message after it.

        One that failed leaves now; whatever of it never arrived is written anew by the next tick.
        """
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            kept = await work.digests.find(digest_id)
            if kept is None or kept.recipient_id != recipient_id:
                return None
            recipient = await work.recipients.get(recipient_id)
            if await work.retention.is_emptied(digest_id):
                return await self._remains(work, admin, kept, recipient)
            if kept.delivered_at is not None:
                await work.outbox.owe_copies(digest_id, recipient.chat_id, now)
            elif not await self._resume(work, digest_id, recipient.chat_id):
                return None
            await self._name_withdrawn(work, kept, recipient)
            await work.audit.write("digest again", f"digest {digest_id}", now, admin.id)
            await work.commit()
        return Again.FAILED if kept.delivered_at is None else Again.DELIVERED

    async def _remains(
        self, work: UnitOfWork, admin: Person, kept: KeptDigest, recipient: Recipient
    ) -> Again:
        now = self._clock.now()
        digest = await work.receipts.remains(kept.id)
        for letter in remains_letters(digest, recipient.language):
            await work.outbox.owe_notice(recipient.chat_id, letter, now)
        await self._name_withdrawn(work, kept, recipient)
        await work.audit.write("digest again", f"digest {kept.id}", now, admin.id)
        await work.commit()
        return Again.FORGOTTEN

    async def _name_withdrawn(
        self, work: UnitOfWork, kept: KeptDigest, recipient: Recipient
    ) -> None:
        """A copy is never changed, so what it alleges no longer is said right after it."""
        items = await work.reversals.withdrawn_of(kept.id)
        if items:
            letter = withdrawn_letter(kept.number, items, recipient.language)
            await work.outbox.owe_notice(recipient.chat_id, letter, self._clock.now())

    async def _resume(self, work: UnitOfWork, digest_id: int, chat_id: int) -> bool:
        """Whether the digest had failed; its number and what it is owed for stay the same.

        A part that arrived binds the others: a number never means two contents. Otherwise posts
        that were edited or withdrawn meanwhile are left out as it is written again.
        """
        if not await work.referrals.lease_failed(digest_id):
            return False
        if await work.outbox.has_arrived(digest_id):
            await work.outbox.owe_failed(digest_id, chat_id, self._clock.now())
        else:
            await work.outbox.take_back(digest_id)
            await work.digests.to_be_rewritten(digest_id)
        return True


async def held_back(work: UnitOfWork, one: Recipient) -> Counter[Requirement]:
    """What is missing from what is owed to a recipient, and from how many referrals."""
    held: Counter[Requirement] = Counter()
    if one.required:
        for item in await work.referrals.owed_to(one.id):
            held.update(missing(item, one))
    return held


async def _own_name(work: UnitOfWork, one: Recipient) -> str | None:
    """What a person is called, or a group; None where that is not known."""
    if one.person_id is None:
        return one.group_title
    person = await work.people.by_id(one.person_id)
    return person.name if person else None


async def wait_for_an_admin(work: UnitOfWork, clock: Clock, fresh: Recipient) -> Recipient:
    """Keeps a profile, or the one that was there before, which then waits for an admin anew."""
    is_new = await work.recipients.add(fresh)
    if fresh.person_id is None:
        profile = await work.recipients.of_group(fresh.chat_id)
    else:
        profile = await work.recipients.of_person(fresh.person_id)
    assert profile is not None  # kept above, or before
    if not is_new:
        await work.recipients.change(profile.id, state=RecipientState.PENDING)
        profile = await work.recipients.get(profile.id)
    await _ask_admins(work, clock, profile)
    return profile


async def _ask_admins(work: UnitOfWork, clock: Clock, recipient: Recipient) -> None:
    """Tells admins that somebody joined as a recipient and waits for one of them."""
    for admin in await work.people.holding(Role.ADMIN):
        letter = profile_letter(Profile(recipient, {}), admin.language)
        await work.outbox.owe_notice(admin.telegram_id, letter, clock.now())
