"""The daily sample, on both databases: drawn once, dealt like any other card, and counted."""

from datetime import timedelta

import pytest

from bot.domain.case import CaseState
from bot.domain.codes import PurposeCode
from bot.domain.desk import View
from bot.services.learn_quality import Quality
from tests.factories import Flow, post
from tests.learning.stage import sampling, scores

DAY = timedelta(days=1)


async def test_sample_is_drawn_once_a_day_even_by_a_process_that_starts_again(
    flow: Flow,
) -> None:
    sample = sampling(flow, size=3)
    await scores(flow, *range(1, 41))

    first = await sample.draw()
    again = await sampling(flow, size=3, seed=2).draw()
    flow.clock.advance(DAY)
    await scores(flow, *range(1, 6))
    next_day = await sample.draw()

    assert (first, again, next_day) == (3, 0, 3)
    days = await flow.rows("SELECT posts, drawn FROM sample_days ORDER BY day")
    assert [tuple(row) for row in days] == [(40, 3), (5, 3)]
    assert (await flow.audited()).count("sample drawn") == 2


async def test_day_begins_at_local_midnight(flow: Flow) -> None:
    sample = sampling(flow)
    flow.clock.advance(timedelta(hours=11, minutes=59))  # 23.59 in Jakarta

    await sample.draw()
    flow.clock.advance(timedelta(minutes=2))
    await sample.draw()

    days = await flow.rows("SELECT day FROM sample_days ORDER BY day")
    assert [str(row.day) for row in days] == ["2026-03-02", "2026-03-03"]


async def test_only_unflagged_readable_known_posts_without_a_card_are_drawn(flow: Flow) -> None:
    sample = sampling(flow, size=100)
    await flow.arrive(
        post("skor 90 ditandai"),
        post("skor 20 FOREIGN bahasa lain"),
        post(""),
        post("skor 20 boleh"),
    )
    edited = post("skor 80 pernah ditandai")
    await flow.arrive(edited)
    await flow.edit(edited, "skor 10 sudah diubah")

    await sample.draw()

    drawn = await flow.rows("SELECT r.text FROM samples s JOIN revisions r ON r.id = s.revision_id")
    assert [row.text for row in drawn] == ["skor 20 boleh"]


async def test_edited_post_can_be_drawn_with_its_newest_words_only(flow: Flow) -> None:
    sample = sampling(flow, size=100)
    original = post("skor 10 lama")
    await flow.arrive(original)
    await flow.edit(original, "skor 11 baru")

    await sample.draw()

    drawn = await flow.rows("SELECT score FROM samples")
    assert [row.score for row in drawn] == [0.11]


async def test_inverse_probabilities_add_up_to_all_posts_on_average(flow: Flow) -> None:
    sample = sampling(flow, size=20)
    for _ in range(25):
        await scores(flow, *([2] * 30), 12, 12, 22, 33, 44, 48)
        await sample.draw()
        flow.clock.advance(DAY)

    row = (await flow.rows("SELECT count(*) AS n, sum(1 / probability) AS total FROM samples"))[0]

    assert row.n == 25 * 20
    assert row.total == pytest.approx(25 * 36, rel=0.05)


async def test_strata_are_tenths_of_the_way_to_the_threshold(flow: Flow) -> None:
    sample = sampling(flow, size=100)
    await scores(flow, 0, 4, 5, 26, 45, 49)

    await sample.draw()

    drawn = await flow.rows("SELECT score, stratum, probability FROM samples ORDER BY score")
    assert [(row.score, row.stratum) for row in drawn] == [
        (0.0, 0), (0.04, 0), (0.05, 1), (0.26, 5), (0.45, 9), (0.49, 9),
    ]  # fmt: skip
    assert {row.probability for row in drawn} == {1.0}


async def test_drawn_posts_join_one_by_one_until_the_day_is_over(flow: Flow) -> None:
    sample = sampling(flow, size=6)
    await scores(flow, *range(1, 41))
    await sample.draw()

    joined = []
    for _ in range(12):  # from noon to midnight
        flow.clock.advance(timedelta(hours=1))
        joined.append(await sample.join())

    assert sum(joined) == 6
    assert max(joined) < 6
    assert await sample.join() == 0


