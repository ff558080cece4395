"""Who may come in, and what each may do."""

import re

import pytest

from bot.domain.people import Role
from sandbox.double import Person
from tests.end_to_end.stage import CONTACT, Stage

COMMANDS = ("/addchannel @nama", "/removechannel @nama", "/channels", "/status", "/digest now")


async def link(stage: Stage, role: str) -> str:
    """The token of a fresh one-time link, asked for by chat."""
    said = await stage.says(stage.admin, f"/invite {role}")
    found = re.search(r"https://t\.me/saring_test_bot\?start=(\S+)", said)
    assert found is not None
    return found[1]


async def test_stranger_gets_one_line_with_a_contact(stage: Stage) -> None:
    eka = stage.person(1005, "Eka", "id")
    siti = stage.person(1006, "Siti", "fr")
    await stage.start()

    indonesian = await stage.says(eka, "/start")
    english = await stage.says(siti, "please remove my post")

    assert indonesian == (
        f"Ini meja layanan moderasi, hanya untuk petugasnya. Untuk menyanggah keputusan: {CONTACT}"
    )
    assert english == (
        "This is the desk of a moderation service; it is only for its staff. "
        f"To contest a decision: {CONTACT}"
    )
    await stage.worked_off()
    assert await stage.rows("SELECT * FROM people") == []


@pytest.mark.parametrize("command", [*COMMANDS, "/invite admin", "/duty on", "/people"])
async def test_stranger_can_give_no_command(stage: Stage, command: str) -> None:
    eka = stage.person(1005, "Eka")
    await stage.start()

    said = await stage.says(eka, command)

    assert said.startswith("This is the desk of a moderation service")
    for table in ("people", "channels", "invites", "desks", "digests"):
        assert await stage.rows(f"SELECT * FROM {table}") == []


async def test_admin_of_the_settings_comes_in_by_start(stage_on_each: Stage) -> None:
    stage = stage_on_each
    await stage.start()

    said = await stage.says(stage.admin, "/start")

    assert said.startswith("Sebagai admin\n/addchannel @nama")
    assert await stage.rows("SELECT telegram_id, language FROM people") == [(1001, "id")]
    assert await stage.rows("SELECT role FROM roles") == [("admin",)]


async def test_one_time_link_lets_one_person_in(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi, eka = stage.person(1002, "Budi"), stage.person(1005, "Eka")
    await stage.start()
    token = await link(stage, "moderator")

    welcomed = await stage.says(budi, f"/start {token}")
    refused = await stage.says(eka, f"/start {token}")

    assert welcomed == "Welcome. You are a moderator now."
    assert refused == (
        "This link does not open: it was used already, is older than three days, or was mistyped. "
        f"Ask for a new one. Contact: {CONTACT}"
    )
    assert await stage.rows(
        "SELECT people.name, role FROM roles JOIN people ON people.id = person_id "
        "WHERE role <> 'admin'"
    ) == [("Budi", "moderator")]


async def test_two_who_use_one_link_at_once_do_not_both_come_in(stage_on_each: Stage) -> None:
    stage = stage_on_each
    guests = [stage.person(1010 + n, f"Guest {n}") for n in range(4)]
    await stage.start()
    token = await link(stage, "moderator")

    for guest in guests:
        stage.double.say(guest, f"/start {token}")
    await stage.until(lambda: all(stage.letters(guest) for guest in guests))

    first = [stage.letters(guest)[0].text for guest in guests]
    assert sum(text.startswith("Welcome.") for text in first) == 1
    assert sum(text.startswith("This link does not open") for text in first) == 3
    assert await stage.one("SELECT count(*) FROM roles WHERE role = 'moderator'") == 1


async def test_link_grows_old(stage: Stage) -> None:
    budi = stage.person(1002, "Budi")
    await stage.start()
    token = await link(stage, "moderator")

    stage.later(days=3, seconds=1)
    said = await stage.says(budi, f"/start {token}")

    assert said.startswith("This link does not open")


@pytest.mark.parametrize("token", ["x", "0" * 32, "';--", "💥", "a" * 300])
async def test_invented_link_lets_nobody_in(stage: Stage, token: str) -> None:
    budi = stage.person(1002, "Budi")
    await stage.start()

    said = await stage.says(budi, f"/start {token}")

    assert said.startswith("This link does not open")
    assert await stage.rows("SELECT * FROM roles") == []


async def may(stage: Stage, person: Person, command: str) -> bool:
    stage.later(seconds=20)  # the pace for each chat is no part of these tests
    return not (await stage.says(person, command)).startswith(("Only admins", "Only moderators"))


async def test_each_command_asks_for_its_role(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    second = await stage.hired(stage.person(1007, "Fajar"), Role.ADMIN)
    await stage.start()

    for command in (*COMMANDS, "/invite moderator", "/people"):
        assert not await may(stage, budi, command), command
        assert not await may(stage, citra, command), command
        assert await may(stage, second, command), command
    for command in ("/duty on", "/duty off"):
        assert await may(stage, budi, command), command
        assert not await may(stage, citra, command), command
        assert not await may(stage, second, command), command


async def test_role_that_was_taken_away_counts_no_more(stage: Stage) -> None:
    second = await stage.hired(stage.person(1007, "Fajar"), Role.ADMIN)
    await stage.start()
    before = await stage.says(second, "/status")

    await stage.dismissed(second, Role.ADMIN)
    after = await stage.says(second, "/status")

    assert before.startswith("Channels: 0 watched")
    assert after.startswith("This is the desk of a moderation service")


async def test_language_is_the_readers(stage: Stage) -> None:
    budi = await stage.moderator()
    await stage.start()

    english = await stage.says(budi, "/start")
    budi.language_code = "id"
    indonesian = await stage.says(budi, "/start")

    assert english.startswith("As a moderator")
    assert indonesian.startswith("Sebagai moderator")


async def test_names_cannot_become_markup(stage: Stage) -> None:
    eka = await stage.moderator(1002, "<b>Eka</b> & <a href='https://x.example'>co</a>")
    dewi = await stage.moderator(1003, "Dewi")
    channel = await stage.watched("contoh_kanal", "<i>T</i>")
    await stage.start()
    await stage.on_duty(eka)
    await stage.on_duty(dewi)
    stage.double.publish(channel, "armed <b>bold</b> &amp; <script>")
    card = await stage.desk_shows(eka, "armed <b>bold</b> &amp; <script>")
    await stage.confirms(eka)

    said = await stage.answer(stage.double.press(dewi, stage.desk(dewi), data="h:1:1:RECRUIT"))

    assert card.chat is stage.double.chat(eka)
    assert said == (
        "<b>Eka</b> & <a href='https://x.example'>co</a> was first: this one is already decided."
    )


async def test_bot_says_who_runs_it_and_who_gets_referrals(stage: Stage) -> None:
    await stage.start()

    def said(language: str) -> str:
        return stage.double.station.descriptions.get(("description", language), "")

    await stage.until(lambda: f"Untuk menyanggah keputusan: {CONTACT}" in said("id"))
    assert "Rujukan dikirim kepada: belum ada" in said("id")
    assert "Referrals go to: nobody yet" in said("") == said("en")

    await stage.recipient(name="Citra")
    await stage.until(lambda: "Referrals go to: the contact of an authority\n" in said("en"))
    assert "Citra" not in str(stage.double.station.descriptions)

    await stage.says(stage.admin, "/recipients 1 name Directorate")
    await stage.until(lambda: "Referrals go to: Directorate\n" in said("en"))
    await stage.until(lambda: "Rujukan dikirim kepada: Directorate\n" in said("id"))
