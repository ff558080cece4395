"""Newline JSON: what becomes of each line, and that nothing about people gets through."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.channel import ChannelRef
from bot.domain.errors import ExportError
from bot.domain.post import Entity, Post, SourceKind
from bot.domain.scan import BrokenRow, FileRow, Skipped
from bot.sources import files
from bot.sources.export import read_export
from bot.sources.ndjson import is_ndjson, read_ndjson

Fields = dict[str, Any]
CHANNEL_ID = 1000000042
CHANNEL: Fields = {"_": "PeerChannel", "channel_id": CHANNEL_ID}

# Newline JSON is only read of a channel that somebody names.
read_file = partial(files.read_file, username="contoh_kanal")


def message(number: int = 1, text: str = "Selamat pagi", **more: Any) -> Fields:
    """A channel's post in the shape of Telethon's `to_json`; None leaves a field out."""
    whole = {
        "_": "Message",
        "id": number,
        "peer_id": CHANNEL,
        "date": "2023-11-14T22:13:20+00:00",
        "message": text,
        "out": False,
        "post": True,
        "from_id": None,
        "media": None,
        "entities": [],
        "views": 12,
        **more,
    }
    return {name: value for name, value in whole.items() if value is not None}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of lines: objects as JSON, strings and bytes as they are."""

    def write_lines(*lines: Any, name: str = "lines.ndjson") -> Path:
        path = tmp_path / name
        path.write_bytes(b"\n".join(map(_encoded, lines)) + b"\n")
        return path

    return write_lines


def _encoded(line: Any) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


@pytest.fixture
def read(write: Callable[..., Path]) -> Callable[..., list[FileRow]]:
    return lambda *lines: list(read_file(write(*lines)))


@pytest.fixture
def read_one(read: Callable[..., list[FileRow]]) -> Callable[[Fields], Post]:
    def read_post(fields: Fields) -> Post:
        (found,) = read(fields)
        assert isinstance(found, Post)
        return found

    return read_post


# --- posts ------------------------------------------------------------------------------------


def test_line_becomes_the_post_that_it_describes(write: Callable[..., Path]) -> None:
    path = write(message(7, "Halo", edit_date="2023-11-15T08:00:00+07:00"))

    (post,) = read_file(path, username="contoh_kanal")

    assert post == Post(
        channel=ChannelRef(-1001000000042, "contoh_kanal"),
        message_id=7,
        posted_at=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        source=SourceKind.EXPORT,
        text="Halo",
        edited_at=datetime(2023, 11, 15, 1, 0, tzinfo=UTC),
    )


def test_older_lines_name_the_channel_in_to_id(read_one: Callable[[Fields], Post]) -> None:
    post = read_one(message(peer_id=None, to_id=CHANNEL))

    assert post.channel.chat_id == -1001000000042


def test_peer_without_its_type_is_known_by_its_field(read_one: Callable[[Fields], Post]) -> None:
    assert read_one(message(peer_id={"channel_id": CHANNEL_ID})).channel.chat_id == -1001000000042


@pytest.mark.parametrize(
    "date",
    [
        1_700_000_000,
        "2023-11-14 22:13:20+00:00",
        "2023-11-14T22:13:20",
        "2023-11-14T23:13:20+01:00",
    ],
)
def test_dates_are_read_however_they_are_written(
    date: object, read_one: Callable[[Fields], Post]
) -> None:
    assert read_one(message(date=date)).posted_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_offsets_in_utf_16_units_become_characters(read_one: Callable[[Fields], Post]) -> None:
    text = "👍🏽 lihat https://example.org 🎉 akhir"
    units = text.encode("utf-16-le")
    start = units.index("https".encode("utf-16-le")) // 2
    end = units.index("akhir".encode("utf-16-le")) // 2

    post = read_one(
        message(
            text=text,
            entities=[
                {"_": "MessageEntityUrl", "offset": start, "length": 19},
                {"_": "MessageEntityBold", "offset": end, "length": 5},
                {"_": "MessageEntityTextUrl", "offset": 0, "length": 4, "url": "https://x.example"},
            ],
        )
    )

    assert post.entities == (
        Entity("url", text.index("https"), 19, "https://example.org"),
        Entity("bold", text.index("akhir"), 5),
        Entity("text_link", 0, 2, "https://x.example"),
    )


