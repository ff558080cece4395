"""Contents by their SHA-256: documents of digests, and pictures of captures."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from bot.storage.store import Store
from bot.storage.tables import files


class FileStore(Store):
    async def keep(self, content: bytes, now: datetime) -> str:
        """The content's SHA-256, under which it is kept. The same twice is kept once."""
        sha256 = hashlib.sha256(content).hexdigest()
        await self._connection.execute(
            self._insert_new(files).values(sha256=sha256, content=content, kept_at=now)
        )
        return sha256

    async def get(self, sha256: str) -> bytes | None:
        """None for what was never kept, or has been forgotten."""
        content: bytes | None = await self._connection.scalar(
            select(files.c.content).where(files.c.sha256 == sha256)
        )
        return content
