"""The sample that ships with the project is read like a real export and shows every kind of row."""

from collections import Counter
from pathlib import Path

from rapidfuzz.fuzz import ratio

import bot.sources
from bot.domain.post import Post
from bot.domain.scan import Skipped
from bot.sources.export import read_export

SAMPLE = Path(bot.sources.__file__).parent / "samples" / "sample_channel.json"


def test_sample_is_read_without_a_broken_row():
    found = list(read_export(SAMPLE))

    posts = [one for one in found if isinstance(one, Post)]
    assert Counter(type(one) for one in found) == {Post: 57, Skipped: 3}
    assert {post.channel.title for post in posts} == {"Contoh Kanal"}
    assert {post.channel.chat_id for post in posts} == {-1001000000042}
    assert len({post.message_id for post in posts}) == 57


def test_sample_shows_every_kind_of_row():
    posts = [one for one in read_export(SAMPLE) if isinstance(one, Post)]

    assert [len(post.member_ids) for post in posts if post.album_id] == [4]
    assert sum(not post.is_readable for post in posts) == 4
    assert sum(post.edited_at is not None for post in posts) == 4
    assert [post.forwarded_from for post in posts if post.forwarded_from] == ["Kabar Sehat Contoh"]
    assert any("الصبر" in post.text for post in posts)
    assert {kind for post in posts for kind in post.media} == {
        "photo",
        "video",
        "poll",
        "sticker",
        "document",
        "voice_message",
        "unsupported",
    }


def test_sample_holds_one_pair_of_near_copies():
    texts = [one.text for one in read_export(SAMPLE) if isinstance(one, Post) and one.text]

    near = [(a, b) for i, a in enumerate(texts) for b in texts[:i] if ratio(a, b) > 80]

    assert len(near) == 1
