"""What a row of an export becomes."""

from datetime import UTC, datetime

import pytest

from bot.domain.channel import ChannelRef
from bot.domain.post import Entity, Post, SourceKind
from bot.domain.scan import BrokenRow, Skipped, SkipReason
from bot.sources.export import read_export
from tests.sources.conftest import row


def test_plain_row_becomes_a_post_of_its_channel(write):
    path = write([row(7, "Halo")])

    posts = list(read_export(path, username="contoh_kanal"))

    assert posts == [
        Post(
            channel=ChannelRef(-1001000000042, "contoh_kanal", "Contoh"),
            message_id=7,
            posted_at=datetime.fromtimestamp(1_700_000_420, UTC),
            source=SourceKind.EXPORT,
            text="Halo",
        )
    ]


def test_parts_of_a_text_become_entities_in_characters(read):
    text = [
        "Doa 🤲🏽 ",
        {"type": "bold", "text": "untuk"},
        " ",
        {"type": "text_link", "text": "semua", "href": "https://contoh.test/a"},
        {"type": "link", "text": "https://contoh.test"},
        {"type": "phone", "text": "+62"},
        {"type": "bank_card", "text": "1234"},
    ]

    (post,) = read([row(1, text)])

    assert post.text == "Doa 🤲🏽 untuk semuahttps://contoh.test+621234"
    assert post.entities == (
        Entity("bold", 7, 5),
        Entity("text_link", 13, 5, "https://contoh.test/a"),
        Entity("url", 18, 19, "https://contoh.test"),
        Entity("phone_number", 37, 3),
    )


def test_text_entities_are_used_when_they_agree_with_the_text(read):
    entities = [{"type": "bold", "text": "Halo"}, {"type": "plain", "text": " semua"}]

    agreeing, differing = read(
        [
            row(1, "Halo semua", text_entities=entities),
            row(2, "Lain sama sekali", text_entities=entities),
        ]
    )

    assert agreeing.entities == (Entity("bold", 0, 4),)
    assert differing.text == "Lain sama sekali" and differing.entities == ()


def test_text_is_taken_from_its_entities_when_it_is_missing(read):
    (post,) = read([row(1, None, text_entities=[{"type": "plain", "text": "Halo"}])])

    assert post.text == "Halo"


def test_row_without_any_text_is_an_unreadable_post(read):
    (post,) = read([row(1, None)])

    assert not post.is_readable
    assert post.media == ("unsupported",)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"photo": "photos/1.jpg"}, "photo"),
        ({"file": "a.mp4", "media_type": "video_file"}, "video"),
        ({"file": "a.mp4", "media_type": "animation"}, "animation"),
        ({"file": "a.mp4", "media_type": "video_message"}, "video_message"),
        ({"file": "a.ogg", "media_type": "voice_message"}, "voice_message"),
        ({"file": "a.mp3", "media_type": "audio_file"}, "audio"),
        ({"file": "a.webp", "media_type": "sticker"}, "sticker"),
        ({"file": "a.pdf", "mime_type": "application/pdf"}, "document"),
        ({"file": "a", "media_type": "something_new"}, "other"),
        ({"file": "a", "media_type": 3}, "other"),
        ({"location_information": {"latitude": 1.5, "longitude": 2}}, "location"),
        ({"contact_information": {"first_name": "Siti", "phone_number": "+62"}}, "contact"),
    ],
)
def test_media_is_kept_by_kind_alone(read, fields, kind):
    (post,) = read([row(1, "", **fields)])

    assert post.media == (kind,)
    assert post.text == ""


def test_poll_is_read_as_the_lines_a_reader_sees(read):
    poll = {
        "question": "Menu buka puasa?",
        "closed": False,
        "total_voters": 9,
        "answers": [{"text": "Kolak", "voters": 5}, {"text": [{"type": "bold", "text": "Es"}]}],
    }

    bare, captioned = read([row(1, "", poll=poll), row(2, "Pilih ya", poll=poll)])

    assert bare.text == "Menu buka puasa?\nKolak\nEs"
    assert bare.media == ("poll",)
    assert captioned.text == "Pilih ya\n\nMenu buka puasa?\nKolak\nEs"
    assert captioned.entities == (Entity("bold", 33, 2),)