async def test_sampled_card_is_dealt_with_reasons_like_any_other(flow: Flow) -> None:
    sample = sampling(flow)
    moderator = await flow.moderator()
    await scores(flow, 30)
    await sample.draw()
    flow.clock.advance(DAY)

    await sample.join()

    desk = await flow.desk(moderator)
    assert desk.view is View.CARD
    card = (await flow.cards())[0]
    assert desk.card_id == card.id
    async with flow.database.look() as work:
        verdict = await work.verdicts.newest_or_none(card.revision_id)
    assert verdict is not None
    assert verdict.reasons == (("skor", 1.0),)
    assert '"sample": ' in await audited_details(flow, "card opened")


async def audited_details(flow: Flow, event: str) -> str:
    rows = await flow.rows("SELECT details FROM audit WHERE event = :event", event=event)
    return str(rows[-1].details).replace("'", '"')


async def test_post_edited_before_it_joined_gets_no_card(flow: Flow) -> None:
    sample = sampling(flow)
    original = post("skor 20 lama")
    await flow.arrive(original)
    await sample.draw()
    await flow.edit(original, "skor 21 baru")
    flow.clock.advance(DAY)

    assert await sample.join() == 0

    assert await flow.cards() == []
    waiting = await flow.rows("SELECT joined_at, card_id FROM samples")
    assert waiting[0].joined_at is not None
    assert waiting[0].card_id is None


async def test_confirmed_sample_is_referred_like_any_other(flow: Flow) -> None:
    sample = sampling(flow)
    await flow.recipient()
    moderator = await flow.moderator()
    await scores(flow, 30)
    await sample.draw()
    flow.clock.advance(DAY)
    await sample.join()
    card = (await flow.cards())[0]

    await flow.confirm(moderator, card)
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.past_undo()

    assert (await flow.card(card.id)).state is CaseState.REFERRED


async def test_size_zero_draws_nothing(flow: Flow) -> None:
    sample = sampling(flow, size=0)
    await scores(flow, 30)

    await sample.daily()

    assert await flow.rows("SELECT * FROM sample_days") == []


async def test_quality_counts_reviews_and_samples_by_model(flow: Flow) -> None:
    sample = sampling(flow, size=40)
    moderator = await flow.moderator()
    await scores(flow, *([90] * 12), *([45] * 40))
    await sample.draw()
    flow.clock.advance(DAY)
    while await sample.join():
        pass
    sampled = {row.card_id for row in await flow.rows("SELECT card_id FROM samples")}
    misses, dismissed = 4, 2  # of the sampled, and of the flagged
    for _ in await flow.cards():
        flow.clock.advance(timedelta(minutes=1))  # nobody is in haste
        if (await flow.desk(moderator)).card_id is None:  # after fifty cards one rests
            flow.clock.advance(timedelta(hours=1))
            await flow.deal.wake_desks()
        on_desk = (await flow.desk(moderator)).card_id
        assert on_desk is not None
        card = await flow.card(on_desk)
        if card.id in sampled:
            is_propaganda = misses > 0
            misses -= 1
        else:
            is_propaganda = dismissed <= 0
            dismissed -= 1
        if is_propaganda:
            await flow.confirm(moderator, card)
        else:
            await flow.dismiss(moderator, card, PurposeCode.NEWS)

    model = (await Quality(flow.database, flow.clock).by_model())[0]

    assert model.version == "scored-1"
    assert (model.confirmed, model.dismissed, model.undecided) == (10, 2, 0)
    assert model.false_flags == {PurposeCode.NEWS: 2}
    assert (model.recall.decided, model.recall.hits) == (40, 4)
    assert model.recall.share == pytest.approx(10 / 14)
    assert model.bands_now[4] == 40
    assert model.bands_now[9] == 12


async def test_reopened_sample_counts_as_undecided(flow: Flow) -> None:
    sample = sampling(flow, size=40)
    moderator = await flow.moderator()
    await scores(flow, 30)
    await sample.draw()
    flow.clock.advance(DAY)
    await sample.join()
    card = (await flow.cards())[0]
    await flow.dismiss(moderator, card)
    await flow.decide.undo(moderator, card.id)

    model = (await Quality(flow.database, flow.clock).by_model())[0]

    assert model.recall.decided == 0
    assert (model.confirmed, model.dismissed, model.undecided) == (0, 0, 0)
