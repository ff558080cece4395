"""The promises that the database keeps by itself, tried with plain SQL past every service.

Each refused statement stands beside one of the same kind that is taken, so that a test cannot pass
because its SQL is wrong in another place.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from tests.factories import NOON, Flow, post

Execute = Callable[..., Awaitable[int]]


@pytest.fixture
def execute(flow: Flow) -> Execute:
    """Runs a statement in a transaction of its own; how many rows it touched."""

    async def run(statement: str, **values: object) -> int:
        async with flow.database.work() as work:
            done = await work.connection.execute(text(statement), values)
            await work.commit()
        return int(done.rowcount)

    return run


REFERRAL = """
    INSERT INTO referrals (recipient_id, card_id, post_id, revision_id, review_id, harm, choice,
                           review_stands, is_forwardable, state, owed_at)
    SELECT {recipient}, {card}, {post}, {revision}, {review}, {harm}, {choice},
           {stands}, {forwardable}, {state}, opened_at
    FROM cards WHERE id = :card
"""
HONEST = {
    "recipient": "(SELECT min(id) FROM recipients)",
    "card": "cards.id",
    "post": "cards.post_id",
    "revision": "cards.revision_id",
    "review": "(SELECT max(id) FROM reviews WHERE card_id = cards.id)",
    "harm": "'INCITE'",
    "choice": "'confirm'",
    "stands": "true",
    "forwardable": "true",
    "state": "'owed'",
}


def referral(**changed: str) -> str:
    """An INSERT of a referral for a card; single columns can be forged."""
    return REFERRAL.format(**(HONEST | changed))


async def test_referral_of_a_confirmed_post_is_taken(flow: Flow, execute: Execute) -> None:
    await flow.recipient()
    card = await flow.confirmed()

    assert await execute(referral(), card=card.id) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"review": "999999"},
        {"review": "NULL"},
        {"harm": "'THREAT'"},  # another code than the person chose
        {"harm": "'JUSTIFY'"},
        {"harm": "NULL"},
        {"choice": "'dismiss'"},
        {"choice": "NULL"},
        {"stands": "false"},
        {"stands": "NULL"},
        {"forwardable": "false"},
        {"forwardable": "NULL"},
        {"state": "'sent'"},
        {"state": "'leased'"},  # in no digest
        {"state": "'delivered'"},
        {"recipient": "999999"},
        {"card": "999999"},
        {"post": "999999"},
        {"revision": "999999"},
    ],
    ids=lambda forged: " ".join(f"{k}={v}" for k, v in forged.items()),
)
async def test_forged_referral_is_refused(
    flow: Flow, execute: Execute, forged: dict[str, str]
) -> None:
    await flow.recipient()
    card = await flow.confirmed()

    with pytest.raises(IntegrityError):
        await execute(referral(**forged), card=card.id)
    assert await flow.rows("SELECT id FROM referrals") == []


async def test_post_without_a_review_is_not_referred(flow: Flow, execute: Execute) -> None:
    await flow.recipient()
    confirmed = await flow.confirmed()
    unseen = await flow.flagged("FLAG lain sama sekali, tentang hal yang berbeda")
    others = f"(SELECT max(id) FROM reviews WHERE card_id = {confirmed.id})"

    with pytest.raises(IntegrityError):
        await execute(referral(review=others), card=unseen.id)


@pytest.mark.parametrize(
    ("choice", "harm", "purpose"),
    [
        (Choice.DISMISS, None, None),
        (Choice.DISMISS, None, PurposeCode.NEWS),
        (Choice.UNSURE, None, None),
        (Choice.SKIP, None, None),
        (Choice.CONFIRM, HarmCode.JUSTIFY, None),
        (Choice.CONFIRM, HarmCode.GLORIFY, None),  # one of the two people that it needs
    ],
)
async def test_any_other_review_refers_nothing(
    flow: Flow,
    execute: Execute,
    choice: Choice,
    harm: HarmCode | None,
    purpose: PurposeCode | None,
) -> None:
    await flow.recipient()
    card = await flow.flagged()
    person = await flow.moderator()
    decided = await flow.choose(person, card, choice, harm, purpose)
    assert decided.refusal is None

    for said in ("'confirm'", f"'{choice}'"):
        for code in ("'INCITE'", f"'{harm or 'INCITE'}'"):
            with pytest.raises(IntegrityError):
                await execute(referral(choice=said, harm=code), card=card.id)


async def test_review_of_another_revision_refers_nothing(flow: Flow, execute: Execute) -> None:
    await flow.recipient()
    original = post("FLAG serang sekarang")
    await flow.arrive(original)
    (card,) = await flow.cards()
    person = await flow.moderator()
    await flow.confirm(person, card)
    await flow.edit(original, "FLAG kata-kata yang lain")
    newer = (await flow.cards())[-1]
    assert newer.id != card.id
    old_review = f"(SELECT max(id) FROM reviews WHERE card_id = {card.id})"

    for changed in (
        {"review": old_review},
        {"review": old_review, "card": str(card.id)},
        {"review": old_review, "revision": str(card.revision_id)},
    ):
        with pytest.raises(IntegrityError):
            await execute(referral(**changed), card=newer.id)


async def test_review_of_another_post_refers_nothing(flow: Flow, execute: Execute) -> None:
    await flow.recipient()
    one = await flow.confirmed()
    other = await flow.confirmed("FLAG sesuatu yang jauh berbeda dari tadi")

    for changed in ({"review": str(one.id)}, {"card": str(one.id)}, {"post": str(one.post_id)}):
        with pytest.raises(IntegrityError):
            await execute(referral(**changed), card=other.id)


async def test_purpose_code_on_the_card_before_referral_stops_it(
    flow: Flow, execute: Execute
) -> None:
    await flow.recipient()
    card = await flow.confirmed()

    with pytest.raises(IntegrityError):
        await execute("UPDATE cards SET purpose = 'NEWS' WHERE id = :card", card=card.id)
    await execute(
        "UPDATE cards SET purpose = 'NEWS', state = 'dismissed', is_forwardable = false "
        "WHERE id = :card",
        card=card.id,
    )

    with pytest.raises(IntegrityError):
        await execute(referral(), card=card.id)
    with pytest.raises(IntegrityError):
        await execute("UPDATE cards SET is_forwardable = true WHERE id = :card", card=card.id)


@pytest.mark.parametrize(
    "change",
    [
        "purpose = 'NEWS'",
        "purpose = 'NEWS', is_forwardable = false",
        "purpose = 'NEWS', is_forwardable = false, state = 'dismissed'",
        "harm = 'JUSTIFY'",
        "harm = NULL",
        "state = 'waiting'",
        "state = 'waiting', is_forwardable = false",
        "revision_id = 999999",
    ],
)
async def test_card_of_a_referral_cannot_be_turned(
    flow: Flow, execute: Execute, change: str
) -> None:
    await flow.recipient()
    card = await flow.referred()

    with pytest.raises(IntegrityError):
        await execute(f"UPDATE cards SET {change} WHERE id = :card", card=card.id)


@pytest.mark.parametrize(
    "change",
    [
        "stands = false, undone_at = decided_at",
        "stands = false",
        "undone_at = decided_at",
        "choice = 'dismiss', harm = NULL",
        "harm = 'THREAT'",
        "harm = 'JUSTIFY'",
        "purpose = 'NEWS'",
        "revision_id = 999999",
    ],
)
async def test_review_that_a_referral_names_cannot_be_turned(
    flow: Flow, execute: Execute, change: str
) -> None:
    await flow.recipient()
    card = await flow.referred()

    with pytest.raises(IntegrityError):
        await execute(f"UPDATE reviews SET {change} WHERE card_id = :card", card=card.id)


@pytest.mark.parametrize("table", ["reviews", "cards", "revisions", "posts", "people"])
async def test_what_a_referral_rests_on_cannot_be_deleted(
    flow: Flow, execute: Execute, table: str
) -> None:
    await flow.recipient()
    await flow.referred()

    with pytest.raises(IntegrityError):
        await execute(f"DELETE FROM {table}")


async def test_referral_is_owed_once_to_each_recipient(flow: Flow, execute: Execute) -> None:
    await flow.recipient()
    await flow.recipient("Second")
    card = await flow.confirmed()

    assert await execute(referral(), card=card.id) == 1
    assert await execute(referral(recipient="(SELECT max(id) FROM recipients)"), card=card.id) == 1
    with pytest.raises(IntegrityError):
        await execute(referral(), card=card.id)


async def test_post_has_one_open_card(flow: Flow, execute: Execute) -> None:
    original = post("FLAG serang sekarang")
    await flow.arrive(original)
    (first,) = await flow.cards()
    person = await flow.moderator()
    await flow.dismiss(person, first)
    await flow.edit(original, "FLAG kata-kata yang lain")
    assert len(await flow.cards()) == 2

    for state in ("waiting", "second", "third"):
        with pytest.raises(IntegrityError):
            await execute("UPDATE cards SET state = :s WHERE id = :c", s=state, c=first.id)
    assert await execute("UPDATE cards SET state = 'kept' WHERE id = :c", c=first.id) == 1


REVIEW = """
    INSERT INTO reviews (card_id, post_id, revision_id, person_id, choice, harm, purpose, saw_all,
                         wants_second, score_shown, model_version, decided_at)
    SELECT id, post_id, revision_id, :person, {choice}, {harm}, {purpose}, {saw_all},
           false, 0.9, 'scripted-1', opened_at
    FROM cards
