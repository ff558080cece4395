"""How things stand, counted by the database."""

from datetime import timedelta

from bot.domain.case import CaseState
from bot.domain.codes import HarmCode
from bot.domain.referral import ReferralState
from tests.factories import NOON, Flow, post


async def test_empty_database_is_all_noughts(flow: Flow) -> None:
    status = await flow.report.status()

    assert (status.posts, status.cases, status.unsent, status.failed) == (0, 0, 0, 0)
    assert (status.oldest_open, status.last_digest) == (None, None)
    assert status.audit_hash == "0" * 64


async def test_everything_is_counted_once(flow: Flow) -> None:
    await flow.recipient()
    await flow.adds("@belum_masuk")
    await flow.referred("FLAG pertama di lapangan malam ini")
    await flow.refer.digests_now()
    await flow.post_office()
    delivered_at = flow.clock.now()
    flow.clock.advance(timedelta(minutes=1))
    await flow.arrive(
        post("FLAG kedua, soal uang dan rekening kelompok"),
        post("FOREIGN cuaca"),
        post("", media=("photo",)),
    )
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[-1], HarmCode.JUSTIFY)
    await flow.arrive(post("FLAG ketiga, hal lain lagi yang jauh berbeda sekali"))

    status = await flow.report.status()

    assert (status.watching, status.waiting) == (1, 1)
    assert (status.posts, status.unreadable, status.unknown) == (5, 1, 1)
    assert status.cases == 3
    assert status.cards == {CaseState.REFERRED: 1, CaseState.KEPT: 1, CaseState.WAITING: 1}
    assert status.oldest_open is not None
    assert status.oldest_open > NOON
    assert status.referrals == {ReferralState.DELIVERED: 1}
    assert (status.moderators_on_duty, status.recipients) == (1, 1)
    assert status.last_digest == delivered_at
    assert status.model == "scripted-1"
