"""What a file may look like, and what is refused with a sentence."""

import json
import os
import tracemalloc
from pathlib import Path
from unittest.mock import Mock

import pytest

from bot.domain.errors import ExportError
from bot.domain.post import Post
from bot.domain.scan import BrokenRow, Skipped, SkipReason
from bot.sources.export import read_export
from bot.sources.export_bytes import Pieces
from tests.sources.conftest import CHANNEL, dump, row

ROWS = [row(number, f"Pesan {number}") for number in range(1, 6)]


def numbers(found):
    return [post.message_id for post in found if isinstance(post, Post)]


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_layout_of_the_file_does_not_matter(read, indent):
    found = read(json.dumps({**CHANNEL, "messages": ROWS}, indent=indent))

    assert numbers(found) == [1, 2, 3, 4, 5]


def test_escaped_characters_outside_ascii_are_read(read):
    found = read(json.dumps({**CHANNEL, "messages": [row(1, "Doa 🤲 untuk semua")]}))

    assert found[0].text == "Doa 🤲 untuk semua"


def test_order_of_fields_does_not_matter(read):
    rows = [dict(sorted(entry.items(), reverse=True)) for entry in ROWS]

    found = read(dump({"messages": rows, "type": "public_channel", "name": "Contoh", "id": 7}))

    assert numbers(found) == [1, 2, 3, 4, 5]
    assert found[0].channel.chat_id == -1000000000007
    assert found[0].channel.title == "Contoh"


def test_private_chat_is_recognised_when_its_header_comes_last(read):
    found = read(dump({"messages": ROWS, "type": "personal_chat", "id": 7}))

    assert [skipped.reason for skipped in found] == [SkipReason.PRIVATE_CHAT] * 5


def test_full_account_export_gives_its_public_channels_alone(read):
    chats = [
        {"name": "Siti", "type": "personal_chat", "id": 5, "messages": [row(1, "Rahasia")]},
        {**CHANNEL, "messages": [row(2), row(3)]},
        {"type": "saved_messages", "id": 6, "messages": [row(4, "Rahasia")]},
        {"messages": [row(5, from_id="channel8")], **CHANNEL, "id": 8},
        {"name": "Siti", "id": 9, "messages": [row(6, "Rahasia")]},
        {**CHANNEL, "id": 10**14, "messages": [row(7, from_id=None)]},
    ]
    left = [{"messages": [row(8, from_id=None)], **CHANNEL, "id": 11}]
    account = {
        "about": "Here is the data you requested.",
        "personal_information": {"first_name": "Siti", "messages": [row(90)]},
        "contacts": {"list": [{"first_name": "Budi", "messages": [row(91)]}]},
        "chats": {"about": "...", "list": chats},
        "left_chats": {"about": "...", "list": left},
        "type": "account",
    }

    found = read(dump(account))

    posts = [post for post in found if isinstance(post, Post)]
    assert [(post.channel.chat_id, post.message_id) for post in posts] == [
        (-1001000000042, 2),
        (-1001000000042, 3),
        (-1000000000008, 5),
        (-1000000000011, 8),
    ]
    skipped = [(one.place.split(",")[0], one.reason) for one in found if isinstance(one, Skipped)]
    assert skipped == [
        ("chats.list[0].messages[0]", SkipReason.PRIVATE_CHAT),
        ("chats.list[2].messages[0]", SkipReason.PRIVATE_CHAT),
        ("chats.list[4].messages[0]", SkipReason.UNKNOWN_CHAT),
        ("chats.list[5].messages[0]", SkipReason.UNKNOWN_CHAT),
    ]
    assert "Rahasia" not in repr(found)


def test_place_names_the_byte_where_the_message_begins(write):
    path = write([row(1), row(2, 5)])

    (_, broken) = read_export(path)

    byte = int(broken.place.removeprefix("messages[1], byte ").replace(",", ""))
    begins = path.read_bytes()[byte:].split()
    assert begins[:3] == [b"{", b'"id":', b"2,"]


def test_empty_list_of_messages_is_no_error(read):
    assert read([]) == []


def test_byte_order_mark_is_taken(read):
    found = read(b"\xef\xbb\xbf" + dump({**CHANNEL, "messages": ROWS}).encode())

    assert numbers(found) == [1, 2, 3, 4, 5]


def test_byte_order_mark_counts_in_places(write):
    plain = dump({**CHANNEL, "messages": [row(1, 5)]}).encode()

    (without,) = read_export(write(plain))
    (with_mark,) = read_export(write(b"\xef\xbb\xbf" + plain))

    byte = int(without.place.rsplit(" ", 1)[1])
    assert with_mark.place == f"messages[0], byte {byte + 3}"


def test_album_does_not_reach_into_the_next_channel(read):
    photos = [row(n, "", photo="1.jpg", date_unixtime="1700000000", from_id=None) for n in (1, 2)]
    chats = [{**CHANNEL, "messages": photos[:1]}, {**CHANNEL, "id": 8, "messages": photos[1:]}]

    found = read(dump({"chats": {"list": chats}}))

    assert [post.channel.chat_id for post in found] == [-1001000000042, -1000000000008]


@pytest.mark.parametrize("shift", range(12))
def test_telegram_escapes_are_repaired_wherever_a_read_ends(read, monkeypatch, shift):
    monkeypatch.setattr("bot.sources.export_bytes.CHUNK_BYTES", 7 + shift)
    text = r"a\x0Bb\x0c\\x41\\\x1fc 🤲 d"
    content = dump({**CHANNEL, "messages": [row(1, "TEKS"), row(2, "TEKS é")]})

    first, second = read(content.replace("TEKS", text))

    assert first.text == "a\x0bb\x0c\\x41\\\x1fc 🤲 d"
    assert second.text == first.text + " é"


