"""What decisions teach: a query over closed cards, and the rules that nobody's flood gets past."""

import csv
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.learning import FREE_ROWS, LearntRow, Lesson, Problem
from bot.domain.post import SourceKind
from bot.services.learn_compare import frozen_rows
from bot.services.learn_rows import lesson, text_key, write_rows
from bot.services.learn_train import lesson_of
from bot.storage.cards import KeptCard
from tests.factories import NOON, Flow, post

NEWS, INCITE = PurposeCode.NEWS, HarmCode.INCITE


async def taught(flow: Flow) -> list[tuple[str, HarmCode | None, PurposeCode | None]]:
    async with flow.database.look() as work:
        return [(row.text, row.harm, row.purpose) for row in await work.learning.rows()]


async def switched(flow: Flow, source: SourceKind = SourceKind.BOT, *, on: bool = True) -> None:
    async with flow.database.work() as work:
        admin = await work.people.by_telegram_id(1)
        assert admin is not None
        await work.learning.switch(source, on, admin.id, flow.clock.now())
        await work.commit()


async def decided(
    flow: Flow, text: str, harm: HarmCode | None = None, purpose: PurposeCode | None = None
) -> KeptCard:
    """A card that a fresh moderator decided and that stays closed."""
    card = await flow.flagged(text)
    person = await flow.moderator()
    if harm:
        await flow.confirm(person, card, harm)
    else:
        await flow.dismiss(person, card, purpose)
    await flow.deal.duty(person, on=False, chat_id=person.telegram_id)
    return await flow.card(card.id)


async def test_closed_cards_teach_with_their_codes(flow: Flow) -> None:
    await decided(flow, "FLAG satu serang", INCITE)
    await decided(flow, "FLAG dua berita", purpose=NEWS)
    await decided(flow, "FLAG tiga biasa saja")
    await decided(flow, "FLAG empat membenarkan", HarmCode.JUSTIFY)
    await flow.flagged("FLAG lima belum diputuskan")
    await switched(flow)

    assert await taught(flow) == [
        ("FLAG satu serang", INCITE, None),
        ("FLAG dua berita", None, NEWS),
        ("FLAG tiga biasa saja", None, None),
        ("FLAG empat membenarkan", HarmCode.JUSTIFY, None),
    ]


async def test_nothing_teaches_until_an_admin_switches_its_source_on(flow: Flow) -> None:
    await decided(flow, "FLAG satu serang", INCITE)

    before = await taught(flow)
    await switched(flow, SourceKind.EXPORT)
    other_source = await taught(flow)
    await switched(flow, SourceKind.BOT)
    with_it = await taught(flow)
    await switched(flow, SourceKind.BOT, on=False)

    assert (before, other_source, len(with_it), await taught(flow)) == ([], [], 1, [])


async def test_undone_decision_does_not_teach(flow: Flow) -> None:
    await switched_by_new_admin(flow)
    card = await flow.flagged("FLAG satu serang")
    person = await flow.moderator()
    await flow.dismiss(person, card, NEWS)
    assert len(await taught(flow)) == 1

    await flow.decide.undo(person, card.id)

    assert await taught(flow) == []


async def test_decision_without_learning_does_not_teach(flow: Flow) -> None:
    await switched_by_new_admin(flow)
    card, person = await flow.flagged("FLAG satu serang"), await flow.moderator()

    await flow.turn.teach(person, card.id, card.revision_id)
    await flow.dismiss(person, card, NEWS)

    assert (await flow.card(card.id)).state is CaseState.DISMISSED
    assert await taught(flow) == []


async def test_one_of_two_who_decides_without_learning_is_enough(flow: Flow) -> None:
    await switched_by_new_admin(flow)
    card, first = await flow.flagged("FLAG NEWS kabar serangan"), await flow.moderator()
    await flow.turn.teach(first, card.id, card.revision_id)
    await flow.confirm(first, card)
    second = await flow.moderator("Budi")

    await flow.confirm(second, card)

    assert (await flow.card(card.id)).state is CaseState.CONFIRMED
    assert await taught(flow) == []


async def switched_by_new_admin(flow: Flow) -> None:
    await flow.admin()
    await switched(flow)


async def test_unsure_and_first_of_two_looks_do_not_teach(flow: Flow) -> None:
    await switched_by_new_admin(flow)
    unsure = await flow.flagged("FLAG satu")
    first = await flow.moderator()
    await flow.choose(first, unsure, Choice.UNSURE)
    looks_like_news = await flow.flagged("FLAG NEWS kabar serangan")
    decided_first = await flow.confirm(first, looks_like_news)

    assert decided_first.refusal is None
    assert await taught(flow) == []


async def test_withdrawn_referral_takes_its_row_along(flow: Flow) -> None:
    await switched_by_new_admin(flow)
    await flow.recipient()
    card = await flow.referred("FLAG satu serang")
    assert len(await taught(flow)) == 1

    async with flow.database.work() as work:
        await work.referrals.withdraw_unsent(card.id, "a test takes it back")
        await work.commit()

    assert await taught(flow) == []


