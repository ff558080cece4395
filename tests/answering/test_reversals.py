"""Rows m and n: what has not left is reopened, what has is withdrawn by two and corrected."""

import json
from datetime import timedelta

import pytest

from bot.chat.referring import Referring
from bot.chat.routes import Said
from bot.domain.case import CaseState
from bot.domain.errors import TryLater, Undeliverable
from bot.domain.people import Person
from bot.domain.receipt import ReplyCode
from bot.domain.referral import ReferralState
from bot.domain.reversal import CorrectionPress, Restored, Reversal, SecondPress, TakeBackPress
from bot.services.enrol import Again
from bot.services.learn_quality import Quality
from tests.answering.conftest import Deliver, Sent
from tests.factories import Flow, post
from tests.render.letter_rules import visible

REASON = "Ternyata kutipan berita"


async def asked(flow: Flow, person: Person, card_id: int) -> SecondPress:
    became, _ = await flow.reverse.ask(person, card_id, REASON)
    assert became is Reversal.ASKED
    row = (await flow.rows("SELECT max(id) AS id FROM withdrawals"))[0]
    return SecondPress(int(str(row.id)), agrees=True)


async def withdrawn(flow: Flow, sent: Sent, place: int = 0) -> None:
    one = await flow.moderator("Sari", on_duty=False)
    other = await flow.moderator("Rina", on_duty=False)
    press = await asked(flow, one, sent.cards[place])
    assert await flow.reverse.second(other, press) is Reversal.WITHDRAWN


# --- row m ----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_m_reopened_card_waits_for_a_first_look(flow: Flow, is_confirmed: bool) -> None:
    card, budi = await flow.flagged(), await flow.moderator("Budi")
    await (flow.confirm if is_confirmed else flow.dismiss)(budi, card)

    became = await flow.reverse.reopen(await flow.admin(), card.id, REASON)

    assert became is Reversal.REOPENED
    assert (await flow.card(card.id)).state is CaseState.WAITING
    assert (await flow.desk(budi)).card_id == card.id  # nobody's look stands, so theirs may count
    assert "reopened" in await flow.audited()


async def test_m_reopening_needs_a_reason_and_a_decided_card(flow: Flow) -> None:
    card, admin = await flow.flagged(), await flow.admin()

    assert await flow.reverse.reopen(admin, card.id, REASON) is Reversal.STILL_OPEN
    assert await flow.reverse.reopen(admin, card.id, "  ") is Reversal.NO_REASON
    assert await flow.reverse.reopen(admin, 999, REASON) is Reversal.NO_CASE


async def test_m_old_version_of_an_edited_post_cannot_be_reopened(flow: Flow) -> None:
    original, budi = post("FLAG mari berkumpul malam ini"), await flow.moderator("Budi")
    await flow.arrive(original)
    (card,) = await flow.cards()
    await flow.dismiss(budi, card)
    await flow.edit(original, "tenang saja, tidak ada apa-apa")

    became = await flow.reverse.reopen(await flow.admin(), card.id, REASON)

    assert became is Reversal.POST_CHANGED
    assert (await flow.card(card.id)).state is CaseState.DISMISSED


async def test_m_what_is_forgotten_cannot_be_reopened(flow: Flow) -> None:
    card, budi = await flow.flagged(), await flow.moderator("Budi")
    await flow.dismiss(budi, card)
    flow.clock.advance(timedelta(days=91))
    assert (await flow.retain.all()).dismissed == 1

    assert await flow.reverse.reopen(await flow.admin(), card.id, REASON) is Reversal.FORGOTTEN
    assert (await flow.card(card.id)).state is CaseState.DISMISSED


async def test_m_what_was_referred_cannot_be_reopened(flow: Flow) -> None:
    await flow.recipient()
    card = await flow.referred()

    became = await flow.reverse.reopen(await flow.admin(), card.id, REASON)

    assert became is Reversal.ALREADY_SENT
    assert (await flow.card(card.id)).state is CaseState.REFERRED


# --- row n ----------------------------------------------------------------------------------