@given(text=st.text(max_size=30), offset=st.integers(-3, 70), length=st.integers(-3, 70))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_entities_never_leave_their_text(
    text: str, offset: int, length: int, read_one: Callable[[Fields], Post]
) -> None:
    mark = {"_": "MessageEntityBold", "offset": offset, "length": length}

    post = read_one(message(text=text, media={"_": "MessageMediaPhoto"}, entities=[mark]))

    for entity in post.entities:
        assert entity.offset >= 0 and entity.length >= 0
        assert entity.offset + entity.length <= len(post.text)
    units = text.encode("utf-16-le")
    if offset >= 0 and length > 0 and 2 * (offset + length) <= len(units):
        (entity,) = post.entities
        marked = units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")
        if "\ufffd" not in marked:  # no character was cut in two
            words = post.text[entity.offset : entity.offset + entity.length]
            assert words == marked.replace("\x00", "\ufffd")


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        ({"_": "MessageMediaPhoto"}, "photo"),
        ({"_": "MessageMediaGeo"}, "location"),
        ({"_": "MessageMediaUnsupported"}, "unsupported"),
        ({"_": "MessageMediaOfTomorrow"}, "other"),
        ({"_": "MessageMediaDocument", "document": None}, "document"),
    ],
)
def test_media_are_named_as_other_sources_name_them(
    media: Fields, kind: str, read_one: Callable[[Fields], Post]
) -> None:
    assert read_one(message(media=media)).media == (kind,)


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ([{"_": "DocumentAttributeFilename", "file_name": "a.pdf"}], "document"),
        ([{"_": "DocumentAttributeVideo"}], "video"),
        ([{"_": "DocumentAttributeVideo", "round_message": True}], "video_message"),
        ([{"_": "DocumentAttributeVideo"}, {"_": "DocumentAttributeAnimated"}], "animation"),
        ([{"_": "DocumentAttributeVideo"}, {"_": "DocumentAttributeSticker"}], "sticker"),
        ([{"_": "DocumentAttributeAudio", "voice": True}], "voice_message"),
        ([{"_": "DocumentAttributeAudio"}], "audio"),
    ],
)
def test_files_are_told_apart_by_their_attributes(
    attributes: list[Fields], kind: str, read_one: Callable[[Fields], Post]
) -> None:
    media = {"_": "MessageMediaDocument", "document": {"attributes": attributes}}

    assert read_one(message(media=media)).media == (kind,)


def test_link_preview_is_no_medium(read_one: Callable[[Fields], Post]) -> None:
    assert read_one(message(media={"_": "MessageMediaWebPage"})).media == ()


@pytest.mark.parametrize("wrapped", [False, True])
def test_poll_reads_as_its_lines(wrapped: bool, read_one: Callable[[Fields], Post]) -> None:
    def words(text: str) -> object:
        return {"_": "TextWithEntities", "text": text} if wrapped else text

    poll = {
        "question": words("Kapan?"),
        "answers": [{"text": words("Pagi")}, {"text": words("Sore")}],
    }

    post = read_one(message(text="Pilih", media={"_": "MessageMediaPoll", "poll": poll}))

    assert (post.text, post.media) == ("Pilih\n\nKapan?\nPagi\nSore", ("poll",))


def test_message_with_nothing_to_see_is_unsupported(read_one: Callable[[Fields], Post]) -> None:
    assert read_one(message(text="")).media == ("unsupported",)


def test_text_is_fit_for_every_database(read: Callable[..., list[FileRow]]) -> None:
    (post,) = read(json.dumps(message(text="TEXT")).replace("TEXT", r"a\u0000b\ud83dc\ud83d\ude00"))

    assert isinstance(post, Post)
    assert post.text == "a\ufffdb\ufffdc😀"


# --- albums -----------------------------------------------------------------------------------


def photo(number: int, text: str = "", group: int = 99, **more: Any) -> Fields:
    return message(number, text, grouped_id=group, media={"_": "MessageMediaPhoto"}, **more)


def test_members_of_an_album_are_one_post(read: Callable[..., list[FileRow]]) -> None:
    found = read(photo(5, "Judul"), photo(6), photo(7), photo(8, group=100), message(9))

    posts = [row for row in found if isinstance(row, Post)]
    assert [post.member_ids for post in posts] == [(5, 6, 7), (8,), (9,)]
    assert (posts[0].text, posts[0].media) == ("Judul", ("photo",) * 3)
    assert [post.album_id for post in posts] == ["99", "100", None]


def test_member_that_stands_twice_is_in_no_album_twice(read: Callable[..., list[FileRow]]) -> None:
    found = read(photo(5), photo(6), photo(6), photo(7))

    assert [post.member_ids for post in found if isinstance(post, Post)] == [(5, 6), (6, 7)]


