"""Puts a case together for somebody outside who has to check it."""

from bot.domain.errors import EvidenceError
from bot.domain.evidence import Evidence
from bot.ports import Clock
from bot.render.evidence import evidence_zip
from bot.storage.database import Database


class Gather:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def case(self, case_id: int, *, with_sealed: bool = False) -> tuple[bytes, str]:
        """The pack of a case, and its manifest's SHA-256, which the audit log keeps.

        with_sealed: captures of attack know-how too; without, their hashes alone.
        Raises EvidenceError for a case that there is not.
        """
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            record = await work.evidence.record(case_id)
            if record is None:
                raise EvidenceError(f"There is no case {case_id}: its number stands on the card.")
            head = await work.audit.head()
            evidence = Evidence(
                case_id=case_id,
                made_at=now,
                record=record,
                files=await work.evidence.captures(case_id, with_sealed=with_sealed),
                entries=await work.evidence.entries(record),
                audit_seq=head.seq,
                audit_hash=head.hash,
            )
            pack, manifest_sha256 = evidence_zip(evidence)
            await work.audit.write(
                "evidence taken",
                f"case {case_id}",
                now,
                details={"manifest": manifest_sha256, "sealed": with_sealed},
            )
            await work.commit()
        return pack, manifest_sha256
