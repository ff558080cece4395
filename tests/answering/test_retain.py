"""Row p: words go when their time is over, from everywhere; hashes, counts and the chain stay."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from bot.domain.audit import verify
from bot.domain.case import CaseState
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.domain.receipt import ReplyCode
from bot.domain.recipient import Change, RecipientPress, RecipientState
from bot.domain.retention import Forgotten, Held
from bot.domain.reversal import SecondPress
from bot.domain.statement import Statement
from bot.services import retain
from bot.services.enrol import Again
from bot.storage.inbox import Received
from tests.answering.conftest import Deliver
from tests.factories import Flow, post
from tests.render.letter_rules import visible

DAY = timedelta(days=1)


async def words(flow: Flow) -> list[str]:
    """Every text that is left of any post."""
    found = await flow.rows(
        "SELECT text FROM revisions UNION ALL SELECT text FROM post_members ORDER BY 1"
    )
    return [str(row.text) for row in found if row.text]


def words_of(done: Forgotten) -> int:
    """Whatever was forgotten but the hashes of copies, which have a time of their own."""
    return done.total - done.prints


async def dismissed(flow: Flow, text: str = "FLAG biasa saja") -> int:
    """The case of a dismissed card."""
    card, budi = await flow.flagged(text), await flow.moderator("Budi")
    await flow.dismiss(budi, card, PurposeCode.NEWS)
    await flow.deal.duty(budi, on=False, chat_id=budi.telegram_id)
    return card.case_id


async def test_p_unflagged_words_go_after_30_days_and_hash_and_score_stay(flow: Flow) -> None:
    await flow.arrive(post("Cuaca cerah"))
    flow.clock.advance(30 * DAY - timedelta(minutes=1))
    early = await flow.retain.all()
    flow.clock.advance(timedelta(minutes=1))

    assert (words_of(early), (await flow.retain.all()).unflagged) == (0, 1)

    assert await words(flow) == []
    (row,) = await flow.rows("SELECT content_hash, forgotten_at, media FROM revisions")
    assert len(str(row.content_hash)) == 64
    assert row.forgotten_at is not None
    (verdict,) = await flow.rows("SELECT score FROM verdicts")
    assert verdict.score == pytest.approx(0.1)


async def test_p_dismissed_words_go_after_90_days_with_the_reasons(flow: Flow) -> None:
    await dismissed(flow)
    flow.clock.advance(89 * DAY)
    early = await flow.retain.all()
    flow.clock.advance(1 * DAY)

    assert (words_of(early), (await flow.retain.all()).dismissed) == (0, 1)

    assert await words(flow) == []
    assert [row.reasons for row in await flow.rows("SELECT reasons FROM verdicts")] in (
        [[]],
        ["[]"],
    )
    assert await flow.rows("SELECT band FROM bands") == []
    (card,) = await flow.cards()
    assert (card.state, card.purpose) == ("dismissed", "NEWS")


async def test_p_referred_words_go_six_months_after_delivery_with_the_digest(
    flow: Flow, deliver: Deliver
) -> None:
    await deliver()
    flow.clock.advance(182 * DAY)
    early = await flow.retain.all()
    flow.clock.advance(1 * DAY)

    done = await flow.retain.all()

    assert (words_of(early), done.referred) == (0, 1)
    assert await words(flow) == []
    sent = await flow.rows("SELECT letter FROM outbox WHERE digest_id IS NOT NULL")
    assert sent
    assert not any("FLAG" in str(row.letter) for row in sent)
    assert await flow.rows("SELECT sha256 FROM files") == []  # the picture, and every document


async def test_p_what_waits_or_is_on_its_way_is_kept(flow: Flow) -> None:
    await flow.recipient()
    await flow.referred("FLAG ini terutang saja")  # owed, never sent
    await flow.flagged("FLAG menunggu keputusan orang")
    flow.clock.advance(3650 * DAY)

    assert words_of(await flow.retain.all()) == 0
    assert len(await words(flow)) == 2


async def test_p_confirmed_words_go_once_an_edit_keeps_them_from_being_referred(
    flow: Flow,
) -> None:
    await flow.recipient()
    original = post("FLAG mari berkumpul malam ini")
    await flow.arrive(original)
    person, (card,) = await flow.moderator(), await flow.cards()
    await flow.confirm(person, card)
    await flow.edit(original, "FLAG mari berkumpul malam ini, disunting")
    await flow.dismiss(person, (await flow.cards())[-1])

    flow.clock.advance(91 * DAY)
    await flow.refer.past_undo()
    forgotten = await flow.retain.all()

    assert forgotten.dismissed == 1
    assert [one.state.value for one in await flow.cards()] == ["confirmed", "dismissed"]
    assert await words(flow) == []


async def test_p_edit_keeps_both_versions_until_the_newer_is_over(flow: Flow) -> None:
    original = post("Cuaca cerah")
    await flow.arrive(original)
    flow.clock.advance(29 * DAY)
    await flow.edit(original, "Cuaca mendung")
    flow.clock.advance(2 * DAY)
    kept = await flow.retain.all()
    flow.clock.advance(28 * DAY)

    assert (words_of(kept), (await flow.retain.all()).unflagged) == (0, 1)
    assert await words(flow) == []


async def test_p_hold_keeps_a_cases_words_until_it_is_lifted(flow: Flow) -> None:
    case_id, admin = await dismissed(flow), await flow.admin()
    assert await flow.retain.hold(admin, case_id, "perkara di pengadilan") is Held.PLACED
    flow.clock.advance(400 * DAY)
    held = await flow.retain.all()

    assert await flow.retain.lift(admin, case_id) is Held.LIFTED

    assert (words_of(held), (await flow.retain.all()).dismissed) == (0, 1)
    assert {"held", "hold lifted"} <= set(await flow.audited())


async def test_post_that_changes_its_case_takes_the_hold_along(flow: Flow) -> None:
    admin = await flow.admin()
    sari = await flow.moderator()
    await flow.flagged("FLAG mari berkumpul malam ini bersama kawan lama")
    copy = await flow.flagged("FLAG mari berkumpul malam ini bersama kawan lama!")
    await flow.retain.hold(admin, copy.case_id, "a court asked for it")
    lies = await flow.desk(sari)
    assert lies.card_id is not None
    assert lies.revision_id is not None

    fresh = await flow.regroup.take_out(sari, lies.card_id, lies.revision_id)

    assert {one.case_id for one in await flow.retain.holds()} == {copy.case_id, fresh}


async def test_case_on_hold_that_is_joined_to_another_leaves_its_hold_there(flow: Flow) -> None:
    admin = await flow.admin()
    first = await flow.flagged(
        "FLAG sumbangan untuk pasukan dikirim lewat rekening baru kami, tulis nama samaran, lalu "
        "simpan bukti kiriman"
    )
    alike = await flow.flagged(
        "FLAG simpan bukti kiriman, tulis nama samaran: sumbangan untuk pasukan dikirim lewat "
        "rekening baru kami",
        views=100,
    )
    await flow.retain.hold(admin, alike.case_id, "a court asked for it")
    sari = await flow.moderator()

    joined = await flow.regroup.join(sari, alike.id, alike.revision_id)

    assert joined == first.case_id
    assert [one.case_id for one in await flow.retain.holds()] == [first.case_id]


async def test_p_question_about_forgotten_words_does_not_leave_any_more(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    await flow.moderator("Rina", on_duty=False)
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.NOT_VIOLATING)
    asked = "SELECT id FROM outbox WHERE CAST(letter AS TEXT) LIKE '%dispute:%'"
    before = len(await flow.rows(asked))
    flow.clock.advance(183 * DAY)

    await flow.retain.all()

    assert (before, len(await flow.rows(asked))) == (1, 0)


async def test_p_card_beside_forgotten_words_lies_by_itself(flow: Flow) -> None:
    await dismissed(flow, "FLAG mari berkumpul malam ini bersama kawan lama")
    flow.clock.advance(89 * DAY)
    case_id = (await flow.cards())[0].case_id
    copy = await flow.flagged("FLAG soal lain sama sekali", message_id=77)
    async with flow.database.work() as work:
        await work.cases.move(copy.post_id, case_id)
        await work.commit()
    sari = await flow.moderator()
    before = await flow.desk(sari)
    await flow.post_office()
    flow.clock.advance(2 * DAY)

    await flow.retain.all()

    after = await flow.desk(sari)
    assert (before.view, after.view, after.like_card_id) == (View.LIKE, View.CARD, None)
    assert await flow.post_office() == 1


async def test_holds_need_a_case_and_a_reason(flow: Flow) -> None:
    case_id, admin = await dismissed(flow), await flow.admin()

    assert await flow.retain.hold(admin, 999, "perkara lain") is Held.NO_CASE
    assert await flow.retain.hold(admin, case_id, " ") is Held.NO_REASON
    assert await flow.retain.lift(admin, case_id) is Held.NOT_HELD
    await flow.retain.hold(admin, case_id, "perkara di pengadilan")
    assert await flow.retain.hold(admin, case_id, "perkara di pengadilan") is Held.ALREADY
    assert [one.case_id for one in await flow.retain.holds()] == [case_id]


async def test_p_forgotten_words_teach_nothing(flow: Flow) -> None:
    await dismissed(flow)
    async with flow.database.work() as work:
        admin = await flow.admin()
        await work.learning.switch(SourceKind.BOT, True, admin.id, flow.clock.now())
        await work.commit()
    async with flow.database.look() as work:
        before = await work.learning.rows()
    flow.clock.advance(90 * DAY)
    await flow.retain.all()

    async with flow.database.look() as work:
        assert (len(before), await work.learning.rows()) == (1, [])


async def test_p_updates_that_were_set_aside_are_emptied(flow: Flow) -> None:
    await flow.receive.keep([{"update_id": 7, "message": {"text": "rahasia"}}])
    async with flow.database.work() as work:
        await work.inbox.keep([Received(8, "people", {"text": "baru"})], flow.clock.now())
        await work.inbox.handled([7], flow.clock.now(), "ValueError('rahasia')")
        await work.commit()
    flow.clock.advance(31 * DAY)

    done = await flow.retain.all()

    rows = await flow.rows("SELECT payload, problem FROM inbox ORDER BY update_id")
    assert done.updates == 1
    assert [(row.payload, row.problem) for row in rows] == [
        ("{}", "forgotten"),
        ('{"text": "baru"}', None),  # nobody has handled it yet: it is not lost
    ]


async def test_dry_run_counts_the_same_and_keeps_everything(flow: Flow, deliver: Deliver) -> None:
    await deliver(2)
    await dismissed(flow)
    await flow.arrive(*(post(f"Cuaca {n}") for n in range(3)))
    flow.clock.advance(200 * DAY)
    before, audited = await words(flow), await flow.audited()

    would = await flow.retain.all(dry_run=True)

    assert (await words(flow), await flow.audited()) == (before, audited)
    assert would == await flow.retain.all()
    assert (would.unflagged, would.dismissed, would.referred) == (3, 1, 2)
    assert (await flow.retain.all()).total == 0


async def test_forgetting_does_not_break_the_audit_chain(flow: Flow, deliver: Deliver) -> None:
    """Before and after: the same entries, every one still following, with tombstones behind."""
    await deliver(2)
    await dismissed(flow)
    await flow.arrive(post("Cuaca cerah"))
    async with flow.database.look() as work:
        before = [entry async for entry in work.audit.entries()]
    flow.clock.advance(200 * DAY)

    await flow.retain.all()

    async with flow.database.look() as work:
        after = [entry async for entry in work.audit.entries()]
        newest = await work.audit.newest_hash()
    assert verify(after, newest) == len(after)
    assert after[: len(before)] == before
    tombs = [(entry.details["why"], entry.details["posts"]) for entry in after[len(before) :]]
    assert tombs == [("unflagged", 1), ("dismissed", 1), ("referred", 1), ("referred", 1)]


async def test_tombstone_proves_the_words_to_whoever_has_them(flow: Flow) -> None:
    original = post("Cuaca cerah")
    await flow.arrive(original)
    (row,) = await flow.rows("SELECT id FROM posts")
    flow.clock.advance(30 * DAY)
    await flow.retain.all()

    async with flow.database.look() as work:
        entries = [entry async for entry in work.audit.entries()]
    expected = hashlib.sha256(f"{row.id}:{original.content_hash}".encode()).hexdigest()
    assert entries[-1].details["hash"] == expected


async def test_nightly_begins_at_its_time_and_once_a_day(flow: Flow) -> None:
    """The flow's clock starts at noon in Jakarta; forgetting begins at 03:30 there."""
    await flow.arrive(post("Cuaca cerah"))
    flow.clock.advance(30 * DAY)
    first = await flow.retain.nightly()  # the night of today was never done
    await flow.arrive(post("Cuaca mendung"))
    flow.clock.advance(timedelta(hours=2))
    later = await flow.retain.nightly()
    nights = await flow.rows("SELECT day, ended_at FROM retention_days")

    assert (first.unflagged, later.total) == (1, 0)
    assert [row.ended_at is not None for row in nights] == [True]


