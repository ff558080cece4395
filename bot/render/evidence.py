"""A case as a ZIP that anybody can check: files, and a manifest with the hash of each.

The same case at the same moment gives the same bytes. Nothing of a pack from outside is written
to disk, and its size is bounded before it is read.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

from bot.domain.audit import AuditEntry, Head, entry_after, entry_from_json
from bot.domain.errors import EvidenceError
from bot.domain.evidence import SCHEMA, Checked, Evidence

_MANIFEST: Final = "manifest.json"
_RECORD: Final = "case.json"
_AUDIT: Final = "audit.jsonl"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP can name
_MOST_UNPACKED: Final = 500 * 1024 * 1024
_MOST_FILES: Final = 5_000
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)


def evidence_zip(evidence: Evidence) -> tuple[bytes, str]:
    """The pack, and its manifest's SHA-256."""
    contents = {
        _RECORD: _json(evidence.record),
        _AUDIT: b"".join(_line(entry) for entry in evidence.entries),
        **evidence.files,
    }
    manifest = _json(
        {
            "schema": SCHEMA,
            "case": evidence.case_id,
            "made_at": evidence.made_at.isoformat(),
            "audit_seq": evidence.audit_seq,
            "audit_hash": evidence.audit_hash,
            "files": [
                {"name": name, "size": len(content), "sha256": _sha256(content)}
                for name, content in sorted(contents.items())
            ],
        }
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [(_MANIFEST, manifest), *sorted(contents.items())]:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue(), _sha256(manifest)


def check_zip(content: bytes) -> Checked:
    """What a pack holds, if all of it agrees. Raises EvidenceError with what does not."""
    try:
        contents = _unpacked(content)
        manifest = json.loads(contents.pop(_MANIFEST))
        if manifest["schema"] != SCHEMA:
            raise EvidenceError("The manifest is of a kind that this version does not know.")
        _check_files(contents, manifest["files"])
        record = json.loads(contents[_RECORD])
        if record["case"] != manifest["case"]:
            raise EvidenceError("The manifest names another case than the record does.")
        _check_captures(contents, record)
        entries = _check_entries(contents[_AUDIT])
        sha256 = _sha256(_unpacked(content)[_MANIFEST])
        return Checked(int(record["case"]), len(contents), entries, sha256)
    except _DAMAGED as problem:
        raise EvidenceError from problem


def _unpacked(content: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = _MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if len(archive.infolist()) > _MOST_FILES:
            raise EvidenceError("There are too many files in it to be a case.")
        for part in archive.infolist():
            if part.filename in found:
                raise EvidenceError(f"{part.filename!r} is in it twice.")
            with archive.open(part) as stream:
                found[part.filename] = stream.read(left + 1)
            left -= len(found[part.filename])
            if left < 0:
                raise EvidenceError("It unpacks to too much to be a case.")
    return found


def _check_files(contents: Mapping[str, bytes], listed: list[dict[str, Any]]) -> None:
    named = {one["name"]: one for one in listed}
    for name in sorted({*named, *contents}):
        if name not in contents:
            raise EvidenceError(f"{name} is missing.")
        if name not in named:
            raise EvidenceError(f"{name!r} is in it, and the manifest does not name it.")
        if _sha256(contents[name]) != named[name]["sha256"]:
            raise EvidenceError(f"{name} is not the file that the manifest names.")


def _check_captures(contents: Mapping[str, bytes], record: Mapping[str, Any]) -> None:
    """Captures and pictures are those whose hashes stand in the record."""
    for post in record["posts"]:
        for ending, key in (("json", "capture_sha256"), ("png", "picture_sha256")):
            name = f"captures/{post['revision']}.{ending}"
            if name in contents and _sha256(contents[name]) != post[key]:
                raise EvidenceError(f"{name} is not the capture that the record names.")


def _check_entries(lines: bytes) -> int:
    """Each entry has the hash of what it says; how many there are."""
    before = 0
    entries = [entry_from_json(json.loads(line)) for line in lines.splitlines()]
    for entry in entries:
        head = Head(entry.seq - 1, entry.previous_hash)
        expected = entry_after(
            head, entry.at, entry.actor, entry.event, entry.subject, entry.details
        )
        if expected != entry or entry.seq <= before:
            raise EvidenceError(f"Audit entry {entry.seq} does not have the hash of what it says.")
        before = entry.seq
    return len(entries)


def _line(entry: AuditEntry) -> bytes:
    return json.dumps(entry.as_json(), sort_keys=True).encode() + b"\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode(
        "utf-8", "replace"
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
