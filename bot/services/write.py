"""Writes digests that were made: message, documents, manifest, all kept before any of it leaves.

Drawing takes seconds, so it happens outside the transactions: what is read before it is compared
with what is true after it, and drawn again where something changed meanwhile.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.recipient import Recipient, RecipientState
from bot.domain.referral import Digest, NamedFile, ReferredItem, Sender
from bot.ports import Attachment, Clock, Letter
from bot.render.digest import digest_letters, document_letters, originals_letter
from bot.render.documents.bundle import bundle
from bot.render.documents.record import Frame
from bot.render.receipts import with_buttons
from bot.services.last_look import LastLook
from bot.services.picture import Picture
from bot.storage.database import Database
from bot.storage.digests import KeptDigest, KeptFile
from bot.storage.unit_of_work import UnitOfWork
from bot.texts.legal import LegalBasis

_ATTEMPTS = 3  # at one digest, before the next tick goes on
EDITED = "edited before it was sent"

Bundle = Callable[[Digest, Frame, Mapping[str, bytes]], list[NamedFile]]


@dataclass(frozen=True)
class House:
    """What the operator says of itself in every digest. contact: for corrections."""

    sender: Sender
    legal: LegalBasis
    contact: str

    def frame(self, recipient: Recipient) -> Frame:
        return Frame(recipient.language, recipient.timezone, self.sender, self.legal, self.contact)


@dataclass(frozen=True)
class _Draft:
    """A digest as it would read now. pictures: PNG by SHA-256."""

    kept: KeptDigest
    recipient: Recipient
    digest: Digest
    pictures: Mapping[str, bytes]


class Write:
    """bundle: draws the documents; it takes seconds and runs in a thread."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        picture: Picture,
        house: House,
        last_look: LastLook,
        bundle: Bundle = bundle,
    ) -> None:
        self._database = database
        self._clock = clock
        self._picture = picture
        self._house = house
        self._last_look = last_look
        self._bundle = bundle

    async def due(self) -> int:
        """Writes what was made and not written, after a crash; how many digests that were."""
        async with self._database.look() as work:
            waiting = await work.digests.unwritten()
        for digest_id in waiting:
            await self.one(digest_id)
        return len(waiting)

    async def one(self, digest_id: int) -> None:
        """Writes a digest; one that is written already stays as it is.

        One whose posts are being looked at waits a little: the next tick comes back to it.
        """
        if await self._last_look.holds_up(digest_id):
            return
        await self._picture.confirmed()
        for _ in range(_ATTEMPTS):
            draft = await self._draft(digest_id)
            if draft is None:
                return
            files = await self._documents(draft)
            if await self._keep(draft, files):
                return

    async def _draft(self, digest_id: int) -> _Draft | None:
        async with self._database.look() as work:
            kept = await work.digests.get(digest_id)
            if kept.written_at is not None:
                return None
            recipient = await work.recipients.get(kept.recipient_id)
            items = tuple(await work.referrals.in_digest(digest_id))
            digest = await self._digest(work, recipient, kept, items)
            return _Draft(kept, recipient, digest, await _pictures(work, items))

    async def _digest(
        self,
        work: UnitOfWork,
        recipient: Recipient,
        kept: KeptDigest,
        items: tuple[ReferredItem, ...],
    ) -> Digest:
        before = await work.digests.before(kept.recipient_id, kept.number)
        waiting, since = await work.referrals.unanswered(kept.recipient_id)
        withdrawn = (
            await work.reversals.count_corrected(
                kept.recipient_id, before.created_at, kept.created_at
            )
            if before
            else 0  # nothing was sent that could have been withdrawn
        )
        return Digest(
            kept.number,
            recipient.name,
            kept.created_at,
            items,
            kept.audit_hash,
            is_test=kept.is_test,
            is_at_once=kept.is_at_once,
            at_once=recipient.at_once,
            since=before.created_at if before else None,
            previous_sha256=before.manifest_sha256 if before else None,
            waiting=waiting,
            waiting_since=since,
            withdrawn=withdrawn,
        )

    async def _documents(self, draft: _Draft) -> list[NamedFile]:
        """Every document, the manifest of the others last; none for a digest without items."""
        if not draft.digest.items:
            return []
        frame = self._house.frame(draft.recipient)
        return await asyncio.to_thread(self._bundle, draft.digest, frame, draft.pictures)

    async def _keep(self, draft: _Draft, files: Sequence[NamedFile]) -> bool:
        """Owes the digest's letters; False where it does not read so any more."""
        now, kept = self._clock.now(), draft.kept
        async with self._database.work() as work:
            await work.audit.hold()
            current = await work.digests.get(kept.id, for_update=True)
            if current.written_at is not None:
                return True  # somebody else was quicker
            if await self._has_changed(work, draft):
                await work.commit()
                return False
            manifest_sha256 = hashlib.sha256(files[-1].content).hexdigest() if files else None
            letters = await self._owe(work, draft, files, manifest_sha256)
            named = [KeptFile(f.name, _sha256(f.content), len(f.content)) for f in files]
            await work.digests.written(kept.id, letters, named, manifest_sha256, now)
            await work.audit.write(
                "digest written",
                f"recipient {kept.recipient_id}",
                now,
                details={"number": kept.number, "manifest": manifest_sha256},
            )
            await work.commit()
        return True

    async def _has_changed(self, work: UnitOfWork, draft: _Draft) -> bool:
        """Whether an item was edited, answered for or taken back while the digest was drawn."""
        if await work.referrals.withdraw_edited(draft.kept.id, EDITED):
            return True
        items = tuple(await work.referrals.in_digest(draft.kept.id))
        return items != draft.digest.items

    async def _owe(
        self,
        work: UnitOfWork,
        draft: _Draft,
        files: Sequence[NamedFile],
        manifest_sha256: str | None,
    ) -> int:
        """Owes message and documents; how many parts the message has."""
        if manifest_sha256 is None:
            return 0
        now, kept, chat_id = self._clock.now(), draft.kept, draft.recipient.chat_id
        frame = self._house.frame(draft.recipient)
        await work.referrals.place([item.number for item in draft.digest.items])
        drawn = digest_letters(draft.digest, frame, manifest_sha256)
        parts = with_buttons(drawn, kept.id, frame.language)
        for part, letter in enumerate(parts, 1):
            await work.outbox.owe_digest(chat_id, letter, kept.id, part, now)
        named = [
            Attachment(file.name, sha256=await work.files.keep(file.content, now)) for file in files
        ]
        for place, letter in enumerate(document_letters(draft.digest, frame, named), 1):
            await work.outbox.owe_document(chat_id, letter, kept.id, place, now)
        if draft.recipient.forwards:
            await self._owe_originals(work, draft)
        return len(parts)

    async def _owe_originals(self, work: UnitOfWork, draft: _Draft) -> None:
        """Owes the original messages, where the bot reads their channels itself."""
        kept, recipient = draft.kept, draft.recipient
        found = await work.originals.of_digest(kept.id)
        if not found:
            return
        places = list(dict.fromkeys(place for _, place, _ in found))
        head = originals_letter(kept.number, places, recipient.language)
        originals = [(referral_id, message_id) for referral_id, _, message_id in found]
        now = self._clock.now()
        await work.outbox.owe_originals(recipient.chat_id, head, kept.id, originals, now)

    # --- looking first ------------------------------------------------------------------------

    async def preview(
        self, work: UnitOfWork, recipient: Recipient, items: tuple[ReferredItem, ...]
    ) -> list[Letter]:
        """What would leave now, for whoever may look; nothing is numbered, leased or kept."""
        kept = KeptDigest(
            id=0,
            recipient_id=recipient.id,
            number=await work.digests.newest_number(recipient.id) + 1,
            created_at=self._clock.now(),
            is_at_once=False,
            is_test=recipient.state is RecipientState.TEST,
            audit_hash="",
            written_at=None,
            manifest_sha256=None,
            delivered_at=None,
        )
        digest = replace(await self._digest(work, recipient, kept, items), is_preview=True)
        draft = _Draft(kept, recipient, digest, await _pictures(work, items))
        files = await self._documents(draft)
        frame = self._house.frame(recipient)
        letters = digest_letters(digest, frame, manifest_sha256="")
        pdf = Attachment(files[0].name, files[0].content)
        return [*letters, *document_letters(digest, frame, [pdf])]


async def _pictures(work: UnitOfWork, items: Sequence[ReferredItem]) -> dict[str, bytes]:
    """The pictures of the items, by hash; one that was forgotten is missing."""
    found: dict[str, bytes] = {}
    for item in items:
        if item.picture_sha256 and item.picture_sha256 not in found:
            content = await work.files.get(item.picture_sha256)
            if content is not None:
                found[item.picture_sha256] = content
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
