"""The chain that makes the audit log tamper-evident: each entry carries the hash of the last.

Entries hold ids, codes and hashes, never text or names, so that forgetting does not break it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.errors import AuditError

GENESIS = "0" * 64
Details = Mapping[str, str | int | bool | None]


@dataclass(frozen=True)
class AuditEntry:
    """seq counts from 1 without a hole. actor: a person's id, None for the bot itself."""

    seq: int
    at: datetime
    actor: int | None
    event: str
    subject: str
    details: Details
    previous_hash: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"at": _written(self.at)}


def entry_from_json(kept: dict[str, Any]) -> AuditEntry:
    """The entry that was written. Raises ValueError, TypeError or LookupError for anything else."""
    return AuditEntry(**kept | {"at": datetime.fromisoformat(kept["at"])})


@dataclass(frozen=True)
class Head:
    """The end of the chain so far: the newest entry's number and hash."""

    seq: int = 0
    hash: str = GENESIS


def entry_after(
    head: Head,
    at: datetime,
    actor: int | None,
    event: str,
    subject: str,
    details: Details,
) -> AuditEntry:
    """The next entry of the chain, hash filled in."""
    digest = _hash(head.seq + 1, at, actor, event, subject, details, head.hash)
    return AuditEntry(head.seq + 1, at, actor, event, subject, dict(details), head.hash, digest)


def verify(entries: Iterable[AuditEntry], newest: str | None = None) -> int:
    """How many entries there are. Raises AuditError that names the first broken one.

    newest: the hash that the chain must end with, where it is known from elsewhere.
    """
    head = Head()
    for entry in entries:
        expected = entry_after(
            head, entry.at, entry.actor, entry.event, entry.subject, entry.details
        )
        if expected != entry:
            raise AuditError(
                f"Audit entry {entry.seq} ({entry.event} {entry.subject}) does not follow from the "
                "one before it: it was changed, or one before it was taken out. Keep a copy of the "
                "database and compare it with the newest hash you have been sent."
            )
        head = Head(entry.seq, entry.hash)
    if newest is not None and head.hash != newest:
        raise AuditError(
            f"The audit log ends with entry {head.seq}, and there were more: the newest ones were "
            "taken out. Keep a copy of the database before anything else."
        )
    return head.seq


def _hash(seq: int, at: datetime, *rest: object) -> str:
    parts = [seq, _written(at), *rest]
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=dict)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
