"""Recipients acknowledge digests and answer items; moderators and statistics hear of it."""

from datetime import timedelta

from bot.domain.codes import HarmCode
from bot.domain.people import Role
from bot.domain.post import SourceKind
from bot.domain.receipt import DisputePress, DisputeState, ReplyCode, SheetRow, Written
from bot.domain.referral import ReferralState
from tests.answering.conftest import Deliver
from tests.factories import Flow
from tests.render.letter_rules import visible

NOT_VIOLATING = ReplyCode.NOT_VIOLATING


async def states(flow: Flow) -> list[str]:
    return [str(row.state) for row in await flow.rows("SELECT state FROM referrals ORDER BY id")]


async def standing(flow: Flow) -> list[tuple[int, str]]:
    rows = await flow.rows("SELECT referral_id, code FROM receipts WHERE stands ORDER BY id")
    return [(int(str(row.referral_id)), str(row.code)) for row in rows]


async def test_digest_carries_received_and_answer_buttons(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(2)

    (letter,) = flow.courier.to(sent.regulator.telegram_id)

    assert [button.data for button in letter.buttons[-1]] == [
        f"received:{sent.digest_id}",
        f"answers:{sent.digest_id}",
    ]


async def test_first_received_counts_and_the_second_changes_nothing(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()

    pressed = [await flow.answer.received(sent.regulator, sent.digest_id) for _ in range(2)]

    assert pressed == [True, False]
    assert (await flow.audited()).count("digest received") == 1


async def test_another_recipient_may_neither_see_nor_answer(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    other = await flow.recipient("Other")

    assert await flow.answer.received(other, sent.digest_id) is None
    assert await flow.answer.digest(other, sent.digest_id) is None
    answers = await flow.answer.one(other, sent.referrals[0], ReplyCode.ACTIONED)

    assert (answers.kept, answers.foreign) == (0, (sent.referrals[0],))
    assert await standing(flow) == []


async def test_second_contact_may_answer_too(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    second = await flow.person(Role.RECIPIENT, name="Dewi")
    async with flow.database.work() as work:
        mine = await work.recipients.of_person(sent.regulator.id)
        assert mine is not None
        await work.recipients.change(mine.id, second_person_id=second.id)
        await work.commit()

    assert await flow.answer.received(second, sent.digest_id) is True


async def test_changed_answer_stands_and_the_one_before_is_kept(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.NEED_INFO)
    same = await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.NEED_INFO)

    changed = await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.ACTIONED)

    assert (same.kept, same.unchanged, changed.kept) == (0, 1, 1)
    assert await standing(flow) == [(sent.referrals[0], "actioned")]
    history = await flow.rows("SELECT code, stands FROM receipts ORDER BY id")
    assert [(row.code, bool(row.stands)) for row in history] == [
        ("need_info", False),
        ("actioned", True),
    ]
    assert await states(flow) == [ReferralState.ANSWERED]
    assert (await flow.audited()).count("answered") == 2


async def test_written_answer_counts_places_in_the_digest(flow: Flow, deliver: Deliver) -> None:
    first = await deliver(1)
    sent = await deliver(4, regulator=first.regulator)
    digest = await flow.answer.digest(sent.regulator, sent.digest_id)

    kept = await flow.answer.written(
        sent.regulator,
        digest,
        [
            Written(ReplyCode.ACTIONED, places=(1, 3, 9)),
            Written(ReplyCode.ALREADY_GONE, numbers=(first.referrals[0],)),
        ],
    )

    assert (kept.kept, kept.foreign) == (3, (9,))
    assert dict(await standing(flow)) == {
        sent.referrals[0]: "actioned",
        sent.referrals[2]: "actioned",
        first.referrals[0]: "already_gone",
    }


async def test_spreadsheet_answers_only_what_is_the_senders(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(2)
    rows = [SheetRow(sent.referrals[0], ReplyCode.PARTLY), SheetRow(999_999, ReplyCode.ACTIONED)]

    kept = await flow.answer.sheet(sent.regulator, rows)

    assert (kept.kept, kept.foreign) == (1, (999_999,))


async def test_unanswered_lists_digests_until_all_is_said(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(2)
    before = (await flow.answer.unanswered(sent.regulator)).digests
    await flow.answer.received(sent.regulator, sent.digest_id)
    for number in sent.referrals:
        await flow.answer.one(sent.regulator, number, ReplyCode.ACTIONED)

    after = (await flow.answer.unanswered(sent.regulator)).digests

    assert [(one.unanswered, one.items, one.is_received) for one in before] == [(2, 2, False)]
    assert after == ()


async def test_those_who_confirmed_are_told_once_after_a_while(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver(2)
    budi = (await flow.rows("SELECT telegram_id FROM people WHERE name = 'Budi'"))[0].telegram_id
    for number in sent.referrals:
        await flow.answer.one(sent.regulator, number, ReplyCode.ACTIONED)
    assert await flow.answer.tell() == 0  # more may follow
    flow.clock.advance(timedelta(minutes=11))

    assert [await flow.answer.tell() for _ in range(2)] == [2, 0]
    await flow.post_office()

    told = [visible(letter.html) for letter in flow.courier.to(int(str(budi)))]
    assert [words.count("actioned") for words in told if "answered" in words] == [2]


async def test_status_counts_answers(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(2)
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.DUPLICATE)

    status = await flow.report.status()

    assert (status.answers, status.unanswered) == ({ReplyCode.DUPLICATE: 1}, 1)


# --- "not violating" ------------------------------------------------------------------------


async def taught(flow: Flow) -> list[tuple[str | None, int]]:
    """What closed cards teach: harm code, and whose row it is."""
    async with flow.database.work() as work:
        admin = await flow.admin()
        await work.learning.switch(SourceKind.BOT, True, admin.id, flow.clock.now())
        return [(row.harm, row.person_id) for row in await work.learning.rows()]


async def dispute(flow: Flow) -> DisputePress:
    row = (await flow.rows("SELECT max(id) AS id FROM disputes"))[0]
    return DisputePress(int(str(row.id)), DisputeState.AGREED)


async def test_not_violating_asks_a_moderator_who_did_not_confirm_it(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    fresh = await flow.moderator("Rina", on_duty=False)

    await flow.answer.one(sent.regulator, sent.referrals[0], NOT_VIOLATING)
    await flow.post_office()

    assert "not violating" in visible(flow.courier.to(fresh.telegram_id)[-1].html)
    budi = (await flow.rows("SELECT telegram_id FROM people WHERE name = 'Budi'"))[0].telegram_id
    assert not any("not violating" in one.html for one in flow.courier.to(int(str(budi))))


async def test_not_violating_teaches_only_when_a_moderator_agrees(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    fresh = await flow.moderator("Rina", on_duty=False)
    await flow.answer.one(sent.regulator, sent.referrals[0], NOT_VIOLATING)
    before = await taught(flow)

    counted, _ = await flow.answer.decide(fresh, await dispute(flow))

    assert [harm for harm, _ in before] == [HarmCode.INCITE]
    assert counted
    assert await taught(flow) == [(None, fresh.id)]


async def test_who_confirmed_has_no_word_on_it_where_others_were_asked(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    rows = await flow.rows("SELECT telegram_id FROM people WHERE name = 'Budi'")
    budi = await flow.join.person(int(str(rows[0].telegram_id)), "en")
    assert budi is not None
    await flow.answer.one(sent.regulator, sent.referrals[0], NOT_VIOLATING)
    press = await dispute(flow)
    fresh = await flow.moderator("Rina", on_duty=False)

    own, known = await flow.answer.decide(budi, press)
    counted, _ = await flow.answer.decide(fresh, press)

    assert (own, counted) == (False, True)
    assert known is not None
    assert known.state is DisputeState.OPEN


async def test_agreed_mistake_is_no_example_any_more(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    fresh = await flow.moderator("Rina", on_duty=False)
    await flow.answer.one(sent.regulator, sent.referrals[0], NOT_VIOLATING)
    async with flow.database.look() as work:
        before = await work.examples.decided(10)

    await flow.answer.decide(fresh, await dispute(flow))

    async with flow.database.look() as work:
        assert (len(before), await work.examples.decided(10)) == (1, [])


async def test_moderator_who_keeps_it_leaves_the_label(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    fresh = await flow.moderator("Rina", on_duty=False)
    await flow.answer.one(sent.regulator, sent.referrals[0], NOT_VIOLATING)
    press = DisputePress((await dispute(flow)).dispute_id, DisputeState.KEPT)

    await flow.answer.decide(fresh, press)
    counted, _ = await flow.answer.decide(fresh, await dispute(flow))

    assert not counted
    assert [harm for harm, _ in await taught(flow)] == [HarmCode.INCITE]


async def test_actioned_is_no_label(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    before = await taught(flow)

    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.ACTIONED)

    assert await taught(flow) == before


async def test_answer_taken_back_drops_the_question(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    fresh = await flow.moderator("Rina", on_duty=False)
    await flow.answer.one(sent.regulator, sent.referrals[0], NOT_VIOLATING)
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.ACTIONED)

    counted, _ = await flow.answer.decide(fresh, await dispute(flow))

    assert not counted


async def test_instructions_are_not_shown_to_whoever_is_asked(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(1, HarmCode.INSTRUCT)
    fresh = await flow.moderator("Rina", on_duty=False)

    await flow.answer.one(sent.regulator, sent.referrals[0], NOT_VIOLATING)
    await flow.post_office()

    words = visible(flow.courier.to(fresh.telegram_id)[-1].html)
    assert "[steps removed]" in words
    assert "FLAG" not in words


# --- the pause ------------------------------------------------------------------------------


async def test_too_many_not_violating_pause_sending_until_resumed(
    flow: Flow, deliver: Deliver
) -> None:
    """The flow's limit: more than half of at least four."""
    sent = await deliver(4)
    admin = await flow.admin()
    for number in sent.referrals[:2]:
        await flow.answer.one(sent.regulator, number, NOT_VIOLATING)
    half = await flow.pause.is_on()
    await flow.answer.one(sent.regulator, sent.referrals[2], NOT_VIOLATING)
    await flow.post_office()

    assert (half, await flow.pause.is_on()) == (False, True)
    assert "3 were withdrawn" in visible(flow.courier.to(admin.telegram_id)[-1].html)
    await flow.referred("FLAG sesuatu yang lain sama sekali")
    assert await flow.refer.digests_now() == []

    assert [await flow.pause.resume(admin) for _ in range(2)] == [True, False]
    assert len(await flow.refer.digests_now()) == 1


async def test_few_deliveries_never_pause(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(3)
    for number in sent.referrals:
        await flow.answer.one(sent.regulator, number, NOT_VIOLATING)

    assert not await flow.pause.is_on()


async def test_threats_go_out_during_a_pause(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(4)
    for number in sent.referrals:
        await flow.answer.one(sent.regulator, number, NOT_VIOLATING)
    await deliver(1, HarmCode.THREAT, sent.regulator)

    assert len(await flow.refer.at_once()) == 1
