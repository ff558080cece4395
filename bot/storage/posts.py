"""Posts, the messages they consist of, and their revisions."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.domain.post import Entity, Post, Revision, SourceKind, Version, is_later, join_album
from bot.storage.store import AnyRow, Store
from bot.storage.tables import channels, post_members, posts, revisions


@dataclass(frozen=True)
class Kept:
    """What became of a batch of posts: how many were new, changed, or known already."""

    new: int = 0
    changed: int = 0
    known: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.new + other.new, self.changed + other.changed, self.known + other.known)


@dataclass(frozen=True)
class Reach:
    """views: of the post; subscribers: of its channel; None where no source says."""

    views: int | None
    subscribers: int | None
    is_deleted: bool


_REVISION = (
    select(
        revisions.c.id,
        revisions.c.post_id,
        revisions.c.number,
        revisions.c.text,
        revisions.c.media,
        revisions.c.edited_at,
        posts.c.posted_at,
        posts.c.message_id,
        posts.c.forwarded_from,
        channels.c.chat_id,
        channels.c.username,
        channels.c.title.label("channel_title"),
        channels.c.threshold.label("channel_threshold"),
    )
    .join(posts, posts.c.id == revisions.c.post_id)
    .join(channels, channels.c.id == posts.c.channel_id)
)


class PostStore(Store):
    async def keep_all(self, arrived: Sequence[tuple[int, Sequence[Post]]], now: datetime) -> Kept:
        """As `keep`, for many channels, each with its id, in as few questions as for one.

        So it is where a channel's posts are all plainly new; the others are kept one by one.
        """
        if not arrived:
            return Kept()
        newest = await self._newest_numbers([channel_id for channel_id, _ in arrived])
        known_albums = await self._known_albums(arrived)
        fresh, kept = list[tuple[int, Post]](), Kept()
        for channel_id, of_channel in arrived:
            numbers = (number for post in of_channel for number in post.member_ids)
            is_old = min(numbers) <= newest[channel_id] or channel_id in known_albums
            if is_old or _without_repeats(of_channel)[1]:
                kept += await self.keep(channel_id, of_channel, now)
            else:
                fresh += [(channel_id, post) for post in of_channel]
        await self._insert(fresh, None, now)
        return kept + Kept(len(fresh))

    async def _newest_numbers(self, channel_ids: Sequence[int]) -> dict[int, int]:
        """The highest message number of each channel, 0 where there is none."""
        newest = select(func.max(post_members.c.message_id)).where(
            post_members.c.channel_id == channels.c.id
        )
        rows = await self._connection.execute(
            select(channels.c.id, newest.scalar_subquery().label("newest")).where(
                channels.c.id.in_(channel_ids)
            )
        )
        return {row.id: row.newest or 0 for row in rows}

    async def _known_albums(self, arrived: Sequence[tuple[int, Sequence[Post]]]) -> set[int]:
        """Channels of which an album is here already to which one of these posts may belong."""
        albums = {post.album_id for _, group in arrived for post in group if post.album_id}
        if not albums:
            return set()
        return set(
            await self._connection.scalars(
                select(posts.c.channel_id).where(
                    posts.c.channel_id.in_([channel_id for channel_id, _ in arrived]),
                    posts.c.album_id.in_(albums),
                )
            )
        )

    async def keep(
        self,
        channel_id: int,
        arrived: Sequence[Post],
        now: datetime,
        *,
        noticed: Collection[int] = (),
        marked: Collection[int] = (),
        history_before: datetime | None = None,
    ) -> Kept:
        """Keeps posts of one channel: each message once, a new revision where the text changed.

        The caller holds the channel's row, so that two batches of one channel do not cross.
        noticed, marked: numbers of posts that read differently than their source showed them
        before, and of those that it calls edited, where it cannot tell when.
        history_before: new posts published earlier are kept and not judged.
        """
        kept, rest = Kept(), list(arrived)
        while rest:
            batch, rest = _without_repeats(rest)
            known = await self._known(channel_id, batch)
            fresh = [post for post in batch if _lookup(post, known) is None]
            changed = 0
            for post in batch:
                post_id = _lookup(post, known)
                if post_id is not None:
                    before = await self._newest(post_id)
                    later = is_later(
                        post,
                        Version(
                            before.text,
                            before.edited_at,
                            SourceKind(before.source),
                            before.is_readable,
                        ),
                        is_noticed=post.message_id in noticed,
                        is_marked=post.message_id in marked,
                    )
                    changed += await self._update(channel_id, post, before, later, now)
            await self._insert([(channel_id, post) for post in fresh], history_before, now)
            kept += Kept(len(fresh), changed, len(batch) - len(fresh) - changed)
        return kept

    async def _known(self, channel_id: int, batch: list[Post]) -> "dict[int | str, int]":
        """Post ids by message number and by album."""
        numbers = [number for post in batch for number in post.member_ids]
        by_number = await self._connection.execute(
            select(post_members.c.message_id, post_members.c.post_id).where(
                post_members.c.channel_id == channel_id, post_members.c.message_id.in_(numbers)
            )
        )
        known: dict[int | str, int] = {row.message_id: row.post_id for row in by_number}
        albums = {post.album_id for post in batch if post.album_id}
        if albums:
            by_album = await self._connection.execute(
                select(posts.c.album_id, posts.c.id).where(
                    posts.c.channel_id == channel_id, posts.c.album_id.in_(albums)
                )
            )
            known |= {row.album_id: row.id for row in by_album}
        return known

    async def _insert(
        self, fresh: list[tuple[int, Post]], history_before: datetime | None, now: datetime
    ) -> None:
        """fresh: posts with their channel's id, none of which is here yet."""
        if not fresh:
            return
        # Matched by number: in the order of the parameters SQLite would insert row by row.
        added = await self._connection.execute(
            insert(posts).returning(posts.c.channel_id, posts.c.message_id, posts.c.id),
            [
                _post_row(channel_id, post, now) | {"is_history": _is_history(post, history_before)}
                for channel_id, post in fresh
            ],
        )
        ids = {(row.channel_id, row.message_id): row.id for row in added}
        rows = [(channel_id, ids[channel_id, post.message_id], post) for channel_id, post in fresh]
        await self._connection.execute(
            insert(post_members), [member for row in rows for member in _member_rows(*row)]
        )
        await self._connection.execute(
            insert(revisions),
            [
                _revision_row(post_id, 1, post, now)
                | {"is_judged": _is_history(post, history_before)}
                for _, post_id, post in rows
            ],
        )
        await self._connection.execute(
            update(posts)
            .where(posts.c.id.in_(ids.values()))
            .values(
                newest_revision_id=select(revisions.c.id)
                .where(revisions.c.post_id == posts.c.id, revisions.c.number == 1)
                .scalar_subquery()
            )
        )

    async def _update(
        self, channel_id: int, post: Post, before: AnyRow, later: bool, now: datetime
    ) -> bool:
        """Whether the post reads differently now. A late member of an album joins it here."""
        post_id = before.post_id
        if later and post.source is SourceKind.PREVIEW:
            if post.content_hash == before.content_hash:
                return False
            post = _edited_at(post, now)  # the page does not tell when: it was noticed now
        if before.album_id:  # also where an export shows one of its messages by itself
            crosses = SourceKind.PREVIEW in {post.source, before.source}
            overwrites = later or post.source == before.source or not crosses
            post = await self._with_album(
                channel_id, post_id, replace(post, album_id="kept"), overwrites=overwrites
            )
        elif not later or len(post.member_ids) > 1:
            return False  # an export's guess makes no album of messages that came one by one
        if post.content_hash == before.content_hash:
            return False
        revision_id = await self._connection.scalar(
            insert(revisions)
            .values(_revision_row(post_id, before.number + 1, post, now))
            .returning(revisions.c.id)
        )
        await self._connection.execute(
            update(posts)
            .where(posts.c.id == post_id)
            .values(
                newest_revision_id=revision_id,
                is_readable=post.is_readable,
                message_id=min(post.member_ids),
                deleted_at=None,
            )
        )
        return True

    async def _with_album(
        self, channel_id: int, post_id: int, arrived: Post, *, overwrites: bool
    ) -> Post:
        """The whole album, with what just arrived put in its place."""
        for row in _member_rows(channel_id, post_id, arrived):
            await self._connection.execute(self._insert_new(post_members).values(row))
            if row["edited_at"] and overwrites:
                await self._connection.execute(
                    update(post_members)
                    .where(
                        post_members.c.post_id == post_id,
                        post_members.c.message_id == row["message_id"],
                        func.coalesce(post_members.c.edited_at, _LONG_AGO) <= row["edited_at"],
                    )
                    .values(row)
                )
        members = await self._connection.execute(
            select(post_members).where(post_members.c.post_id == post_id)
        )
        return join_album([_member(arrived, row) for row in members])

    async def _newest(self, post_id: int) -> AnyRow:
        found = await self._connection.execute(
            select(revisions, posts.c.album_id, posts.c.is_readable)
            .join(posts, posts.c.id == revisions.c.post_id)
            .where(revisions.c.post_id == post_id)
            .order_by(revisions.c.number.desc())
            .limit(1)
        )
        return found.one()

    async def revision(self, revision_id: int) -> Revision:
        found = await self._connection.execute(_REVISION.where(revisions.c.id == revision_id))
        return _revision(found.one())

    async def unjudged(self, limit: int) -> list[Revision]:
        """Revisions that no model has seen yet, oldest first; those without text among them."""
        rows = await self._connection.execute(
            _REVISION.where(revisions.c.is_judged.is_(False)).order_by(revisions.c.id).limit(limit)
        )
        return [_revision(row) for row in rows]

    async def judged(self, revision_ids: Sequence[int]) -> None:
        await self._connection.execute(
            update(revisions).where(revisions.c.id.in_(revision_ids)).values(is_judged=True)
        )

    async def is_newest(self, revision: Revision) -> bool:
        asked = select(posts.c.newest_revision_id).where(posts.c.id == revision.post_id)
        return await self._connection.scalar(asked) == revision.id

    async def is_forgotten(self, revision_id: int) -> bool:
        asked = select(revisions.c.forgotten_at).where(revisions.c.id == revision_id)
        return await self._connection.scalar(asked) is not None

    async def reach(self, post_id: int) -> Reach:
        """Who may have seen a post, and whether it still stands."""
        found = await self._connection.execute(
            select(posts.c.views, channels.c.subscribers, posts.c.deleted_at.is_not(None))
            .join(channels, channels.c.id == posts.c.channel_id)
            .where(posts.c.id == post_id)
        )
        return Reach(*found.one())

    async def count_since(self, moment: datetime) -> tuple[int, int]:
        """As `count`, of posts that reached us after a moment."""
        unreadable = func.count().filter(posts.c.is_readable.is_(False))
        asked = select(func.count(), unreadable).where(posts.c.seen_at > moment)
        row = (await self._connection.execute(asked.select_from(posts))).one()
        return row[0], row[1]

    async def count(self) -> tuple[int, int]:
        """How many posts there are, and how many of them have nothing to read."""
        unreadable = func.count().filter(posts.c.is_readable.is_(False))
        row = (
            await self._connection.execute(select(func.count(), unreadable).select_from(posts))
        ).one()
        return row[0], row[1]


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _without_repeats(arrived: Iterable[Post]) -> tuple[list[Post], list[Post]]:
    """Posts up to their first repetition, and the others: an edit may stand beside its original."""
    batch, rest, seen = list[Post](), list[Post](), set[int | str]()
    for post in arrived:
        keys: set[int | str] = set(post.member_ids) | ({post.album_id} if post.album_id else set())
        (rest if seen & keys else batch).append(post)
        seen |= keys
    return batch, rest