def test_albums_of_two_channels_stay_apart(read: Callable[..., list[FileRow]]) -> None:
    other = {"_": "PeerChannel", "channel_id": 77}

    assert len(read(photo(5), photo(6, peer_id=other))) == 2


# --- what is not read -------------------------------------------------------------------------

USER: Fields = {"_": "PeerUser", "user_id": 5}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (message(peer_id=USER, post=False), "private_chat"),
        (message(peer_id=USER), "private_chat"),
        (message(peer_id={"_": "PeerChat", "chat_id": 5}), "group"),
        (message(post=False), "group"),
        (message(post=None), "group"),
        (message(post="true"), "group"),
        (message(_="MessageService", message=None), "service"),
        (message(_="MessageService", peer_id=USER), "private_chat"),
        (message(_="MessageEmpty", peer_id=None), "empty"),
        (message(peer_id=None), "unknown_chat"),
        (message(peer_id="channel"), "unknown_chat"),
        (message(peer_id={"_": "PeerOfTomorrow", "channel_id": 5}), "unknown_chat"),
        (message(peer_id={"_": "PeerChannel", "channel_id": -5}), "unknown_chat"),
        (message(peer_id={"_": "PeerChannel", "channel_id": "42"}), "unknown_chat"),
        (message(peer_id={"_": "PeerChannel"}), "unknown_chat"),
    ],
)
def test_all_but_posts_of_channels_is_skipped_with_its_reason(
    fields: Fields, reason: str, read: Callable[..., list[FileRow]]
) -> None:
    _, found = read(message(), fields)

    assert isinstance(found, Skipped)
    assert (found.reason, found.place) == (reason, "line 2")


def test_nothing_about_people_is_kept(read: Callable[..., list[FileRow]]) -> None:
    secret = "Rahasia"
    fields = message(
        text="Halo dunia",
        post_author=secret,
        from_id={"_": "PeerUser", "user_id": 4711, "name": secret},
        fwd_from={"_": "MessageFwdHeader", "from_name": secret, "from_id": {"user_id": 4711}},
        reactions={"recent_reactions": [{"peer_id": {"user_id": 4711}}]},
        reply_to={"reply_to_msg_id": 3, "quote_text": secret},
        via_bot_id=4711,
        media={"_": "MessageMediaContact", "phone_number": "4711", "first_name": secret},
        entities=[
            {"_": "MessageEntityMentionName", "offset": 0, "length": 4, "user_id": 4711},
            {"_": "InputMessageEntityMentionName", "offset": 0, "length": 4, "user_id": 4711},
        ],
    )

    (post,) = read(fields)

    assert isinstance(post, Post)
    assert post.text == "Halo dunia" and post.entities == () and post.media == ("contact",)
    assert secret not in repr(post) and "4711" not in repr(post)


# --- damage -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"id": 3, "mess', "This line is no valid JSON."),
        ("[1, 2]", "This line is no JSON object."),
        ('"words"', "This line is no JSON object."),
        ('{"name": "Budi"}', "This line is no message."),
        ('{"_": "User", "id": 3, "to_id": 4}', "This line is no message."),
        ("[" * 100_000, "This line is nested too deeply."),
        (message(0), "This message has no message number."),
        (message(id="3"), "This message has no message number."),
        (message(id=2**40), "This message has no message number."),
        (message(date=None), "This message has no possible date."),
        (message(date="yesterday"), "This message has no possible date."),
        (message(date=True), "This message has no possible date."),
        (message(message=["a"]), "This message has a text that is no words."),
    ],
)
def test_bad_line_costs_itself_and_its_number_is_named(
    line: Any, sentence: str, read: Callable[..., list[FileRow]]
) -> None:
    before, broken, after = read(message(1), "", line, message(2))

    assert broken == BrokenRow("line 3", sentence)
    assert isinstance(before, Post) and isinstance(after, Post)


def test_last_line_that_is_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cut"
    path.write_text(json.dumps(message(1)) + "\n" + json.dumps(message(2))[:-20])

    _, broken = read_file(path)

    assert broken == BrokenRow("line 2", "This line is cut off, for the file ends.")


def test_line_beyond_every_message_is_passed_over(read: Callable[..., list[FileRow]]) -> None:
    endless = b'{"_": "Message", "message": "' + b"x" * 9_000_000

    _, broken, last = read(message(1), endless, message(2))

    assert broken == BrokenRow("line 2", "This line is longer than 4 MB.")
    assert isinstance(last, Post) and last.message_id == 2


