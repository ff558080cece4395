"""Lists of channels: one reason, a second admin where one is due, an answer a line, no half."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.adding import (
    MOST_LINES,
    Addition,
    AdditionPress,
    AdditionState,
    ChannelKind,
    Outcome,
    Verb,
    WantedBy,
    needs_second,
    unpack_addition,
)
from bot.domain.channel import ChannelRef, WatchState
from bot.domain.errors import TryLater
from bot.domain.people import Person, Role
from bot.domain.post import SourceKind
from bot.ports import Found
from bot.services.adding import Took
from bot.services.leave_out import LeaveOut
from bot.services.sources import Sources
from bot.texts import say
from tests.factories import CHANNEL, Flow

FORM = 700


async def asked(
    flow: Flow,
    names: list[str],
    kind: ChannelKind = ChannelKind.ORDINARY,
    wanted_by: WantedBy = WantedBy.OWN,
) -> tuple[Person, Addition]:
    """An addition of which all is said; nothing is looked up yet."""
    admin = await flow.admin()
    begun = await flow.adding.begin(admin, 1, names)
    await flow.adding.say(admin, [], "ramai dibicarakan")
    assert begun.addition is not None
    step = begun
    for verb, value in ((Verb.KIND, kind), (Verb.WANTED, wanted_by)):
        step = await flow.adding.press(admin, AdditionPress(verb, begun.addition.id, value), FORM)
    assert step.addition is not None
    return admin, step.addition


async def press(flow: Flow, admin: Person, verb: Verb, addition: Addition) -> Took:
    return (await flow.adding.press(admin, AdditionPress(verb, addition.id), FORM)).took


async def decide(flow: Flow, admin: Person, verb: Verb, addition: Addition) -> Took:
    return (await flow.adding.decide(admin, AdditionPress(verb, addition.id))).took


async def work_off(flow: Flow) -> None:
    while await flow.add_names.work_off():
        pass


async def states(flow: Flow) -> dict[str | None, WatchState]:
    async with flow.database.look() as work:
        listed = await work.channels.listed(100, 0)
        return {one.username: one.state for one in await work.channels.by_ids(listed)}


async def shown(flow: Flow) -> str:
    """What the form says after everything was sent."""
    await flow.post_office()
    return [str(letter.html) for _, number, letter in flow.courier.edited if number == FORM][-1]


@pytest.mark.parametrize("kind", ChannelKind)
@pytest.mark.parametrize("wanted_by", WantedBy)
async def test_second_admin_is_asked_exactly_where_it_is_due(
    kind: ChannelKind, wanted_by: WantedBy
) -> None:
    due = kind is not ChannelKind.ORDINARY or wanted_by is WantedBy.RECIPIENT

    assert needs_second(kind, wanted_by) is due


async def test_reason_kind_and_asker_stay_with_each_channel(flow: Flow) -> None:
    admin, _ = await asked(flow, ["@satu_kanal", "@dua_kanal"], wanted_by=WantedBy.PUBLIC)
    await work_off(flow)

    rows = await flow.rows("SELECT username, reason, kind, wanted_by, added_by FROM channels")
    assert sorted(map(tuple, rows)) == [
        ("dua_kanal", "ramai dibicarakan", "ordinary", "public", admin.id),
        ("satu_kanal", "ramai dibicarakan", "ordinary", "public", admin.id),
    ]
    assert "waiting until its owner adds the bot" in await shown(flow)
    assert (await flow.audited()).count("channel added") == 2


async def test_names_over_several_messages_survive_a_restart(flow: Flow) -> None:
    admin = await flow.admin()
    begun = await flow.adding.begin(admin, 1, [])
    assert begun.addition is not None
    for part in range(4):
        again = Flow(flow.database, flow.clock)
        step = await again.adding.say(admin, [f"@kanal_{part}_{n}" for n in range(100)], "")
        assert step is not None
        assert step.taken == 100
    assert await press(flow, admin, Verb.DONE, begun.addition) is Took.OK

    async with flow.database.look() as work:
        kept = await work.additions.look_at(begun.addition.id)
    assert kept is not None
    assert (kept.state, kept.lines) == (AdditionState.REASON, 400)


async def test_nothing_is_added_before_a_second_admin_agrees(flow: Flow) -> None:
    second = await flow.person(Role.ADMIN, name="Budi")
    admin, addition = await asked(flow, ["@satu_kanal"], ChannelKind.RELIGIOUS)
    await work_off(flow)
    before = await states(flow)

    own = await decide(flow, admin, Verb.AGREE, addition)
    agreed = await decide(flow, second, Verb.AGREE, addition)
    late = await decide(flow, second, Verb.REFUSE, addition)
    await work_off(flow)

    assert before == {}
    assert (own, agreed, late) == (Took.OWN, Took.DECIDED, Took.LATE)
    assert await states(flow) == {"satu_kanal": WatchState.WAITING}
    assert await flow.rows("SELECT person_id, decided_by FROM additions") == [(admin.id, second.id)]
    await flow.post_office()
    (request,) = [one for one in flow.courier.to(second.telegram_id) if one.buttons]
    assert "@satu_kanal" in request.html
    assert "religious" in request.html


@pytest.mark.parametrize("by_second", [True, False], ids=["refused", "taken back"])
async def test_refused_or_taken_back_leaves_nothing(flow: Flow, by_second: bool) -> None:
    second = await flow.person(Role.ADMIN, name="Budi")
    admin, addition = await asked(flow, ["@satu_kanal"], wanted_by=WantedBy.RECIPIENT)

    if by_second:
        assert await decide(flow, second, Verb.REFUSE, addition) is Took.DECIDED
    else:
        assert await press(flow, admin, Verb.CANCEL, addition) is Took.OK
    await work_off(flow)

    assert await states(flow) == {}
    assert await flow.rows("SELECT * FROM addition_lines") == []
    assert await decide(flow, second, Verb.AGREE, addition) is Took.LATE


async def test_database_refuses_what_no_second_admin_agreed_to(flow: Flow) -> None:
    admin, addition = await asked(flow, ["@satu_kanal"], ChannelKind.MEDIA)

    for values in ({"state": "working"}, {"state": "working", "decided_by": admin.id}):
        with pytest.raises(IntegrityError):
            async with flow.database.work() as work:
                await work.additions.change(addition.id, **values)


async def test_form_of_another_admin_cannot_be_pressed(flow: Flow) -> None:
    other = await flow.person(Role.ADMIN, name="Budi")
    begun = await flow.adding.begin(await flow.admin(), 1, [])
    assert begun.addition is not None

    assert await press(flow, other, Verb.CANCEL, begun.addition) is Took.LATE
    assert await press(flow, await flow.admin(), Verb.DONE, begun.addition) is Took.EMPTY


async def test_every_line_is_answered_and_none_twice(flow: Flow) -> None:
    flow.directory.known["kabar_contoh"] = Found(CHANNEL, is_channel=True, has_bot=True)
    group = ChannelRef(-100222, "grup_contoh", "Grup")
    flow.directory.known["grup_contoh"] = Found(group, is_channel=False, has_bot=True)
    names = ["@kabar_contoh", "@grup_contoh", "t.me/+x", "!", "@lain_lagi", "@LAIN_lagi"]

    assert await flow.adds(*names) == [
        Outcome.WATCHING,
        Outcome.NOT_A_CHANNEL,
        Outcome.PRIVATE,
        Outcome.BAD_NAME,
        Outcome.WAITING,
        Outcome.ALREADY,
    ]


async def test_long_list_is_summed_up_and_answered_in_a_file(flow: Flow) -> None:
    names = [f"@kanal_{number}" for number in range(60)] + ["=cmd|' /C calc'!A0", "+rahasia", "-x"]
    await asked(flow, names)
    await work_off(flow)

    summary = await shown(flow)
    assert "Done: 63 names" in summary
    assert "60 – waiting until the owner adds the bot" in summary
    assert "All of them wait for their owners" in summary
    assert say("en", "add-all-wait", count=1).startswith("It waits for its owner, so")
    (file,) = [letter.attachment for _, _, letter in flow.courier.sent if letter.attachment]
    rows = file.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 64
    assert rows[1] == "1,'@kanal_0,https://t.me/kanal_0,waiting until the owner adds the bot"
    assert rows[61].startswith("61,'=cmd|")
    assert rows[62].startswith("62,'+rahasia,,refused: private")
    assert rows[63].startswith("63,'-x,,no channel's name")
    progress = [letter.html for _, n, letter in flow.courier.edited if n == FORM]
    assert len(progress) == 1  # what was not sent yet was replaced, not queued


async def test_stop_answers_the_rest_and_keeps_what_was_added(flow: Flow) -> None:
    admin, addition = await asked(flow, [f"@kanal_{number}" for number in range(60)])
    await flow.add_names.work_off()

    assert await press(flow, admin, Verb.STOP, addition) is Took.OK
    await work_off(flow)

    assert len(await states(flow)) == 20
    assert "40 – not looked up: you stopped" in await shown(flow)


async def test_goes_on_where_telegram_could_not_be_asked(flow: Flow) -> None:
    await asked(flow, ["@satu_kanal", "@dua_kanal", "@tiga_kanal"])
    flow.directory.fails("dua_kanal", TryLater("Telegram asks to wait 7 s", 7.0))

    with pytest.raises(TryLater) as later:
        await flow.add_names.work_off()
    assert later.value.after_seconds == 7.0
    first = set(await states(flow))
    await work_off(flow)

    assert first == {"satu_kanal"}
    assert set(await states(flow)) == {"satu_kanal", "dua_kanal", "tiga_kanal"}


async def test_too_many_names_leave_what_was_there(flow: Flow) -> None:
    admin = await flow.admin()
    await flow.adding.begin(admin, 1, ["@satu_kanal"])

    step = await flow.adding.begin(admin, 1, ["@x"] * MOST_LINES)

    assert step.took is Took.TOO_MANY
    assert len(await flow.rows("SELECT * FROM addition_lines")) == 1


async def test_list_that_was_left_lying_for_a_day_is_set_aside(flow: Flow) -> None:
    admin = await flow.admin()
    await flow.adding.begin(admin, 1, ["@satu_kanal"])
    flow.clock.advance(timedelta(days=1, seconds=1))

    assert await flow.adding.say(admin, ["@dua_kanal"], "@dua_kanal") is None
    assert await flow.rows("SELECT state FROM additions") == [("cancelled",)]


async def test_read_through_the_preview_where_that_is_on(flow: Flow) -> None:
    sources = Sources(flow.database, flow.clock)
    admin = await flow.admin()
    await sources.switch(admin, SourceKind.PREVIEW, on=True, legal_basis="Mandat, pasal 1")

    assert await flow.adds("@satu_kanal") == [Outcome.PREVIEW]
    assert await flow.rows("SELECT count(*) FROM watches") == [(1,)]


async def test_channel_that_asked_to_be_left_out_cannot_be_added(flow: Flow) -> None:
    leave_out = LeaveOut(flow.database, flow.clock)
    admin = await flow.admin()
    await leave_out.add(admin, "@satu_kanal", "surat pemilik, 3 Maret")

    assert await flow.adds("@Satu_Kanal", "@dua_kanal") == [Outcome.LEFT_OUT, Outcome.WAITING]

    (entry,) = await leave_out.listed()
    assert await leave_out.lift(admin, entry.id) == "satu_kanal"
    assert await leave_out.lift(admin, entry.id) is None
    assert await flow.adds("@satu_kanal") == [Outcome.WAITING]


@pytest.mark.parametrize(
    "data",
    [
        "add:",
        "add:done",
        "add:done:x",
        "add:done:1:",
        "add:kind:1:cult",
        "add:kind:1",
        "add:x:1",
        "add:want:1:media",
        "add:done:" + "9" * 19,
        "add:done:1\n",
    ],
)
def test_forged_presses_are_none(data: str) -> None:
    assert unpack_addition(data) is None


@pytest.mark.parametrize("verb", [v for v in Verb if v not in (Verb.KIND, Verb.WANTED)])
def test_presses_pack_and_unpack(verb: Verb) -> None:
    press = AdditionPress(verb, 10**17)

    assert unpack_addition(press.pack()) == press
    assert len(press.pack().encode()) <= 64