async def test_forgotten_words_do_not_teach(flow: Flow) -> None:
    await switched_by_new_admin(flow)
    card = await decided(flow, "FLAG satu serang", INCITE)
    async with flow.database.work() as work:
        await work.connection.exec_driver_sql(
            f"UPDATE revisions SET text = '' WHERE id = {card.revision_id}"
        )
        await work.commit()

    assert await taught(flow) == []


async def test_words_decided_on_teach_and_not_a_later_edit(flow: Flow) -> None:
    await switched_by_new_admin(flow)
    original = post("FLAG satu serang")
    await flow.arrive(original)
    person = await flow.moderator()
    await flow.dismiss(person, (await flow.cards())[0], NEWS)
    flow.clock.advance(timedelta(minutes=5))
    await flow.edit(original, "cuaca cerah")

    assert await taught(flow) == [("FLAG satu serang", None, NEWS)]


# --- rules ------------------------------------------------------------------------------------


def row(card_id: int, text: str, *, person_id: int = 1, harm: HarmCode | None = None) -> LearntRow:
    return LearntRow(card_id, person_id, text, harm, None, NOON)


def rows_of(person_id: int, count: int) -> list[LearntRow]:
    return [
        row(person_id * 1000 + n, f"orang {person_id} kata {n}", person_id=person_id)
        for n in range(count)
    ]


def shares(taught: Lesson) -> dict[int, int]:
    return {
        person: sum(one.person_id == person for one in taught.rows)
        for person in {one.person_id for one in taught.rows}
    }


def test_one_persons_flood_counts_as_much_as_all_others_together() -> None:
    rows = rows_of(1, 900) + rows_of(2, 60) + rows_of(3, 40)

    kept = lesson(rows, (), {})

    assert shares(kept) == {1: 100, 2: 60, 3: 40}
    assert kept.capped == 800


def test_small_number_of_one_person_is_free() -> None:
    assert shares(lesson(rows_of(1, 40), (), {})) == {1: 40}
    assert shares(lesson(rows_of(1, 400), (), {})) == {1: FREE_ROWS}


def test_which_rows_of_a_flood_stay_does_not_depend_on_their_order() -> None:
    flood = rows_of(1, 400)

    one, other = lesson(flood, (), {}), lesson(flood[::-1], (), {})

    assert {r.card_id for r in one.rows} == {r.card_id for r in other.rows}


def test_contradictory_rows_are_all_left_aside() -> None:
    rows = [
        row(1, "Serang  SEKARANG", harm=INCITE),
        row(2, "serang sekarang"),
        row(3, "cuaca cerah"),
    ]

    kept = lesson(rows, (), {})

    assert [r.card_id for r in kept.rows] == [3]
    assert kept.contradictory == 2


def test_decision_against_the_seed_corpus_is_left_aside() -> None:
    known = {text_key("serang sekarang"): True}

    kept = lesson([row(1, "Serang sekarang"), row(2, "lain", harm=INCITE)], (), known)

    assert [r.card_id for r in kept.rows] == [2]


def test_frozen_cases_never_become_rows() -> None:
    rows = [row(n, one.text.upper() + "  ") for n, one in enumerate(frozen_rows())]

    kept = lesson_of(rows)

    assert kept.rows == ()
    assert kept.reserved == len(rows)


def test_repeated_words_teach_once() -> None:
    kept = lesson([row(1, "sama"), row(2, "Sama"), row(3, "beda")], (), {})

    assert [r.card_id for r in kept.rows] == [1, 3]
    assert kept.repeated == 1


@pytest.mark.parametrize(
    ("propaganda", "benign", "problem"),
    [
        (5, 5, Problem.TOO_FEW),
        (0, 0, Problem.TOO_FEW),
        (0, 40, Problem.ONE_KIND),
        (4, 40, Problem.ONE_KIND),
        (40, 0, Problem.ONE_KIND),
        (5, 25, None),
    ],
)
def test_too_few_or_one_kind_is_a_problem(
    propaganda: int, benign: int, problem: Problem | None
) -> None:
    rows = [row(n, f"buruk {n}", harm=INCITE) for n in range(propaganda)]
    rows += [row(100 + n, f"baik {n}", person_id=2) for n in range(benign)]

    assert Lesson(tuple(rows)).problem is problem


def test_rows_are_written_for_this_user_alone_and_read_back(tmp_path: Path) -> None:
    rows = [
        row(1, 'kata, "kutip"\nbaris baru \x00 dan \ud800', harm=INCITE),
        LearntRow(2, 1, "berita", None, NEWS, NOON),
    ]

    write_rows(tmp_path / "rows.csv", rows)

    assert stat.S_IMODE((tmp_path / "rows.csv").stat().st_mode) == 0o600
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    assert [(r["label"], r["harm"], r["purpose"]) for r in read] == [
        ("1", "INCITE", ""),
        ("0", "", "NEWS"),
    ]
    assert read[0]["text"] == 'kata, "kutip"\nbaris baru   dan ?'


def test_file_that_is_there_already_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").touch()

    with pytest.raises(FileExistsError):
        write_rows(tmp_path / "rows.csv", [])
