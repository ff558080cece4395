"""Recipients' groups: let in by a link, spoken for by their members, lost and found again."""

from datetime import timedelta

from bot.domain.channel import ChannelRef
from bot.domain.codes import HarmCode
from bot.domain.errors import ChatMoved, ShutOut
from bot.domain.people import Person, Role
from bot.domain.receipt import ReplyCode
from bot.domain.recipient import Change, Recipient, RecipientPress, RecipientState
from bot.services.admit import Entrance, Spoken
from tests.factories import Flow

GROUP = ChannelRef(-4001, title="Meja <Rujukan>")
OFFICER, OTHER = 801, 802
_HALF = timedelta(seconds=30)


async def invited(flow: Flow, group: ChannelRef = GROUP, by: int = OFFICER) -> Recipient:
    """A group that a link has let in; an admin has not confirmed it."""
    token = await flow.join.invite(await flow.admin(), Role.RECIPIENT, is_for_group=True)
    assert await flow.admit.entered(group, None, "id") is Entrance.WAITS
    became, recipient = await flow.admit.spoken(token, group, by, "id")
    assert became is Spoken.ACCEPTED
    assert recipient is not None
    return recipient


async def served(flow: Flow) -> Recipient:
    """A group that gets digests."""
    recipient = await invited(flow)
    press = RecipientPress(recipient.id, Change.STATE, RecipientState.LIVE)
    assert await flow.enrol.press(await flow.admin(), press)
    await flow.post_office()
    return recipient


async def officer(flow: Flow, telegram_id: int = OFFICER) -> Person:
    found = await flow.admit.officer(telegram_id, "en", -4001)
    assert found is not None
    return found


async def digest(flow: Flow) -> int:
    """The id of a digest that has been sent to the group."""
    await flow.referred()
    await flow.refer.digests_now()
    await flow.post_office()
    return int(str((await flow.rows("SELECT max(id) AS id FROM digests"))[0].id))


async def test_group_waits_for_an_admin_as_a_person_does(flow: Flow) -> None:
    recipient = await invited(flow)
    await flow.post_office()

    assert (recipient.state, recipient.name, recipient.language) == (
        RecipientState.PENDING,
        "Meja <Rujukan>",
        "id",
    )
    assert any("Meja &lt;Rujukan&gt;" in letter.html for letter in flow.courier.to(1))
    assert (await flow.enrol.public_names()) == ()
    await flow.enrol.press(
        await flow.admin(), RecipientPress(recipient.id, Change.STATE, RecipientState.LIVE)
    )
    assert (await flow.enrol.public_names()) == ("",)  # a group's own title is nobody's to publish
    assert "group joined" in await flow.audited()
    assert [(row.name, row.telegram_id) for row in await flow.rows("SELECT * FROM people")] == [
        ("Admin", 1),
        ("", OFFICER),
    ]


async def test_link_lets_in_one_group_once_and_no_person(flow: Flow) -> None:
    admin = await flow.admin()
    token = await flow.join.invite(admin, Role.RECIPIENT, is_for_group=True)
    personal = await flow.join.invite(admin, Role.RECIPIENT)
    second = ChannelRef(-4002, title="Lain")

    assert await flow.join.is_for_group(token)
    assert await flow.join.accept(token, OFFICER, "Citra", "en") is None
    assert (await flow.admit.spoken(personal, GROUP, OFFICER, "en"))[0] is Spoken.FOR_A_PERSON
    assert (await flow.admit.spoken(token, GROUP, OFFICER, "en"))[0] is Spoken.ACCEPTED
    assert (await flow.admit.spoken(token, GROUP, OFFICER, "en"))[0] is Spoken.KNOWN
    assert (await flow.admit.spoken(token, second, OFFICER, "en"))[0] is Spoken.BAD
    late = await flow.join.invite(admin, Role.RECIPIENT, is_for_group=True)
    flow.clock.advance(timedelta(days=3))
    assert (await flow.admit.spoken(late, second, OFFICER, "en"))[0] is Spoken.BAD
    assert await flow.join.accept(personal, OFFICER, "Citra", "en") is None  # too old by now
    assert len(await flow.rows("SELECT * FROM recipients")) == 1


