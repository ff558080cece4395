"""Recipients are confirmed by an admin, and admins set what each of them takes and asks for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.recipients import Recipients
from bot.chat.routes import Pressed
from bot.domain.codes import HarmCode
from bot.domain.errors import Undeliverable
from bot.domain.people import Person, Role
from bot.domain.receipt import ReplyCode
from bot.domain.recipient import (
    Change,
    Recipient,
    RecipientPress,
    RecipientState,
    Requirement,
    Typed,
    unpack_recipient,
)
from bot.ports import Letter
from bot.render.recipient import Profile, list_letter, profile_letter
from bot.services.enrol import Again
from bot.texts import LANGUAGES
from tests.factories import PROFILE, Flow, post
from tests.render.letter_rules import checked, visible

A_MINUTE = timedelta(seconds=61)


async def profile(flow: Flow, person: Person) -> Recipient:
    async with flow.database.look() as work:
        found = await work.recipients.of_person(person.id)
    assert found is not None
    return found


async def press(flow: Flow, person: Person, change: Change, value: str = "") -> Profile | None:
    one = await profile(flow, person)
    return await flow.enrol.press(await flow.admin(), RecipientPress(one.id, change, value))


async def test_who_joined_gets_nothing_until_an_admin_confirms(flow: Flow) -> None:
    person = await flow.person(Role.RECIPIENT, name="Citra")
    await flow.confirmed()
    flow.clock.advance(A_MINUTE)
    assert await flow.refer.past_undo() == 0

    assert await press(flow, person, Change.STATE, "live")

    assert await flow.refer.past_undo() == 1
    await flow.post_office()
    asked = [visible(str(one.html)) for one in flow.courier.to(1)]
    assert any("Citra" in one and "live or test?" in one for one in asked)
    assert "confirmed you" in visible(str(flow.courier.to(person.telegram_id)[-1].html))
    assert "recipient changed" in await flow.audited()


async def test_who_was_removed_and_joins_again_waits_again(flow: Flow) -> None:
    person = await flow.recipient()
    admin = await flow.admin()
    await flow.part.remove(admin, person.id, Role.RECIPIENT)
    token = await flow.join.invite(admin, Role.RECIPIENT)

    await flow.join.accept(token, person.telegram_id, "Citra", "en")

    assert (await profile(flow, person)).state is RecipientState.PENDING


async def test_code_turns_from_yes_to_at_once_to_no_and_back(flow: Flow) -> None:
    person = await flow.recipient()
    seen = []
    for _ in range(3):
        await press(flow, person, Change.CODE, "FINANCE")
        one = await profile(flow, person)
        seen.append((HarmCode.FINANCE in one.codes, HarmCode.FINANCE in one.at_once))

    assert seen == [(True, True), (False, False), (True, False)]


async def test_what_is_required_and_missing_is_kept_back_and_said(flow: Flow) -> None:
    person = await flow.recipient()
    await press(flow, person, Change.NEED, Requirement.REASONS)
    await flow.referred()

    assert await flow.refer.digests_now() == []

    shown = await flow.enrol.profile((await profile(flow, person)).id)
    assert shown is not None
    assert shown.held == {Requirement.REASONS: 1}
    assert "reasons 1" in visible(str(profile_letter(shown, "en").html))
    await press(flow, person, Change.NEED, Requirement.REASONS)
    assert len(await flow.refer.digests_now()) == 1


async def test_second_contact_gets_no_digests(flow: Flow) -> None:
    first = await flow.recipient("First")
    second = await flow.person(Role.RECIPIENT, name="Second")

    await press(flow, first, Change.SECOND, str(second.id))
    await flow.referred()

    assert (await profile(flow, first)).second_person_id == second.id
    assert (await profile(flow, second)).state is RecipientState.CONTACT
    assert [one.recipient for one in await flow.refer.digests_now()] == ["First"]


async def test_test_digest_says_so_and_comes_again_when_the_line_goes_live(flow: Flow) -> None:
    person = await flow.recipient()
    await press(flow, person, Change.STATE, "test")
    await flow.referred()
    assert len(await flow.refer.digests_now()) == 1
    await flow.post_office()
    assert "TEST" in visible(str(flow.courier.to(person.telegram_id)[-1].html))

    await press(flow, person, Change.STATE, "live")
    made = await flow.refer.digests_now()
    await flow.post_office()

    assert [(one.number, one.items) for one in made] == [(2, 1)]
    assert "TEST" not in visible(str(flow.courier.to(person.telegram_id)[-1].html))


@pytest.mark.parametrize(
    ("field", "words", "kept"),
    [
        (Typed.NAME, "Direktorat", ("name", "Direktorat")),
        (Typed.LANGUAGE, "ID", ("language", "id")),
        (Typed.ZONE, "Asia/Makassar", ("timezone", "Asia/Makassar")),
        (Typed.TIME, "30 9 * * 1-5", ("digest_at", "30 9 * * 1-5")),
        (Typed.TIME, "07:30", ("digest_at", "30 7 * * *")),
        (Typed.TIME, "7.05", ("digest_at", "5 7 * * *")),
        (Typed.MOST, "7", ("most_items", 7)),
    ],
)
async def test_typed_value_is_kept(
    flow: Flow, field: Typed, words: str, kept: tuple[str, object]
) -> None:
    person = await flow.recipient()
    one = await profile(flow, person)

    assert isinstance(await flow.enrol.typed(await flow.admin(), one.id, field, words), Profile)

    assert getattr(await profile(flow, person), kept[0]) == kept[1]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (Typed.NAME, ""),
        (Typed.NAME, "x" * 65),
        (Typed.LANGUAGE, "xx"),
        (Typed.ZONE, "Asia/Nowhere"),
        (Typed.ZONE, "../../etc/passwd"),
        (Typed.TIME, "now"),
        (Typed.TIME, "0 8 30 2 *"),
        (Typed.TIME, "24:00"),
        (Typed.MOST, "0"),
        (Typed.MOST, "101"),
        (Typed.MOST, "many"),
    ],
)
async def test_odd_typed_value_changes_nothing(flow: Flow, field: Typed, words: str) -> None:
    person = await flow.recipient()
    before = await profile(flow, person)

    said = await flow.enrol.typed(await flow.admin(), before.id, field, words)

    assert said == f"recipient-bad-{field}"
    assert await profile(flow, person) == before


async def test_digest_again_is_the_same_to_the_byte(flow: Flow) -> None:
    person = await flow.recipient()
    await flow.referred()
    await flow.refer.digests_now()
    await flow.post_office()
    first, files = flow.courier.to(person.telegram_id), flow.courier.files(person.telegram_id)
    flow.courier.sent.clear()
    (sent,) = await flow.enrol.sent_as(1)

    assert await flow.enrol.again(await flow.admin(), sent.recipient.id, sent.id) is Again.DELIVERED
    await flow.post_office()

    assert flow.courier.to(person.telegram_id) == first
    assert flow.courier.files(person.telegram_id) == files
    assert len(files) == 3
    assert await flow.enrol.sent_as(2) == []
    assert not await flow.enrol.again(await flow.admin(), sent.recipient.id + 1, sent.id)


async def failed_digest(flow: Flow, posts: int, arrive: int = 0) -> Person:
    """The recipient of digest 1, who blocked the bot when so many parts of it had arrived."""
    person, moderator = await flow.recipient(), await flow.moderator()
    for number in range(posts):
        await flow.arrive(post(f"FLAG {number} " + chr(97 + number) * 600, 100 + number))
        await flow.confirm(moderator, (await flow.cards())[-1])
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.digests_now()
    deliver = flow.courier.send

    async def blocked(chat_id: int, letter: Letter) -> int:
        if chat_id == person.telegram_id and len(flow.courier.to(chat_id)) == arrive:
            raise Undeliverable("Forbidden: bot was blocked by the user")
        return await deliver(chat_id, letter)

    flow.courier.send = blocked  # type: ignore[method-assign]
    await flow.post_office()
    flow.courier.send = deliver  # type: ignore[method-assign]
    return person


async def resumed(flow: Flow) -> None:
    (sent,) = await flow.enrol.sent_as(1)
    assert await flow.enrol.again(await flow.admin(), sent.recipient.id, sent.id) is Again.FAILED
    assert await flow.enrol.again(await flow.admin(), sent.recipient.id, sent.id) is None
    await flow.write.due()
    await flow.post_office()


async def test_failed_digest_leaves_under_its_number_and_can_be_answered(flow: Flow) -> None:
    person = await failed_digest(flow, posts=1)
    assert [row.state for row in await flow.rows("SELECT state FROM referrals")] == ["failed"]
    assert flow.courier.files(person.telegram_id) == {}

    await resumed(flow)

    (letter,) = flow.courier.to(person.telegram_id)
    assert visible(str(letter.html)).startswith("Digest 1 ·")
    assert len(flow.courier.files(person.telegram_id)) == 3
    (row,) = await flow.rows("SELECT id, state, problem FROM referrals")
    assert (row.state, row.problem) == ("delivered", None)
    kept = await flow.answer.one(person, int(str(row.id)), ReplyCode.ACTIONED)
    assert kept.kept == 1
    assert await flow.rows("SELECT id FROM outbox WHERE state = 'failed'") == []


async def test_failed_digest_comes_without_what_was_edited_meanwhile(flow: Flow) -> None:
    person = await failed_digest(flow, posts=2)
    await flow.edit(post("", 100), "FLAG sudah lain sama sekali sekarang")

    await resumed(flow)

    (letter,) = flow.courier.to(person.telegram_id)
    seen = visible(str(letter.html))
    assert ("aaa" in seen, "bbb" in seen, "sudah lain" in seen) == (False, True, False)
    rows = await flow.rows("SELECT state FROM referrals ORDER BY id")
    assert [row.state for row in rows] == ["withdrawn", "delivered"]


async def test_digest_that_failed_in_the_middle_goes_on_where_it_stood(flow: Flow) -> None:
    person = await failed_digest(flow, posts=12, arrive=1)
    before = [str(letter.html) for letter in flow.courier.to(person.telegram_id)]

    await resumed(flow)

    seen = [visible(str(letter.html)) for letter in flow.courier.to(person.telegram_id)]
    assert len(before) == 1
    assert [text.splitlines()[0] for text in seen] == [
        f"Digest 1, part {part} of {len(seen)}" for part in range(1, len(seen) + 1)
    ]
    assert {row.state for row in await flow.rows("SELECT state FROM referrals")} == {"delivered"}
    assert len(flow.courier.files(person.telegram_id)) == 3


async def test_preview_shows_what_would_leave_and_keeps_nothing(flow: Flow) -> None:
    await flow.recipient()
    await flow.referred()

    (shown,) = await flow.refer.preview()

    assert (shown.items, shown.held) == (1, 0)
    words = visible(str(shown.letters[0].html))
    assert words.startswith("PREVIEW: not sent to anybody")
    assert "Digest PREVIEW ·" in words
    assert "Digest 1" not in words
    assert "manifest" not in words
    assert await flow.rows("SELECT id FROM digests") == []
    assert len(await flow.refer.digests_now()) == 1


async def test_empty_day_is_said_where_the_profile_wants_it(flow: Flow) -> None:
    quiet, told = await flow.recipient("Quiet"), await flow.recipient("Told")
    await press(flow, told, Change.EMPTY)
    flow.clock.advance(timedelta(days=1))

    assert await flow.refer.due_digests() == []
    await flow.post_office()

    assert flow.courier.to(quiet.telegram_id) == []
    (letter,) = flow.courier.to(told.telegram_id)
    assert "nothing to refer" in visible(str(letter.html))


@pytest.mark.parametrize("language", LANGUAGES)
def test_profile_is_a_letter_that_telegram_takes(language: str) -> None:
    contacts = tuple(Person(n, n, "x" * 64, "en", frozenset()) for n in range(2, 6))
    full = Profile(PROFILE, dict.fromkeys(Requirement, 3), contacts, "Sari")

    for letter in (profile_letter(full, language), list_letter([PROFILE], language)):
        for button in (button for row in checked(letter).buttons for button in row):
            assert unpack_recipient(button.data or "") is not None


@pytest.mark.parametrize(
    "data", ["", "recipient:1", "recipient:x:open", "recipient:1:drop", "recipient:1:code:a b"]
)
def test_forged_press_is_none(data: str) -> None:
    assert unpack_recipient(data) is None


async def test_press_about_nobody_changes_nothing(flow: Flow) -> None:
    person = await flow.recipient()
    admin = await flow.admin()
    one = await profile(flow, person)

    for change, value in (
        (Change.CODE, "JUSTIFY"),
        (Change.STATE, "contact"),
        (Change.NEED, "money"),
        (Change.SECOND, str(person.id)),
        (Change.SECOND, "999"),
    ):
        assert await flow.enrol.press(admin, RecipientPress(one.id, change, value)) is None
    assert await flow.enrol.press(admin, RecipientPress(999, Change.EMPTY)) is None
    assert await profile(flow, person) == one


async def test_threats_are_stopped_after_a_question_alone(flow: Flow) -> None:
    person, admin = await flow.recipient(), await flow.admin()
    one = await profile(flow, person)
    route = Recipients(flow.enrol).routes["recipient"]

    async def pressed(change: Change, value: str = "") -> Letter:
        data = RecipientPress(one.id, change, value).pack()
        answer = await route.answer(Pressed(admin, data, admin.telegram_id, 1))
        return answer.replies[0].letter

    question = await pressed(Change.CODE, "THREAT")
    assert "threat of an attack" in visible(str(question.html))
    assert await flow.enrol.press(admin, RecipientPress(one.id, Change.CODE, "THREAT")) is None
    assert HarmCode.THREAT in (await profile(flow, person)).at_once
    ((yes, back),) = question.buttons
    assert (yes.data, back.data) == (
        f"recipient:{one.id}:stop:THREAT",
        f"recipient:{one.id}:open",
    )

    listed = (await pressed(Change.STOP, "THREAT")).buttons[-1][0].data
    assert HarmCode.THREAT not in (await profile(flow, person)).codes
    assert listed == f"recipient:{one.id}:list"
    assert visible(str((await pressed(Change.LIST)).html)) == "Recipients: 1"


@pytest.mark.parametrize(
    ("language", "crontab", "said"),
    [
        ("en", "5 7 * * *", "Digests every day at 07:05 (Asia/Jakarta)"),
        ("en", "0 8 * * 1-5", "Digests by the timetable 0 8 * * 1-5 (Asia/Jakarta)"),
        ("id", "30 16 * * *", "Ringkasan setiap hari pukul 16:30 (Asia/Jakarta)"),
    ],
)
def test_timetable_of_every_day_is_shown_as_a_clock_time(
    language: str, crontab: str, said: str
) -> None:
    one = replace(PROFILE, digest_at=crontab, timezone="Asia/Jakarta", language="en")

    shown = visible(str(profile_letter(Profile(one, {}), language).html))

    assert said in shown
    assert {"en": "in English", "id": "bahasa Inggris"}[language] in shown
