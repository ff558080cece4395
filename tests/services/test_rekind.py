"""Another kind for a channel, and requests for a second admin that nobody answers."""

from datetime import timedelta

import pytest

from bot.domain.adding import ChannelKind, WantedBy
from bot.domain.people import Person, Role
from bot.domain.rekind import KindWhyPress, KindWordPress, Rekinded, unpack_kind
from bot.services.expire import Expire
from bot.services.rekind import Rekind
from tests.factories import CHANNEL, Flow

DAY = timedelta(days=1)
WHY = "it belongs to a newspaper"


async def channel(flow: Flow) -> int:
    """A watched channel that is on record as ordinary."""
    await flow.watched()
    async with flow.database.look() as work:
        found = await work.channels.find(CHANNEL)
    assert found is not None
    return found.id


async def kind(flow: Flow) -> str:
    (row,) = await flow.rows("SELECT kind FROM channels")
    return str(row.kind)


async def second(flow: Flow) -> Person:
    return await flow.person(Role.ADMIN, 2, name="Budi")


async def word(flow: Flow, *, agrees: bool) -> KindWordPress:
    """A press about the newest wish."""
    (row,) = await flow.rows("SELECT max(id) AS id FROM kind_changes")
    return KindWordPress(int(str(row.id)), agrees=agrees)


async def told(flow: Flow, person: Person) -> str:
    await flow.post_office()
    return "\n".join(str(letter.html) for letter in flow.courier.to(person.telegram_id))


async def test_kind_that_asks_for_two_waits_for_the_second(flow: Flow) -> None:
    admin, other, rekind = await flow.admin(), await second(flow), Rekind(flow.database, flow.clock)
    number = await channel(flow)

    asked = await rekind.ask(admin, number, ChannelKind.MEDIA, f"  {WHY} ")
    again = await rekind.ask(other, number, ChannelKind.PARTY, WHY)
    before = await kind(flow)
    own = await rekind.decide(admin, await word(flow, agrees=True))
    assert (await flow.oversee.page(0)).requests == 1
    assert (await rekind.requests_for(admin), await rekind.requests_for(other)) == (0, 1)
    agreed = await rekind.decide(other, await word(flow, agrees=True))
    late = await rekind.decide(other, await word(flow, agrees=False))

    assert (asked, again, own) == (Rekinded.ASKED, Rekinded.ALREADY, Rekinded.OWN)
    assert (agreed, late, before) == (Rekinded.DONE, Rekinded.LATE, "ordinary")
    assert await kind(flow) == "media"
    assert WHY in await told(flow, other)
    assert "Budi agreed" in await told(flow, admin)
    (row,) = await flow.rows("SELECT reason, before, kind, asked_by, decided_by FROM kind_changes")
    assert tuple(row) == (WHY, "ordinary", "media", admin.id, other.id)
    events = await flow.rows("SELECT event, actor FROM audit WHERE event LIKE 'channel kind%'")
    assert [tuple(one) for one in events] == [
        ("channel kind asked", admin.id),
        ("channel kind agreed", other.id),
    ]


async def test_ordinary_kind_needs_nobody_else_unless_a_recipient_asked(flow: Flow) -> None:
    admin, rekind, number = (
        await flow.admin(),
        Rekind(flow.database, flow.clock),
        await channel(flow),
    )
    async with flow.database.work() as work:
        await work.channels.change(number, kind=ChannelKind.PARTY)
        await work.commit()

    assert await rekind.ask(admin, number, ChannelKind.ORDINARY, WHY) is Rekinded.DONE
    assert await kind(flow) == "ordinary"
    async with flow.database.work() as work:
        await work.channels.change(number, kind=ChannelKind.PARTY, wanted_by=WantedBy.RECIPIENT)
        await work.commit()
    became = await rekind.ask(admin, number, ChannelKind.ORDINARY, WHY)
    assert became is Rekinded.ASKED_NOBODY
    assert await kind(flow) == "party"


async def test_refused_changes_nothing_and_what_says_nothing_is_no_reason(flow: Flow) -> None:
    admin, other, rekind = await flow.admin(), await second(flow), Rekind(flow.database, flow.clock)
    number = await channel(flow)

    assert await rekind.ask(admin, number, ChannelKind.UNION, " ok ") is Rekinded.NO_REASON
    assert await rekind.ask(admin, number, ChannelKind.ORDINARY, WHY) is Rekinded.SAME
    assert await rekind.ask(admin, number + 9, ChannelKind.UNION, WHY) is Rekinded.GONE
    assert await rekind.ask(admin, number, ChannelKind.UNION, WHY) is Rekinded.ASKED
    assert await rekind.decide(other, await word(flow, agrees=False)) is Rekinded.REFUSED
    assert await rekind.decide(other, KindWordPress(10**6, agrees=True)) is Rekinded.LATE
    assert await kind(flow) == "ordinary"
    assert "Budi refused" in await told(flow, admin)


async def test_what_nobody_answers_ends_after_a_week_and_both_hear_of_it(flow: Flow) -> None:
    admin, other, rekind = await flow.admin(), await second(flow), Rekind(flow.database, flow.clock)
    number, expire = await channel(flow), Expire(flow.database, flow.clock)
    await rekind.ask(admin, number, ChannelKind.MEDIA, WHY)
    await flow.adds("@koran_contoh", kind=ChannelKind.MEDIA)
    flow.clock.advance(7 * DAY - timedelta(minutes=1))
    early = await expire.due()
    flow.clock.advance(timedelta(minutes=10))

    ended = await expire.due()
    flow.clock.advance(DAY)

    assert (early, ended, await expire.due()) == (0, 2, 0)
    mine, theirs = await told(flow, admin), await told(flow, other)
    assert "Nobody answered your list of channels (1) within 7 days" in mine
    assert "Nobody answered your wish about @kabar_contoh" in mine
    assert "Admin's list of channels (1) has ended" in theirs
    assert "Admin's wish to change the kind of @kabar_contoh has ended" in theirs
    assert "ends after 7 days" in theirs
    assert any("this list has ended" in str(one.html) for _, _, one in flow.courier.edited)
    assert await rekind.decide(other, await word(flow, agrees=True)) is Rekinded.LATE
    assert await kind(flow) == "ordinary"
    assert await flow.rows("SELECT * FROM addition_lines") == []
    assert {"addition expired", "channel kind expired"} <= set(await flow.audited())
    assert await rekind.ask(admin, number, ChannelKind.MEDIA, WHY) is Rekinded.ASKED


@pytest.mark.parametrize("press", [KindWhyPress(10**17, kind) for kind in ChannelKind])
def test_presses_pack_and_unpack(press: KindWhyPress) -> None:
    assert unpack_kind(press.pack()) == press
    assert len(press.pack().encode()) <= 64


@pytest.mark.parametrize(
    "data", ["rekind:", "rekind:off:1:nonsense", "rekind:yes:x", "rekind:yes:1:2"]
)
def test_forged_presses_are_none(data: str) -> None:
    assert unpack_kind(data) is None
