"""Every button there is, pressed by whoever should not and with what no button sends; and updates
that no Telegram would send. Refused, logged, nothing changed."""

import json
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.chat.routes import Route
from bot.domain.people import Role
from bot.services.receive import Receive
from bot.storage.tables import metadata
from sandbox.double import Message, Person
from tests.end_to_end.stage import Stage

# What changes by being asked at all, and by answering: never anybody's decision.
ON_THE_WAY = {"inbox", "outbox"}
DRAWN = {"drawn_at", "message_id"}
PLAUSIBLE = {
    "h": "h:1:1:RECRUIT",
    "p": "p:1:1:NEWS",
    "a": "a:1:1:NONE",
    "received": "received:1",
    "answers": "answers:1",
    "answer": "answer:1:0:1:actioned",
    "correction": "correction:1:restored",
    "dispute": "dispute:1:agreed",
    "withdraw": "withdraw:1:agree",
    "ask": "ask:1:moderator",
    "remove": "remove:3:moderator",
    "learn": "learn:1:promote",
    "play": "play:en-01:yes",
    "takeback": "takeback:1",
    "why": "why:1:open",
}
GARBAGE = (
    "",
    ":",
    ":0",
    ":x:y:z",
    ":-1:-1",
    ":١:١",
    ":1:1:\u202e💥",
    ":1:1:1:1:1:1",
    ":" + "9" * 50,
)


def routes(stage: Stage) -> dict[str, Route]:
    """By what their data begins with."""
    assert stage._running is not None
    return stage._running[0].people._presses._routes


def plausible(start: str) -> str:
    return PLAUSIBLE.get(start, f"{start}:1:1")


