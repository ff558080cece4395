"""Real pages, field by field. They are not part of the project, and nothing of them stands here:
words are told by a digest. Without the pages these tests are skipped.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.post import Post
from bot.domain.preview import PreviewPage, Reached
from bot.sources.preview.page import read_page

TEST_CHANNEL = -1001591537674
NO_WORDS = "e3b0c44298"


def digest(words: str | None) -> str:
    return hashlib.sha256((words or "").encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Seen:
    """What one real message shows: entities as (kind, offset, length, digest of the address)."""

    number: int
    posted: str
    words: str = NO_WORDS
    media: tuple[str, ...] = ()
    views: int = 2
    views_approx: bool = False
    edited: bool = False
    members: tuple[int, ...] = ()
    entities: tuple[tuple[str, int, int, str], ...] = ()
    rendered: str = "08:52:13"


POSTS = {
    "audio_document": Seen(12, "07:33:58", "6a7e1681c5", ("audio",)),
    "audio_message": Seen(13, "07:34:05", media=("voice_message",)),
    "emoji_message": Seen(7, "07:30:53", "5d57d39e6b"),
    "forwarded_text_message": Seen(89, "12:13:31", "1d66884c73", rendered="12:22:23"),
    "location_message": Seen(10, "07:31:38", media=("location",)),
    "location_message_2": Seen(83, "11:01:22", media=("location",), views=1, rendered="12:22:23"),
    "location_message_3": Seen(88, "11:23:40", media=("location",), rendered="12:22:23"),
    "multimedia_message": Seen(
        84,
        "11:01:46",
        "253710feb8",
        ("video", "photo", "video", "photo"),
        views=436600,
        views_approx=True,
        members=(84, 85, 86, 87),
        rendered="12:22:23",
    ),
    "photo_multiple": Seen(14, "07:34:20", "c163e98f03", ("photo", "photo"), members=(14, 15)),
    "photo_single": Seen(16, "07:35:28", "b3a2f53f55", ("photo",)),
    "poll": Seen(11, "07:32:23", "e2d2b1532e", ("poll",)),
    "round_video_single": Seen(17, "07:35:45", media=("video_message",)),
    "service_message_channel_video_changed": Seen(
        82, "10:15:33", "70ce0c9372", views=3100000, views_approx=True, rendered="12:22:23"
    ),
    "signed_edited_text_message": Seen(5, "07:29:57", "3012b93d31", edited=True),
    "sticker_message": Seen(9, "07:31:06", media=("sticker",)),
    "text_message_link_no_preview": Seen(
        24,
        "07:48:02",
        "d97872993c",
        edited=True,
        entities=(("url", 31, 18, "d78c64dfd9"),),
        rendered="07:58:54",
    ),
    "text_message_link_with_regular_preview": Seen(
        94,
        "13:47:38",
        "99675e7bd7",
        views=1,
        entities=(("url", 0, 118, "99675e7bd7"),),
        rendered="13:47:56",
    ),
    "text_message_link_with_right_preview": Seen(
        81, "08:16:18", "7471c7c71d", entities=(("url", 18, 19, "65dc9ef388"),), rendered="08:24:26"
    ),
    "text_message_multiline": Seen(62, "08:01:26", "09398ab550", rendered="08:24:26"),
    "text_message_signed_not_edited": Seen(79, "08:07:51", "32c2fc8fa8", rendered="08:24:26"),
    "text_reply_to_video": Seen(20, "07:38:31", "acd35c004e", rendered="07:58:54"),
    "unsigned_text_message": Seen(6, "07:30:39", "2a402d7d39"),
    "video_single": Seen(18, "07:36:49", "d182284ddd", ("video",)),
    "video_single_2": Seen(19, "07:38:13", media=("video",)),
}
SERVICES = {
    "service_message_channel_created": 1,
    "service_message_channel_name_changed": 2,
    "service_message_channel_photo_updated": 3,
    "service_message_pinned": 92,
}
ELSEWHERE = {"message_weird_preview", "video_big", "no_posts_found"}


def read(path: Path, name: str | None = None) -> PreviewPage:
    """The page in the file, of the channel that its first message names unless told."""
    html = path.read_text(encoding="utf-8")
    first = re.search(r'data-post="(\w+)/', html)
    assert first
    answer = read_page(html, name or first[1])
    assert answer.reached is Reached.PAGE
    assert answer.page is not None
    return answer.page


def block(folder: Path, name: str) -> PreviewPage:
    return read(folder / "tme_messages" / f"parse_{name}.html")


def numbers(posts: tuple[Post, ...]) -> list[int]:
    return [post.message_id for post in posts]


def marks(post: Post) -> tuple[tuple[str, int, int, str], ...]:
    return tuple((e.kind, e.offset, e.length, digest(e.url)) for e in post.entities)


def test_every_real_message_is_looked_at(real_pages: Path) -> None:
    there = {path.stem.removeprefix("parse_") for path in (real_pages / "tme_messages").iterdir()}

    assert there == POSTS.keys() | SERVICES.keys() | ELSEWHERE | {"channel_info"}


@pytest.mark.parametrize("name", POSTS)
def test_real_message(real_pages: Path, name: str) -> None:
    seen = POSTS[name]

    found = block(real_pages, name)

    (post,) = found.posts
    assert (post.channel.chat_id, digest(post.channel.title)) == (TEST_CHANNEL, "0fd4e11866")
    assert post.message_id == seen.number
    assert post.member_ids == (seen.members or (seen.number,))
    assert post.posted_at == datetime.fromisoformat(f"2023-02-24T{seen.posted}+00:00")
    assert (digest(post.text), marks(post), post.media) == (seen.words, seen.entities, seen.media)
    assert (post.views, post.views_approx) == (seen.views, seen.views_approx)
    assert post.forwarded_from is None
    assert found.edited_ids == ({seen.number} if seen.edited else set())
    assert (found.service_ids, found.broken_ids, found.strange_blocks) == ((), (), 0)
    assert str(found.rendered_at) == f"2023-02-24 {seen.rendered}+00:00"


@pytest.mark.parametrize("name", SERVICES)
def test_real_service_message(real_pages: Path, name: str) -> None:
    found = block(real_pages, name)

    assert (found.posts, found.service_ids) == ((), (SERVICES[name],))
    assert found.ref.chat_id == TEST_CHANNEL


def test_real_message_with_many_links(real_pages: Path) -> None:
    found = block(real_pages, "message_weird_preview")

    (post,) = found.posts
    assert (post.channel.chat_id, post.message_id) == (-1001133150112, 7334)
    assert (post.views, post.views_approx, post.media) == (1_200, True, ())
    assert post.posted_at.isoformat() == "2022-11-09T22:43:54+00:00"
    assert found.edited_ids == {7334}
    assert (len(post.text), digest(post.text)) == (526, "a573008a79")
    assert Counter(one.kind for one in post.entities) == {
        "bold": 1,
        "text_link": 7,
        "hashtag": 3,
        "italic": 3,
    }
    for one in post.entities:
        words = post.text[one.offset : one.offset + one.length]
        assert words.startswith("#") == (one.kind == "hashtag")
        assert one.kind != "text_link" or (one.url or "").startswith("http")


def test_real_film_that_is_too_big(real_pages: Path) -> None:
    (post,) = block(real_pages, "video_big").posts

    assert (post.channel.chat_id, post.message_id) == (-1001273465589, 5343)
    assert (digest(post.text), post.media) == ("b94f6f125c", ("video",))
    assert (post.views, post.views_approx) == (436_600, True)
    assert post.posted_at.isoformat() == "2023-01-30T23:30:40+00:00"


def test_real_newest_page(real_pages: Path) -> None:
    found = read(real_pages / "tme_pages" / "tchantest_assembled_latest.html")

    assert numbers(found.posts) == [
        *(11, 12, 13, 14, 16, 17, 18, 19, 20, 24, 62, 79, 81, 82, 83, 84, 88, 89, 94)
    ]
    assert (found.service_ids, found.broken_ids, found.strange_blocks) == ((92,), (), 0)
    assert (found.lowest_id, found.highest_id, found.before) == (11, 94, 11)
    assert (found.subscribers, found.subscribers_approx) == (1, False)
    assert (found.edited_ids, found.unreadable) == ({24}, 5)


def test_real_oldest_page(real_pages: Path) -> None:
    found = read(real_pages / "tme_pages" / "tchantest_assembled_before.html")

    assert numbers(found.posts) == [5, 6, 7, 9, 10]
    assert (found.service_ids, found.before, found.unreadable) == ((1, 2, 3), None, 2)


def test_real_page_of_2026(real_pages: Path) -> None:
    found = read(real_pages / "tme_pages" / "durov_2026-10-04_trimmed.html")

    assert (found.ref.chat_id, digest(found.ref.title)) == (-1001006503122, "859fd6b450")
    assert (found.subscribers, found.subscribers_approx) == (10_500_000, True)
    assert (found.before, found.ids, found.edited_ids) == (528, (529, 548), set())
    assert str(found.rendered_at) == "2026-10-04 05:10:24+00:00"
    first, second = found.posts
    assert (digest(first.text), digest(second.text)) == ("6c8f9a2498", "eed9b794a7")
    assert marks(first) == (("custom_emoji", 0, 1, NO_WORDS), ("bold", 115, 11, NO_WORDS))
    assert marks(second) == (
        ("custom_emoji", 0, 1, NO_WORDS),
        ("text_link", 37, 10, "63b9ffd9bd"),
        ("custom_emoji", 112, 1, NO_WORDS),
        ("bold", 139, 3, NO_WORDS),
        ("bold", 178, 9, NO_WORDS),
    )
    assert (first.views, second.views, first.media) == (9_690_000, 1_970_000, ())


def test_real_page_with_a_reply(real_pages: Path) -> None:
    found = read(real_pages / "tme_pages" / "mixed_2026-09_trimmed.html")

    assert found.ref.chat_id == -1001455546058
    assert [digest(post.text) for post in found.posts] == ["ffe4079cb0", "6b06ac2a76"]
    assert marks(found.posts[0]) == (("bold", 2, 23, NO_WORDS),)
    assert [post.views for post in found.posts] == [85_900, 84_800]
    assert found.strange_blocks == 1  # this page was put together of two channels


def test_real_page_with_a_hashtag_and_a_film(real_pages: Path) -> None:
    path = real_pages / "tme_pages" / "mixed_2026-09_trimmed.html"
    names = re.findall(r'data-post="(\w+)/', path.read_text(encoding="utf-8"))

    found = read(path, names[-1].upper())

    (post,) = found.posts
    assert (post.channel.chat_id, post.channel.username) == (-1001629835283, names[-1])
    assert (post.media, post.views, post.views_approx) == (("video",), 92, False)
    assert post.posted_at.isoformat() == "2025-02-07T16:15:31+00:00"
    assert (digest(post.text), marks(post)) == ("ddf3da4b24", (("hashtag", 100, 28, NO_WORDS),))
    assert (found.edited_ids, found.strange_blocks) == ({45}, 2)


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("tme_pages/no_posts_found_2023.html", Reached.EMPTY),
        ("tme_messages/parse_no_posts_found.html", Reached.EMPTY),
        ("tme_pages/not_found_2026_trimmed.html", Reached.UNKNOWN_NAME),
        ("tme_messages/channel_info.html", Reached.DRIFT),
    ],
)
def test_real_pages_without_posts(real_pages: Path, name: str, reached: Reached) -> None:
    answer = read_page((real_pages / name).read_text(encoding="utf-8"), "kabar_contoh")

    assert (answer.reached, answer.page) == (reached, None)
