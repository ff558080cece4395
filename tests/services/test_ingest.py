"""Posts are kept once, edits as revisions, albums as one; nothing of an unwatched channel."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from bot.domain.channel import ChannelRef, WatchState
from bot.domain.post import Entity, Post, SourceKind, join_album
from bot.ports import Found
from bot.storage.posts import Kept
from tests.factories import CHANNEL, NOON, Flow, post

LATER = NOON + timedelta(minutes=5)
EXPORT = SourceKind.EXPORT


async def texts(flow: Flow) -> list[str]:
    """Every revision's words, in the order in which they were kept."""
    return [str(r.text) for r in await flow.rows("SELECT text FROM revisions ORDER BY id")]


async def newest(flow: Flow) -> list[tuple[int, str, int]]:
    """Of each post: its number, its words now, and how many messages it consists of."""
    rows = await flow.rows(
        "SELECT p.message_id, r.text, (SELECT count(*) FROM post_members m WHERE m.post_id = p.id) "
        "AS members FROM posts p JOIN revisions r ON r.id = p.newest_revision_id ORDER BY p.id"
    )
    return [(row.message_id, row.text, row.members) for row in rows]


def album(*words: str, first: int = 5, **more: object) -> list[Post]:
    return [
        post(text, first + i, media=("photo",), album_id="g", **more)
        for i, text in enumerate(words)
    ]


async def test_new_post_is_kept_and_its_update_handled(flow: Flow) -> None:
    await flow.watched()
    await flow.receive.keep([{"update_id": 9, "channel_post": {"text": "secret"}}])

    kept = await flow.ingest.live([post("halo", 5)], [9])

    assert kept == Kept(new=1)
    assert await newest(flow) == [(5, "halo", 1)]
    (row,) = await flow.rows("SELECT payload, handled_at FROM inbox")
    assert row.payload == "{}"
    assert row.handled_at is not None


async def test_how_often_a_post_was_seen_is_kept_where_the_source_says(flow: Flow) -> None:
    await flow.watched()

    await flow.ingest.live(
        [
            post("halo", 5, source=SourceKind.PREVIEW, views=1200, views_approx=True),
            post("hai", 6),
        ],
        [],
    )

    rows = await flow.rows("SELECT source, views, views_approx FROM posts ORDER BY id")
    assert [(row.source, row.views, bool(row.views_approx)) for row in rows] == [
        ("preview", 1200, True),
        ("bot", None, False),
    ]


async def test_known_post_changes_nothing(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("halo", 5)], [])

    assert await flow.ingest.live([post("halo", 5)], []) == Kept(known=1)
    assert await flow.ingest.live([post("halo", 5), post("halo", 5)], []) == Kept(known=2)
    assert await texts(flow) == ["halo"]


async def test_same_post_twice_in_one_batch_is_one(flow: Flow) -> None:
    await flow.watched()

    assert await flow.ingest.live([post("halo", 5), post("halo", 5)], []) == Kept(new=1, known=1)


async def test_edit_is_a_revision(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("halo", 5)], [])

    kept = await flow.ingest.live([post("halo dunia", 5, edited_at=LATER)], [])

    assert kept == Kept(changed=1)
    assert await texts(flow) == ["halo", "halo dunia"]
    assert await newest(flow) == [(5, "halo dunia", 1)]


async def test_edit_beside_its_original_in_one_batch(flow: Flow) -> None:
    await flow.watched()

    kept = await flow.ingest.live([post("halo", 5), post("halo dunia", 5, edited_at=LATER)], [])

    assert kept == Kept(new=1, changed=1)
    assert await newest(flow) == [(5, "halo dunia", 1)]


async def test_edit_that_changes_no_word_is_known(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("halo", 5)], [])

    assert await flow.ingest.live([post("halo", 5, edited_at=LATER)], []) == Kept(known=1)
    assert await texts(flow) == ["halo"]


async def test_edit_that_arrives_before_its_original_wins(flow: Flow) -> None:
    await flow.watched()

    await flow.ingest.live([post("baru", 5, edited_at=LATER)], [])
    kept = await flow.ingest.live([post("lama", 5)], [])

    assert kept == Kept(known=1)
    assert await texts(flow) == ["baru"]


async def test_late_edit_is_not_taken_for_a_newer_one(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("dua", 5, edited_at=LATER)], [])

    kept = await flow.ingest.live([post("satu", 5, edited_at=NOON)], [])

    assert kept == Kept(known=1)
    assert await newest(flow) == [(5, "dua", 1)]