async def kept(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for what is on its way."""
    found = {}
    async with stage.database.look() as work:
        for table in metadata.sorted_tables:
            if table.name in ON_THE_WAY:
                continue
            rows = await work.connection.execute(select(table).order_by(*table.primary_key))
            found[table.name] = [
                {name: value for name, value in row._mapping.items() if name not in DRAWN}
                for row in rows
            ]
    return found


async def in_full_swing(stage: Stage) -> dict[Role | None, tuple[Person, Message]]:
    """Somebody of each role and none, with a message of the bot to press at; a referral was sent
    and answered "not violating", another person is asked to withdraw it, and a card lies on a desk.
    """
    budi, citra = await stage.moderator(), await stage.recipient()
    dewi = await stage.moderator(1003, "Dewi")
    eka = stage.person(1005, "Eka")
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", 1)
    stage.double.say(stage.admin, "/digest now")
    await stage.told(citra, "1")
    await stage.until_one("SELECT state FROM referrals", "delivered")
    answers = stage.double.press(citra, stage.letters(citra)[-1], data="answer:1:0:1:not_violating")
    await stage.answer(answers)
    await stage.says(budi, "/withdraw 1 it was a quotation")
    stage.double.publish(channel, "quite another thing: weapons and armed words of a second kind")
    await stage.desk_shows(budi, "Case 2")
    said = {None: eka, Role.MODERATOR: dewi, Role.ADMIN: stage.admin, Role.RECIPIENT: citra}
    await stage.says(eka, "/start")
    await stage.says(dewi, "/start")
    await stage.worked_off()
    return {role: (person, stage.letters(person)[-1]) for role, person in said.items()}


async def test_every_button_asks_for_its_role(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    people = await in_full_swing(stage)
    before = await kept(stage)
    caplog.set_level(logging.WARNING)

    presses = [
        stage.double.press(person, message, data=plausible(start))
        for start, route in routes(stage).items()
        for role, (person, message) in people.items()
        if role is not route.role
    ]
    said = {await stage.answer(press) for press in presses}

    assert {words.split()[0] for words in said} == {"Only", "Hanya"}, said
    assert len(presses) == 3 * len(routes(stage)) > 80
    logged = [one.getMessage() for one in caplog.records if one.name == "bot.chat.presses"]
    assert sum("refused" in line for line in logged) == len(presses)
    assert await kept(stage) == before
    assert await stage.one("SELECT count(*) FROM inbox WHERE problem IS NOT NULL") == 0

    # What was pressed is what buttons of ours send: whoever may press them is not told otherwise.
    unknown = {
        start
        for start, route in routes(stage).items()
        if await stage.answer(stage.double.press(*people[route.role], data=plausible(start)))
        == "This button does nothing any more."
    }
    assert unknown == set()


async def test_every_button_refuses_what_none_of_ours_sends(stage: Stage) -> None:
    people = await in_full_swing(stage)
    before = await kept(stage)

    presses = [
        stage.double.press(
            *people[route.role], data=(start + end).encode()[:64].decode(errors="ignore")
        )
        for start, route in routes(stage).items()
        for end in GARBAGE
    ]
    said = {await stage.answer(press) for press in presses}

    assert "" not in said
    assert len(said) < 6, said
    assert await kept(stage) == before
    assert await stage.one("SELECT count(*) FROM inbox WHERE problem IS NOT NULL") == 0


async def test_replayed_updates_change_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: list[dict[str, Any]] = []
    keep = Receive.keep

    async def noted(receive: Receive, updates: Sequence[dict[str, Any]]) -> set[str]:
        arrived.extend(updates)
        return await keep(receive, updates)

    monkeypatch.setattr(Receive, "keep", noted)
    await in_full_swing(stage)
    before = await kept(stage)
    receive = Receive(stage.database, stage.clock)

    await keep(receive, arrived)
    await stage.worked_off()
    presses = [update for update in arrived if "callback_query" in update]
    last = max(update["update_id"] for update in arrived)
    again = [update | {"update_id": last + 1 + n} for n, update in enumerate(presses)]
    await keep(receive, again)
    await stage.worked_off()

    assert len(arrived) > 8
    assert len(again) == 3  # as many presses
    assert await kept(stage) == before
    assert await stage.one(f"SELECT count(*) FROM inbox WHERE update_id > {last}") == 3


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.just("x" * 100_000),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
chats = st.fixed_dictionaries(
    {"id": leaves, "type": st.sampled_from(["private", "channel", "supergroup", "", "x"])},
    optional={"username": trees, "title": trees, "first_name": trees},
)
users = st.fixed_dictionaries(
    {"id": st.sampled_from([1001, 1002, 5, -1, 2**63]), "is_bot": trees, "first_name": trees},
    optional={"language_code": trees},
)
messages = st.fixed_dictionaries(
    {"message_id": leaves, "date": leaves, "chat": st.one_of(chats, trees)},
    optional={
        "from": st.one_of(users, trees),
        "text": st.sampled_from(["/duty on", "/people", "/invite admin", "x" * 100_000, ""]),
        "entities": trees,
        "edit_date": trees,
        "document": trees,
        "photo": trees,
        "forward_origin": trees,
        "reply_to_message": trees,
        "migrate_to_chat_id": leaves,
    },
)
queries = st.fixed_dictionaries(
    {"id": leaves, "from": st.one_of(users, trees), "chat_instance": leaves},
    optional={"message": st.one_of(messages, trees), "data": st.one_of(trees, st.just("h:1:1:X"))},
)
kinds = st.sampled_from(
    ["message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member", "x"]
)
updates = st.one_of(
    st.dictionaries(kinds, st.one_of(messages, queries, trees), min_size=1, max_size=2),
    st.fixed_dictionaries({"callback_query": queries}),
    st.fixed_dictionaries({"message": messages}),
    st.fixed_dictionaries({"channel_post": messages}),
)


async def test_malformed_and_huge_updates_stop_nobody(stage: Stage) -> None:
    budi = await stage.moderator()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    before = await kept(stage)
    made: list[dict[str, Any]] = []

    @settings(
        max_examples=80,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(updates)
    def collect(update: dict[str, Any]) -> None:
        made.append(update)

    collect()
    numbered = [
        update | {"update_id": 700_000 + number}
        for number, update in enumerate(made)
        if "\\u0000" not in json.dumps(update)
    ]
    await Receive(stage.database, stage.clock).keep(numbered)
    stage.later(seconds=20)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.until_one("SELECT count(*) FROM inbox WHERE handled_at IS NULL", 0)
    after = await kept(stage)
    unchanged = {"roles", "invites", "reviews", "referrals", "digests", "recipients"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}
    assert len(after["posts"]) == 1
    set_aside = await stage.one("SELECT count(*) FROM inbox WHERE problem IS NOT NULL")
    assert set_aside > len(numbered) / 4
    assert await stage.confirms(budi) == "Confirmed: recruitment. You can undo this for a minute."
