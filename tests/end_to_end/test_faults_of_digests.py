"""Bad days on the way of a digest: blocks, limits, refused files, odd texts, a group that moves."""

import pytest
from sqlalchemy import text

from bot.domain.case import Choice
from bot.domain.channel import ChannelRef
from bot.domain.codes import FORWARDABLE, HarmCode
from bot.domain.desk import View, pages_of
from sandbox.double import Person
from tests.end_to_end.stage import Stage
from tests.factories import Flow, post
from tests.render.test_desk import HOSTILE

DOCUMENTS = 3


async def referred(stage: Stage, *texts: str) -> Person:
    """The recipient of what was confirmed and can no longer be undone, before the bot starts."""
    budi, citra = await stage.moderator(), await stage.recipient()
    stage.opened(stage.admin)
    channel = await stage.watched()
    known = await stage._join.person(budi.id, "en")
    assert known is not None
    flow = Flow(stage.database, stage.clock)  # type: ignore[arg-type]
    ref = ChannelRef(channel.id, channel.username, channel.title)
    for number, words in enumerate(texts or ("angkat senjata",), 1):
        await flow.ingest.live([post(f"FLAG {number} {words}", number, channel=ref)], [])
        await flow.triage.batch()
        (card,) = [one for one in await flow.cards() if one.state.is_open]
        await flow.deal.duty(known, on=True, chat_id=budi.id)
        for _ in pages_of(words):  # nobody confirms what they have not read
            await flow.turn.to(known, card.id, card.revision_id, View.FULL)
        stage.later(seconds=6)  # and not too fast
        harm = sorted(FORWARDABLE - {HarmCode.GLORIFY, HarmCode.THREAT})[number % 5]
        assert (await flow.choose(known, card, Choice.CONFIRM, harm)).refusal is None
    await flow.deal.duty(known, on=False, chat_id=budi.id)
    await flow.picture.confirmed()
    async with stage.database.work() as work:
        await work.connection.execute(text("DELETE FROM outbox"))
        await work.commit()
    stage.later(seconds=61)
    return citra


async def all_sent(stage: Stage) -> None:
    stage.later(seconds=30)  # nobody waits for the pace
    await stage.until_one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'leased')", 0)


def sent_to(stage: Stage, person: Person) -> int:
    """How many messages Telegram was asked to put into a person's chat."""
    return sum(
        call.params.get("chat_id") == str(person.id)
        for method in ("sendMessage", "sendDocument")
        for call in stage.double.calls_of(method)
    )


async def test_recipient_who_blocks_the_bot_and_comes_back_gets_the_digest(stage: Stage) -> None:
    citra = await referred(stage, *(f"{letter * 500}" for letter in "abcdefghij"))
    stage.double.block(citra)
    await stage.start()
    stage.double.say(stage.admin, "/digest now")
    told = await stage.told(stage.admin, "tidak dapat dikirim")
    await all_sent(stage)
    asked = sent_to(stage, citra)

    stage.double.unblock(citra)
    await stage.says(stage.admin, "/digest 1")
    said = await stage.presses(stage.admin, "Citra")
    await stage.until_one("SELECT count(*) FROM referrals WHERE state = 'delivered'", 10)
    await all_sent(stage)
    last = stage.messages(citra)[-1]
    toast = await stage.clicks(citra, last, "✓ Received")

    assert "/digest 1 mengirimnya" in told.text
    assert asked == 1, "one refusal is enough to know"
    assert said == "Tadinya gagal; kini dikirim dengan nomor yang sama."
    assert [one.text.split(" of ")[0] for one in stage.messages(citra)] == [
        "Digest 1, part 1",
        "Digest 1, part 2",
    ]
    assert len(stage.letters(citra)) == 2 + DOCUMENTS
    assert toast == "Thank you. Noted as received."


async def test_hour_of_too_many_requests_costs_one_request(stage: Stage) -> None:
    citra = await referred(stage)
    await stage.start()

    stage.double.fault("sendMessage", retry_after=3600, times=2)  # its answer to the admin too
    stage.double.say(stage.admin, "/digest now")
    await stage.until_one(
        "SELECT count(*) FROM outbox WHERE state = 'owed' AND attempts = 1 AND kind = 'digest'", 1
    )
    for _ in range(4):
        stage.later(minutes=14)
        await stage.worked_off()
    during = sent_to(stage, citra)
    stage.later(minutes=5)
    await stage.told(citra, "Digest 1")
    await all_sent(stage)

    assert during == 1
    assert sent_to(stage, citra) == 2 + DOCUMENTS
    assert len(stage.letters(citra)) == 1 + DOCUMENTS
    assert await stage.one("SELECT state FROM referrals") == "delivered"


REFUSALS = {413: "Request Entity Too Large", 400: "Wrong file identifier specified"}


@pytest.mark.parametrize("status", REFUSALS)
async def test_refused_document_stops_nothing_behind_it(stage: Stage, status: int) -> None:
    citra = await referred(stage)
    await stage.start()

    stage.double.fault("sendDocument", status=status, description=REFUSALS[status])
    stage.double.say(stage.admin, "/digest now")
    told = await stage.told(stage.admin, "1.csv")
    await all_sent(stage)
    (message,) = stage.messages(citra)
    toast = await stage.clicks(citra, message, "✓ Received")

    assert REFUSALS[status] in told.text
    assert [one.media.file.name for one in stage.letters(citra) if one.media] == [
        "1.json",
        "1.manifest.json",
    ]
    assert await stage.one("SELECT state FROM referrals") == "delivered"
    assert toast == "Thank you. Noted as received."


async def test_oddest_texts_arrive_as_they_are(stage: Stage) -> None:
    citra = await referred(stage, *HOSTILE)
    await stage.start()

    stage.double.say(stage.admin, "/digest now")
    await stage.until_one("SELECT count(*) FROM referrals WHERE state = 'delivered'", len(HOSTILE))
    await all_sent(stage)

    shown = "\n".join(message.text for message in stage.messages(citra))
    for number in range(1, len(HOSTILE) + 1):
        assert shown.count(f"https://t.me/contoh_kanal/{number}\n") == 1
    assert "<b>&</b><script>alert('1')</script>" in shown
    links = {entity.url for one in stage.messages(citra) for entity in one.body.entities}
    assert all(link is None or link.startswith("https://t.me/contoh_kanal/") for link in links)


async def test_digest_and_its_documents_follow_a_group_that_moves_in_their_midst(
    stage: Stage,
) -> None:
    citra = await referred(stage, *(f"{letter * 500}" for letter in "abcdefghij"))
    group = stage.double.group("Desk of the regulator", citra)
    group.bot_status, group.is_known = "member", True
    async with stage.database.work() as work:
        await work.recipients.moved(citra.id, group.id)
        await work.commit()
    await stage.start()

    stage.double.say(stage.admin, "/digest now")
    await stage.until(lambda: any("part 1" in words for words in group.texts))
    supergroup = stage.double.upgrade(group)
    stage.later(minutes=1)
    await all_sent(stage)

    came = [*group.messages, *supergroup.messages]
    heads = [one.text.split(" of ")[0] for one in came if one.text.startswith("Digest")]
    assert heads == ["Digest 1, part 1", "Digest 1, part 2"]
    assert sum(one.media is not None for one in came) == DOCUMENTS
    assert await stage.one("SELECT count(*) FROM referrals WHERE state = 'delivered'") == 10
    assert await stage.one("SELECT count(*) FROM outbox WHERE state = 'failed'") == 0