async def test_crash_in_the_middle_of_a_night_leaves_the_rest_for_later(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retain, "_BATCH", 1)
    monkeypatch.setattr(retain, "_MOST_BATCHES", 2)
    await flow.arrive(*(post(f"Cuaca {n}") for n in range(5)))
    flow.clock.advance(30 * DAY)

    done = [(await flow.retain.nightly()).unflagged for _ in range(4)]

    assert done == [2, 2, 1, 0]


# --- captures, pictures, a digest's files, and attack know-how ------------------------------


async def captured(flow: Flow, revision_id: int) -> str:
    """A capture of a revision with a picture; the picture's hash."""
    async with flow.database.work() as work:
        sha256 = await work.files.keep(f"picture of {revision_id}".encode(), flow.clock.now())
        await work.connection.execute(
            sql("DELETE FROM captures WHERE revision_id = :id"), {"id": revision_id}
        )
        await work.connection.execute(
            sql(
                "INSERT INTO captures (revision_id, taken_at, content, sha256, picture_sha256,"
                " picture_hides_words, pictured_at)"
                " SELECT id, seen_at, text, content_hash, :sha256, false, seen_at"
                " FROM revisions WHERE id = :id"
            ),
            {"id": revision_id, "sha256": sha256},
        )
        await work.commit()
    return sha256


