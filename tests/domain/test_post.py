"""Albums become one post, and equal content has equal hashes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.post import Entity, join_album
from tests.factories import NOON, post

LINK = Entity("text_link", 0, 3, "https://example.org/a")


def test_album_is_one_post_in_the_order_of_its_numbers() -> None:
    third = post("tiga", 7, media=("video",), album_id="a")
    first = post("", 5, media=("photo",), album_id="a")
    second = post("dua", 6, media=("photo",), album_id="a", entities=(LINK,))

    joined = join_album([third, first, second])

    assert (joined.message_id, joined.member_ids) == (5, (5, 6, 7))
    assert joined.text == "dua\n\ntiga"
    assert joined.media == ("photo", "photo", "video")


def test_entities_of_later_captions_move_along() -> None:
    joined = join_album(
        [
            post("satu", 5, album_id="a", entities=(LINK,)),
            post("dua", 6, album_id="a", entities=(LINK,)),
        ]
    )

    spans = [joined.text[e.offset : e.offset + e.length] for e in joined.entities]
    assert spans == ["sat", "dua"]


def test_album_was_edited_when_its_newest_member_was() -> None:
    later = NOON + timedelta(hours=1)
    one, other = post("a", 5, album_id="a", edited_at=NOON), post("", 6, edited_at=later)

    assert join_album([one, other]).edited_at == later
    assert join_album([replace(one, edited_at=None), replace(other, edited_at=None)]).edited_at is (
        None
    )


def test_album_of_one_is_that_post() -> None:
    single = post("satu", 5, media=("photo",), album_id="a", entities=(LINK,))

    assert join_album([single]) == single


def test_hash_is_of_what_a_reader_sees() -> None:
    one = post("satu", 5, media=("photo",))

    assert one.content_hash == replace(one, message_id=6, edited_at=NOON).content_hash
    assert one.content_hash != replace(one, text="dua").content_hash
    assert one.content_hash != replace(one, media=("video",)).content_hash
    assert one.content_hash != replace(one, entities=(LINK,)).content_hash


def test_half_a_surrogate_pair_has_a_hash() -> None:
    assert post("\ud83d").content_hash != post("\ud83e").content_hash


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u00a0"])
def test_blank_post_is_not_readable(text: str) -> None:
    assert not post(text).is_readable