def test_poll_with_senseless_parts_keeps_the_lines_that_make_sense(read):
    poll = {"question": None, "answers": [5, {"text": None}, {"text": "Es"}]}
    closed = {"question": "Jadi?", "answers": "tidak"}

    lines, heading, none = read([row(1, "", poll=poll), row(2, poll=closed), row(3, poll=[])])

    assert lines.text.strip() == "Es"
    assert heading.text == "Selamat pagi\n\nJadi?"
    assert none.text == "Selamat pagi"


def test_checklist_is_read_as_the_lines_a_reader_sees(read):
    todo = {"title": "Kerja bakti", "answers": [{"text": "Sapu", "id": 1}]}

    (post,) = read([row(1, "", todo_list=todo)])

    assert post.text == "Kerja bakti\nSapu"
    assert post.media == ("checklist",)


def test_date_is_unix_time_first_and_local_time_taken_as_utc_second(read):
    local = "2021-03-04T05:06:07"

    both, old, zoned = read(
        [
            row(1, date=local),
            row(2, date=local, date_unixtime=None),
            row(3, date="2021-03-04T05:06:07+07:00", date_unixtime="rusak"),
        ]
    )

    assert both.posted_at == datetime.fromtimestamp(1_700_000_060, UTC)
    assert old.posted_at == datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert zoned.posted_at == datetime(2021, 3, 3, 22, 6, 7, tzinfo=UTC)


def test_edit_time_is_kept_and_the_year_1970_means_never(read):
    edited, never = read(
        [
            row(1, edited="2023-11-15T00:00:00", edited_unixtime="1700006400"),
            row(2, edited="1970-01-01T07:00:00"),
        ]
    )

    assert edited.edited_at == datetime(2023, 11, 15, tzinfo=UTC)
    assert never.edited_at is None


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"forwarded_from": "Kanal Lain", "forwarded_from_id": "channel55"}, "Kanal Lain"),
        ({"forwarded_from": "Siti Aminah", "forwarded_from_id": "user55"}, None),
        ({"forwarded_from": "Siti Aminah"}, None),
        ({"forwarded_from_id": "channel55"}, None),
    ],
)
def test_only_a_channel_is_named_as_origin_of_a_forward(read, fields, kept):
    (post,) = read([row(1, **fields)])

    assert post.forwarded_from == kept


def test_nothing_about_people_reaches_a_post(read):
    people = {
        "from": "Budi Rahasia",
        "from_id": "user777",
        "author": "Budi Rahasia",
        "actor": "Budi Rahasia",
        "via_bot": "Budi Rahasia",
        "saved_from": "Budi Rahasia",
        "forwarded_from": "Budi Rahasia",
        "forwarded_from_id": "user777",
        "contact_information": {"first_name": "Budi Rahasia", "phone_number": "777"},
        "contact_vcard": "Budi Rahasia",
        "reactions": [{"type": "emoji", "recent": [{"from": "Budi Rahasia", "from_id": "777"}]}],
    }
    mention = [{"type": "mention_name", "text": "kamu", "user_id": 777}]

    (post,) = read([row(1, mention, **people)])

    assert "Rahasia" not in repr(post) and "777" not in repr(post)
    assert post.text == "kamu" and post.entities == ()


def test_service_rows_are_skipped_and_unsupported_ones_are_unreadable_posts(read):
    rows = [
        row(1, "", type="service", action="pin_message"),
        row(2),
        {"id": 3, "type": "unsupported"},
    ]

    service, post, unsupported = read(rows)

    assert service.reason == SkipReason.SERVICE
    assert service.place.startswith("messages[0], byte ")
    assert unsupported.media == ("unsupported",) and not unsupported.is_readable
    assert unsupported.posted_at == post.posted_at


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("personal_chat", SkipReason.PRIVATE_CHAT),
        ("bot_chat", SkipReason.PRIVATE_CHAT),
        ("saved_messages", SkipReason.PRIVATE_CHAT),
        ("private_group", SkipReason.GROUP),
        ("private_supergroup", SkipReason.GROUP),
        ("public_supergroup", SkipReason.GROUP),
        ("private_channel", SkipReason.PRIVATE_CHANNEL),
        ("something_new", SkipReason.UNKNOWN_CHAT),
    ],
)
def test_what_is_no_public_channel_is_counted_and_not_read(read, kind, reason):
    found = read([row(1, "Sangat rahasia"), row(2, "", type="service")], type=kind)

    assert [skipped.reason for skipped in found] == [reason, reason]
    assert "rahasia" not in repr(found)