def _edited_at(post: Post, moment: datetime) -> Post:
    members = tuple(replace(member, edited_at=moment) for member in post.members)
    return replace(post, edited_at=moment, members=members)


def _lookup(post: Post, known: "dict[int | str, int]") -> int | None:
    keys: list[int | str] = [*post.member_ids, *([post.album_id] if post.album_id else [])]
    return next((known[key] for key in keys if key in known), None)


def _is_history(post: Post, before: datetime | None) -> bool:
    return before is not None and post.posted_at < before


def _post_row(channel_id: int, post: Post, now: datetime) -> dict[str, Any]:
    return {
        "channel_id": channel_id,
        "message_id": post.message_id,
        "album_id": post.album_id,
        "source": post.source,
        "posted_at": post.posted_at,
        "seen_at": now,
        "forwarded_from": post.forwarded_from,
        "is_readable": post.is_readable,
        "views": post.views,
        "views_approx": post.views_approx,
    }


def _member_rows(channel_id: int, post_id: int, post: Post) -> list[dict[str, Any]]:
    """A row a message. Words are kept here for albums alone: others have them in the revision."""
    return [
        {
            "channel_id": channel_id,
            "message_id": member.message_id,
            "post_id": post_id,
            "text": member.text if post.album_id else "",
            "entities": [asdict(entity) for entity in member.entities] if post.album_id else [],
            "media": list(member.media),
            "edited_at": member.edited_at,
        }
        for member in post.members or (post,)
    ]


def _member(arrived: Post, row: AnyRow) -> Post:
    return Post(
        channel=arrived.channel,
        message_id=row.message_id,
        posted_at=arrived.posted_at,
        source=arrived.source,
        text=row.text,
        entities=tuple(Entity(**entity) for entity in row.entities),
        media=tuple(row.media),
        album_id=arrived.album_id,
        edited_at=row.edited_at,
    )


def _revision_row(post_id: int, number: int, post: Post, now: datetime) -> dict[str, Any]:
    return {
        "post_id": post_id,
        "number": number,
        "source": post.source,
        "text": post.text,
        "entities": [asdict(entity) for entity in post.entities],
        "media": list(post.media),
        "content_hash": post.content_hash,
        "edited_at": post.edited_at,
        "seen_at": now,
    }


def _revision(row: AnyRow) -> Revision:
    kept = dict(row._mapping)
    return Revision(**(kept | {"media": tuple(kept["media"])}))
