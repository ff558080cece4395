"""What is owed goes out at least once, in order, and under one number."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from bot.domain.errors import ChatMoved, MessageGone, TryLater, Undeliverable
from bot.domain.people import Person
from bot.domain.retry import LEASE
from bot.ports import Letter
from tests.factories import Flow, post
from tests.render.letter_rules import visible


async def notify(flow: Flow, chat_id: int, *words: str) -> None:
    async with flow.database.work() as work:
        for one in words:
            await work.outbox.owe_notice(chat_id, Letter(one), flow.clock.now())
        await work.commit()


async def digest_made(flow: Flow) -> Person:
    """The recipient of a digest that is owed."""
    regulator = await flow.recipient()
    await flow.referred()
    assert await flow.refer.digests_now()
    return regulator


async def states(flow: Flow, table: str = "outbox") -> list[str]:
    rows = await flow.rows(f"SELECT state FROM {table} ORDER BY id")
    return [str(row.state) for row in rows]


async def digest_rows(flow: Flow) -> list[str]:
    rows = await flow.rows("SELECT state FROM outbox WHERE kind = 'digest' ORDER BY id")
    return [str(row.state) for row in rows]


async def test_notice_is_sent_once(flow: Flow) -> None:
    await notify(flow, 7, "satu")

    assert await flow.post_office() == 1
    assert await flow.post_office() == 0
    assert [str(letter.html) for letter in flow.courier.to(7)] == ["satu"]


async def test_messages_to_a_chat_keep_their_order(flow: Flow) -> None:
    await notify(flow, 7, "satu", "dua", "tiga")
    flow.courier.fails(7, TryLater("wait"))

    await flow.post_office()
    assert flow.courier.to(7) == []
    flow.clock.advance(timedelta(seconds=2))
    await flow.post_office()

    assert [str(letter.html) for letter in flow.courier.to(7)] == ["satu", "dua", "tiga"]


async def test_one_chat_that_fails_holds_nobody_else_up(flow: Flow) -> None:
    await notify(flow, 7, "satu")
    await notify(flow, 8, "dua")
    flow.courier.fails(7, TryLater("wait"))

    await flow.post_office()

    assert (len(flow.courier.to(7)), len(flow.courier.to(8))) == (0, 1)


async def test_chat_that_is_being_written_to_is_left_out(flow: Flow) -> None:
    await notify(flow, 7, "satu")
    await notify(flow, 8, "dua")

    assert [one.chat_id for one in await flow.send.lease(20, {7})] == [8]


async def test_leased_message_is_not_leased_again_before_its_time(flow: Flow) -> None:
    await notify(flow, 7, "satu")
    (first,) = await flow.send.lease(20, ())

    flow.clock.advance(LEASE - timedelta(seconds=1))
    assert await flow.send.lease(20, ()) == []
    flow.clock.advance(timedelta(seconds=1))
    (again,) = await flow.send.lease(20, ())

    assert (again.id, again.attempts) == (first.id, 2)


async def test_wait_that_telegram_asks_for_is_kept(flow: Flow) -> None:
    await notify(flow, 7, "satu")
    flow.courier.fails(7, TryLater("flood", after_seconds=37))
    await flow.post_office()

    flow.clock.advance(timedelta(seconds=36))
    assert await flow.post_office() == 0
    flow.clock.advance(timedelta(seconds=1))
    assert await flow.post_office() == 1


async def test_waits_grow_and_nothing_is_given_up(flow: Flow) -> None:
    await notify(flow, 7, "satu")
    flow.courier.fails(7, *(TryLater("down") for _ in range(30)))

    tried = 0
    for _ in range(31):
        flow.clock.advance(timedelta(minutes=10))
        tried += await flow.post_office()

    assert tried == 31
    assert len(flow.courier.to(7)) == 1


async def test_crash_between_send_and_mark_sends_again_under_the_same_number(
    flow: Flow, restarted: Callable[[], Flow], monkeypatch: pytest.MonkeyPatch
) -> None:
    regulator = await digest_made(flow)
    owed = await flow.send.lease(20, ())
    (digest,) = [one for one in owed if one.kind == "digest"]

    async def dies(*_: object) -> None:
        raise MemoryError("killed here")

    monkeypatch.setattr(flow.send, "_sent", dies)
    with pytest.raises(MemoryError):
        await flow.send.one(digest)
    again = restarted()
    flow.clock.advance(LEASE)
    await again.post_office()
    await again.post_office()

    first, second = flow.courier.to(regulator.telegram_id), again.courier.to(regulator.telegram_id)
    assert [letter.html for letter in first] == [letter.html for letter in second]
    assert "Digest 1" in visible(str(second[0].html))
    assert await states(again, "referrals") == ["delivered"]
    assert (await again.audited()).count("digest delivered") == 1


async def test_digest_that_may_have_arrived_is_not_rewritten(flow: Flow) -> None:
    """A number never means two contents, even if the post was edited between the two sends."""
    regulator = await flow.recipient()
    original = post("FLAG serang sekarang")
    await flow.arrive(original)
    await flow.confirm(await flow.moderator(), (await flow.cards())[0])
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.digests_now()
    assert "digest" in [one.kind for one in await flow.send.lease(20, ())]  # and then a crash
    flow.clock.advance(LEASE)

    await flow.edit(original, "FLAG sudah lain")
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    assert "serang sekarang" in visible(str(letter.html))


async def test_refused_digest_fails_for_good_and_admins_hear_why(flow: Flow) -> None:
    regulator = await digest_made(flow)
    flow.courier.fails(regulator.telegram_id, Undeliverable("bot was blocked by the user"))

    await flow.post_office()
    flow.clock.advance(timedelta(days=1))
    await flow.post_office()

    assert await digest_rows(flow) == ["failed"]
    (row,) = await flow.rows("SELECT state, problem FROM referrals")
    assert (row.state, row.problem) == ("failed", "bot was blocked by the user")
    told = [str(letter.html) for letter in flow.courier.to(1)]
    assert any(
        "Digest 1 (Regulator) could not be delivered: bot was blocked" in words for words in told
    )
    assert flow.courier.to(regulator.telegram_id) == []


async def test_every_part_of_a_long_digest_goes_out_before_it_counts_as_delivered(
    flow: Flow,
) -> None:
    regulator = await flow.recipient()
    person = await flow.moderator()
    for number in range(12):
        await flow.arrive(post(f"FLAG {number} " + chr(97 + number) * 600))
        await flow.confirm(person, (await flow.cards())[-1])
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.digests_now()
    parts = len(await digest_rows(flow))
    assert parts > 1
    flow.courier.fails(regulator.telegram_id, *(TryLater("wait") for _ in range(1)))

    await flow.post_office()
    assert "delivered" not in await states(flow, "referrals")
    flow.clock.advance(timedelta(seconds=2))
    await flow.post_office()

    seen = [visible(str(letter.html)) for letter in flow.courier.to(regulator.telegram_id)]
    assert [text.splitlines()[0] for text in seen] == [
        f"Digest 1, part {part} of {parts}" for part in range(1, parts + 1)
    ]
    assert set(await states(flow, "referrals")) == {"delivered"}


async def test_group_that_moved_is_followed(flow: Flow) -> None:
    regulator = await digest_made(flow)
    flow.courier.fails(regulator.telegram_id, ChatMoved(-100777))

    await flow.post_office()
    await flow.referred("FLAG kedua, soal uang dan rekening kelompok")
    await flow.refer.digests_now()
    await flow.post_office()

    seen = [visible(str(letter.html)) for letter in flow.courier.to(-100777)]
    assert ["Digest 1" in seen[0], "Digest 2" in seen[1]] == [True, True]
    assert flow.courier.to(regulator.telegram_id) == []


async def test_desk_is_edited_in_place(flow: Flow) -> None:
    person = await flow.moderator()
    await flow.post_office()
    (first,) = [message for chat, message, _ in flow.courier.sent if chat == person.telegram_id]
    assert (await flow.desk(person)).message_id == first
    card = await flow.flagged()
    await flow.post_office()
    *_, heard = [message for chat, message, _ in flow.courier.sent if chat == person.telegram_id]

    await flow.dismiss(person, card)
    await flow.post_office()

    # The message that was left behind shrinks; then the new one changes in place.
    assert [message for _, message, _ in flow.courier.edited] == [first, heard]


async def test_many_redraws_of_a_desk_are_one_message(flow: Flow) -> None:
    person = await flow.moderator()
    for _ in range(5):
        await flow.deal.duty(person, on=True, chat_id=person.telegram_id)

    await flow.post_office()

    assert len(flow.courier.to(person.telegram_id)) == 1


async def test_desk_message_that_is_gone_comes_back_as_a_new_one(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    await flow.post_office()
    await flow.dismiss(person, card)
    flow.courier.fails(person.telegram_id, MessageGone())

    await flow.post_office()

    *_, (chat, message, _) = flow.courier.sent
    assert chat == person.telegram_id
    assert (await flow.desk(person)).message_id == message


async def test_moderator_who_blocked_the_bot_is_off_duty_and_the_card_goes_on(flow: Flow) -> None:
    card = await flow.flagged()
    gone = await flow.moderator("Ani")
    other = await flow.moderator("Budi")
    flow.courier.fails(gone.telegram_id, Undeliverable("Forbidden: bot was blocked by the user"))

    await flow.post_office()

    assert not (await flow.desk(gone)).is_on_duty
    assert (await flow.desk(gone)).card_id is None
    assert (await flow.desk(other)).card_id == card.id
    assert any("Ani" in str(letter.html) for letter in flow.courier.to(1))
    assert (await flow.report.status()).moderators_on_duty == 1


async def test_moderator_who_blocks_the_bot_is_off_duty_before_anything_is_sent(
    flow: Flow,
) -> None:
    card = await flow.flagged()
    gone = await flow.moderator("Ani")
    other = await flow.moderator("Budi")
    flow.courier.fails(gone.telegram_id, Undeliverable("Forbidden: bot was blocked by the user"))

    await flow.deal.blocked(gone.telegram_id)
    await flow.deal.blocked(gone.telegram_id)
    await flow.post_office()

    assert not (await flow.desk(gone)).is_on_duty
    assert (await flow.desk(gone)).card_id is None
    assert (await flow.desk(other)).card_id == card.id
    assert len([letter for letter in flow.courier.to(1) if "Ani" in str(letter.html)]) == 1
    assert (await flow.audited()).count("duty off") == 1


async def test_block_by_somebody_without_a_desk_changes_nothing(flow: Flow) -> None:
    recipient = await flow.recipient()
    before = await flow.audited()

    await flow.deal.blocked(recipient.telegram_id)
    await flow.deal.blocked(999_999)

    assert await flow.audited() == before
    assert await flow.rows("SELECT person_id FROM desks") == []


async def test_who_comes_back_gets_a_desk_again(flow: Flow) -> None:
    person = await flow.moderator()
    flow.courier.fails(person.telegram_id, Undeliverable("Forbidden"))
    await flow.post_office()

    await flow.deal.duty(person, on=True, chat_id=person.telegram_id)
    await flow.post_office()

    assert len(flow.courier.to(person.telegram_id)) == 1


async def test_blocked_admin_makes_no_endless_round(flow: Flow) -> None:
    await flow.admin()
    await notify(flow, 1, "satu")
    flow.courier.fails(1, *(Undeliverable("Forbidden") for _ in range(9)))

    assert await flow.post_office() == 1
    assert (await flow.report.status()).failed == 1


async def test_desk_that_changed_while_it_was_being_sent_goes_out_again(flow: Flow) -> None:
    card = await flow.flagged()
    person = await flow.moderator()
    owed = await flow.send.lease(20, ())
    (desk,) = [one for one in owed if one.kind == "desk"]

    await flow.dismiss(person, card)
    await flow.send.one(desk)
    await flow.post_office()

    assert "dismissed" in str(flow.courier.edited[-1][2].html)


async def test_card_that_arrives_during_an_edit_is_still_heard(flow: Flow) -> None:
    """The row was owed anew for a new message; the edit under way must not claim it back."""
    card = await flow.flagged("FLAG pertama di lapangan malam ini")
    person = await flow.moderator()
    await flow.post_office()
    await flow.dismiss(person, card)
    (desk,) = [one for one in await flow.send.lease(20, ()) if one.kind == "desk"]
    before = len(flow.courier.to(person.telegram_id))
    assert (await flow.desk(person)).card_id is None
    deliver = flow.send._courier.edit

    async def edits_while_a_card_arrives(chat_id: int, message_id: int, letter: Letter) -> None:
        await deliver(chat_id, message_id, letter)
        await flow.flagged("FLAG kedua, soal uang dan rekening kelompok")

    flow.courier.edit = edits_while_a_card_arrives  # type: ignore[method-assign]
    await flow.send.one(desk)
    flow.courier.edit = deliver  # type: ignore[method-assign]
    await flow.post_office()

    assert len(flow.courier.to(person.telegram_id)) == before + 1


async def test_letters_are_announced_when_they_are_owed(flow: Flow) -> None:
    flow.database.letters_owed.clear()
    await notify(flow, 7, "satu")
    assert flow.database.letters_owed.is_set()

    flow.database.letters_owed.clear()
    async with flow.database.work() as work:
        await work.outbox.owe_notice(7, Letter("dua"), flow.clock.now())
    assert not flow.database.letters_owed.is_set()
    assert len(await flow.send.lease(20, ())) == 1


async def test_refused_document_is_reported_and_the_digest_counts_as_delivered(flow: Flow) -> None:
    regulator = await flow.recipient()
    await flow.referred()
    await flow.refer.digests_now()
    deliver = flow.courier.send

    async def refuses_csv(chat_id: int, letter: Letter) -> int:
        if letter.attachment and letter.attachment.name.endswith(".csv"):
            raise Undeliverable("file is too big")
        return await deliver(chat_id, letter)

    flow.courier.send = refuses_csv  # type: ignore[method-assign]
    await flow.post_office()

    assert [row.state for row in await flow.rows("SELECT state FROM referrals")] == ["delivered"]
    assert list(flow.courier.files(regulator.telegram_id)) == ["1.json", "1.manifest.json"]
    told = [visible(str(letter.html)) for letter in flow.courier.to(1)]
    assert any("1.csv of digest 1 (Regulator)" in one and "too big" in one for one in told)


async def test_document_that_was_forgotten_is_not_sent_empty(flow: Flow) -> None:
    regulator = await flow.recipient()
    await flow.referred()
    await flow.refer.digests_now()
    async with flow.database.work() as work:
        await work.connection.execute(sql("DELETE FROM files"))
        await work.commit()

    await flow.post_office()

    assert flow.courier.files(regulator.telegram_id) == {}
    told = [visible(str(letter.html)) for letter in flow.courier.to(1)]
    assert sum("has been forgotten" in one for one in told) == 3


async def test_waiting_document_names_its_file_by_hash_alone(flow: Flow) -> None:
    await flow.recipient()
    await flow.referred()
    await flow.refer.digests_now()

    rows = await flow.rows("SELECT letter FROM outbox WHERE kind = 'document'")

    assert len(rows) == 3
    assert all(len(str(row.letter)) < 400 for row in rows)
