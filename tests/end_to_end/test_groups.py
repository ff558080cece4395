"""A recipient's group: from the link to answers, and into a supergroup."""

import re

from sandbox.double import Chat, Media, Message
from tests.end_to_end.stage import Stage
from tests.end_to_end.test_whole_flow import confirmed
from tests.sources.test_sheet import HEAD, workbook


def written(stage: Stage, group: Chat) -> list[Message]:
    """What the bot has written to a group, oldest first."""
    return [m for m in stage.double.chat(group.id).messages if m.sender is stage.double.bot]


async def says(stage: Stage, group: Chat, words: str) -> Message:
    """The bot's message in the group with these words, once it is there."""
    await stage.until(lambda: any(words in message.text for message in written(stage, group)))
    return [message for message in written(stage, group) if words in message.text][-1]


async def link(stage: Stage, kind: str) -> str:
    """The token of a fresh link for a recipient: kind "start" or "startgroup"."""
    before = len(stage.letters(stage.admin))
    await stage.says(stage.admin, "/invite recipient")
    await stage.until(lambda: len(stage.letters(stage.admin)) >= before + 2)
    texts = " ".join(letter.text for letter in stage.letters(stage.admin)[before:])
    found = re.search(rf"t\.me/saring_test_bot\?{kind}=([A-Za-z0-9_-]+)", texts)
    assert found is not None
    return found[1]


async def test_group_is_invited_answers_and_becomes_a_supergroup(stage: Stage) -> None:
    double, budi = stage.double, await stage.moderator()
    citra, dian = stage.person(1009, "Citra"), stage.person(1010, "Dian")
    await stage.start()
    group = double.group("Meja Rujukan", citra, dian)
    token = await link(stage, "startgroup")
    assert "for a group" in await stage.says(citra, f"/start {token}")  # in private it does nothing

    double.add_bot(group, by=citra)
    double.say(citra, f"/start@saring_test_bot {token}", chat=group)
    welcome = await says(stage, group, "Digests come to this group")
    await stage.clicks(stage.admin, await stage.told(stage.admin, "Meja Rujukan"), "▫️ aktif")
    await says(stage, group, "confirmed")
    await confirmed(stage, budi)
    await stage.says(stage.admin, "/digest now")
    digest = await says(stage, group, "Digest 1")
    await stage.until_one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'leased')", 0)

    assert await stage.clicks(dian, digest, "✓ Received") == "Thank you. Noted as received."
    assert "noted as received (M" in (await says(stage, group, "noted as received")).text
    assert "before" in await stage.clicks(citra, digest, "✓ Received")
    group.bot_status = "administrator"  # Telegram hands everything over now, and nobody asked
    silent = len(written(stage, group))
    for words in ("apakah sudah dibaca?", "1 actioned", "/open@other_bot", "/status"):
        double.say(dian, words, chat=group)
    double.say(dian, "terima kasih", chat=group, reply_to=welcome)
    await stage.worked_off()
    assert len(written(stage, group)) == silent
    assert await stage.rows("SELECT * FROM receipts") == []

    double.say(dian, "/open", chat=group)
    await says(stage, group, "Digest 1: 1 of 1 items")
    double.say(citra, "1 need info", chat=group, reply_to=digest)
    noted = await says(stage, group, "Noted: 1. Unchanged: 0.")
    number = await stage.one("SELECT id FROM referrals")
    assert noted.text.splitlines()[1].startswith(f"1 (#{number}, ")
    sheet = double.world.store(workbook([HEAD, (number, "", "actioned")]), "a.xlsx", "x/zip")
    file = Media("document", {"file_name": "digest-1.xlsx"}, sheet)
    double.say(dian, None, media=file, chat=group)  # no reply: it is nobody's answer
    double.say(dian, None, media=file, chat=group, reply_to=digest)
    await stage.until_one("SELECT code FROM receipts WHERE stands", "actioned")
    givers = await stage.rows("SELECT telegram_id, name FROM people WHERE telegram_id > 1008")
    assert sorted(givers) == [(citra.id, ""), (dian.id, "")]

    bigger = double.upgrade(group)
    await stage.worked_off()
    double.say(citra, "/report month", chat=bigger)
    await stage.until(lambda: any(m.media is not None for m in written(stage, bigger)))
    double.remove_bot(bigger)
    await stage.told(stage.admin, "tidak lagi di grup penerima")
    assert await stage.one("SELECT chat_id FROM recipients") == bigger.id


async def test_wrong_link_is_refused_with_a_sentence_and_the_group_left(stage: Stage) -> None:
    citra = stage.person(1009, "Citra")
    await stage.start()
    await link(stage, "startgroup")  # so that groups are expected
    personal = await link(stage, "start")
    for words, sentence in ((personal, "for one person"), ("x" * 32, "does not open")):
        group = stage.double.group(words[:5], citra)
        stage.double.add_bot(group, by=citra)
        stage.double.say(citra, f"/start {words}", chat=group)
        await says(stage, group, sentence)
        await stage.until(lambda chat=group: not chat.has_bot)  # type: ignore[misc]

    assert await stage.rows("SELECT * FROM recipients") == []
