"""People come in by the settings or by a one-time link, and by nothing else."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.people import INVITE_LIFETIME, Role
from bot.services.part import Part, Parted
from tests.factories import Flow


async def test_admin_of_the_settings_is_known_by_the_first_word(flow: Flow) -> None:
    person = await flow.join.person(1, "id")

    assert person is not None
    assert (person.roles, person.language) == (frozenset({Role.ADMIN}), "id")
    assert (await flow.audited()).count("joined") == 1
    await flow.join.person(1, "id")
    assert (await flow.audited()).count("joined") == 1


async def test_stranger_is_nobody(flow: Flow) -> None:
    assert await flow.join.person(99, "en") is None
    assert await flow.rows("SELECT id FROM people") == []


@pytest.mark.parametrize("role", list(Role))
async def test_link_lets_one_person_in_with_its_role(flow: Flow, role: Role) -> None:
    token = await flow.join.invite(await flow.admin(), role)

    accepted = await flow.join.accept(token, 99, "Sari", "id")
    other = await flow.join.accept(token, 98, "Budi", "id")

    assert accepted is not None
    assert accepted[0].roles == {role}
    assert accepted[1] is role
    assert other is None
    assert await flow.join.person(98, "id") is None


async def test_same_person_is_greeted_again(flow: Flow) -> None:
    token = await flow.join.invite(await flow.admin(), Role.RECIPIENT)
    first = await flow.join.accept(token, 99, "Sari", "id")

    assert await flow.join.accept(token, 99, "Sari", "id") == first
    assert len(await flow.rows("SELECT id FROM recipients")) == 1
    assert (await flow.audited()).count("joined") == 2  # the admin and this one


async def test_used_link_does_not_bring_a_removed_person_back(flow: Flow) -> None:
    token = await flow.join.invite(await flow.admin(), Role.MODERATOR)
    accepted = await flow.join.accept(token, 99, "Sari", "id")
    assert accepted is not None
    await flow.part.remove(await flow.admin(), accepted[0].id, Role.MODERATOR)

    assert await flow.join.accept(token, 99, "Sari", "id") is None
    assert await flow.join.person(99, "id") is None


async def test_link_grows_old(flow: Flow) -> None:
    admin = await flow.admin()
    old, fresh = await flow.join.invite(admin, Role.MODERATOR), ""
    flow.clock.advance(INVITE_LIFETIME - timedelta(seconds=1))
    fresh = await flow.join.invite(admin, Role.MODERATOR)
    assert await flow.join.accept(old, 99, "Sari", "id") is not None

    flow.clock.advance(INVITE_LIFETIME)

    assert await flow.join.accept(fresh, 98, "Budi", "id") is None


@pytest.mark.parametrize("token", ["", "x", "a" * 64, "' OR 1=1 --", "\x00", "🔑"])
async def test_made_up_token_opens_nothing(flow: Flow, token: str) -> None:
    await flow.join.invite(await flow.admin(), Role.ADMIN)

    assert await flow.join.accept(token, 99, "Sari", "id") is None


async def test_of_two_who_press_one_link_at_once_one_comes_in(
    flow: Flow, restarted: Callable[[], Flow]
) -> None:
    other = restarted()
    for number in range(5):
        token = await flow.join.invite(await flow.admin(), Role.MODERATOR)
        both = await asyncio.gather(
            flow.join.accept(token, 200 + number, "Ani", "id"),
            other.join.accept(token, 300 + number, "Budi", "id"),
        )
        assert sum(one is not None for one in both) == 1


async def test_token_itself_is_not_kept(flow: Flow) -> None:
    token = await flow.join.invite(await flow.admin(), Role.ADMIN)

    for table in ("invites", "audit"):
        assert token not in str(await flow.rows(f"SELECT * FROM {table}"))
    assert len(token) <= 64


async def test_roles_add_up(flow: Flow) -> None:
    admin = await flow.admin()
    for role in (Role.MODERATOR, Role.RECIPIENT):
        await flow.join.accept(await flow.join.invite(admin, role), 1, "Admin", "en")

    person = await flow.join.person(1, "en")

    assert person is not None
    assert person.roles == set(Role)


async def test_language_follows_the_persons_app(flow: Flow) -> None:
    await flow.person(Role.MODERATOR, telegram_id=99, language="en")

    person = await flow.join.person(99, "id")

    assert person is not None
    assert person.language == "id"


async def test_name_that_is_no_text_is_kept_harmless(flow: Flow) -> None:
    person = await flow.person(Role.MODERATOR, telegram_id=99, name="S\x00\ud83d<b>")

    assert person.name == "S\ufffd\ufffd<b>"


async def test_settings_admin_is_removed_in_the_settings_alone(flow: Flow) -> None:
    admin = await flow.admin()
    second = await flow.person(Role.ADMIN, telegram_id=2)

    assert await flow.part.remove(second, admin.id, Role.ADMIN) is Parted.IN_SETTINGS
    assert await flow.part.remove(admin, second.id, Role.ADMIN) is Parted.REMOVED
    assert await flow.part.remove(admin, second.id, Role.ADMIN) is Parted.NOT_HELD


async def test_last_admin_cannot_be_removed_though_no_settings_name_one(flow: Flow) -> None:
    first, second = await flow.admin(), await flow.person(Role.ADMIN, telegram_id=2)
    part = Part(flow.database, flow.clock, flow.deal, ())

    assert await part.remove(second, first.id, Role.ADMIN) is Parted.REMOVED
    assert await part.remove(second, second.id, Role.ADMIN) is Parted.LAST_ADMIN
    assert [person.id for person in await part.everybody()] == [second.id]
