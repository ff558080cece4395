"""Original messages come after the digest, through the real courier and the double."""

from sandbox.double import Chat, Message, Person
from tests.end_to_end.stage import Stage


async def confirmed(stage: Stage, budi: Person, channel: Chat, *posts: str) -> list[Message]:
    published = []
    for words in posts:
        published.append(stage.double.publish(channel, words, media="photo", html=True))
        await stage.desk_shows(budi, published[-1].text)
        await stage.confirms(budi)
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", len(posts))
    return published


def forwarded(stage: Stage, person: Person) -> list[Message]:
    return [message for message in stage.letters(person) if message.origin is not None]


async def settled(stage: Stage) -> None:
    await stage.until_one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'leased')", 0)


async def test_originals_come_after_the_digest_as_they_were_reviewed(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await stage.watched()
    stage.opened(stage.admin)
    await stage.start()
    await stage.says(stage.admin, "/recipients 1")
    await stage.presses(stage.admin, "▫️ teruskan unggahan asli")
    await stage.button(stage.admin, "✅ teruskan unggahan asli")
    await stage.on_duty(budi)
    first, second, third = await confirmed(
        stage,
        budi,
        channel,
        "<b>join</b> our armed group now",
        'send <a href="https://x.example/a?b=1">money</a> to buy things for armed fighters 😀',
        "quite another thing: weapons and armed words of a third kind",
    )
    first.is_protected = True
    third.body = first.body  # an edit of which no update tells

    await stage.says(stage.admin, "/digest now")
    await settled(stage)

    note = await stage.told(stage.admin, "pesan asli tidak diteruskan")
    assert "2 dari 3" in note.text
    assert "protected content and can't be forwarded (1)" in note.text
    assert "isinya lain dari yang ditinjau, dan sudah diambil kembali (1)" in note.text
    (only,) = forwarded(stage, citra)
    assert only.body == second.body
    assert only.origin is not None
    assert only.origin["message_id"] == second.id
    texts = [message.text for message in stage.letters(citra)]
    head = next(
        n for n, text in enumerate(texts) if "the original messages of items 1, 2, 3" in text
    )
    assert head == len(texts) - 2
    assert texts[0].startswith("Digest 1")


async def test_bot_that_was_removed_leaves_the_quote_alone(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await stage.watched()
    stage.opened(stage.admin)
    async with stage.database.work() as work:
        await work.recipients.change(1, forwards=True)
        await work.commit()
    await stage.start()
    await stage.on_duty(budi)
    (post,) = await confirmed(stage, budi, channel, "join our armed group now")
    channel.bot_status = "kicked"  # and the update that says so is still under way

    await stage.says(stage.admin, "/digest now")
    await settled(stage)

    assert (
        "bot was kicked from the channel chat"
        in (await stage.told(stage.admin, "tidak diteruskan")).text
    )
    assert forwarded(stage, citra) == []
    assert post.text in stage.messages(citra)[0].text
    assert await stage.one("SELECT state FROM referrals") == "delivered"
