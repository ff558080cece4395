"""Recipients and moderators press, write and send files: from a digest to a correction."""

from bot.domain.people import Role
from sandbox.double import Media, Message, Person
from tests.end_to_end.stage import Stage
from tests.end_to_end.test_whole_flow import confirmed
from tests.sources.test_sheet import HEAD, workbook


async def digest(stage: Stage) -> tuple[Person, Person, Message]:
    """Moderator, recipient, and the message of a digest of one item."""
    budi, citra = await stage.moderator(), await stage.recipient()
    await stage.start()
    await confirmed(stage, budi)
    await stage.says(stage.admin, "/digest now")
    message = await stage.told(citra, "Digest 1")
    await all_sent(stage)  # its documents follow it
    return budi, citra, message


async def all_sent(stage: Stage) -> None:
    await stage.until_one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'leased')", 0)


async def answered(stage: Stage, person: Person, message: Message, button: str) -> str:
    return await stage.answer(stage.double.press(person, message, button))


async def test_received_and_an_answer_by_button_then_changed(stage: Stage) -> None:
    _, citra, message = await digest(stage)

    toast = await answered(stage, citra, message, "✓ Received")
    again = await answered(stage, citra, message, "✓ Received")
    before = message.text
    await answered(stage, citra, message, "Answer items")
    page = await stage.told(citra, "page 1 of 1")
    await answered(stage, citra, page, "1")
    await stage.until(lambda: "What became of it?" in page.text)
    kept = await answered(stage, citra, page, "need more")
    await stage.until(lambda: "need more information" in page.text)
    await answered(stage, citra, page, "✓ 1")
    await stage.until(lambda: "What became of it?" in page.text)
    await answered(stage, citra, page, "actioned")
    await stage.until(lambda: "Answered: 1 of 1" in page.text and "need more" not in page.text)

    assert toast == "Thank you. Noted as received."
    assert again == "It was noted as received before."
    assert kept == "Noted. You can change it at any time."
    assert message.text == before  # a digest is never changed
    assert await stage.rows("SELECT code, stands FROM receipts ORDER BY id") == [
        ("need_info", False),
        ("actioned", True),
    ]
    assert await stage.says(citra, "/open") == "Everything is answered. Thank you."


async def test_answers_by_reply_in_both_languages_and_open_items(stage: Stage) -> None:
    _, citra, message = await digest(stage)

    listed = await stage.says(citra, "/open")
    before = len(stage.letters(citra))
    stage.double.say(citra, "1 tidak melanggar", reply_to=message)
    await stage.until(lambda: len(stage.letters(citra)) > before)

    assert "Digest 1: 1 of 1 items" in listed
    number = await stage.one("SELECT id FROM referrals")
    first, named = stage.letters(citra)[before].text.splitlines()
    assert first == "Noted: 1. Unchanged: 0."
    assert named.startswith(f"1 (#{number}, ")
    assert named.endswith("): not violating")
    assert await stage.one("SELECT code FROM receipts") == "not_violating"
    before = len(stage.letters(citra))
    stage.double.say(citra, "thank you, we have looked at it", reply_to=message)
    await stage.until(lambda: len(stage.letters(citra)) > before)
    assert "so nothing was noted" in stage.letters(citra)[before].text
    assert "Not among your items" in await stage.says(citra, "#99 actioned")
    assert "I do not understand this line" in await stage.says(citra, "1 actioned\n2 hm")


async def test_spreadsheet_comes_back(stage: Stage) -> None:
    _, citra, _ = await digest(stage)
    number = await stage.one("SELECT id FROM referrals")

    async def sent(content: bytes) -> str:
        before = len(stage.letters(citra))
        file = stage.double.world.store(content, "digest-1.xlsx", "application/zip")
        stage.double.say(citra, None, media=Media("document", {"file_name": "digest-1.xlsx"}, file))
        await stage.until(lambda: len(stage.letters(citra)) > before)
        return stage.letters(citra)[before].text

    assert (await sent(b"nonsense")).startswith("This file cannot be read as a spreadsheet.")
    bad = await sent(workbook([HEAD, (number, "", "blown up")]))
    assert bad.startswith("The outcome in row 2")
    noted = await sent(workbook([HEAD, (number, "", "already gone")]))
    assert noted.startswith(f"Noted: 1. Unchanged: 0.\n1 (#{number}, ")
    assert noted.endswith("): already gone")
    assert await stage.one("SELECT code FROM receipts") == "already_gone"


async def test_presses_of_others_and_forged_ones_change_nothing(stage: Stage) -> None:
    budi, citra, message = await digest(stage)
    other = await stage.recipient(1010, "Eka")
    digest_id = await stage.one("SELECT id FROM digests")
    number = await stage.one("SELECT id FROM referrals")
    hello = await stage.on_duty(budi)

    said = [
        await stage.answer(stage.double.press(person, where, data=data))
        for person, where, data in (
            (other, await _any(stage, other), f"received:{digest_id}"),
            (other, await _any(stage, other), f"answer:{digest_id}:0:{number}:actioned"),
            (budi, hello, f"received:{digest_id}"),
            (citra, message, "answer:1:2:3:nonsense"),
            (citra, message, f"dispute:{number}:agreed"),
        )
    ]

    assert said[:2] == ["This digest is not addressed to you. Nothing was changed."] * 2
    assert all(said)
    assert await stage.rows("SELECT 1 FROM received UNION ALL SELECT 1 FROM receipts") == []
    await stage.dismissed(citra, Role.RECIPIENT)
    gone = await answered(stage, citra, message, "✓ Received")
    assert gone
    assert await stage.rows("SELECT 1 FROM received") == []