async def test_notice_board_takes_no_link(flow: Flow) -> None:
    admin = await flow.admin()
    await flow.board.hang(admin, -4001, "Moderators")
    token = await flow.join.invite(admin, Role.RECIPIENT, is_for_group=True)

    assert await flow.admit.entered(GROUP, None, "en") is Entrance.KNOWN
    assert (await flow.admit.spoken(token, GROUP, OFFICER, "en"))[0] is Spoken.BOARD


async def test_group_that_nobody_speaks_for_is_left(flow: Flow) -> None:
    admin = await flow.admin()
    assert await flow.admit.entered(GROUP, None, "en") is Entrance.UNKNOWN  # no link is open
    await flow.join.invite(admin, Role.RECIPIENT, is_for_group=True)
    mine = ChannelRef(-4002, title="Moderators")
    assert await flow.admit.entered(GROUP, None, "en") is Entrance.WAITS
    assert await flow.admit.entered(mine, admin, "en") is Entrance.WAITS

    flow.clock.advance(_HALF - timedelta(seconds=1))
    assert await flow.admit.overdue() == 0
    flow.clock.advance(timedelta(seconds=1))
    assert await flow.admit.overdue() == 2
    assert await flow.admit.overdue() == 0
    await flow.post_office()

    (farewell,) = flow.courier.to(-4001)
    assert farewell.is_last
    assert "only in groups that I was invited to" in farewell.html
    assert [row.chat_id for row in await flow.rows("SELECT chat_id FROM board")] == [-4002]


async def test_any_member_answers_for_the_group_and_for_nothing_else(flow: Flow) -> None:
    recipient = await served(flow)
    regulator = await flow.recipient()
    digest_id = await digest(flow)
    theirs = await flow.rows("SELECT id FROM digests WHERE recipient_id = :id", id=recipient.id)
    first, second = await officer(flow), await officer(flow, OTHER)
    mine, foreign = int(str(theirs[0].id)), {digest_id, int(str(theirs[0].id)) + 1}
    (number,) = [
        int(str(row.id))
        for row in await flow.rows("SELECT id FROM referrals WHERE digest_id = :id", id=mine)
    ]

    assert first.holds(Role.RECIPIENT)
    assert not first.holds(Role.ADMIN)
    assert await flow.answer.received(first, mine) is True
    assert await flow.answer.received(second, mine) is False
    assert (await flow.answer.one(second, number, ReplyCode.ACTIONED)).kept == 1
    for one in foreign - {mine}:
        assert await flow.answer.digest(first, one) is None
    assert await flow.answer.digest(regulator, mine) is None
    audited = await flow.rows("SELECT actor, event FROM audit WHERE event LIKE 'digest received'")
    assert [row.actor for row in audited] == [first.id]
    assert await flow.admit.officer(OFFICER, "en", -4999) is None
    assert await flow.join.person(OFFICER, "en") is None  # in private a stranger like any other


async def test_admin_who_is_a_member_speaks_in_the_group_as_one_of_it(flow: Flow) -> None:
    await served(flow)

    assert (await officer(flow, 1)).roles == {Role.RECIPIENT}
    assert (await flow.admin()).holds(Role.ADMIN)


async def test_what_is_owed_waits_while_the_bot_is_out(flow: Flow) -> None:
    recipient = await served(flow)
    await flow.referred()
    await flow.refer.digests_now()
    flow.courier.fails(-4001, ShutOut("Forbidden: bot was kicked from the group chat"))
    await flow.post_office()  # hears of it before the update comes
    await flow.admit.lost(-4001)
    await flow.referred("FLAG dua")
    assert await flow.refer.digests_now() == []
    await flow.post_office()

    told = [letter.html for letter in flow.courier.to(1) if "no longer in the group" in letter.html]
    before = [letter for letter in flow.courier.to(-4001) if "1" in letter.html and letter.buttons]
    states = await flow.rows("SELECT state FROM referrals ORDER BY id")
    assert await flow.admit.entered(GROUP, None, "en") is Entrance.KNOWN
    await flow.refer.digests_now()
    await flow.post_office()

    assert len(told) == 1
    assert before == []
    assert [row.state for row in states] == ["leased", "owed"]
    delivered = await flow.rows("SELECT number, delivered_at FROM digests ORDER BY number")
    assert [row.number for row in delivered if row.delivered_at] == [1, 2]
    assert await flow.rows("SELECT 1 FROM outbox WHERE state = 'failed'") == []
    assert any("is back in the group" in letter.html for letter in flow.courier.to(1))
    assert (await flow.enrol.profile(recipient.id)) is not None


