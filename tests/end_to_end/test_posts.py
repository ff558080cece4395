"""Posts on their way in: albums, edits, posts without text, newer kinds, odd updates."""

from typing import Any

import pytest

from sandbox.double import Chat
from tests.end_to_end.stage import Stage


async def read(stage: Stage) -> Chat:
    """A channel under watch, and a bot that reads it."""
    channel = await stage.watched()
    await stage.start()
    return channel


async def kept(stage: Stage) -> int:
    await stage.worked_off()
    return int(await stage.one("SELECT count(*) FROM posts"))


async def test_album_is_one_post_with_one_card(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi = await stage.moderator()
    channel = await read(stage)
    await stage.on_duty(budi)

    stage.double.album(channel, [None, "armed caption", None, None])
    await stage.desk_shows(budi, "armed caption")

    assert await kept(stage) == 1
    assert await stage.one("SELECT count(*) FROM post_members") == 4
    assert await stage.one("SELECT count(*) FROM cards") == 1


async def test_late_member_of_an_album_joins_its_post(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi = await stage.moderator()
    channel = await read(stage)
    await stage.on_duty(budi)
    album = stage.double.album(channel, [None, None])
    await stage.worked_off()
    before = await stage.one("SELECT is_readable FROM posts")

    stage.double.raw_update(
        post_update(
            channel,
            album[-1].id + 1,
            {
                "media_group_id": album[0].album,
                "photo": [{"file_id": "F", "file_unique_id": "U", "width": 9, "height": 9}],
                "caption": "armed, said late",
            },
        )
    )
    await stage.desk_shows(budi, "armed, said late")

    assert not before
    assert await kept(stage) == 1
    assert await stage.one("SELECT count(*) FROM post_members") == 3
    assert await stage.one("SELECT is_readable FROM posts")


def chat_of(channel: Chat) -> dict[str, Any]:
    return {
        "id": channel.id,
        "type": "channel",
        "title": channel.title,
        "username": channel.username,
    }


async def test_edit_of_a_post_on_a_desk_redraws_it_and_its_old_buttons_are_refused(
    stage_on_each: Stage,
) -> None:
    stage = stage_on_each
    budi = await stage.moderator()
    channel = await read(stage)
    await stage.on_duty(budi)
    post = stage.double.publish(channel, "join our armed group")
    card = await stage.desk_shows(budi, "join our armed group")

    stage.double.edit(post, "we like gardening")
    await stage.desk_shows(budi, "we like gardening")
    said = await stage.answer(stage.double.press(budi, card, data="h:1:1:RECRUIT"))
    opened = await stage.answer(stage.double.press(budi, card, data="c:1:1"))

    assert said == opened == "The post was edited meanwhile. Look at the new version."
    assert "Edited 1×; this is the newest version" in stage.desk(budi).text
    assert await stage.one("SELECT count(*) FROM reviews") == 0
    assert await stage.rows("SELECT id, revision_id, state FROM cards") == [(1, 2, "waiting")]


@pytest.mark.parametrize("minutes_later", [0, 2])
async def test_edit_before_sending_goes_back_to_a_person(
    stage_on_each: Stage, minutes_later: int
) -> None:
    stage = stage_on_each
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await read(stage)
    await stage.on_duty(budi)
    post = stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    stage.later(minutes=minutes_later)
    await stage.until_one("SELECT count(*) FROM referrals", minutes_later // 2)

    stage.double.edit(post, "join our chess group")
    await stage.desk_shows(budi, "join our armedchess group")  # the first struck, the second bold
    stage.later(minutes=5)
    nothing = await stage.says(stage.admin, "/digest now")
    await stage.presses(budi, "Different")
    await stage.presses(budi, "Propaganda…")
    await stage.presses(budi, "fundraising")
    stage.later(minutes=2)
    await stage.says(stage.admin, "/digest now")

    assert nothing.startswith("Tidak ada yang perlu dikirim.")
    digest = (await stage.told(citra, "Digest 1")).text
    assert "join our chess group" in digest
    assert "armed" not in digest
    assert "Items: 1 (fundraising 1)" in digest


async def test_edit_after_the_digest_is_dealt_as_a_post_of_its_own(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await read(stage)
    await stage.on_duty(budi)
    post = stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    stage.later(minutes=2)
    await stage.says(stage.admin, "/digest now")
    await stage.told(citra, "Digest 1")
    await stage.until_one("SELECT state FROM referrals", "delivered")

    stage.double.edit(post, "join our armed group, now in two cities")
    await stage.desk_shows(budi, "two cities")

    assert await stage.rows("SELECT state FROM cards ORDER BY id") == [("referred",), ("waiting",)]


async def test_posts_without_text_are_counted_as_unreadable(stage: Stage) -> None:
    channel = await read(stage)
    for media in ("photo", "video", "voice", "sticker", "document"):
        stage.double.publish(channel, None, media=media)
    stage.double.publish(channel, "words")

    assert await kept(stage) == 6
    status = await stage.says(stage.admin, "/status")
    channels = await stage.says(stage.admin, "/channels")

    assert "Unggahan: 6, di antaranya 5 tanpa teks" in status
    assert "6 unggahan, 5 tanpa teks" in channels
    assert await stage.one("SELECT count(*) FROM verdicts") == 1


async def test_poll_is_read_like_text(stage: Stage) -> None:
    budi = await stage.moderator()
    channel = await read(stage)
    await stage.on_duty(budi)
    stage.double.publish(channel, None, media="poll")
    await stage.worked_off()

    text = await stage.one("SELECT text FROM revisions")
    assert text.strip()


async def test_message_of_a_newer_kind_keeps_its_text(stage: Stage) -> None:
    budi = await stage.moderator()
    channel = await read(stage)
    await stage.on_duty(budi)
    rich = {
        "blocks": [
            {"type": "heading", "text": {"type": "bold", "text": "Join us"}},
            {"type": "paragraph", "text": [{"type": "plain", "text": "our armed group"}]},
        ]
    }

    stage.double.raw_update(post_update(channel, 77, {"rich_message": rich}))
    card = await stage.desk_shows(budi, "our armed group")

    assert "Join us" in card.text
    assert await stage.rows("SELECT is_readable FROM posts") in ([(True,)], [(1,)])


def post_update(channel: Chat, number: Any, content: dict[str, Any]) -> dict[str, Any]:
    post = {"message_id": number, "date": 1_790_000_000, "chat": chat_of(channel)}
    return {"channel_post": post | content}


async def test_names_of_people_are_not_kept(stage: Stage) -> None:
    eka = stage.person(1005, "Eka-Rahasia")
    channel = await read(stage)

    stage.double.publish(channel, "words", signature="Penulis-Rahasia", forward_from=eka)

    assert await kept(stage) == 1
    for table in ("posts", "post_members", "revisions", "inbox"):
        assert "Rahasia" not in str(await stage.rows(f"SELECT * FROM {table}"))


async def test_channel_that_nobody_watches_leaves_nothing(stage: Stage) -> None:
    channel = stage.double.channel("lain_kanal")
    channel.bot_status, channel.is_known = "administrator", True
    await stage.start()

    stage.double.publish(channel, "our armed words")

    assert await kept(stage) == 0
    assert "armed" not in str(await stage.rows("SELECT * FROM inbox"))


async def test_near_copy_joins_the_case_and_is_looked_at_on_its_own(stage: Stage) -> None:
    budi = await stage.moderator()
    channel = await read(stage)
    await stage.on_duty(budi)
    words = "join our armed group at the old mill, bring friends, bring food, tell nobody else"
    stage.double.publish(channel, words)
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)

    stage.double.publish(channel, f"A hoax, do not share: {words}")
    copy = await stage.desk_shows(budi, "A hoax")

    assert "Case 1" in copy.text
    assert "2 nearly identical posts" in copy.text
    assert await stage.rows("SELECT state FROM cards ORDER BY id") == [("confirmed",), ("waiting",)]


def odd_updates(channel: Chat) -> dict[str, dict[str, Any]]:
    """Things that Telegram should never send."""
    whole = {"id": channel.id, "type": "channel", "title": "T", "username": channel.username}
    person = {"id": 1002, "is_bot": False, "first_name": "Budi"}
    private = {"id": 1002, "type": "private", "first_name": "Budi"}

    def post(**fields: Any) -> dict[str, Any]:
        return {"channel_post": {"message_id": 500, "date": 1, "chat": whole, "text": "x"} | fields}

    def message(**fields: Any) -> dict[str, Any]:
        plain = {"message_id": 500, "date": 1, "chat": private, "from": person, "text": "x"}
        return {"message": plain | fields}

    entity = {"type": "bot_command", "offset": 0, "length": 6}
    return {
        "nothing": {},
        "an unknown kind": {"brand_new_thing": {"id": 1}},
        "an unknown kind that is no object": {"brand_new_thing": [1, 2]},
        "a post that is null": {"channel_post": None},
        "a post that is a list": {"channel_post": []},
        "a post that is a word": {"channel_post": "armed"},
        "a post without a chat": {"channel_post": {"message_id": 1, "date": 1, "text": "x"}},
        "a post without a number": {"channel_post": {"date": 1, "chat": whole, "text": "x"}},
        "a post without a date": {"channel_post": {"message_id": 1, "chat": whole, "text": "x"}},
        "a post of a group": post(chat={"id": -5, "type": "group", "title": "G"}),
        "a number that is a word": post(message_id="abc"),
        "a number that is a list": post(message_id=[1]),
        "a number beyond all columns": post(message_id=10**30),
        "a negative number": post(message_id=-4),
        "a date beyond all calendars": post(date=10**30),
        "a date that is a word": post(date="yesterday"),
        "a date before all calendars": post(date=-(10**15)),
        "a text that is a number": post(text=7),
        "a text that is an object": post(text={"a": 1}),
        "a chat id that is a word": post(chat=whole | {"id": "abc"}),
        "a chat id beyond all columns": post(chat=whole | {"id": 10**30}),
        "a title that is a number": post(chat=whole | {"title": 5}),
        "a name that is a number": post(chat=whole | {"username": 5}),
        "an album that is a number": post(media_group_id=5),
        "an album that is a list": post(media_group_id=[5]),
        "entities that are a word": post(entities="bold"),
        "an entity without a place": post(entities=[{"type": "bold"}]),
        "an entity far outside": post(entities=[entity | {"offset": 10**9, "length": -5}]),
        "an entity at a word": post(entities=[entity | {"offset": "a", "length": "b"}]),
        "a forward from nowhere": post(forward_origin={"type": "channel"}),
        "a forward from a number": post(
            forward_origin={
                "type": "channel",
                "date": 1,
                "message_id": 1,
                "chat": {"id": 5, "type": "channel", "title": 5},
            }
        ),
        "an edit that is a word": {"edited_channel_post": "x"},
        "a photo that is a number": post(photo=5),
        "a message without a sender": {"message": {"message_id": 1, "date": 1, "chat": private}},
        "a message whose sender is a word": message(**{"from": "Budi"}),
        "a message whose sender has no number": message(**{"from": {"first_name": "Budi"}}),
        "a message with a command that is a number": message(text=5, entities=[entity]),
        "a message with a command far outside": message(
            entities=[entity | {"offset": 0, "length": 10**9}]
        ),
        "a message without a chat": {"message": {"message_id": 1, "date": 1, "from": person}},
        "a press without anything": {"callback_query": {}},
        "a press that is null": {"callback_query": None},
        "a press without a message": {
            "callback_query": {
                "id": "1",
                "from": person,
                "chat_instance": "1",
                "data": "h:1:1:RECRUIT",
            }
        },
        "a press whose data is a list": {
            "callback_query": {
                "id": "1",
                "from": person,
                "chat_instance": "1",
                "data": ["h:1:1:RECRUIT"],
            }
        },
        "a change of nothing": {"my_chat_member": {}},
        "a change in a word": {"my_chat_member": {"chat": "x", "from": person, "date": 1}},
    }


async def test_odd_updates_are_set_aside_and_stop_nobody(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi = await stage.moderator()
    channel = await read(stage)
    await stage.on_duty(budi)
    before = stage.double.publish(channel, "words before")
    await stage.worked_off()

    for update in odd_updates(channel).values():
        stage.double.raw_update(update)
    stage.double.publish(channel, "our armed words after")
    await stage.desk_shows(budi, "our armed words after")
    await stage.worked_off()

    assert await stage.confirms(budi) == "Confirmed: recruitment. You can undo this for a minute."
    aside = await stage.one("SELECT count(*) FROM inbox WHERE problem IS NOT NULL")
    assert aside >= 30
    numbers = {row[0] for row in await stage.rows("SELECT message_id FROM posts")}
    assert {before.id, before.id + 1} <= numbers <= {before.id, before.id + 1, 500}


async def test_updates_that_were_set_aside_stay_aside_after_a_restart(stage: Stage) -> None:
    channel = await read(stage)
    stage.double.raw_update(odd_updates(channel)["a number that is a word"])
    await stage.worked_off()

    await stage.stop()
    await stage.start()
    stage.double.publish(channel, "words")

    assert await kept(stage) == 1
    (aside,) = await stage.rows("SELECT payload FROM inbox WHERE problem IS NOT NULL")
    assert "abc" in aside[0]
