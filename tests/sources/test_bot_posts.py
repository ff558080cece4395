"""A channel's message as the Bot API sends it, made into a post; no network, no database."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message, Update

from bot.chat.posts import is_service, post_of

CHAT = {"id": -1001000000042, "type": "channel", "title": "Contoh", "username": "contoh_kanal"}
PERSON = {"id": 1005, "is_bot": False, "first_name": "Rahasia", "username": "rahasia_orang"}


def message(**content: Any) -> Message:
    return Message.de_json({"message_id": 7, "date": 1_790_000_000, "chat": CHAT} | content, None)


def update(**content: Any) -> Update:
    post = {"message_id": 7, "date": 1_790_000_000, "chat": CHAT} | content
    return Update.de_json({"update_id": 1, "channel_post": post}, None)


NEWER = {
    "blocks": (
        {
            "rich_message": {
                "blocks": [
                    {"type": "heading", "text": {"type": "bold", "text": "Kabar pagi"}},
                    {
                        "type": "paragraph",
                        "text": ["cuaca ", {"type": "italic", "text": "ce"}, "rah"],
                    },
                    {"type": "list", "items": [{"blocks": [{"type": "p", "text": "butir"}]}]},
                    {"type": "photo", "photo": {"file_id": "F"}, "caption": {"text": "gambar"}},
                ]
            }
        },
        "Kabar pagi\ncuaca cerah\nbutir\ngambar",
    ),
    "a caption": ({"moving_card": {"caption": "kabar di kartu"}}, "kabar di kartu"),
    "a checklist of a newer shape": (
        {"task_board": {"title": "Daftar", "columns": [{"tasks": [{"text": "beli beras"}]}]}},
        "Daftar\nbeli beras",
    ),
    "inside a kind that is known": (
        {"story": {"chat": CHAT, "id": 3, "areas": [{"note": {"text": "kabar di cerita"}}]}},
        "kabar di cerita",
    ),
    "beside a text": (
        {"text": "Halo", "footer": {"text": "kabar di kaki"}},
        "Halo\n\nkabar di kaki",
    ),
    "the same words twice": (
        {"text": "Halo semua", "rich_message": {"text": "Halo semua"}},
        "Halo semua",
    ),
}


@pytest.mark.parametrize("kind", NEWER)
def test_newer_kind_keeps_its_words(kind: str) -> None:
    content, words = NEWER[kind]

    assert post_of(message(**content)).text == words


def test_newer_kind_without_words_is_marked_unreadable() -> None:
    post = post_of(message(hologram={"file_id": "F", "width": 9}))

    assert (post.text, post.media, post.is_readable) == ("", ("unsupported",), False)


@pytest.mark.parametrize(
    "content",
    [
        {"text": "Halo", "author_signature": "Rahasia"},
        {"new_card": {"from": PERSON, "text": "Halo"}},
        {"new_card": {"user": PERSON, "sender_chat": {"title": "Rahasia"}, "text": "Halo"}},
        {
            "text": "Halo",
            "external_reply": {"origin": {"type": "user", "date": 1, "sender_user": PERSON}},
        },
        {"text": "Halo", "quote": {"text": "Rahasia", "position": 0}},
        {
            "text": "Halo",
            "reply_to_message": {"message_id": 1, "date": 1, "chat": CHAT, "text": "Rahasia"},
        },
    ],
)
def test_words_of_others_stay_outside(content: dict[str, Any]) -> None:
    post = post_of(message(**content))

    assert post.text == "Halo"
    assert "ahasia" not in repr(post)


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": {"message_id": 1, "date": 1, "chat": CHAT, "text": "Halo"}},
        {"new_chat_title": "Nama baru"},
        {"new_chat_photo": [{"file_id": "F", "file_unique_id": "U", "width": 1, "height": 1}]},
        {"delete_chat_photo": True},
        {"channel_chat_created": True},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
    ],
)
def test_service_message_is_no_post(content: dict[str, Any]) -> None:
    assert is_service(update(**content))


@pytest.mark.parametrize("content", [{"text": "Halo"}, {"hologram": {"text": "Halo"}}, {}])
def test_everything_else_is_one(content: dict[str, Any]) -> None:
    assert not is_service(update(**content))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)


@st.composite
def _nested(draw: st.DrawFn) -> Any:
    """A newer message that holds KABAR as somebody reads it, and anything around it."""
    inner: Any = {draw(st.sampled_from(["text", "caption", "title", "question"])): "KABAR"}
    for name in draw(st.lists(st.sampled_from(["blocks", "items", "body", "cells"]), max_size=8)):
        around = draw(st.lists(_json, max_size=2))
        inner = {name: [*around, inner]} if draw(st.booleans()) else {name: inner}
    return inner


@given(_nested(), _json)
def test_words_are_found_at_any_depth_and_nothing_raises(inner: Any, other: Any) -> None:
    post = post_of(message(brand_new=inner, something_else=other))

    assert "KABAR" in post.text


def test_depth_has_an_end() -> None:
    inner: Any = {"text": "far down"}
    for _ in range(500):
        inner = {"blocks": [inner]}

    post = post_of(message(brand_new=inner, near={"text": "near"}))

    assert post.text == "near"