async def test_p_capture_picture_and_digest_files_go_and_hashes_stay(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    picture = await captured(flow, (await flow.card(sent.cards[0])).revision_id)
    async with flow.database.work() as work:
        document = await work.files.keep(b"a digest's document", flow.clock.now())
        await work.connection.execute(
            sql(
                "INSERT INTO digest_files (digest_id, place, name, sha256, size)"
                " VALUES (:digest, 99, 'digest.csv', :sha256, 19)"
            ),
            {"digest": sent.digest_id, "sha256": document},
        )
        await work.commit()
    flow.clock.advance(183 * DAY)

    await flow.retain.all()

    async with flow.database.look() as work:
        assert (await work.files.get(picture), await work.files.get(document)) == (None, None)
    (capture,) = await flow.rows("SELECT content, sha256, picture_sha256 FROM captures")
    assert (capture.content, capture.picture_sha256) == (None, picture)
    assert len(str(capture.sha256)) == 64


async def test_instructions_stay_in_the_capture_alone_once_referred(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver(1, HarmCode.INSTRUCT)
    await flow.retain.seal()
    await captured(flow, (await flow.card(sent.cards[0])).revision_id)
    async with flow.database.work() as work:
        await work.connection.execute(sql("UPDATE captures SET content = 'the words'"))
        await work.connection.execute(sql("UPDATE revisions SET text = 'the words'"))
        await work.commit()

    assert [await flow.retain.seal() for _ in range(2)] == [1, 0]

    assert await words(flow) == []
    (capture,) = await flow.rows("SELECT content FROM captures")
    assert capture.content == "the words"
    flow.clock.advance(183 * DAY)
    assert (await flow.retain.all()).referred == 1
    (capture,) = await flow.rows("SELECT content FROM captures")
    assert capture.content is None


@pytest.mark.parametrize("harm", [HarmCode.INCITE, HarmCode.INSTRUCT])
async def test_translation_goes_with_the_words_that_it_translates(
    flow: Flow, deliver: Deliver, harm: HarmCode
) -> None:
    sent = await deliver(1, harm)
    async with flow.database.work() as work:
        (review,) = await flow.rows("SELECT id FROM reviews WHERE stands")
        said = Statement(note="why", translation="the words")
        await work.statements.write(review.id, said, flow.clock.now())
        await work.connection.execute(sql("UPDATE revisions SET text = 'the words'"))
        await work.commit()
    await captured(flow, (await flow.card(sent.cards[0])).revision_id)

    await flow.retain.seal()

    (kept,) = await flow.rows("SELECT note, translation FROM statements")
    sealed = harm is HarmCode.INSTRUCT
    assert (kept.note, kept.translation) == ("why", None if sealed else "the words")
    flow.clock.advance(183 * DAY)
    assert (await flow.retain.all()).referred == 1
    (kept,) = await flow.rows("SELECT note, translation FROM statements")
    assert (kept.note, kept.translation) == (None, None)


async def test_instructions_are_not_sealed_while_an_edit_is_to_be_read(
    flow: Flow, deliver: Deliver
) -> None:
    await deliver(1, HarmCode.INSTRUCT)
    row = (await flow.rows("SELECT message_id FROM posts"))[0]
    await flow.edit(post("", int(str(row.message_id))), "FLAG serang dengan cara lain")

    assert (await flow.cards())[-1].state is CaseState.WAITING
    assert await flow.retain.seal() == 0
    assert len(await words(flow)) == 2


async def test_instructions_without_a_capture_are_not_lost(flow: Flow, deliver: Deliver) -> None:
    await deliver(1, HarmCode.INSTRUCT)
    async with flow.database.work() as work:
        await work.connection.execute(sql("DELETE FROM captures"))
        await work.connection.execute(sql("UPDATE revisions SET text = 'the words'"))
        await work.commit()

    assert await flow.retain.seal() == 0
    assert await words(flow) == ["the words"]


async def test_other_codes_are_not_sealed(flow: Flow, deliver: Deliver) -> None:
    sent = await deliver()
    await captured(flow, (await flow.card(sent.cards[0])).revision_id)

    assert await flow.retain.seal() == 0


# --- digests that wait, or are asked for again -----------------------------------------------


async def test_digest_asked_for_again_says_calmly_that_its_text_is_gone(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver(2)
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.ACTIONED)
    (digest,) = await flow.rows("SELECT recipient_id FROM digests")
    recipient_id, admin = int(str(digest.recipient_id)), await flow.admin()
    flow.clock.advance(184 * DAY)
    await flow.retain.all()
    before = len(flow.courier.sent)

    for language in ("en", "id"):
        async with flow.database.work() as work:
            await work.recipients.change(recipient_id, language=language)
            await work.commit()
        assert await flow.enrol.again(admin, recipient_id, sent.digest_id) is Again.FORGOTTEN
    assert await flow.enrol.again(admin, recipient_id + 1, sent.digest_id) is None
    await flow.post_office()

    again = [letter for chat, _, letter in flow.courier.sent[before:] if chat > 1]
    messages = [visible(str(one.html)) for one in again if one.attachment is None]
    files = [one.attachment.content.decode() for one in again if one.attachment is not None]
    assert "no longer kept" in messages[0]
    assert f"1. Referral #{sent.referrals[0]}" in messages[0]
    assert "actioned" in messages[0]
    assert "tidak lagi disimpan" in messages[1]
    assert [file.count("text no longer kept") for file in files] == [2, 0]
    assert [file.count("teks tidak lagi disimpan") for file in files] == [0, 2]
    assert not any("FLAG" in one for one in [*messages, *files])
    assert await flow.rows("SELECT 1 FROM outbox WHERE state = 'failed'") == []


async def waiting(flow: Flow) -> Person:
    """Who waits for a digest of two posts that has not left, the first of them withdrawn."""
    regulator = await flow.recipient()
    first = await flow.referred("FLAG pertama sekali ini")
    await flow.referred("FLAG kedua kalinya kita")
    await flow.refer.digests_now()
    one, other = [await flow.moderator(name, on_duty=False) for name in ("Sari", "Rina")]
    await flow.reverse.ask(one, first.id, "Ternyata berita")
    (row,) = await flow.rows("SELECT id FROM withdrawals")
    await flow.reverse.second(other, SecondPress(int(str(row.id)), agrees=True))
    return regulator


async def letters(flow: Flow) -> str:
    kept = await flow.rows("SELECT letter FROM outbox WHERE digest_id IS NOT NULL")
    return "".join(str(row.letter) for row in kept)


async def test_p_words_that_go_go_from_a_digest_that_has_not_left(flow: Flow) -> None:
    await waiting(flow)
    assert "pertama" in await letters(flow)
    flow.clock.advance(184 * DAY)

    done = await flow.retain.all()
    now = await letters(flow)
    await flow.refer.due_digests()
    await flow.post_office()

    assert done.referred == 1
    assert "pertama" not in now
    delivered = await flow.rows("SELECT number FROM digests WHERE delivered_at IS NOT NULL")
    assert [row.number for row in delivered] == [1]
    assert "kedua" in await letters(flow)
    assert "pertama" not in await letters(flow)


async def test_p_words_that_go_go_from_a_digest_that_may_have_arrived(flow: Flow) -> None:
    regulator = await waiting(flow)
    async with flow.database.work() as work:  # its sender died with the first part
        await work.outbox.lease_due(flow.clock.now(), 9)
        await work.commit()
    assert "pertama" in await letters(flow)
    flow.clock.advance(184 * DAY)

    await flow.retain.all()

    assert "pertama" not in await letters(flow)
    assert [one.number for one in await flow.refer.digests_now()] == [2]
    await flow.post_office()
    states = await flow.rows("SELECT state FROM referrals ORDER BY id")
    assert [row.state for row in states] == ["failed", "delivered"]
    assert any("did not leave in time" in letter.html for letter in flow.courier.to(1))
    assert not any("pertama" in one.html for one in flow.courier.to(regulator.telegram_id))


async def test_files_that_nothing_names_go_at_night_and_no_others(
    flow: Flow, deliver: Deliver
) -> None:
    await deliver()
    named = await flow.rows("SELECT sha256 FROM files")
    async with flow.database.work() as work:
        await work.files.keep(b"of a digest that was written anew", flow.clock.now())
        await work.commit()
    fresh = await flow.retain.all()
    flow.clock.advance(1 * DAY)

    would = await flow.retain.all(dry_run=True)

    assert (fresh.files, would.files, (await flow.retain.all()).files) == (0, 1, 1)
    assert await flow.rows("SELECT sha256 FROM files") == named
    assert len(named) > 1
    assert (await flow.retain.all()).total == 0


async def test_p_tests_that_were_sent_anew_are_forgotten_too(flow: Flow) -> None:
    person = await flow.recipient()
    async with flow.database.look() as work:
        profile = await work.recipients.of_person(person.id)
    assert profile is not None
    admin = await flow.admin()
    await flow.enrol.press(admin, RecipientPress(profile.id, Change.STATE, RecipientState.TEST))
    await flow.referred("FLAG sebuah percobaan saja")
    await flow.refer.digests_now()
    await flow.post_office()
    await flow.enrol.press(admin, RecipientPress(profile.id, Change.STATE, RecipientState.LIVE))
    assert "percobaan" in await letters(flow)
    flow.clock.advance(184 * DAY)

    await flow.retain.all()

    assert "percobaan" not in await letters(flow)
    assert len(await words(flow)) == 1  # owed to the live line still
