"""What a digest consists of, by hash, chained to the one before."""

import hashlib
import json
from collections.abc import Sequence

from bot.domain.referral import Digest, NamedFile
from bot.render.documents.record import Frame, item_ref, stamp

SCHEMA = "saring-manifest-1"


def manifest(digest: Digest, files: Sequence[NamedFile], frame: Frame) -> bytes:
    """The manifest as UTF-8 JSON. Its own SHA-256 stands in the message and in the next one."""
    record = {
        "schema": SCHEMA,
        "digest": digest.number,
        "recipient": digest.recipient,
        "sender": frame.sender.organisation,
        "made_at": stamp(digest.created_at),
        "items": [item_ref(item) for item in digest.items],
        "files": [
            {
                "name": file.name,
                "size": len(file.content),
                "sha256": hashlib.sha256(file.content).hexdigest(),
            }
            for file in files
        ],
        "captures": sorted(filter(None, (item.capture_sha256 for item in digest.items))),
        "previous_manifest_sha256": digest.previous_sha256,
        "audit_sha256": digest.audit_hash,
    }
    return json.dumps(record, ensure_ascii=False, indent=1).encode()