async def test_two_edits_within_a_second_are_both_kept(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("satu", 5, edited_at=LATER)], [])

    assert await flow.ingest.live([post("dua", 5, edited_at=LATER)], []) == Kept(changed=1)


async def test_edit_of_links_alone_is_a_revision(flow: Flow) -> None:
    await flow.watched()
    link = Entity("text_link", 0, 4, "https://example.org/a")
    await flow.ingest.live([post("halo", 5, entities=(link,))], [])

    moved = replace(link, url="https://example.org/b")
    kept = await flow.ingest.live([post("halo", 5, entities=(moved,), edited_at=LATER)], [])

    assert kept == Kept(changed=1)


async def test_album_in_one_batch_is_one_post(flow: Flow) -> None:
    await flow.watched()

    kept = await flow.ingest.live([*album("", "isi", ""), post("lain", 9)], [])

    assert kept == Kept(new=2)
    assert await newest(flow) == [(5, "isi", 3), (9, "lain", 1)]


async def test_late_album_member_joins_its_post(flow: Flow) -> None:
    await flow.watched()
    first, second, third = album("", "isi", "akhir")
    await flow.ingest.live([second], [])

    await flow.ingest.live([third], [])
    await flow.ingest.live([first], [])

    assert await newest(flow) == [(5, "isi\n\nakhir", 3)]
    (row,) = await flow.rows("SELECT media FROM revisions ORDER BY id DESC LIMIT 1")
    assert str(row.media).count("photo") == 3


async def test_album_that_arrives_again_is_known(flow: Flow) -> None:
    await flow.watched()
    members = album("satu", "dua", "")
    await flow.ingest.live(members, [])

    kept = [await flow.ingest.live([member], []) for member in members]

    assert kept == [Kept(known=1)] * 3
    assert await flow.ingest.live(members, []) == Kept(known=1)
    assert await texts(flow) == ["satu\n\ndua"]


async def test_edit_of_an_albums_member_changes_that_member_alone(flow: Flow) -> None:
    await flow.watched()
    _, second, _ = members = album("satu", "dua", "")
    await flow.ingest.live(members, [])

    kept = await flow.ingest.live([replace(second, text="dua lagi", edited_at=LATER)], [])

    assert kept == Kept(changed=1)
    assert await newest(flow) == [(5, "satu\n\ndua lagi", 3)]


async def test_edit_of_an_albums_first_caption_keeps_the_others(flow: Flow) -> None:
    await flow.watched()
    first, *_ = members = album("satu", "dua", "tiga")
    await flow.ingest.live(members, [])

    await flow.ingest.live([replace(first, text="", edited_at=LATER)], [])

    assert await newest(flow) == [(5, "dua\n\ntiga", 3)]


async def test_edit_of_a_member_that_arrives_before_the_album(flow: Flow) -> None:
    await flow.watched()
    first, second, third = album("satu", "", "")

    await flow.ingest.live([replace(first, text="satu baru", edited_at=LATER)], [])
    await flow.ingest.live([first, second, third], [])

    assert await newest(flow) == [(5, "satu baru", 3)]


async def test_album_and_edit_of_its_member_in_one_batch(flow: Flow) -> None:
    await flow.watched()
    first, second, third = album("satu", "dua", "")

    edited = replace(first, text="satu baru", edited_at=LATER)
    await flow.ingest.live([first, second, third, edited], [])

    assert await newest(flow) == [(5, "satu baru\n\ndua", 3)]


async def test_unwatched_channel_is_not_kept_and_its_update_is_emptied(flow: Flow) -> None:
    await flow.receive.keep([{"update_id": 9, "channel_post": {"text": "secret"}}])

    kept = await flow.ingest.live([post("halo", 5)], [9])

    assert kept == Kept()
    assert await flow.rows("SELECT * FROM posts") == []
    assert await flow.rows("SELECT * FROM channels") == []
    assert [row.payload for row in await flow.rows("SELECT payload FROM inbox")] == ["{}"]


async def test_removed_channel_is_not_kept(flow: Flow) -> None:
    await flow.watched()
    await flow.watch.remove(await flow.admin(), ["@kabar_contoh"])

    assert await flow.ingest.live([post("halo", 5)], []) == Kept()


