"""Damage costs the messages it touches, never a good one, and never the rule on private chats."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import ExportError
from bot.domain.post import Post
from bot.domain.scan import BrokenRow, Skipped, SkipReason
from bot.sources.export import read_export
from tests.sources.conftest import CHANNEL, dump, row

ROWS = [
    row(
        number,
        [f"Pesan {number} ", {"type": "bold", "text": "penting"}],
        text_entities=[
            {"type": "plain", "text": f"Pesan {number} "},
            {"type": "bold", "text": "penting"},
        ],
        reactions=[{"type": "emoji", "count": 2, "emoji": "👍"}],
    )
    for number in range(1, 8)
]
SOUND = dump({**CHANNEL, "messages": ROWS}).encode()
ROW_ENDS = [
    SOUND.index(b'"id": %d,' % (number + 1)) if number < 7 else len(SOUND) for number in range(1, 8)
]
FIRST_ROW = SOUND.index(b"{", 1)


def numbers(found):
    return [post.message_id for post in found if isinstance(post, Post)]


def broken(found):
    return [one for one in found if isinstance(one, BrokenRow)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"id": 4,', b'"id": 4'),
        (b'"id": 4,', b'"id": x,'),
        (b'"id": 4,', b'"id" 4,'),
        (b'"id": 4,', b'"id": ' + b"9" * 9000 + b","),
        (b'"id": 4,', b'"id": 4e999999999999999999999,'),
        (b'"id": 4,', b'"id": ' + b"[" * 50_000),
        (b'"id": 4,', b'"id": 4, "extra": ' + b"[" * 60 + b"]" * 60 + b","),
        (b'"id": 4,', b""),
        (b"Pesan 4 ", b'Pesan " 4'),
        (b"Pesan 4 ", b"Pesan \\q 4"),
        (b"Pesan 4 ", b"Pesan \x00\x00 4"),
        (b'"Pesan 4 "', b'"Pesan 4 '),
        (b'"Pesan 4 "', b"Pesan 4 "),
        (b'"Pesan 4 ",', b'"Pesan 4 ",]'),
        (b'"Pesan 4 ",', b'"Pesan 4 ",}'),
        (b'"Pesan 4 ",', b'"Pesan 4 ",}]}'),
    ],
)
def test_damaged_message_costs_itself_alone(read, old, new):
    found = read(SOUND.replace(old, new))

    assert numbers(found) == [1, 2, 3, 5, 6, 7]
    assert len(broken(found)) >= 1
    assert "messages[3], byte " in broken(found)[0].place


def test_lost_comma_between_messages_costs_no_message(read):
    found = read(SOUND.replace(b'  },\n  {\n   "id": 4', b'  }\n  {\n   "id": 4'))

    assert numbers(found) == [1, 2, 3, 4, 5, 6, 7]
    assert len(broken(found)) == 1


def test_lost_brace_at_the_end_of_a_message_costs_that_message(read):
    found = read(SOUND.replace(b'  },\n  {\n   "id": 4', b'  ,\n  {\n   "id": 4'))

    assert numbers(found) == [1, 2, 4, 5, 6, 7]


def test_list_that_seems_to_close_too_early_is_read_on(read):
    found = read(SOUND.replace(b'  },\n  {\n   "id": 4', b'  }]\n  {\n   "id": 4'))

    assert numbers(found) == [1, 2, 3, 4, 5, 6, 7]


def test_wiped_stretch_costs_the_messages_it_touches(read):
    begin, end = ROW_ENDS[1] + 40, ROW_ENDS[3] + 40

    found = read(SOUND[:begin] + bytes(end - begin) + SOUND[end:])

    assert numbers(found) == [1, 2, 6, 7]
    assert broken(found)


@pytest.mark.parametrize("cut", range(FIRST_ROW + 20, len(SOUND) - 5, 97))
def test_file_cut_off_keeps_every_whole_message_and_says_where(read, cut):
    found = read(SOUND[:cut])

    whole = sum(cut >= SOUND.rindex(b"}", 0, end) + 1 for end in ROW_ENDS[:-1])
    assert numbers(found)[:whole] == list(range(1, whole + 1))
    assert len(numbers(found)) <= whole + 1
    assert len(broken(found)) == 1 and isinstance(found[-1], BrokenRow)
    assert "is cut off, for the file ends" in found[-1].sentence


def test_message_that_never_ends_does_not_swallow_the_rest(read):
    endless = b'"id": 4, "extra": ["' + b"x, " * 3_000_000 + b'", '

    found = read(SOUND.replace(b'"id": 4,', endless))

    assert numbers(found) == [1, 2, 3, 5, 6, 7]
    assert "4 MB" in broken(found)[0].sentence


def test_file_without_a_single_comma_between_messages_is_read_in_line(tmp_path):
    path = tmp_path / "result.json"
    rows = "\n".join(dump(row(number)) for number in range(1, 5_001))
    path.write_text(dump(CHANNEL).removesuffix("\n}") + ', "messages": [' + rows)

    begin = time.process_time()
    found = list(read_export(path))

    assert len(numbers(found)) == 5_000
    assert time.process_time() - begin < 5  # 0.2 s when measured; grows with the rows


def test_second_export_glued_behind_the_first_is_not_taken_for_its_channel(read):
    private = dump({"name": "Siti", "type": "personal_chat", "id": 5, "messages": [
        row(1, "Rahasia", from_id="user5"), row(2, "Rahasia", from_id="user6"),
    ]})  # fmt: skip

    found = read(SOUND.decode() + private)

    assert numbers(found) == [1, 2, 3, 4, 5, 6, 7]
    assert {one.reason for one in found if isinstance(one, Skipped)} == {SkipReason.UNKNOWN_CHAT}
    assert "Rahasia" not in repr(found)


def test_second_export_behind_one_that_is_cut_off_is_not_taken_for_its_channel(read):
    private = dump({"name": "Siti", "type": "personal_chat", "id": 5, "messages": [
        row(1, "Rahasia", from_id="user5"), row(2, "Rahasia", from_id=None),
    ]})  # fmt: skip

    found = read(SOUND[: ROW_ENDS[4]].decode() + private)

    assert numbers(found) == [1, 2, 3, 4, 5]
    assert "Rahasia" not in repr(found)


def test_damage_in_another_list_makes_no_posts_of_its_rows(read):
    drafts = dump([row(50), row(51, from_id=None)]).replace('"id": 50', '"id" 50')

    found = read(SOUND.decode().rstrip("}\n") + f',"drafts": {drafts}}}')

    assert numbers(found) == [1, 2, 3, 4, 5, 6, 7]


def test_damage_at_the_first_message_does_not_take_the_file_for_a_message(read):
    header = b'\xef\xbb\xbf{"id": 1000000042, "name": "Contoh", "type": "public_channel", '
    rest = SOUND[SOUND.index(b'"messages"') :].replace(b"{", b"#", 1)

    found = read(header + rest)

    assert numbers(found) == [2, 3, 4, 5, 6, 7]
    assert len(broken(found)) == 1


@pytest.mark.parametrize("chunk", [*range(16, 60), 111, 300, 1_000])
def test_places_behind_damage_are_right_wherever_a_read_ends(write, monkeypatch, chunk):
    monkeypatch.setattr("bot.sources.export_bytes.CHUNK_BYTES", chunk)
    path = write(SOUND.replace(b'"id": 4,', b'"id" 4,').replace(b'"id": 6,', b'"id": -6,'))

    found = list(read_export(path))

    content = path.read_bytes()
    begins = [content.rindex(b"{", 0, content.index(mark)) for mark in (b'"id" 4', b'"id": -6')]
    assert numbers(found) == [1, 2, 3, 5, 7]
    assert [one.place for one in broken(found)] == [
        f"messages[3], byte {begins[0]:,}",
        f"messages[5], byte {begins[1]:,}",
    ]


def account(channel_rows=ROWS[:3]):
    """A full account: a channel between two private chats."""
    private = [row(n, "Rahasia", from_id="user5") for n in (50, 51, 52)]
    chats = [
        {"name": "Siti", "type": "personal_chat", "id": 5, "messages": private},
        {**CHANNEL, "messages": channel_rows},
        {"name": "Budi", "type": "personal_chat", "id": 6, "messages": private},
        {**CHANNEL, "id": 77, "messages": [row(9, from_id="channel77")]},
    ]
    return dump({"about": "...", "chats": {"about": "...", "list": chats}}).encode()


def test_damage_in_one_chat_of_an_account_leaves_the_others(read):
    found = read(account().replace(b'"Pesan 2 "', b'"Pesan 2 '))

    assert numbers(found) == [1, 3, 9]
    assert sum(isinstance(one, Skipped) for one in found) == 6


def test_message_behind_damage_must_prove_that_it_is_of_the_channel(read):
    unsigned = [ROWS[0], ROWS[1], row(3, from_id="user9"), row(4)]

    found = read(account(unsigned).replace(b'"Pesan 2 "', b'"Pesan 2 '))

    assert numbers(found) == [1, 4, 9]


ACCOUNT = account()


@settings(max_examples=300, deadline=2_000)
@given(st.data())
def test_no_damage_lets_a_private_message_through(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "account.json"
    begin = data.draw(st.integers(0, len(ACCOUNT) - 1))
    length = data.draw(st.sampled_from([0, 1, 2, 8, 64, 300, 900]))
    middle = data.draw(st.binary(max_size=4))
    path.write_bytes(ACCOUNT[:begin] + middle + ACCOUNT[begin + length :])

    try:
        found = list(read_export(path))
    except ExportError:
        return

    # Two messages that the loss itself joined into one sound message cannot be told from one.
    assert sum("Rahasia" in post.text for post in found if isinstance(post, Post)) <= 1


def test_chats_that_a_loss_joined_into_one_are_told_apart_by_sender(read):
    joined = [row(1), row(2, "Rahasia", from_id="user5"), row(3, from_id=None)]

    found = read(account(joined))

    assert numbers(found) == [1, 3, 9]


@settings(max_examples=400, deadline=2_000)
@given(
    flips=st.lists(
        st.tuples(st.integers(FIRST_ROW, len(SOUND) - 1), st.integers(0, 255)),
        min_size=1,
        max_size=4,
    ),
    cut=st.integers(FIRST_ROW + 1, len(SOUND)),
)
def test_any_flipped_bytes_and_any_cut_spare_the_messages_before(tmp_path_factory, flips, cut):
    path = tmp_path_factory.getbasetemp() / "flipped.json"
    content = bytearray(SOUND)
    for place, byte in flips:
        content[place] = byte
    path.write_bytes(content[:cut])
    damaged_at = min([cut, *(place for place, _ in flips)])

    try:
        found = list(read_export(path))
    except ExportError:
        assert damaged_at <= FIRST_ROW
        return

    spared = [n for n, end in enumerate(ROW_ENDS, 1) if SOUND.rindex(b"}", 0, end) < damaged_at]
    assert numbers(found)[: len(spared)] == spared
    assert len(found) <= 3 * len(ROWS)


@settings(max_examples=400, deadline=2_000)
@given(place=st.integers(FIRST_ROW, len(SOUND) - 1), byte=st.integers(0, 255))
def test_one_flipped_byte_costs_two_messages_at_most(tmp_path_factory, place, byte):
    path = tmp_path_factory.getbasetemp() / "one.json"
    path.write_bytes(SOUND[:place] + bytes([byte]) + SOUND[place + 1 :])

    found = list(read_export(path))

    survivors = {json.dumps(one) for one in numbers(found) if one <= 7}
    assert len(survivors) >= 5
    assert numbers(found)[-1:] == [7] or place > ROW_ENDS[4]


@settings(max_examples=200, deadline=2_000)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_at_all_are_read_or_refused(tmp_path_factory, content, looks_like_json):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(b'{"type":"public_channel","id":1,"messages":[' * looks_like_json + content)

    try:
        found = list(read_export(path))
    except ExportError:
        return

    assert all(isinstance(one, Post | Skipped | BrokenRow) for one in found)
