"""A recipient's month: its own digests and nobody else's, as a PDF in its language."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.codes import HarmCode
from bot.domain.month import MonthReport, month_named
from bot.domain.people import Person
from bot.domain.receipt import ReplyCode
from bot.domain.referral import Sender
from bot.domain.reversal import CorrectionPress, Restored, SecondPress
from bot.services.month import ReportUp
from bot.services.write import House
from bot.texts.legal import read_legal_basis
from tests.answering.conftest import Deliver
from tests.factories import JAKARTA, NOON, Flow

HOUSE = House(Sender("Meja Contoh"), read_legal_basis(None), "desk@example.org")


async def report(flow: Flow, person: Person, words: str = "month") -> MonthReport:
    async with flow.database.look() as work:
        recipient = await work.recipients.of_person(person.id)
        assert recipient is not None
        month = month_named(words, flow.clock.now(), JAKARTA)
        assert month is not None
        return await work.months.report(recipient, month, flow.clock.now())


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("", "2026-03-01", "2026-04-01"),
        ("month", "2026-03-01", "2026-04-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
    ],
)
def test_months_begin_at_midnight_of_the_recipient(words: str, since: str, until: str) -> None:
    month = month_named(words, NOON, JAKARTA)

    assert month is not None
    assert month.since.isoformat() == f"{since}T00:00:00+07:00"
    assert month.until.isoformat() == f"{until}T00:00:00+07:00"


@pytest.mark.parametrize("words", ["2026-13", "yesterday", "2026-04", "26-01", "2026-03 2026-02"])
def test_other_words_and_months_to_come_name_none(words: str) -> None:
    assert month_named(words, NOON, JAKARTA) is None


def test_the_month_that_has_begun_in_jakarta_is_this_one() -> None:
    eve = datetime(2026, 2, 28, 18, tzinfo=UTC)  # 01.00 on 1 March there

    month = month_named("month", eve, JAKARTA)

    assert month is not None
    assert month.name == "2026-03"


async def test_report_counts_digests_answers_times_and_corrections(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver(3)
    flow.clock.advance(timedelta(hours=1))
    await flow.answer.received(sent.regulator, sent.digest_id)
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.ACTIONED)
    flow.clock.advance(timedelta(hours=1))
    await flow.answer.one(sent.regulator, sent.referrals[1], ReplyCode.ALREADY_GONE)
    one, other = [await flow.moderator(name, on_duty=False) for name in ("Sari", "Rina")]
    await flow.reverse.ask(one, sent.cards[2], "Ternyata berita")
    withdrawal = (await flow.rows("SELECT id FROM withdrawals"))[0]
    await flow.reverse.second(other, SecondPress(int(str(withdrawal.id)), agrees=True))
    await flow.post_office()
    correction = (await flow.rows("SELECT id FROM corrections"))[0]
    await flow.reverse.restored(
        sent.regulator, CorrectionPress(int(str(correction.id)), Restored.RESTORED)
    )

    found = await report(flow, sent.regulator)

    assert [(one.number, one.items, one.answered) for one in found.digests] == [(1, 3, 2)]
    assert found.codes == {HarmCode.INCITE: 3}
    assert found.answers == {ReplyCode.ACTIONED: 1, ReplyCode.ALREADY_GONE: 1}
    assert (found.time_to_receive, found.time_to_answer) == (timedelta(hours=1),) * 2
    assert [one.outcome for one in found.corrections] == [Restored.RESTORED]


async def test_others_and_other_months_are_left_out(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver(2)
    other = await flow.recipient("Other")

    assert (await report(flow, other)).digests == []
    assert (await report(flow, sent.regulator, "2026-02")).items == 0
    flow.clock.advance(timedelta(days=31))
    assert (await report(flow, sent.regulator)).items == 0
    assert (await report(flow, sent.regulator, "2026-03")).items == 2


@pytest.mark.parametrize(
    ("words", "name"),
    [("month", "saring-2026-03-so-far.pdf"), ("2026-02", "saring-2026-02.pdf")],
)
async def test_pdf_is_made_for_the_sender_alone_and_says_whether_the_month_is_over(
    flow: Flow, deliver: Deliver, words: str, name: str
) -> None:
    sent = await deliver()
    up = ReportUp(flow.database, flow.clock, HOUSE)

    attachment = await up.month(sent.regulator, words)

    assert attachment is not None
    assert attachment.content.startswith(b"%PDF-")
    assert attachment.name == name
    title = "Report for March 2026, so far" if words == "month" else "Report for February 2026"
    assert f"/Title ({title})".encode() in attachment.content  # the cover and each foot say it too
    assert await up.month(sent.regulator, "nonsense") is None
    assert await up.month(await flow.admin(), words) is None