def test_bytes_that_are_no_utf_8_become_signs_in_their_place(
    read: Callable[..., list[FileRow]],
) -> None:
    (post,) = read(json.dumps(message(text="TEXT")).encode().replace(b"TEXT", b"a\xffb"))

    assert isinstance(post, Post) and post.text == "a\ufffdb"


JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(changed=st.dictionaries(st.sampled_from(sorted(message())), JSON_VALUE, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_value_in_any_field_raises(changed: Fields, read: Callable[..., list[FileRow]]) -> None:
    found = read(message(1), message(2) | changed)

    assert len(found) == 2


@given(value=JSON_VALUE)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_value_inside_media_or_entities_raises(
    value: Any, read: Callable[..., list[FileRow]]
) -> None:
    lines = [
        message(entities=value),
        message(entities=[value, {"_": "MessageEntityUrl", "offset": value, "length": 2}]),
        message(media={"_": value}),
        message(media={"_": "MessageMediaPoll", "poll": value}),
        message(media={"_": "MessageMediaPoll", "poll": {"question": value, "answers": [value]}}),
        message(media={"_": "MessageMediaDocument", "document": {"attributes": [value]}}),
        message(grouped_id=value),
    ]

    assert len(read(*lines)) == len(lines)


# --- the file ---------------------------------------------------------------------------------


def test_kind_is_told_by_content_and_not_by_name(write: Callable[..., Path]) -> None:
    lines = write(message(1), name="result.json")
    export = {"name": "Contoh", "type": "public_channel", "id": 42, "messages": []}

    assert is_ndjson(lines)
    assert not is_ndjson(write(export, name="lines.ndjson"))
    assert not is_ndjson(write(json.dumps(export, indent=1), name="pretty.ndjson"))


def test_damaged_first_line_does_not_hide_the_kind(read: Callable[..., list[FileRow]]) -> None:
    broken, post = read("oops", message(1))

    assert broken == BrokenRow("line 1", "This line is no valid JSON.")
    assert isinstance(post, Post)


def test_mark_at_the_start_and_line_ends_of_windows_are_taken(
    read: Callable[..., list[FileRow]],
) -> None:
    found = read(b"\xef\xbb\xbf" + _encoded(message(1)) + b"\r", _encoded(message(2)) + b"\r")

    assert [row.message_id for row in found if isinstance(row, Post)] == [1, 2]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 x", b"<html>", b"[1]", b"text", b'{"a": 1}\n{"b": 2}\n']
)
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(ExportError):
        list(read_file(path))


def test_missing_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no such file"):
        read_file(tmp_path / "nothing")
    with pytest.raises(ExportError, match="folder"):
        read_file(tmp_path)


def test_progress_ends_at_the_size_of_the_file(write: Callable[..., Path]) -> None:
    path = write(*[message(number) for number in range(1, 1001)])
    seen: list[int] = []

    list(read_ndjson(path, progress=seen.append))

    assert len(seen) > 3 and seen == sorted(seen)
    assert seen[-1] == path.stat().st_size


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(lines: int) -> int:
        path = tmp_path / f"{lines}.ndjson"
        with path.open("w") as file:
            for number in range(1, lines + 1):
                file.write(json.dumps(message(number, "kata " * 200)) + "\n")
        tracemalloc.start()
        try:
            posts = sum(isinstance(row, Post) for row in read_file(path))
            highest = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert posts == lines
        return highest

    few = peak(200)

    assert peak(4000) < 1.5 * few


def test_one_post_reads_alike_from_both_kinds_of_file(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    """So that scanning one channel from both adds no revision."""
    line = message(
        3,
        "Baca https://example.org sekarang",
        entities=[
            {"_": "MessageEntityUrl", "offset": 5, "length": 19},
            {"_": "MessageEntityBold", "offset": 25, "length": 8},
        ],
    )
    row = {
        "id": 3,
        "type": "message",
        "date_unixtime": "1700000000",
        "text": [
            "Baca ",
            {"type": "link", "text": "https://example.org"},
            " ",
            {"type": "bold", "text": "sekarang"},
        ],
    }
    export = {"name": "", "type": "public_channel", "id": CHANNEL_ID, "messages": [row]}
    (tmp_path / "result.json").write_text(json.dumps(export))

    (of_line,) = read_file(write(line))
    (of_export,) = read_export(tmp_path / "result.json", username="contoh_kanal")

    assert of_line == of_export


def test_channel_that_nobody_names_is_not_read(write: Callable[..., Path]) -> None:
    with pytest.raises(ExportError, match="--username NAME"):
        files.read_file(write(message()))
