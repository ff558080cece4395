"""Confirmed posts become referrals after the undo window, and referrals numbered digests."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.case import UNDO_WINDOW, CaseState, Choice
from bot.domain.codes import HarmCode
from bot.domain.errors import TryLater
from bot.domain.people import Role
from bot.services.refer import Sent
from tests.factories import Flow, post
from tests.render.letter_rules import visible

A_MINUTE = UNDO_WINDOW + timedelta(seconds=1)


async def confirmed(flow: Flow, count: int, harm: HarmCode = HarmCode.INCITE) -> None:
    """So many posts, of different words, confirmed by one person whose undo window has passed."""
    await flow.arrive(*(post(f"FLAG {n} {_words(n)}") for n in range(count)))
    person = await flow.moderator("Budi")
    for card in await flow.cards():
        await _on_desk(flow, person.id, card.id, card.revision_id)
        assert (await flow.confirm(person, card, harm)).refusal is None
    flow.clock.advance(A_MINUTE)


async def _on_desk(flow: Flow, person_id: int, card_id: int, revision_id: int) -> None:
    async with flow.database.work() as work:
        await work.desks.change(person_id, card_id=card_id, revision_id=revision_id)
        await work.commit()


def _words(number: int) -> str:
    return " ".join(f"{chr(97 + (number * 7 + i) % 26)}{number * 31 + i}" for i in range(12))


async def referrals(flow: Flow) -> list[tuple[int, str]]:
    rows = await flow.rows("SELECT recipient_id, state FROM referrals ORDER BY id")
    return [(row.recipient_id, row.state) for row in rows]


async def test_nothing_is_referred_within_the_undo_window(flow: Flow) -> None:
    await flow.recipient()
    card = await flow.confirmed()
    flow.clock.advance(UNDO_WINDOW)

    assert await flow.refer.past_undo() == 0
    assert await flow.refer.digests_now() == []
    assert (await flow.card(card.id)).state is CaseState.CONFIRMED


async def test_confirmed_card_is_referred_once_to_every_recipient(flow: Flow) -> None:
    await flow.recipient("One")
    await flow.recipient("Two")
    card = await flow.confirmed()
    flow.clock.advance(A_MINUTE)

    assert [await flow.refer.past_undo() for _ in range(2)] == [1, 0]

    assert [state for _, state in await referrals(flow)] == ["owed", "owed"]
    assert (await flow.card(card.id)).state is CaseState.REFERRED
    assert (await flow.audited()).count("referred") == 1


async def test_without_a_recipient_confirmed_cards_wait_for_one(flow: Flow) -> None:
    card = await flow.confirmed()
    flow.clock.advance(A_MINUTE)
    assert await flow.refer.past_undo() == 0
    assert (await flow.card(card.id)).state is CaseState.CONFIRMED

    await flow.recipient()

    assert await flow.refer.past_undo() == 1


async def test_recipient_is_owed_the_codes_that_it_takes(flow: Flow) -> None:
    await flow.recipient("Takes it")
    other = await flow.recipient("Does not")
    async with flow.database.work() as work:
        profile = await work.recipients.of_person(other.id)
        assert profile is not None
        await work.recipients.take(profile.id, {HarmCode.FINANCE}, set())
        await work.commit()

    await flow.referred()

    assert [one.recipient for one in await flow.refer.digests_now()] == ["Takes it"]


async def test_card_waits_until_a_recipient_takes_its_code(flow: Flow) -> None:
    person = await flow.recipient()
    async with flow.database.work() as work:
        profile = await work.recipients.of_person(person.id)
        assert profile is not None
        await work.recipients.take(profile.id, set(), set())
        await work.commit()
    card = await flow.confirmed()
    flow.clock.advance(A_MINUTE)
    assert await flow.refer.past_undo() == 0
    assert (await flow.card(card.id)).state is CaseState.CONFIRMED

    async with flow.database.work() as work:
        await work.recipients.take(profile.id, {HarmCode.INCITE}, set())
        await work.commit()

    assert await flow.refer.past_undo() == 1


async def test_former_recipient_is_owed_nothing(flow: Flow) -> None:
    gone = await flow.recipient("Gone")
    await flow.recipient("Stays")
    await flow.part.remove(await flow.admin(), gone.id, Role.RECIPIENT)
    await flow.referred()

    assert len(await referrals(flow)) == 1
    assert [one.recipient for one in await flow.refer.digests_now()] == ["Stays"]


@pytest.mark.parametrize(
    ("choice", "harm"), [(Choice.CONFIRM, HarmCode.JUSTIFY), (Choice.DISMISS, None)]
)
async def test_kept_and_dismissed_posts_are_never_referred(
    flow: Flow, choice: Choice, harm: HarmCode | None
) -> None:
    await flow.recipient()
    card = await flow.flagged()
    await flow.choose(await flow.moderator(), card, choice, harm)
    flow.clock.advance(timedelta(days=30))

    assert await flow.refer.past_undo() == 0
    assert await flow.refer.digests_now() == []


async def test_digest_names_what_was_confirmed_and_nobody_who_did(flow: Flow) -> None:
    regulator = await flow.recipient()
    card = await flow.referred("FLAG <serang> & bakar")

    assert await flow.refer.digests_now() == [Sent("Regulator", 1, 1)]
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    seen = visible(str(letter.html))
    assert "Digest 1" in seen
    assert "FLAG <serang> & bakar" in seen
    assert "https://t.me/kabar_contoh/" in seen
    assert "call to violence" in seen
    assert "Budi" not in seen
    assert f"case {card.case_id}" not in seen.lower()


async def test_digest_numbers_count_for_each_recipient(flow: Flow) -> None:
    await flow.recipient("One")
    await flow.referred("FLAG pertama di lapangan")
    assert await flow.refer.digests_now() == [Sent("One", 1, 1)]
    await flow.recipient("Two")
    await flow.referred("FLAG kedua, soal uang dan rekening")

    made = await flow.refer.digests_now()

    assert made == [Sent("One", 2, 1), Sent("Two", 1, 1)]


async def test_digests_now_twice_makes_nothing_new(flow: Flow) -> None:
    await flow.recipient()
    await flow.referred()

    assert len(await flow.refer.digests_now()) == 1
    assert await flow.refer.digests_now() == []
    await flow.post_office()
    assert await flow.refer.digests_now() == []
    assert len(await flow.rows("SELECT id FROM digests")) == 1


async def test_two_who_ask_at_once_get_one_digest(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    await flow.recipient()
    await flow.referred()
    other = restarted()

    made = await asyncio.gather(flow.refer.digests_now(), other.refer.digests_now())

    assert sorted(len(one) for one in made) == [0, 1]
    assert len(await flow.rows("SELECT id FROM outbox WHERE kind = 'digest'")) == 1


@pytest.mark.parametrize("sizes", [(4,), (4, 1), (4, 4, 1)], ids=["cap", "one more", "several"])
async def test_more_items_than_one_digest_takes_go_into_a_second(
    flow: Flow, sizes: tuple[int, ...]
) -> None:
    regulator = await flow.recipient()
    async with flow.database.work() as work:
        profile = await work.recipients.of_person(regulator.id)
        assert profile is not None
        assert profile.most_items == 100
        await work.recipients.change(profile.id, most_items=4)
        await work.commit()
    await confirmed(flow, sum(sizes))
    while await flow.refer.past_undo():
        pass

    assert await flow.refer.digests_now() == [
        Sent("Regulator", number, items) for number, items in enumerate(sizes, 1)
    ]
    await flow.post_office()

    seen = "\n".join(visible(str(letter.html)) for letter in flow.courier.to(regulator.telegram_id))
    numbers = {row.id for row in await flow.rows("SELECT id FROM referrals")}
    assert len(numbers) == sum(sizes)
    assert all(f"Referral #{number} " in seen for number in numbers)
    assert {state for _, state in await referrals(flow)} == {"delivered"}


async def test_instructions_are_never_quoted(flow: Flow) -> None:
    regulator = await flow.recipient()
    await flow.arrive(post("FLAG langkah rahasia: campur ini dengan itu"))
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[0], HarmCode.INSTRUCT)
    flow.clock.advance(A_MINUTE)

    await flow.refer.digests_now()
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    assert "rahasia" not in str(letter.html)
    assert "[steps removed]" in visible(str(letter.html))


async def test_post_that_was_edited_before_it_left_is_held_back(flow: Flow) -> None:
    """The digest has been made and waits; the edit takes its post out, under the same number."""
    regulator = await flow.recipient()
    edited = post("FLAG pertama di lapangan malam ini")
    await flow.arrive(edited)
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[0])
    await flow.arrive(post("FLAG kedua, soal uang dan rekening"))
    await flow.confirm(person, (await flow.cards())[1])
    flow.clock.advance(A_MINUTE)
    assert await flow.refer.digests_now() == [Sent("Regulator", 1, 2)]

    await flow.edit(edited, "FLAG sudah lain bunyinya")
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    seen = visible(str(letter.html))
    assert "Digest 1" in seen
    assert "rekening" in seen
    assert "lapangan" not in seen
    assert "bunyinya" not in seen
    assert sorted(state for _, state in await referrals(flow)) == ["delivered", "withdrawn"]


async def test_digest_that_was_tried_may_have_arrived_and_keeps_its_words(flow: Flow) -> None:
    regulator = await flow.recipient()
    original = post("FLAG pertama di lapangan malam ini")
    await flow.arrive(original)
    await flow.confirm(await flow.moderator(), (await flow.cards())[0])
    flow.clock.advance(A_MINUTE)
    await flow.refer.digests_now()
    flow.courier.fails(regulator.telegram_id, TryLater("the answer was lost"))
    await flow.post_office()

    await flow.edit(original, "FLAG sudah lain bunyinya")
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    assert "lapangan" in visible(str(letter.html))
    assert [state for _, state in await referrals(flow)] == ["delivered"]


async def test_edit_that_no_model_has_seen_yet_is_in_no_digest(flow: Flow) -> None:
    await flow.recipient()
    card = await flow.referred()
    (row,) = await flow.rows(f"SELECT message_id FROM posts WHERE id = {card.post_id}")
    edited = post("tenang saja", int(str(row.message_id)), edited_at=flow.clock.now())
    await flow.ingest.live([edited], [])  # and nothing has judged it

    assert await flow.refer.digests_now() == []
    assert [row.state for row in await flow.rows("SELECT state FROM referrals")] == ["owed"]


async def test_digest_whose_posts_were_all_edited_is_not_sent(flow: Flow) -> None:
    regulator = await flow.recipient()
    edited = post("FLAG pertama di lapangan malam ini")
    await flow.arrive(edited)
    await flow.confirm(await flow.moderator(), (await flow.cards())[0])
    flow.clock.advance(A_MINUTE)
    await flow.refer.digests_now()

    await flow.edit(edited, "Selamat pagi")
    await flow.post_office()

    assert flow.courier.to(regulator.telegram_id) == []
    assert (await flow.cards())[-1].state is CaseState.WAITING
    assert (await flow.report.status()).unsent == 0


async def test_timetable_makes_a_digest_at_its_time_of_day(flow: Flow) -> None:
    await flow.recipient()  # at 12.00 in Jakarta, for 8.00
    await flow.referred()
    assert await flow.refer.due_digests() == []

    flow.clock.advance(timedelta(hours=20))
    made = await flow.refer.due_digests()

    assert made == [Sent("Regulator", 1, 1)]
    assert await flow.refer.due_digests() == []
    (row,) = await flow.rows("SELECT next_digest_at FROM recipients")
    async with flow.database.look() as work:
        (recipient,) = await work.recipients.served()
    assert recipient.next_digest_at.isoformat() == "2026-03-04T01:00:00+00:00"
    assert row is not None


async def test_missed_days_make_one_digest(flow: Flow) -> None:
    await flow.recipient()
    await flow.referred()
    flow.clock.advance(timedelta(days=9))

    assert len(await flow.refer.due_digests()) == 1
    assert await flow.refer.due_digests() == []


async def test_empty_digest_is_not_made_but_the_timetable_goes_on(flow: Flow) -> None:
    await flow.recipient()
    flow.clock.advance(timedelta(days=1))

    assert await flow.refer.due_digests() == []

    async with flow.database.look() as work:
        (recipient,) = await work.recipients.served()
    assert recipient.next_digest_at > flow.clock.now()


async def test_post_that_is_known_to_be_gone_is_said_to_be(flow: Flow) -> None:
    regulator = await flow.recipient()
    await flow.referred()
    async with flow.database.work() as work:
        (row,) = await flow.rows("SELECT id FROM posts")
        await work.rechecks.gone(row.id, flow.clock.now())
        await work.commit()

    await flow.refer.digests_now()
    await flow.post_office()

    (item,) = json.loads(flow.courier.files(regulator.telegram_id)["1.json"])["items"]
    checked_at = flow.clock.now().isoformat(timespec="seconds")
    assert item["live_status"] == {"status": "gone", "checked_at": checked_at}


async def test_reconfirmed_edit_is_referred_under_a_new_number(flow: Flow) -> None:
    await flow.recipient()
    original = post("FLAG serang sekarang")
    await flow.arrive(original)
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[0])
    flow.clock.advance(A_MINUTE)
    await flow.refer.past_undo()
    await flow.edit(original, "FLAG kata baru")
    await flow.confirm(person, (await flow.cards())[-1])
    flow.clock.advance(A_MINUTE)

    assert await flow.refer.digests_now() == [Sent("Regulator", 1, 1)]

    assert [state for _, state in await referrals(flow)] == ["withdrawn", "leased"]


async def test_digest_that_was_made_and_not_written_is_written_by_the_next_tick(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the two transactions."""
    regulator = await flow.recipient()
    await flow.referred()

    async def killed(digest_id: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(flow.write, "one", killed)
        with pytest.raises(KeyboardInterrupt):
            await flow.refer.digests_now()
    assert [row.number for row in await flow.rows("SELECT number FROM digests")] == [1]
    assert await flow.rows("SELECT id FROM outbox WHERE kind = 'digest'") == []

    await flow.refer.due_digests()
    await flow.refer.due_digests()
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    assert "Digest 1" in visible(str(letter.html))
    assert len(flow.courier.files(regulator.telegram_id)) == 3


async def test_edit_while_the_digest_is_drawn_takes_its_post_out(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulator = await flow.recipient()
    original = post("FLAG pertama di lapangan malam ini")
    await flow.arrive(original)
    person = await flow.moderator()
    await flow.confirm(person, (await flow.cards())[0])
    await flow.arrive(post("FLAG kedua, soal uang dan rekening"))
    await flow.confirm(person, (await flow.cards())[1])
    flow.clock.advance(A_MINUTE)
    keep, edits = flow.write._keep, ["FLAG sudah lain bunyinya"]

    async def edited_first(*drawn: object) -> bool:
        if edits:
            await flow.edit(original, edits.pop())
        return await keep(*drawn)  # type: ignore[arg-type]

    monkeypatch.setattr(flow.write, "_keep", edited_first)
    await flow.refer.digests_now()
    await flow.post_office()

    (letter,) = flow.courier.to(regulator.telegram_id)
    seen = visible(str(letter.html))
    assert "rekening" in seen
    assert "lapangan" not in seen
    assert sorted(state for _, state in await referrals(flow)) == ["delivered", "withdrawn"]


async def test_manifests_form_a_chain_that_ends_in_the_audit_log(flow: Flow) -> None:
    regulator = await flow.recipient()
    await flow.referred("FLAG pertama di lapangan")
    await flow.refer.digests_now()
    await flow.referred("FLAG kedua, soal uang dan rekening")
    await flow.refer.digests_now()
    await flow.post_office()

    files = flow.courier.files(regulator.telegram_id)
    first, second = (json.loads(files[f"{n}.manifest.json"]) for n in (1, 2))
    made = await flow.rows("SELECT hash FROM audit WHERE event = 'digest made' ORDER BY seq")

    assert first["previous_manifest_sha256"] is None
    digest_of_first = hashlib.sha256(files["1.manifest.json"]).hexdigest()
    assert second["previous_manifest_sha256"] == digest_of_first
    assert [first["audit_sha256"], second["audit_sha256"]] == [row.hash for row in made]
    for file in first["files"]:
        assert hashlib.sha256(files[file["name"]]).hexdigest() == file["sha256"]