async def _any(stage: Stage, person: Person) -> Message:
    await stage.says(person, "/start")
    return stage.letters(person)[-1]


async def test_two_moderators_withdraw_and_the_recipient_restores(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi, citra, _ = await digest(stage)
    await stage.until_one("SELECT state FROM referrals", "delivered")
    rina = await stage.moderator(1004, "Rina")

    how = await stage.says(budi, "/withdraw")
    asked = await stage.says(budi, "/withdraw 1 It quotes, and condemns")
    question = await stage.told(rina, "Budi wants to withdraw")
    words = question.text
    agreed = await answered(stage, rina, question, "Withdraw it")
    correction = await stage.told(citra, "Correction 1")
    await answered(stage, citra, correction, "Restored")
    await stage.until(lambda: "Your answer: restored" in correction.text)
    await stage.until(lambda: not question.buttons)

    assert how.startswith("/withdraw 12 and the reason")
    assert "1 other moderator was asked" in asked
    assert "It quotes, and condemns" in words
    assert agreed.startswith("Withdrawn.")
    assert "Reason: It quotes, and condemns" in correction.text
    assert "Budi" not in correction.text
    assert await stage.one("SELECT outcome FROM corrections") == "restored"
    assert await stage.one("SELECT state FROM cards") == "withdrawn"


async def test_admin_reopens_what_was_dismissed(stage: Stage) -> None:
    budi, channel = await stage.moderator(), await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.presses(budi, "Not propaganda")
    await stage.presses(budi, "not propaganda")

    said = await stage.says(stage.admin, "/reopen 1 salah tekan, maaf")

    assert said.startswith("Kasus 1 dibuka lagi")
    await stage.desk_shows(budi, "Case 1")
    assert await stage.one("SELECT state FROM cards") == "waiting"
    assert await stage.one("SELECT reason FROM reopenings") == "salah tekan, maaf"


async def test_threat_calls_until_received_and_then_is_quiet(stage: Stage) -> None:
    budi, citra, channel = (
        await stage.moderator(),
        await stage.recipient(),
        await stage.watched(),
    )
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "armed attack tomorrow")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi, "threat of an attack")
    stage.later(seconds=61)
    await stage.told(citra, "Digest 1")
    await stage.until_one("SELECT state FROM referrals", "delivered")

    stage.later(minutes=5)
    call = await stage.told(citra, "is urgent")
    toast = await answered(stage, citra, call, "✓ Received")
    stage.later(minutes=60)

    assert toast == "Thank you. Noted as received."
    await stage.until_one("SELECT count(*) FROM digest_calls WHERE next_at IS NOT NULL", 0)
    assert sum("is urgent" in one.text for one in stage.letters(citra)) == 1


async def test_hold_is_placed_listed_and_lifted(stage: Stage) -> None:
    await digest(stage)

    placed = await stage.says(stage.admin, "/hold 1 perkara di pengadilan")
    listed = await stage.says(stage.admin, "/hold")
    lifted = await stage.says(stage.admin, "/hold 1 off")

    assert placed.startswith("Isi kasus 1 disimpan terus")
    assert "perkara di pengadilan" in listed
    assert lifted.startswith("Isi kasus 1 tidak lagi disimpan")


async def test_mistake_is_withdrawn_by_button_from_where_it_is_seen(stage: Stage) -> None:
    budi, citra, message = await digest(stage)
    await stage.until_one("SELECT state FROM referrals", "delivered")
    rina = await stage.moderator(1004, "Rina")
    card = await stage.one("SELECT id FROM cards")

    stage.double.say(citra, "1 not violating", reply_to=message)
    agreed = await stage.told(rina, "Are they right?")
    await stage.clicks(rina, agreed, "They are right")
    await stage.until(lambda: [row[0][0] for row in agreed.buttons] == ["Withdraw…"])
    stage.later(minutes=11)
    told = await stage.told(budi, "What recipients answered")
    await stage.clicks(budi, told, "Withdraw case 1…")
    question = await stage.told(budi, "Send the reason in reply")
    stage.double.say(budi, "no", reply_to=question)
    await stage.told(budi, "a reason of at least five letters")
    stage.double.say(budi, "It quotes, and condemns", reply_to=question)
    await stage.until(lambda: "1 other moderator was asked" in question.text)
    again = await stage.clicks(rina, agreed, "Withdraw…")
    await stage.clicks(rina, await stage.told(rina, "Budi wants to withdraw"), "Withdraw it")
    correction = await stage.told(citra, "Correction 1")
    forged = await stage.answer(stage.double.press(citra, message, data=f"takeback:{card}"))

    assert again == "Case 1: a second person has been asked already."
    assert "Reason: It quotes, and condemns" in correction.text
    assert "moderators" in forged
    assert await stage.one("SELECT count(*) FROM withdrawals") == 1