"""
CONFIRMS = {"choice": "'confirm'", "harm": "'INCITE'", "purpose": "NULL", "saw_all": "true"}


@pytest.mark.parametrize(
    "odd",
    [
        {"saw_all": "false"},
        {"harm": "NULL"},
        {"harm": "'UNSURE'"},
        {"purpose": "'NEWS'"},
        {"choice": "'dismiss'"},
        {"choice": "'dismiss'", "harm": "NULL", "purpose": "'UNSURE'"},
        {"choice": "'unsure'"},
        {"choice": "'maybe'", "harm": "NULL"},
    ],
    ids=str,
)
async def test_odd_review_is_refused(flow: Flow, execute: Execute, odd: dict[str, str]) -> None:
    await flow.flagged()
    person = await flow.moderator(on_duty=False)

    with pytest.raises(IntegrityError):
        await execute(REVIEW.format(**(CONFIRMS | odd)), person=person.id)
    assert await execute(REVIEW.format(**CONFIRMS), person=person.id) == 1


async def test_person_has_one_standing_review_of_a_revision(flow: Flow, execute: Execute) -> None:
    await flow.flagged()
    person = await flow.moderator(on_duty=False)
    other = await flow.moderator("Budi", on_duty=False)
    statement = REVIEW.format(**CONFIRMS)

    assert await execute(statement, person=person.id) == 1
    assert await execute(statement, person=other.id) == 1
    with pytest.raises(IntegrityError):
        await execute(statement, person=person.id)

    await execute(
        "UPDATE reviews SET stands = false, undone_at = decided_at WHERE person_id = :person",
        person=person.id,
    )
    assert await execute(statement, person=person.id) == 1


@pytest.mark.parametrize(
    "change",
    [
        "state = 'confirmed'",
        "state = 'referred'",
        "is_forwardable = true",
        "is_forwardable = true, harm = 'INCITE'",  # still waiting for a person
        "is_forwardable = true, harm = 'JUSTIFY', state = 'confirmed'",
        "is_forwardable = true, harm = 'INCITE', purpose = 'ART', state = 'confirmed'",
        "state = 'forgotten?'",
        "harm = 'UNREST'",
        "purpose = 'HOAX'",
    ],
)
async def test_card_cannot_be_made_forwardable_by_hand(
    flow: Flow, execute: Execute, change: str
) -> None:
    await flow.flagged()

    with pytest.raises(IntegrityError):
        await execute(f"UPDATE cards SET {change}")


async def test_audit_numbers_and_links_are_never_used_twice(flow: Flow, execute: Execute) -> None:
    await flow.flagged()
    again = """
        INSERT INTO audit (seq, at, event, subject, details, previous_hash, hash)
        SELECT {seq}, at, event, subject, details, {previous}, {hash}
        FROM audit ORDER BY seq DESC LIMIT 1
    """
    fresh = {"seq": "seq + 1", "previous": "'p'", "hash": "'h'"}

    for repeated in ({"seq": "seq"}, {"previous": "previous_hash"}, {"hash": "hash"}):
        with pytest.raises(IntegrityError):
            await execute(again.format(**(fresh | repeated)))
    assert await execute(again.format(**fresh)) == 1


async def test_referred_state_alone_sends_nothing(flow: Flow) -> None:
    await flow.recipient()
    card = await flow.confirmed()
    flow.clock.advance(timedelta(seconds=61))

    assert await flow.refer.past_undo() == 1

    assert (await flow.card(card.id)).state is CaseState.REFERRED
    assert flow.courier.sent == []
    assert flow.clock.now() > NOON