async def test_first_post_makes_a_waiting_channel_watched_and_names_it(flow: Flow) -> None:
    await flow.adds("@KABAR_contoh")
    (before,) = await flow.under_watch()

    await flow.ingest.live([post("halo", 5)], [])

    (after,) = await flow.under_watch()
    assert (before.state, before.chat_id) == (WatchState.WAITING, None)
    assert (after.state, after.chat_id, after.title) == (
        WatchState.WATCHING,
        CHANNEL.chat_id,
        CHANNEL.title,
    )
    assert after.posts == 1


async def test_post_without_text_is_counted_and_not_called_clean(flow: Flow) -> None:
    await flow.arrive(post("", 5, media=("photo",)), post("halo", 6))

    status = await flow.report.status()

    assert (status.posts, status.unreadable) == (2, 1)
    assert len(await flow.rows("SELECT id FROM verdicts")) == 1


async def test_same_post_from_bot_and_export_is_one(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live([post("halo", 5)], [])
    exported = ChannelRef(CHANNEL.chat_id, None, CHANNEL.title)

    again = post("halo", 5, channel=exported, source=EXPORT)
    new = post("lama", 4, channel=exported, source=EXPORT)

    assert await flow.ingest.from_file([again, new]) == Kept(new=1, known=1)
    assert await flow.ingest.live([post("lama", 4)], []) == Kept(known=1)
    assert len(await flow.rows("SELECT id FROM channels")) == 1


async def test_export_that_guesses_an_album_leaves_single_posts_alone(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live(
        [post("satu", 5, media=("photo",)), post("dua", 6, media=("photo",))], []
    )
    guessed = join_album(
        [
            post("satu", 5, media=("photo",), album_id="export:5", source=EXPORT),
            post("dua", 6, media=("photo",), album_id="export:5", source=EXPORT, edited_at=LATER),
        ]
    )

    await flow.ingest.from_file([guessed])

    assert await newest(flow) == [(5, "satu", 1), (6, "dua", 1)]


async def test_export_of_an_album_is_the_bots_album(flow: Flow) -> None:
    await flow.watched()
    members = album("satu", "dua")
    await flow.ingest.live(members, [])
    exported = [replace(one, album_id="export:5", source=EXPORT) for one in members]

    assert await flow.ingest.from_file([join_album(exported)]) == Kept(known=1)
    assert await newest(flow) == [(5, "satu\n\ndua", 2)]


async def test_export_row_of_an_albums_member_does_not_hide_the_others(flow: Flow) -> None:
    await flow.watched()
    await flow.ingest.live(album("satu", "dua"), [])

    edited = post("dua lagi", 6, media=("photo",), source=EXPORT, edited_at=LATER)
    await flow.ingest.from_file([edited])

    assert await newest(flow) == [(5, "satu\n\ndua lagi", 2)]


async def test_exported_album_takes_edits_of_single_members(flow: Flow) -> None:
    await flow.watched()
    members = album("satu", "dua")
    exported = [replace(one, album_id="export:5", source=EXPORT) for one in members]
    await flow.ingest.from_file([join_album(exported)])

    await flow.ingest.live([replace(members[1], text="dua lagi", edited_at=LATER)], [])

    assert await newest(flow) == [(5, "satu\n\ndua lagi", 2)]


async def test_scanned_channel_is_known_and_not_watched(flow: Flow) -> None:
    await flow.ingest.from_file([post("halo", 5, source=EXPORT)])

    (row,) = await flow.rows("SELECT state FROM channels")
    assert row.state == WatchState.SCANNED
    assert await flow.under_watch() == []
    assert await flow.ingest.live([post("lagi", 6)], []) == Kept()


async def test_batch_of_two_channels_keeps_them_apart(flow: Flow) -> None:
    other = ChannelRef(-1009999999999, "kabar_lain", "Kabar Lain")
    await flow.watched()
    await flow.watched(other)

    kept = await flow.ingest.live([post("satu", 5), post("dua", 5, channel=other)], [])

    assert kept == Kept(new=2)


async def test_name_that_moved_to_another_channel_is_not_that_channel(flow: Flow) -> None:
    await flow.watched()
    stranger = ChannelRef(-1009999999999, CHANNEL.username, "Bukan yang tadi")

    kept = await flow.ingest.live([post("halo", 5, channel=stranger)], [])

    assert kept == Kept()
    (channel,) = await flow.under_watch()
    assert channel.chat_id == CHANNEL.chat_id


async def test_renamed_channel_is_the_same_channel(flow: Flow) -> None:
    await flow.watched()
    renamed = ChannelRef(CHANNEL.chat_id, "nama_baru", "Judul Baru")

    assert await flow.ingest.live([post("halo", 5, channel=renamed)], []) == Kept(new=1)

    (channel,) = await flow.under_watch()
    assert (channel.username, channel.title) == ("nama_baru", "Judul Baru")


async def test_name_can_be_watched_again_after_it_moved(flow: Flow) -> None:
    await flow.watched()
    moved = ChannelRef(-1009999999999, CHANNEL.username, "Pemilik baru")
    flow.directory.known["kabar_contoh"] = Found(moved, is_channel=True, has_bot=True)

    await flow.adds("@kabar_contoh")

    assert await flow.ingest.live([post("halo", 5, channel=moved)], []) == Kept(new=1)
    by_id = {channel.chat_id: channel.username for channel in await flow.under_watch()}
    assert by_id == {CHANNEL.chat_id: None, moved.chat_id: "kabar_contoh"}


async def test_text_that_no_database_takes_is_kept_readable(flow: Flow) -> None:
    await flow.watched()

    await flow.ingest.live([post("a\x00b\ud83dc 👩‍👩‍👧 \u202e", 5)], [])

    assert await texts(flow) == ["a\ufffdb\ufffdc 👩‍👩‍👧 \u202e"]
    assert await flow.ingest.live([post("a\x00b\ud83dc 👩‍👩‍👧 \u202e", 5)], []) == Kept(known=1)


def channel(number: int) -> ChannelRef:
    return ChannelRef(-1001000000000 - number, f"kabar_{number}", f"Kabar {number}")


async def test_batch_of_many_channels_keeps_of_each_what_is_new(flow: Flow) -> None:
    first, second, third, unwatched = map(channel, range(4))
    for ref in (first, second, third):
        await flow.watched(ref)
    waiting, late = (replace(one, channel=third) for one in album("satu", "dua"))
    before = [post("lama", 5, channel=first), post("lama", 5, channel=second), waiting]
    assert await flow.ingest.live(before, []) == Kept(new=3)

    kept = await flow.ingest.live(
        [
            post("baru", 6, channel=first),
            post("lebih baru", 7, channel=first),
            post("lama, disunting", 5, channel=second, edited_at=LATER),
            post("terlambat", 4, channel=second),
            late,
            post("bukan milik kami", 1, channel=unwatched),
        ],
        [],
    )

    assert kept == Kept(new=3, changed=2)
    assert sorted(await newest(flow)) == [
        (4, "terlambat", 1),
        (5, "lama", 1),
        (5, "lama, disunting", 1),
        (5, "satu\n\ndua", 2),
        (6, "baru", 1),
        (7, "lebih baru", 1),
    ]


async def test_batch_of_many_channels_asks_no_more_than_one_of_one(flow: Flow) -> None:
    asked = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    for number in range(20):
        await flow.watched(channel(number))
    event.listen(flow.database._engine.sync_engine, "before_cursor_execute", note)
    counts = []
    for batch in (
        [post("halo", number, channel=channel(0)) for number in range(1, 21)],
        [post("halo", 30, channel=channel(number)) for number in range(20)],
    ):
        asked.clear()
        assert await flow.ingest.live(batch, []) == Kept(new=20)
        counts.append(len(asked))

    assert counts[0] == counts[1]


async def test_channel_awaited_by_name_and_known_by_id_is_made_one_in_a_batch(flow: Flow) -> None:
    exported = replace(channel(1), username=None)
    await flow.ingest.from_file([post("lama", 5, channel=exported, source=EXPORT)])
    await flow.adds("@kabar_1")
    await flow.watched(channel(2))

    batch = [post("halo", 6, channel=channel(1)), post("halo", 6, channel=channel(2))]
    assert await flow.ingest.live(batch, []) == Kept(new=2)

    assert {one.chat_id for one in await flow.under_watch()} == {
        channel(1).chat_id,
        channel(2).chat_id,
    }


async def test_channel_that_is_renamed_within_a_batch_loses_no_post(flow: Flow) -> None:
    await flow.watched(channel(1))
    renamed = replace(channel(1), username="nama_baru")

    batch = [post("halo", 5, channel=channel(1)), post("halo", 6, channel=renamed)]

    assert await flow.ingest.live(batch, []) == Kept(new=2)
    assert [number for number, _, _ in await newest(flow)] == [5, 6]
