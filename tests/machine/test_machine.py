"""Any interleaving of what people, channels and time do, against the table read a second time."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import View
from tests.machine.world import FAMILIES, World

ROWS = frozenset("abcdefghijklmnopq")
_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # no disk is waited for
_LONG = "SOAK" in os.environ
_PROFILE = settings(
    max_examples=int(os.environ.get("SOAK") or 6),
    stateful_step_count=80 if _LONG else 40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not _LONG,
    database=None,
    print_blob=_LONG,
    phases=(Phase.generate, Phase.shrink) if _LONG else (Phase.generate,),
)

people = st.integers(0, 2)
places = st.integers(0, 20)  # of a post or a card, counted round and round
kinds = st.sampled_from(["flagged", "flagged", "flagged", "urgent", "news", "calm"])
harms = st.sampled_from([code.value for code in HarmCode])
purposes = st.sampled_from([None, *(code.value for code in PurposeCode)])
choices = st.one_of(
    st.tuples(st.just("confirm"), harms),
    st.tuples(st.just("confirm"), harms),
    st.tuples(st.just("dismiss"), purposes),
    st.tuples(st.sampled_from(["unsure", "skip"]), st.none()),
)
spans = st.sampled_from(
    [
        *[timedelta(seconds=seconds) for seconds in (0.5, 5, 30, 61, 61, 61)],
        timedelta(minutes=11),
        timedelta(days=1),
        timedelta(days=31),
    ]
)
_VIEWS = [view for view in View if view not in (View.IDLE, View.LIKE)]
said = tuple[str, str | None]


class Saring(RuleBasedStateMachine):
    migrated: ClassVar[Path]
    seen: ClassVar[set[str]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="saring-machine-", dir=_MEMORY))
        shutil.copyfile(self.migrated, self.folder / "saring.db")
        self.runner = asyncio.Runner()
        self.world = World(self.folder / "saring.db")
        self.runner.run(self.world.begin())

    def teardown(self) -> None:
        self.seen.update(self.world.oracle.rows)
        self.runner.run(self.world.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def card(self, place: int) -> int:
        return place % len(self.world.oracle.cards) + 1

    @initialize(codes=st.tuples(*[kinds] * 4))
    def posts_arrive(self, codes: tuple[str, ...]) -> None:
        for place, kind in enumerate(codes):
            family = place % len(FAMILIES)
            self.runner.run(self.world.arrive(family, "flagged" if place == 0 else kind))

    @rule(family=st.integers(0, len(FAMILIES) - 1), kind=kinds, prefixed=st.booleans())
    def a_post_arrives(self, family: int, kind: str, prefixed: bool) -> None:
        prefix = "Hoaks, jangan sebar: " if prefixed else ""
        self.runner.run(self.world.arrive(family, kind, prefix))

    @rule(place=places, kind=kinds)
    def a_post_is_edited(self, place: int, kind: str) -> None:
        self.runner.run(self.world.edit(place % len(self.world.posts) + 1, kind))

    @rule(who=people, choice=choices)
    def somebody_decides(self, who: int, choice: said) -> None:
        self.runner.run(self.world.press(who, *choice))

    @rule(who=people, choice=choices)
    def somebody_reads_and_decides(self, who: int, choice: said) -> None:
        self.runner.run(self.world.turn(who, View.FULL))
        self.runner.run(self.world.press(who, *choice))

    @rule(choice=choices)
    def everybody_decides(self, choice: said) -> None:
        for who in range(3):
            self.somebody_reads_and_decides(who, choice)

    @rule(who=people, choice=choices, place=places, is_old=st.booleans())
    def somebody_presses_elsewhere(self, who: int, choice: said, place: int, is_old: bool) -> None:
        if is_old:
            self.runner.run(self.world.stale_press(who))
        else:
            self.runner.run(self.world.press(who, *choice, self.card(place)))

    @rule(one=people, first=choices, two=people, second=choices)
    def two_decide_at_once(self, one: int, first: said, two: int, second: said) -> None:
        self.runner.run(self.world.together((one, *first), (two, *second)))

    @rule(who=people, view=st.sampled_from(_VIEWS))
    def somebody_looks(self, who: int, view: View) -> None:
        self.runner.run(self.world.turn(who, view))

    @rule(who=people, what=st.sampled_from(["same", "differs", "take_out"]))
    def somebody_compares(self, who: int, what: str) -> None:
        self.runner.run(getattr(self.world, what)(who))

    @rule(who=people, place=places, is_own=st.booleans())
    def somebody_undoes(self, who: int, place: int, is_own: bool) -> None:
        person = self.world.people[who].id
        mine = [one for one in self.world.oracle.cards.values() if person in one.looked[-1:]]
        card = mine[-1].number if mine and is_own else self.card(place)
        self.runner.run(self.world.undo(who, card))

    @rule(
        who=people,
        what=st.sampled_from(
            ["on", "on", "on", "off", "remove", "block", "come_back", "come_back"]
        ),
    )
    def somebody_comes_or_goes(self, who: int, what: str) -> None:
        if what in ("on", "off"):
            self.runner.run(self.world.duty(who, on=what == "on"))
        else:
            self.runner.run(getattr(self.world, what)(who))

    @rule(who=people, other=people, place=places, agrees=st.booleans(), is_admin=st.booleans())
    def something_is_taken_back(
        self, who: int, other: int, place: int, agrees: bool, is_admin: bool
    ) -> None:
        if is_admin:
            self.runner.run(self.world.reopen(self.card(place)))
        else:
            self.runner.run(self.world.ask(who, self.card(place)))
            self.runner.run(self.world.second(other, self.card(place), agrees=agrees))

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.runner.run(self.world.wait(span))

    @rule(with_digests=st.booleans())
    def everything_leaves(self, with_digests: bool) -> None:
        if with_digests:
            self.runner.run(self.world.digests())
        self.runner.run(self.world.deliver())

    @rule(days=st.sampled_from([0, 0, 0, 100, 200]))
    def a_night_passes(self, days: int) -> None:
        self.runner.run(self.world.wait(timedelta(days=days)))
        self.runner.run(self.world.forget())

    @rule()
    def the_bot_is_killed(self) -> None:
        self.runner.run(self.world.restart())

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.runner.run(self.world.check())


def test_any_interleaving_keeps_to_the_table(migrated_file: Path) -> None:
    class Machine(Saring):
        migrated = migrated_file
        seen: ClassVar = set[str]()

    run_state_machine_as_test(Machine, settings=_PROFILE)  # type: ignore[no-untyped-call]

    assert Machine.seen >= set(ROWS if _LONG else "abcef"), sorted(Machine.seen)


@pytest.fixture
async def world(migrated_file: Path, tmp_path: Path) -> AsyncIterator[World]:
    shutil.copyfile(migrated_file, tmp_path / "saring.db")
    made = World(tmp_path / "saring.db")
    await made.begin()
    yield made
    await made.close()


async def test_every_row_is_gone_through(world: World) -> None:
    """The rare rows one after another, so that each is seen in every run."""
    await world.arrive(0, "flagged")  # a
    first = await world.holder(1)
    await world.press(first, "confirm", "INCITE")  # c
    assert await world.undo(first, 1) == "waiting"  # k
    await world.press(first, "confirm", "INCITE")
    await world.check()
    await world.wait(timedelta(seconds=61))  # l
    await world.digests()
    await world.deliver()
    assert await world.reopen(1) == "already_sent"
    assert await world.ask(0, 1) == "asked"
    assert await world.second(0, 1, agrees=True) == "same_person"
    assert await world.second(1, 1, agrees=True) == "withdrawn"  # n
    await world.deliver()
    await world.check()

    await world.arrive(0, "flagged", "Hoaks, jangan sebar: ")  # b
    await world.press(await world.holder(2), "dismiss", "NEWS")  # f
    assert await world.reopen(2) == "reopened"  # m
    await world.press(await world.holder(2), "skip")  # g
    await world.edit(2, "flagged")  # q
    await world.tick()
    await world.press(await world.holder(2), "confirm", "GLORIFY")  # d
    await world.press(await world.holder(2), "confirm", "RECRUIT")  # h
    await world.edit(2, "flagged")  # o
    await world.check()

    await world.arrive(2, "flagged")
    await world.press(await world.holder(4), "unsure")  # e
    await world.press(await world.holder(4), "dismiss")  # i
    await world.press(await world.holder(3), "dismiss")
    third = await world.holder(4)
    assert await world.press(third, "confirm", "THREAT") == "not_opened_in_full"
    await world.turn(third, View.FULL)
    assert await world.press(third, "confirm", "THREAT") == "confirmed"  # j
    await world.check()

    await world.wait(timedelta(seconds=61))
    await world.deliver()
    await world.wait(timedelta(days=200))
    await world.forget()  # p
    await world.check()
    assert await world.reopen(3) == "forgotten"
    assert set(world.oracle.rows) == ROWS