def test_half_a_surrogate_pair_is_replaced(read):
    content = dump({**CHANNEL, "messages": [row(1, "TEKS")]})

    (post,) = read(content.replace("TEKS", r"a\ud83db\udc00\\ud83d \ud83d\udE00"))

    assert post.text == "a\ufffdb\ufffd\\ud83d 😀"


def test_bad_byte_in_a_text_is_replaced(read):
    content = dump({**CHANNEL, "messages": [row(1, "kopi # teh"), row(2)]}).encode()

    found = read(content.replace(b"#", b"\xff"))

    assert found[0].text == "kopi \ufffd teh"
    assert numbers(found) == [1, 2]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "an empty file"),
        (b" \n\t ", "a file without content"),
        (b"<!DOCTYPE html><html></html>", "an HTML page"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"\x1f\x8brest", "a gzip archive"),
        (b"[1, 2]", "a JSON list"),
        (b"halo semua", "no JSON"),
        (dump({**CHANNEL, "messages": ROWS}).encode("utf-16"), "UTF-16"),
        (dump({**CHANNEL, "messages": ROWS}).encode("utf-16-le"), "UTF-16"),
        (
            dump({**CHANNEL, "messages": [row(1, "Доброе утро всем читателям")]}).encode("cp1251"),
            "an encoding other than UTF-8",
        ),
        (b"{}", "no list of messages"),
        (dump({**CHANNEL, "messages": 5}).encode(), "no list of messages"),
        (b'{"name": "x", "type"', "damaged before its first message"),
        (b'{"name": nanti}', "damaged before its first message"),
        (b'{"a":' * 10_000, "damaged before its first message"),
        (dump({"messages": ROWS}).encode(), "no usable `type`"),
        (dump({"type": "public_channel", "messages": ROWS}).encode(), "no usable `id`"),
        (dump({**CHANNEL, "id": -5, "messages": ROWS}).encode(), "no usable `id`"),
    ],
)
def test_file_that_is_no_export_is_named_for_what_it_is(write, content, says):
    path = write(content)

    with pytest.raises(ExportError) as caught:
        list(read_export(path))

    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_missing_file_and_folder_are_refused_before_reading(tmp_path):
    with pytest.raises(ExportError, match="no such file"):
        read_export(tmp_path / "result.json")
    with pytest.raises(ExportError, match="this is a folder"):
        read_export(tmp_path)


def test_pipe_and_unreadable_file_are_refused(tmp_path, write, monkeypatch):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ExportError, match="no regular file"):
        read_export(tmp_path / "pipe")

    path = write(ROWS)
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    with pytest.raises(ExportError, match=r"cannot be opened \(Permission denied\)"):
        read_export(path)


def test_disk_that_fails_while_reading_is_said_with_the_byte():
    disk = Mock()
    disk.read.side_effect = [b'{"n', b'ame": "x"', OSError(5, "Input/output error")]
    pieces = Pieces(disk, None)

    with pytest.raises(ExportError, match=r"stopped at byte 9 \(Input/output error\)"):
        pieces.next()


def test_refusal_says_how_to_make_an_export(tmp_path):
    with pytest.raises(ExportError, match="Machine-readable JSON"):
        read_export(tmp_path / "result.json")


def test_progress_grows_to_the_size_of_the_file(write, monkeypatch):
    monkeypatch.setattr("bot.sources.export_bytes.CHUNK_BYTES", 100)
    path = write(ROWS)
    seen = []

    list(read_export(path, progress=seen.append))

    assert seen == sorted(seen) and len(seen) > 5
    assert seen[-1] == path.stat().st_size


def peak_memory(path):
    tracemalloc.start()
    try:
        posts = sum(isinstance(found, Post) for found in read_export(path))
        return posts, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("header_last", "rows"), [(False, 50_000), (True, 10_000)])
def test_many_times_the_rows_need_no_more_memory(tmp_path, header_last, rows):
    def write(count):
        path = tmp_path / f"{count}.json"
        with path.open("w") as file:
            header = dump(CHANNEL).strip("{}\n ")
            file.write('{"messages": [\n' if header_last else "{" + header + ', "messages": [\n')
            for number in range(1, count + 1):
                file.write(dump(row(number, "kabar " * 40)) + (",\n" if number < count else "\n"))
            file.write("], " + header + "}" if header_last else "]}")
        return path

    small, large = peak_memory(write(1_000)), peak_memory(write(rows))

    assert (small[0], large[0]) == (1_000, rows)
    assert large[1] < 1.5 * small[1]


def test_real_exports_are_read_whole(real_exports):
    for path in sorted(real_exports.glob("*.json")):
        rows = json.loads(path.read_text())["messages"]

        found = list(read_export(path))

        members = sum(len(one.member_ids) if isinstance(one, Post) else 1 for one in found)
        assert members == len(rows), path.name
        assert not [one for one in found if isinstance(one, BrokenRow)], path.name
        if path.name.startswith("real_posts"):
            texts = [entry["text"] for entry in rows]
            assert [post.text for post in found] == texts, path.name


def test_real_album_is_one_post_with_its_links(real_exports):
    (album,) = read_export(real_exports / "public_channel_pachum_2026.json")

    assert album.member_ids == tuple(range(3858, 3864))
    assert album.media == ("photo",) + ("video",) * 5
    assert [entity.kind for entity in album.entities].count("text_link") == 3
    for entity in album.entities:
        words = album.text[entity.offset : entity.offset + entity.length]
        assert words == words.strip() and words
