"""What is read without the library is what the library reads, or is left to it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity, Update

from bot.chat.plain import plain_post
from bot.chat.posts import is_service, post_of
from bot.domain.post import Post

CHAT = {"id": -1001000000042, "type": "channel", "title": "Contoh", "username": "contoh_kanal"}
OTHER = CHAT | {"id": -1001000000043}
PERSON = {"id": 1005, "is_bot": False, "first_name": "Rahasia"}
PHOTO = [{"file_id": "F", "file_unique_id": "U", "width": 9, "height": 6, "file_size": 5}]
WORDS = "kabar 👨‍👩‍👧 https://example.org/a pagi"
MARKS = [
    {"type": "url", "offset": 15, "length": 21},
    {"type": "bold", "offset": 0, "length": 5},
    {"type": "text_link", "offset": 6, "length": 8, "url": "https://example.org/b"},
    {"type": "of_tomorrow", "offset": 0, "length": 5},
]
PLAIN: dict[str, dict[str, Any]] = {
    "a text": {"text": "halo"},
    "marked words behind an emoji": {"text": WORDS, "entities": MARKS},
    "a picture alone": {"photo": PHOTO},
    "a captioned picture of an album": {
        "photo": PHOTO,
        "caption": WORDS,
        "caption_entities": MARKS,
        "media_group_id": "13",
    },
    "an edit": {"text": "halo", "edit_date": 1_790_000_060},
    "with what is left behind": {
        "text": "halo",
        "sender_chat": CHAT,
        "author_signature": "Rahasia",
        "has_protected_content": True,
        "link_preview_options": {"url": "https://example.org/c", "is_disabled": True},
    },
}
NOT_PLAIN: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no words": {"text": " \n"},
    "a video": {"video": {"file_id": "F"}, "caption": "halo"},
    "a forward": {"text": "halo", "forward_origin": {"type": "channel"}},
    "another's words": {"text": "halo", "reply_to_message": {"text": "Rahasia"}},
    "a newer field": {"text": "halo", "footer": {"text": "kaki"}},
    "a newer field of a mark": {
        "text": "halo",
        "entities": [{"type": "bold", "offset": 0, "length": 1, "title": "baru"}],
    },
    "a person's mark": {
        "text": "halo",
        "entities": [{"type": "text_mention", "offset": 0, "length": 4, "user": PERSON}],
    },
    "both": {"text": "halo", "photo": PHOTO},
    "a service message": {"text": "halo", "new_chat_title": "Baru"},
    "somebody else's": {"text": "halo", "sender_chat": OTHER},
    "another chat": {"text": "halo", "chat": CHAT | {"type": "supergroup"}},
    "a number beyond": {"text": "halo", "message_id": 2**63},
    "no number": {"text": "halo", "message_id": True},
    "a name too long": {"text": "halo", "chat": CHAT | {"username": "x" * 33}},
    "a text that is none": {"text": ["halo"]},
    "a mark that is none": {"text": "halo", "entities": [None]},
    "a mark before the start": {
        "text": "halo",
        "entities": [{"type": "bold", "offset": -1, "length": 2}],
    },
    "an early moment": {"text": "halo", "date": -1},
    "a late moment": {"text": "halo", "edit_date": 10**18},
}


def update(content: dict[str, Any], kind: str = "channel_post") -> dict[str, Any]:
    post = {"message_id": 7, "date": 1_790_000_000, "chat": CHAT} | content
    return {"update_id": 1, kind: post}


def by_library(given: dict[str, Any]) -> Post:
    read = Update.de_json(given, None)
    message = read.channel_post or read.edited_channel_post
    assert message is not None
    assert not is_service(read)
    return post_of(message)


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN)
def test_plain_post_is_the_one_that_the_library_reads(content: dict[str, Any], kind: str) -> None:
    given = update(content, kind)

    post = plain_post(given)

    assert post is not None
    assert post == by_library(given)
    assert "ahasia" not in repr(post)


@pytest.mark.parametrize("content", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_whatever_else_it_is_is_left_to_the_library(content: dict[str, Any]) -> None:
    assert plain_post(update(content)) is None


@pytest.mark.parametrize(
    "given",
    [{}, {"update_id": 1, "channel_post": None}, update({"text": "halo"}) | {"more": 1}],
)
def test_update_of_another_shape_is_left_to_the_library(given: dict[str, Any]) -> None:
    assert plain_post(given) is None


_anything: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
)
_texts = st.text(max_size=12) | st.sampled_from([WORDS, "\ud83d halo", "a\x00b", " "])
_marks = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from([*MessageEntity.ALL_TYPES, "of_tomorrow"]),
            "offset": st.integers(0, 40),
            "length": st.integers(0, 40),
        },
        optional={"url": st.text(max_size=5), "language": st.text(max_size=3)},
    ),
    max_size=3,
)
_contents = st.fixed_dictionaries(
    {},
    optional={
        "message_id": st.integers(1, 9) | _anything,
        "date": st.integers(0, 2**33) | _anything,
        "edit_date": st.integers(0, 2**33) | _anything,
        "text": _texts | _anything,
        "entities": _marks | _anything,
        "caption": _texts | _anything,
        "caption_entities": _marks | _anything,
        "photo": st.just(PHOTO) | _anything,
        "media_group_id": st.text(max_size=3) | _anything,
        "sender_chat": st.sampled_from([CHAT, OTHER]) | _anything,
        "has_media_spoiler": _anything,
        "link_preview_options": st.just({"url": "x"}) | _anything,
    },
)


@given(_contents)
def test_nothing_is_read_otherwise_than_the_library_reads_it(content: dict[str, Any]) -> None:
    given = update(content)

    post = plain_post(given)

    assert post is None or post == by_library(given)