async def test_n_one_person_alone_withdraws_nothing(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    one = await flow.moderator("Sari", on_duty=False)

    press = await asked(flow, one, sent.cards[0])

    assert await flow.reverse.second(one, press) is Reversal.SAME_PERSON
    assert (await flow.card(sent.cards[0])).state is CaseState.REFERRED
    assert (await flow.reverse.ask(one, sent.cards[0], REASON))[0] is Reversal.ALREADY_ASKED


async def test_n_second_person_owes_everybody_a_numbered_correction(
    flow: Flow, deliver: Deliver
) -> None:
    other = await flow.recipient("Other")
    sent = await deliver(2)

    await withdrawn(flow, sent)
    await flow.post_office()

    assert (await flow.card(sent.cards[0])).state is CaseState.WITHDRAWN
    for person in (sent.regulator, other):
        words = visible(flow.courier.to(person.telegram_id)[-1].html)
        assert words.startswith("Correction 1")
        assert REASON in words
    rows = await flow.rows("SELECT number, sent_at FROM corrections ORDER BY id")
    assert [(row.number, row.sent_at is not None) for row in rows] == [(1, True), (1, True)]


async def test_withdrawn_post_was_flagged_in_error(flow: Flow, deliver: Deliver) -> None:
    await withdrawn(flow, await deliver(3))

    (model,) = await Quality(flow.database, flow.clock).by_model()

    assert (model.confirmed, model.dismissed) == (2, 1)
    assert model.false_flags == {None: 1}


async def test_n_declined_stays_and_may_be_asked_again(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    one = await flow.moderator("Sari", on_duty=False)
    other = await flow.moderator("Rina", on_duty=False)
    press = await asked(flow, one, sent.cards[0])

    declined = await flow.reverse.second(other, SecondPress(press.withdrawal_id, agrees=False))

    assert declined is Reversal.DECLINED
    assert await flow.reverse.second(other, press) is Reversal.CLOSED
    await asked(flow, other, sent.cards[0])


async def test_n_what_has_not_left_is_owed_no_longer_and_nobody_is_corrected(flow: Flow) -> None:
    regulator = await flow.recipient()
    card = await flow.referred()
    one, other = [await flow.moderator(name, on_duty=False) for name in ("Sari", "Rina")]

    await flow.reverse.second(other, await asked(flow, one, card.id))

    assert await flow.refer.digests_now() == []
    assert await flow.post_office() >= 0
    assert flow.courier.to(regulator.telegram_id) == []
    assert await flow.rows("SELECT id FROM corrections") == []


async def test_n_digest_on_its_way_leaves_without_what_was_withdrawn(flow: Flow) -> None:
    regulator = await flow.recipient()
    card = await flow.referred()
    await flow.referred("FLAG kata lain yang tinggal di sini")
    await flow.refer.digests_now()
    one, other = [await flow.moderator(name, on_duty=False) for name in ("Sari", "Rina")]

    await flow.reverse.second(other, await asked(flow, one, card.id))
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    assert "kata lain" in letter.html
    assert "serang sekarang" not in letter.html
    assert await flow.rows("SELECT id FROM corrections") == []


async def test_n_digest_that_arrives_after_all_is_corrected_then(
    flow: Flow, deliver: Deliver
) -> None:
    """It had been tried before, so it may have arrived and keeps its words."""
    regulator = await flow.recipient()
    card = await flow.referred()
    await flow.refer.digests_now()
    flow.courier.fails(regulator.telegram_id, TryLater("later", 1.0))
    await flow.post_office()
    one, other = [await flow.moderator(name, on_duty=False) for name in ("Sari", "Rina")]
    await flow.reverse.second(other, await asked(flow, one, card.id))
    assert await flow.reverse.correct() == 0

    flow.clock.advance(timedelta(seconds=5))
    await flow.post_office()
    assert await flow.reverse.correct() == 1
    await flow.post_office()

    letters = [visible(letter.html) for letter in flow.courier.to(regulator.telegram_id)]
    assert [words[:9] for words in letters] == [letters[0][:9], "Correctio"]


async def test_correction_tracks_what_became_of_it(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    await withdrawn(flow, sent)
    await flow.post_office()
    stranger = await flow.recipient("Other")
    correction = int(str((await flow.rows("SELECT id FROM corrections"))[0].id))
    unanswered = (await flow.answer.unanswered(sent.regulator)).corrections

    refused = await flow.reverse.restored(stranger, CorrectionPress(correction, Restored.RESTORED))
    kept = await flow.reverse.restored(
        sent.regulator, CorrectionPress(correction, Restored.NOT_RESTORED)
    )

    assert len(unanswered) == 1
    assert refused is None
    assert kept is not None
    assert kept.outcome is Restored.NOT_RESTORED
    assert (await flow.answer.unanswered(sent.regulator)).corrections == ()
    assert (await flow.report.status()).corrections == {"not_restored": 1}


async def test_withdrawn_item_takes_no_answer_and_keeps_the_one_it_had(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.ACTIONED)

    await withdrawn(flow, sent)

    later = await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.DUPLICATE)
    assert later.foreign == (sent.referrals[0],)
    digest = await flow.answer.digest(sent.regulator, sent.digest_id)
    assert digest is not None
    assert [item.code for item in digest.items] == [ReplyCode.ACTIONED]
    status = await flow.report.status()  # what is told of what was delivered adds up to it
    assert (status.answers, status.unanswered) == ({}, 0)
    (row,) = await flow.rows("SELECT state FROM referrals")
    assert row.state == ReferralState.WITHDRAWN


async def test_admins_hear_of_a_correction_that_is_late_or_refused(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    admin = await flow.admin()
    await withdrawn(flow, sent)
    flow.courier.fails(sent.regulator.telegram_id, TryLater("busy", 4000.0), Undeliverable("gone"))
    await flow.post_office()
    flow.clock.advance(timedelta(hours=1, seconds=1))
    await flow.reverse.correct()
    await flow.reverse.correct()
    await flow.post_office()

    flow.clock.advance(timedelta(hours=1))
    await flow.post_office()

    words = [visible(letter.html) for letter in flow.courier.to(admin.telegram_id)]
    assert [("within the hour" in one, "could not be" in one) for one in words] == [
        (True, False),
        (False, True),
    ]


async def test_digest_says_how_many_were_withdrawn_since_the_one_before(
    flow: Flow, deliver: Deliver
) -> None:
    first = await deliver(2)
    flow.clock.advance(timedelta(minutes=1))
    await withdrawn(flow, first)
    await flow.post_office()

    second = await deliver(regulator=first.regulator)
    third = await deliver(regulator=first.regulator)

    heads = [await record(flow, sent) for sent in (first, second, third)]
    assert [head["withdrawn_since"] for head in heads] == [0, 1, 0]


async def record(flow: Flow, sent: Sent) -> dict[str, object]:
    """The digest's JSON document, its items left out."""
    rows = await flow.rows(
        "SELECT files.content FROM digest_files JOIN files ON files.sha256 = digest_files.sha256 "
        "WHERE digest_files.digest_id = :id AND digest_files.name LIKE '%.json' "
        "AND digest_files.name NOT LIKE '%manifest%'",
        id=sent.digest_id,
    )
    (row,) = rows
    found: dict[str, object] = json.loads(bytes(row.content))["digest"]  # type: ignore[call-overload]
    return found


async def test_copy_of_a_digest_names_what_was_withdrawn_since(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver(2)
    await withdrawn(flow, sent, place=1)
    await flow.post_office()
    named, admin = f"2 (#{sent.referrals[1]})", await flow.admin()
    flow.courier.sent.clear()
    (one,) = await flow.enrol.sent_as(1)

    said = Said(admin, admin.telegram_id, ["1"])
    digest = Referring(flow.refer, flow.pause, flow.enrol).commands["digest"]
    (asked_whom,) = await digest.answer(said)
    assert await flow.enrol.again(admin, one.recipient.id, one.id) is Again.DELIVERED
    await flow.post_office()

    assert named in visible(str(asked_whom.letter.html))
    copy, last = flow.courier.to(sent.regulator.telegram_id)
    assert visible(str(copy.html)).startswith("Digest 1 ·")
    assert named in visible(str(last.html))


async def test_withdrawing_is_not_offered_for_what_is_withdrawn(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver(2)
    for number in sent.referrals:
        await flow.answer.one(sent.regulator, number, ReplyCode.ACTIONED)
    await withdrawn(flow, sent)
    flow.clock.advance(timedelta(minutes=11))
    await flow.answer.tell()
    await flow.post_office()

    (row,) = await flow.rows("SELECT telegram_id FROM people WHERE name = 'Budi'")
    letters = flow.courier.to(int(str(row.telegram_id)))
    (told,) = [letter for letter in letters if "actioned" in visible(str(letter.html))]
    offered = [button.data for buttons in told.buttons for button in buttons]
    assert offered == [TakeBackPress(sent.cards[1]).pack()]
