"""The moderators' group: a notice board that shows counts and never a post."""

from sandbox.double import Chat, Message
from tests.end_to_end.scripted import FLAGGED
from tests.end_to_end.stage import Stage

TEXT = f"{FLAGGED} ayo bergabung"
THREAT = f"{FLAGGED} tomorrow"


def written(stage: Stage, group: Chat) -> list[Message]:
    """What the bot has written to a group, oldest first."""
    return [m for m in stage.double.chat(group.id).messages if m.sender is stage.double.bot]


async def board(stage: Stage, title: str = "Para moderator") -> Chat:
    """A group that the admin has put the bot into, once the counts are there."""
    group = stage.double.group(title, stage.admin)
    stage.double.add_bot(group, by=stage.admin)
    await stage.until(lambda: written(stage, group))
    return group


async def counts(stage: Stage, group: Chat, words: str) -> Message:
    """The message with the counts, once it says this."""
    await stage.until(lambda: any(words in message.text for message in written(stage, group)))
    return next(message for message in written(stage, group) if words in message.text)


async def ready(stage: Stage) -> None:
    await stage.start()
    await stage.says(stage.admin, "/start")


async def test_counts_are_edited_in_place_and_show_no_post(stage_on_each: Stage) -> None:
    stage = stage_on_each
    channel = await stage.watched()
    await ready(stage)
    group = await board(stage)
    empty = await counts(stage, group, "Tidak ada yang menunggu dilihat.")

    stage.double.publish(channel, TEXT)
    await stage.worked_off()
    stage.later(minutes=1)
    full = await counts(stage, group, "Menunggu dilihat: 1")

    assert full.id == empty.id
    assert len(written(stage, group)) == 1
    assert "bergabung" not in full.text
    assert full.buttons == [[("Buka meja saya", "https://t.me/saring_test_bot?start=desk")]]
    assert "Para moderator" in (await stage.told(stage.admin, "papan pengumuman")).text


async def test_counts_are_not_redrawn_all_the_time(stage: Stage) -> None:
    channel = await stage.watched()
    await ready(stage)
    group = await board(stage)
    stage.double.publish(channel, TEXT)
    await stage.worked_off()
    stage.later(minutes=1)
    message = await counts(stage, group, "Menunggu dilihat: 1")

    stage.double.publish(channel, TEXT + " dua")
    await stage.worked_off()
    edits = len(message.versions)
    stage.later(seconds=29)
    await stage.worked_off()

    assert len(message.versions) == edits
    stage.later(seconds=2)
    await counts(stage, group, "Menunggu dilihat: 2")


async def test_threat_calls_once_and_is_heard(stage: Stage) -> None:
    channel = await stage.watched()
    await ready(stage)
    group = await board(stage)

    stage.double.publish(channel, THREAT)
    call = await counts(stage, group, "Masuk unggahan yang mungkin ancaman jiwa (1)")
    stage.later(minutes=1)
    await counts(stage, group, "Di antaranya ancaman jiwa: 1")
    stage.later(minutes=5)
    await stage.worked_off()

    calls = [m for m in written(stage, group) if "mohon buka meja" in m.text]
    assert calls == [call]
    (sent,) = [
        call.params for call in stage.double.calls_of("sendMessage") if "mohon buka" in str(call)
    ]
    assert sent.get("disable_notification", "False").lower() == "false"


async def test_link_on_the_board_brings_the_desk(stage: Stage) -> None:
    budi = await stage.moderator(language="id")
    await ready(stage)
    first = await stage.on_duty(budi)

    stage.double.say(budi, "/start desk")
    await stage.until(lambda: stage.desk(budi).id > first.id)

    assert stage.desk(budi).text == first.text


async def test_link_on_the_board_brings_a_stranger_nothing(stage: Stage) -> None:
    eka = stage.person(1005, "Eka")
    await stage.start()

    assert (await stage.says(eka, "/start desk")).startswith("This is the desk of a moderation")


async def test_group_of_somebody_else_is_left(stage: Stage) -> None:
    await ready(stage)
    budi = await stage.moderator()
    group = stage.double.group("Lain", budi)

    stage.double.add_bot(group, by=budi)
    await stage.told(stage.admin, "Bot sudah keluar")
    await stage.until(lambda: group.bot_status == "left")

    assert ["only in groups that I was invited to" in m.text for m in written(stage, group)] == [
        True
    ]
    assert await stage.rows("SELECT * FROM board") == []


async def test_second_group_takes_the_place_of_the_first(stage_on_each: Stage) -> None:
    stage = stage_on_each
    await ready(stage)
    first = await board(stage, "Satu")

    second = await board(stage, "Dua")
    await stage.until(lambda: first.bot_status == "left")
    await stage.worked_off()

    assert await stage.rows("SELECT chat_id FROM board") == [(second.id,)]


async def test_board_follows_its_group_into_a_supergroup(stage_on_each: Stage) -> None:
    stage = stage_on_each
    channel = await stage.watched()
    await ready(stage)
    group = await board(stage)

    bigger = stage.double.upgrade(group)
    await stage.worked_off()
    stage.double.publish(channel, TEXT)
    await stage.worked_off()
    stage.later(minutes=1)
    await counts(stage, bigger, "Menunggu dilihat: 1")

    assert await stage.rows("SELECT chat_id FROM board") == [(bigger.id,)]


async def test_admins_hear_that_the_bot_was_thrown_out(stage_on_each: Stage) -> None:
    stage = stage_on_each
    await ready(stage)
    group = await board(stage)

    stage.double.remove_bot(group)
    await stage.told(stage.admin, "tidak lagi dapat menulis ke papan pengumuman “Para moderator”")

    assert await stage.rows("SELECT * FROM board") == []


async def test_posts_and_commands_in_the_group_change_nothing(stage: Stage) -> None:
    await ready(stage)
    group = await board(stage)
    before = len(written(stage, group))

    stage.double.say(stage.admin, "/status", chat=group)
    stage.double.say(stage.admin, "/addchannel @contoh_kanal", chat=group)
    await stage.worked_off()

    assert len(written(stage, group)) == before
    assert await stage.rows("SELECT * FROM channels") == []
