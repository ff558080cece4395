"""What a case consists of, for somebody outside who has to check it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.audit import AuditEntry

SCHEMA = "saring-evidence-1"


@dataclass(frozen=True)
class Evidence:
    """record: the case as JSON, people under pseudonyms. files: captures and pictures by name.

    entries: those of the audit log that are about the case. audit_hash: the log's newest then.
    """

    case_id: int
    made_at: datetime
    record: Mapping[str, Any]
    files: Mapping[str, bytes]
    entries: Sequence[AuditEntry]
    audit_seq: int
    audit_hash: str


@dataclass(frozen=True)
class Checked:
    """A pack in which everything agrees with everything."""

    case_id: int
    files: int
    entries: int
    manifest_sha256: str
