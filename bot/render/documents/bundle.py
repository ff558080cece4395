"""All documents of a digest, in the order in which they are sent."""

from collections.abc import Mapping

from bot.domain.referral import Digest, NamedFile
from bot.render.documents.booklet import booklet
from bot.render.documents.manifest import manifest
from bot.render.documents.record import Frame, digest_json
from bot.render.documents.sheet import digest_csv, digest_xlsx


def bundle(digest: Digest, frame: Frame, pictures: Mapping[str, bytes]) -> list[NamedFile]:
    """PDF, XLSX, CSV, JSON, and last the manifest of them. pictures: PNG by SHA-256."""
    name = frame.said("file-test" if digest.is_test else "file-digest", number=digest.number)
    if digest.is_preview:
        name = frame.said("file-preview")
    files = [
        NamedFile(f"{name}.pdf", booklet(digest, frame, pictures)),
        NamedFile(f"{name}.xlsx", digest_xlsx(digest, frame)),
        NamedFile(f"{name}.csv", digest_csv(digest, frame)),
        NamedFile(f"{name}.json", digest_json(digest, frame)),
    ]
    return [*files, NamedFile(f"{name}.manifest.json", manifest(digest, files, frame))]
