"""Threats call everybody on duty; targets remind when near and escalate when missed, once each."""

from datetime import timedelta

import pytest

from bot.domain.case import Choice
from tests.factories import Flow, post

THREAT = "FLAG THREAT pada hari itu kami datang"
ROUTINE = "FLAG soal lain yang sama sekali berbeda"


def heard(flow: Flow, chat_id: int, words: str) -> int:
    """How many notices with these words arrived, with a sound."""
    return sum(words in letter.html and not letter.silent for letter in flow.courier.to(chat_id))


async def test_threat_calls_everybody_on_duty_and_nobody_else(flow: Flow) -> None:
    on_duty = [await flow.moderator(name) for name in ("Ani", "Budi")]
    off_duty = await flow.moderator("Citra", on_duty=False)

    await flow.flagged(THREAT)
    await flow.post_office()

    assert [heard(flow, one.telegram_id, "announce an attack") for one in on_duty] == [1, 1]
    assert heard(flow, off_duty.telegram_id, "attack") == 0
    assert heard(flow, 1, "attack") == 0


async def test_threat_without_anybody_on_duty_calls_admins(flow: Flow) -> None:
    await flow.flagged(THREAT)
    await flow.post_office()

    assert heard(flow, 1, "nobody is on duty") == 1


async def test_post_that_becomes_a_threat_by_an_edit_calls_too(flow: Flow) -> None:
    person = await flow.moderator()
    original = post(ROUTINE)
    await flow.arrive(original)
    await flow.edit(original, THREAT)
    await flow.post_office()

    (card,) = await flow.cards()
    assert card.is_urgent
    assert card.due_at == flow.clock.now() + timedelta(hours=2)
    assert heard(flow, person.telegram_id, "announce an attack") == 1


async def test_edit_that_nobody_has_looked_at_is_unseen_again(flow: Flow) -> None:
    admin = await flow.admin()
    card = await flow.flagged("FLAG THREAT serang malam ini", message_id=40)
    sari = await flow.moderator()
    await flow.choose(sari, card, Choice.UNSURE)
    flow.clock.advance(timedelta(minutes=10))
    original = post("FLAG THREAT serang malam ini", 40)
    await flow.edit(original, "FLAG THREAT serang esok pagi")

    flow.clock.advance(timedelta(minutes=14))
    await flow.remind.due()
    too_early = await flow.rows("SELECT * FROM calls WHERE call = 'unseen'")
    flow.clock.advance(timedelta(minutes=1))
    await flow.remind.due()
    await flow.post_office()

    assert not too_early
    assert heard(flow, admin.telegram_id, "Nobody looked in time") == 1


@pytest.mark.parametrize(
    ("text", "after", "words"),
    [
        (ROUTINE, timedelta(hours=18), "decided soon"),
        (ROUTINE, timedelta(hours=24), "not decided in time"),
        (THREAT, timedelta(minutes=15), "looked in time"),
        (THREAT, timedelta(hours=1, minutes=30), "decided soon"),
        (THREAT, timedelta(hours=2), "not decided in time"),
    ],
)
async def test_each_call_happens_at_its_time_and_once(
    flow: Flow, text: str, after: timedelta, words: str
) -> None:
    await flow.flagged(text)  # nobody is on duty: admins hear all of it
    flow.clock.advance(after - timedelta(seconds=1))
    await flow.remind.due()
    await flow.post_office()
    before = heard(flow, 1, words)

    flow.clock.advance(timedelta(seconds=1))
    for _ in range(3):
        await flow.remind.due()
    await flow.post_office()

    assert (before, heard(flow, 1, words)) == (0, 1)


async def test_near_target_reminds_who_is_on_duty_and_spares_admins(flow: Flow) -> None:
    await flow.arrive(post(ROUTINE), post("FLAG yang kedua tentang hal lain"))
    person = await flow.moderator()
    flow.clock.advance(timedelta(hours=18))

    await flow.remind.due()
    await flow.post_office()

    assert heard(flow, person.telegram_id, "2 posts should be decided soon") == 1
    assert heard(flow, 1, "decided soon") == 0


async def test_what_was_decided_reminds_nobody(flow: Flow) -> None:
    card = await flow.flagged(THREAT)
    person = await flow.moderator()
    await flow.dismiss(person, card)
    flow.clock.advance(timedelta(days=2))

    assert await flow.remind.due() == 0


async def test_order_is_threats_then_late_then_seen_by_many_then_score(flow: Flow) -> None:
    await flow.arrive(post("FLAG jjjj kkkk", views=5))
    flow.clock.advance(timedelta(hours=20))
    await flow.arrive(
        post("FLAG aaaa bbbb", views=10),
        post("FLAG cccc dddd", views=90_000),
        post(f"{THREAT} eeee", views=0),
    )
    late, few, many, threat = await flow.cards()
    other = await flow.moderator(on_duty=False)
    async with flow.database.work() as work:
        dealt = []
        for _ in range(4):
            card = await work.queue.next_for(1, flow.clock.now(), flow.rules.targets)
            assert card is not None
            dealt.append(card.id)
            await work.queue.claim(card.id, other.id, flow.clock.now() + timedelta(hours=1))

    assert dealt == [threat.id, late.id, many.id, few.id]