@pytest.mark.parametrize(
    "bad",
    [
        row(2, id=None),
        row(2, id="2"),
        row(2, id=-2),
        row(2, id=True),
        row(2, id=10**15),
        row(2, id=2.5),
        row(2, date="2023-13-45T99:00:00", date_unixtime="99999999999999"),
        row(2, date_unixtime=None, date=["kemarin"]),
        row(2, date=None, date_unixtime="-5"),
        row(2, text=5),
        row(2, text={"type": "bold"}),
        row(2, text=[["bold"]]),
        row(2, text=[{"type": "bold"}]),
        row(2, type="pesan"),
        row(2, type=None),
        [1, 2],
        "teks",
        None,
        5,
    ],
)
def test_broken_row_says_where_it_is_and_costs_nothing_else(read, bad):
    before, broken, after = read([row(1), bad, row(3)])

    assert (before.message_id, after.message_id) == (1, 3)
    assert isinstance(broken, BrokenRow)
    assert broken.place.startswith("messages[1], byte ")
    assert broken.sentence.startswith("This message ")


def test_nul_in_a_text_is_replaced_because_databases_refuse_it(read):
    (post,) = read([row(1, [{"type": "text_link", "text": "a\x00b", "href": "x\x00"}])])

    assert post.text == "a\ufffdb"
    assert post.entities == (Entity("text_link", 0, 3, "x\ufffd"),)


def test_repeated_message_number_is_handed_out_twice(read):
    found = read([row(1, "satu"), row(1, "dua")])

    assert [post.text for post in found] == ["satu", "dua"]


def test_members_of_an_album_become_one_post(read):
    same = {"date_unixtime": "1700000000"}
    rows = [
        row(10, "Foto kegiatan", photo="1.jpg", **same),
        row(11, "", file="2.mp4", media_type="video_file", **same),
        row(12, "", photo="3.jpg", **same),
        row(13, "Setelahnya"),
    ]

    album, after = read(rows)

    assert album.member_ids == (10, 11, 12)
    assert album.album_id == "export:10"
    assert album.media == ("photo", "video", "photo")
    assert album.text == "Foto kegiatan"
    assert after.message_id == 13 and after.album_id is None


@pytest.mark.parametrize(
    "second",
    [
        row(11, "", photo="2.jpg"),  # another second
        row(12, "", photo="2.jpg", date_unixtime="1700000000"),  # a number between
        row(11, "Teks", date_unixtime="1700000000"),  # no media
        row(11, "", file="a.pdf", date_unixtime="1700000000"),  # a file beside a photo
        row(
            11,
            "",
            photo="2.jpg",
            date_unixtime="1700000000",
            forwarded_from="Lain",
            forwarded_from_id="channel9",
        ),
    ],
)
def test_posts_that_only_look_like_an_album_stay_apart(read, second):
    found = read([row(10, "", photo="1.jpg", date_unixtime="1700000000"), second])

    assert [post.album_id for post in found] == [None, None]


def test_album_ends_after_ten_members_and_at_a_broken_row(read):
    same = {"photo": "1.jpg", "date_unixtime": "1700000000"}
    rows = [row(number, "", **same) for number in range(1, 13)]
    rows += [row(13, 5, **same), row(14, "", **same)]

    first, second, broken, alone = read(rows)

    assert len(first.member_ids) == 10 and second.member_ids == (11, 12)
    assert isinstance(broken, BrokenRow)
    assert alone.member_ids == (14,)


def test_skipped_and_broken_rows_keep_their_place_in_the_order(read):
    rows = [row(1, "", photo="1.jpg"), row(2, "", type="service"), row(3, 5), row(4)]

    kinds = [type(found) for found in read(rows)]

    assert kinds == [Post, Skipped, BrokenRow, Post]
