"""What people do, and what of it the bot gets: every update parses with nothing left over."""

from collections.abc import Callable
from typing import Any

import pytest
from telegram import Bot, Update

from sandbox.double import Chat, Double, Person
from sandbox.double.pictures import KINDS


@pytest.fixture
def ani(double: Double) -> Person:
    return double.person(1001, "Ani", last_name="S", username="ani_s", language_code="id")


@pytest.fixture
def channel(double: Double, ani: Person) -> Chat:
    channel = double.channel("contoh_kanal", title="Contoh", owner=ani)
    double.add_bot(channel, by=ani)
    return channel


async def fetch(bot: Bot) -> tuple[Update, ...]:
    return await bot.get_updates(allowed_updates=Update.ALL_TYPES)


async def test_every_kind_of_update_parses_with_nothing_left_over(
    double: Double,
    bot: Bot,
    ani: Person,
    channel: Chat,
    leftovers: Callable[[Any], list[str]],
) -> None:
    other = double.channel("kanal_lain", title="Lain")
    group = double.group("Moderator", ani)
    double.add_bot(group, by=ani)
    double.say(ani, "/start")
    post = double.publish(channel, "<b>x</b> https://example.org", html=True, signature="Ed")
    double.edit(post, "y #tag")
    double.edit(double.say(ani, "private"), "edited")
    double.publish(channel, "fwd", forward_from=other)
    double.publish(channel, "fwd", forward_from=ani)
    double.publish(channel, "fwd", forward_from=post)
    double.album(channel, ["caption", None, None])
    for kind in KINDS:
        double.publish(channel, "with media", media=kind)
    double.say(ani, "/hello", chat=group)
    double.upgrade(group)
    double.block(ani)
    double.unblock(ani)
    double.remove_bot(channel, by=ani)
    double.add_bot(double.private_channel("Tertutup"), by=ani)

    updates = await fetch(bot)

    assert leftovers(updates) == []
    kinds = {key for update in updates for key in update.to_dict() if key != "update_id"}
    assert kinds == {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "my_chat_member",
    }


async def test_a_post_carries_channel_text_and_entities_but_no_person(
    double: Double, bot: Bot, channel: Chat
) -> None:
    double.publish(channel, "see @contoh_kanal", signature="Editor")

    post = (await fetch(bot))[-1].channel_post

    assert post is not None
    assert (post.chat.username, post.chat.title, post.chat.type) == (
        "contoh_kanal",
        "Contoh",
        "channel",
    )
    assert post.from_user is None
    assert post.sender_chat == post.chat
    assert post.author_signature == "Editor"
    assert [entity.type for entity in post.entities] == ["mention"]


async def test_an_album_is_several_posts_with_one_group_id(
    double: Double, bot: Bot, channel: Chat
) -> None:
    double.album(channel, ["caption", None, None])
    double.album(channel, ["another", None])

    posts = [u.channel_post for u in (await fetch(bot)) if u.channel_post]

    assert [post.caption for post in posts] == ["caption", None, None, "another", None]
    assert [len(post.photo) for post in posts] == [2] * 5
    assert len({post.media_group_id for post in posts[:3]}) == 1
    assert len({post.media_group_id for post in posts}) == 2
    assert [post.message_id for post in posts] == [1, 2, 3, 4, 5]


async def test_an_edit_may_come_without_the_post_before_it(
    double: Double, bot: Bot, channel: Chat
) -> None:
    double.publish(channel, "words", edited=True)

    update = (await fetch(bot))[-1]

    assert update.channel_post is None
    assert update.edited_channel_post and update.edited_channel_post.text == "words"
    assert update.edited_channel_post.edit_date is not None


async def test_a_deletion_tells_the_bot_nothing(double: Double, bot: Bot, channel: Chat) -> None:
    post = double.publish(channel, "words")
    before = len(await fetch(bot))

    double.delete(post)

    assert len(await fetch(bot)) == before
    assert channel.messages == []


async def test_posts_of_channels_without_the_bot_do_not_arrive(
    double: Double, bot: Bot, ani: Person, channel: Chat
) -> None:
    foreign = double.channel("kanal_lain")
    double.publish(foreign, "unheard")
    double.remove_bot(channel, by=ani)
    double.publish(channel, "after the removal")

    updates = await fetch(bot)

    assert [u.effective_message for u in updates if u.effective_message] == []
    statuses = [u.my_chat_member.new_chat_member.status for u in updates if u.my_chat_member]
    assert statuses == ["administrator", "kicked"]


async def test_privacy_mode_hides_what_is_not_for_the_bot(
    double: Double, bot: Bot, ani: Person
) -> None:
    group = double.supergroup("Moderator", ani)
    double.add_bot(group, by=ani)
    sent = await bot.send_message(group.id, "hello")
    double.say(ani, "chatter", chat=group)
    double.say(ani, "/status@other_bot", chat=group)
    double.say(ani, "/status@double_bot", chat=group)
    double.say(ani, "yes", chat=group, reply_to=group.all_messages[sent.id])
    double.add_bot(group, by=ani, admin=True)
    double.say(ani, "chatter again", chat=group)

    texts = [u.message.text for u in await fetch(bot) if u.message and u.message.text]

    assert texts == ["/status@double_bot", "yes", "chatter again"]


async def test_only_members_speak_in_a_group(double: Double, ani: Person) -> None:
    group = double.group("Moderator", ani)
    budi = double.person(1002, "Budi")

    with pytest.raises(ValueError, match="call join first"):
        double.say(budi, "hi", chat=group)
    double.join(budi, group)

    assert double.say(budi, "hi", chat=group).text == "hi"


async def test_a_first_command_opens_the_chat_and_is_marked(
    double: Double, bot: Bot, ani: Person
) -> None:
    double.say(ani, "/start abc")

    message = (await fetch(bot))[0].message

    assert message and message.from_user and message.from_user.language_code == "id"
    assert [(e.type, e.offset, e.length) for e in message.entities] == [("bot_command", 0, 6)]
    assert (await bot.send_message(ani.id, "welcome")).text == "welcome"


def test_what_is_not_there_is_said(double: Double, channel: Chat) -> None:
    with pytest.raises(LookupError, match="no chat"):
        double.chat("@nobody_here")
    with pytest.raises(ValueError, match="No media of kind 'hologram'"):
        double.publish(channel, "x", media="hologram")
    assert double.chat("@CONTOH_kanal") is channel


async def test_a_feed_tells_every_change_in_order(
    double: Double, ani: Person, channel: Chat
) -> None:
    double.say(ani, "/start")
    post = double.publish(channel, "words")
    double.edit(post, "other words")
    double.delete(post)

    seen = []
    async for change in double.feed():
        seen.append(change.kind)
        if change.kind == "delete":
            break

    assert [kind for kind in seen if kind not in ("update", "chat")] == [
        "message",
        "message",
        "edit",
        "delete",
    ]