async def test_threat_is_called_about_though_the_group_is_out(flow: Flow) -> None:
    await served(flow)
    await flow.admit.lost(-4001)
    card, person = await flow.flagged(), await flow.moderator("Budi")
    await flow.confirm(person, card, HarmCode.THREAT)
    flow.clock.advance(timedelta(seconds=61))
    await flow.refer.past_undo()
    await flow.refer.at_once()
    flow.clock.advance(timedelta(minutes=61))
    await flow.call_again.due()
    await flow.post_office()

    assert any("021-000-000" in letter.html for letter in flow.courier.to(1))


async def test_group_keeps_its_profile_as_a_supergroup(flow: Flow) -> None:
    recipient = await served(flow)
    digest_id = await digest(flow)
    bigger = ChannelRef(-1004001, title="Meja Rujukan")
    first = await officer(flow)

    # Its new id may come first, as a group that somebody put the bot into.
    assert await flow.admit.entered(bigger, None, "en") is Entrance.WAITS
    await flow.board.moved(-4001, -1004001)
    await flow.admit.lost(-4001)  # the old one is over
    flow.clock.advance(_HALF)

    assert await flow.admit.overdue() == 0
    profile = await flow.enrol.profile(recipient.id)
    assert profile is not None
    assert (profile.recipient.chat_id, profile.recipient.away_since) == (-1004001, None)
    assert await flow.answer.received(first, digest_id) is True  # a button in the old messages
    assert await flow.admit.officer(OFFICER, "en", -1004001) is not None


async def test_move_that_a_message_met_is_followed(flow: Flow) -> None:
    await served(flow)
    await flow.referred()
    await flow.refer.digests_now()
    flow.courier.fails(-4001, ChatMoved(-1004001))
    await flow.post_office()

    assert any("Digest" in m.html or "Ringkasan" in m.html for m in flow.courier.to(-1004001))


async def test_public_group_gets_nothing_more(flow: Flow) -> None:
    await served(flow)
    assert not await flow.admit.turned_public(-4999)
    assert await flow.admit.turned_public(-4001)
    await flow.referred()

    assert await flow.refer.digests_now() == []
    await flow.post_office()
    assert any("has become public" in letter.html for letter in flow.courier.to(1))


async def test_group_is_taken_off_and_comes_back_by_a_new_link(flow: Flow) -> None:
    recipient, admin = await served(flow), await flow.admin()
    regulator = await flow.recipient()
    async with flow.database.look() as work:
        personal = await work.recipients.of_person(regulator.id)
    assert personal is not None
    assert not await flow.enrol.close(admin, personal.id)
    before = len(flow.courier.to(-4001))

    assert await flow.enrol.close(admin, recipient.id)
    assert not await flow.enrol.close(admin, recipient.id)
    await flow.post_office()
    await flow.admit.lost(-4001)  # it has left
    await flow.referred()

    (farewell,) = flow.courier.to(-4001)[before:]
    assert farewell.is_last
    assert await flow.admit.officer(OFFICER, "en", -4001) is None
    assert recipient.id not in [one.id for one in await flow.enrol.all()]
    await flow.post_office()
    assert not any("no longer in the group" in letter.html for letter in flow.courier.to(1))
    again = await invited(flow)
    assert (again.id, again.state) == (recipient.id, RecipientState.PENDING)


async def test_second_contact_of_a_group_answers_in_private(flow: Flow) -> None:
    recipient, admin = await served(flow), await flow.admin()
    person = await flow.person(Role.RECIPIENT, 900, "Dian")
    press = RecipientPress(recipient.id, Change.SECOND, str(person.id))
    assert await flow.enrol.press(admin, press)
    digest_id = await digest(flow)

    assert await flow.answer.digest(person, digest_id) is not None
    assert await flow.answer.received(person, digest_id) is True


async def test_officer_who_joins_by_name_gets_one(flow: Flow) -> None:
    await served(flow)
    known = await officer(flow)

    person = await flow.person(Role.MODERATOR, OFFICER, "Citra")

    assert (person.id, person.name) == (known.id, "Citra")
