"""Invented media for posts: the smallest files and details that Telegram could send."""

import struct
import zlib
from typing import Any

from sandbox.double.world import Media, World

SIZED = {"width": 640, "height": 360}
DETAILS: dict[str, dict[str, Any]] = {
    "photo": {},
    "document": {"file_name": "file.pdf", "mime_type": "application/pdf"},
    "video": {**SIZED, "duration": 12, "file_name": "video.mp4", "mime_type": "video/mp4"},
    "animation": {**SIZED, "duration": 3, "file_name": "anim.mp4", "mime_type": "video/mp4"},
    "audio": {"duration": 180, "title": "Track", "mime_type": "audio/mpeg"},
    "voice": {"duration": 7, "mime_type": "audio/ogg"},
    "video_note": {"length": 240, "duration": 9},
    "sticker": {
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "type": "regular",
        "emoji": "🙂",
    },
}
POLL = {
    "id": "5000000000000000001",
    "question": "Question?",
    "options": [
        {"persistent_id": "0", "text": "Yes", "voter_count": 0},
        {"persistent_id": "1", "text": "No", "voter_count": 0},
    ],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": True,
    "members_only": False,
}
KINDS = (*DETAILS, "poll", "location")


def sample_media(world: World, kind: str) -> Media:
    """Media of that kind with a small invented file, stored so that getFile gives it."""
    if kind == "poll":
        return Media("poll", dict(POLL))
    if kind == "location":
        return Media("location", {"latitude": 0.0, "longitude": 0.0})
    if kind not in DETAILS:
        raise ValueError(f"No media of kind {kind!r}; there are: {', '.join(KINDS)}")
    details = DETAILS[kind]
    content = png(320, 180) if kind in ("photo", "sticker") else f"sample {kind}".encode()
    file = world.store(content, details.get("file_name"), details.get("mime_type"))
    size = {"width": 320, "height": 180} if kind == "photo" else {}
    return Media(kind, details | size, file)


def png(width: int, height: int, grey: int = 128) -> bytes:
    """A plain grey PNG of that size in pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\x00" + bytes([grey]) * width) * height
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
