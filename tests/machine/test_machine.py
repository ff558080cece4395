"""Any interleaving of what people, channels and time do, against the table read a second time."""

import ast
import asyncio
import os
import shutil
import tempfile
from collections import Counter
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
from bot.domain.receipt import DisputeState, ReplyCode
from tests.machine.world.stage import FAMILIES, HASTY, TIRING
from tests.machine.world.world import World

# Rows of the table, and what else docs/flow.md says of them; a soak goes through all of it.
ROWS = frozenset("abcdefghijklmnopq")
BESIDES = frozenset(
    {
        "same",
        "fast",
        "rest",
        "practice",
        "resembles",
        "joined",
        "kept apart",
        "taken out",
        "hold",
        "held back",
        "sealed",
        "answer",
        "dispute agreed",
        "dispute kept",
        "pause",
        "call: threat",
        "call: near",
        "call: unseen",
        "call: missed",
    }
)
_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # no disk is waited for
_LONG = "SOAK" in os.environ
_RUNS = int(os.environ.get("SOAK") or 4)
_PROFILE = settings(
    max_examples=_RUNS,
    stateful_step_count=80 if _LONG else 30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not _LONG,
    database=None,
    print_blob=_LONG,
    phases=(Phase.generate, Phase.shrink) if _LONG else (Phase.generate,),
)

people = st.integers(0, 3)
places = st.integers(0, 20)  # of a post, a card, a referral, counted round and round
kinds = st.sampled_from(["flagged", "flagged", "flagged", "sure", "urgent", "news", "calm"])
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
        *[timedelta(minutes=minutes) for minutes in (11, 16, 100)],
        timedelta(hours=19),
        timedelta(days=1),
        timedelta(days=31),
    ]
)
replies = st.one_of(st.just(ReplyCode.NOT_VIOLATING), st.sampled_from(ReplyCode))
_VIEWS = [view for view in View if view not in (View.IDLE, View.LIKE)]
said = tuple[str, str | None]


class Saring(RuleBasedStateMachine):
    prepared: ClassVar[Path]
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="saring-machine-", dir=_MEMORY))
        shutil.copyfile(self.prepared, self.folder / "saring.db")
        self.runner = asyncio.Runner()
        self.world: World

    @initialize(tires=st.booleans(), codes=st.tuples(*[kinds] * 4))
    def posts_arrive(self, tires: bool, codes: tuple[str, ...]) -> None:
        self.world = World(self.folder / "saring.db", TIRING if tires else HASTY)
        self.runner.run(self.world.begin())
        for place, kind in enumerate(codes):
            self.runner.run(self.world.arrive(place, "flagged" if place == 0 else kind, views=9))

    def teardown(self) -> None:
        self.seen.update(self.world.oracle.rows)
        self.runner.run(self.world.the_log_is_whole())
        self.runner.run(self.world.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def card(self, place: int) -> int:
        return place % len(self.world.oracle.cards) + 1

    def case(self, place: int) -> int:
        return self.world.oracle.cards[self.card(place)].case

    # --- channels ---------------------------------------------------------------------------

    @rule(
        family=st.integers(0, len(FAMILIES) - 1),
        kind=kinds,
        prefixed=st.booleans(),
        views=st.sampled_from([None, None, 9, 100, 5000]),
        is_long=st.booleans(),
    )
    def a_post_arrives(
        self, family: int, kind: str, prefixed: bool, views: int | None, is_long: bool
    ) -> None:
        prefix = "Hoaks, jangan sebar: " if prefixed else ""
        self.runner.run(self.world.arrive(family, kind, prefix, views=views, is_long=is_long))

    @rule(place=places, kind=kinds)
    def a_post_is_edited(self, place: int, kind: str) -> None:
        self.runner.run(self.world.edit(place % len(self.world.texts) + 1, kind))

    # --- moderators -------------------------------------------------------------------------

    @rule(who=people, choice=choices)
    def somebody_decides(self, who: int, choice: said) -> None:
        self.runner.run(self.world.press(who, *choice))

    @rule(who=people, choice=choices)
    def somebody_reads_and_decides(self, who: int, choice: said) -> None:
        for _ in range(2):
            self.runner.run(self.world.turn(who, View.FULL))
        self.runner.run(self.world.press(who, *choice))

    @rule(choice=choices)
    def everybody_decides(self, choice: said) -> None:
        for who in range(4):
            self.somebody_reads_and_decides(who, choice)

    @rule(who=people, seconds=st.sampled_from([1, 7, 20]))
    def somebody_confirms_in_a_run(self, who: int, seconds: int) -> None:
        for other in range(4):
            self.runner.run(self.world.duty(other, on=other == who))
        for _ in range(11):
            self.runner.run(self.world.arrive(0, "flagged", views=10_000))
            self.runner.run(self.world.turn(who, View.FULL))
            self.world.clock.advance(timedelta(seconds=seconds))
            self.runner.run(self.world.press(who, "confirm", "INCITE"))
        for other in range(4):
            self.runner.run(self.world.duty(other, on=True))

    @rule(who=people, choice=choices, place=places, how=st.sampled_from(["old", "missed", "else"]))
    def somebody_presses_elsewhere(self, who: int, choice: said, place: int, how: str) -> None:
        if how == "old":
            self.runner.run(self.world.stale_press(who))
        elif how == "missed":
            self.runner.run(self.world.missed(who, self.card(place)))
        else:
            self.runner.run(self.world.press(who, *choice, self.card(place)))

    @rule(one=people, first=choices, two=people, second=choices)
    def two_decide_at_once(self, one: int, first: said, two: int, second: said) -> None:
        self.runner.run(self.world.together((one, *first), (two, *second)))

    @rule(who=people, view=st.sampled_from(_VIEWS))
    def somebody_looks(self, who: int, view: View) -> None:
        self.runner.run(self.world.turn(who, view))

    @rule(who=people, is_stale=st.booleans())
    def somebody_says_the_same(self, who: int, is_stale: bool) -> None:
        self.runner.run(self.world.same(who, is_stale=is_stale))

    @rule(who=people, what=st.sampled_from(["differs", "bring"]))
    def somebody_looks_again(self, who: int, what: str) -> None:
        self.runner.run(getattr(self.world, what)(who))

    @rule(what=st.sampled_from(["take_out", "join", "keep_apart"]))
    def everybody_says_what_belongs_together(self, what: str) -> None:
        for family in (1, 3):
            self.runner.run(self.world.arrive(family, "flagged", views=20_000))
        self.everybody_decides(("skip", None))
        for who in range(4):
            self.runner.run(getattr(self.world, what)(who))

    @rule(who=people, place=places, is_own=st.booleans())
    def somebody_undoes(self, who: int, place: int, is_own: bool) -> None:
        person = self.world.people[who].id
        cards = self.world.oracle.cards.values()
        mine = [one for one in cards if one.looks and one.looks[-1].who == person]
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

    @rule(who=people, answers=st.lists(st.sampled_from([True, True, False]), max_size=30))
    def somebody_practises(self, who: int, answers: list[bool]) -> None:
        self.runner.run(self.world.practise(who, answers))

    @rule(who=people, is_agreed=st.booleans())
    def somebody_has_a_word_on_answers(self, who: int, is_agreed: bool) -> None:
        word = DisputeState.AGREED if is_agreed else DisputeState.KEPT
        for number in range(1, len(self.world.oracle.disputes) + 2):
            self.runner.run(self.world.dispute(who, number, word))

    # --- the others -------------------------------------------------------------------------

    @rule(place=places, code=replies, is_theirs=st.sampled_from([True, True, True, False]))
    def a_recipient_answers(self, place: int, code: ReplyCode, is_theirs: bool) -> None:
        """All items up to one, and one that there is not."""
        for number in range(1, place % (len(self.world.oracle.referrals) + 2) + 1):
            self.runner.run(self.world.answer(number, code, is_theirs=is_theirs))

    @rule(code=replies)
    def a_digest_goes_out_and_comes_back(self, code: ReplyCode) -> None:
        self.everything_leaves(with_digests=True)
        for number in sorted(self.world.oracle.referrals):
            self.runner.run(self.world.answer(number, code))

    @rule(who=people, other=people, place=places, agrees=st.booleans(), is_admin=st.booleans())
    def something_is_taken_back(
        self, who: int, other: int, place: int, agrees: bool, is_admin: bool
    ) -> None:
        if is_admin:
            self.runner.run(self.world.reopen(self.card(place)))
        else:
            self.runner.run(self.world.ask(who, self.card(place)))
            self.runner.run(self.world.second(other, self.card(place), agrees=agrees))

    @rule(place=places, what=st.sampled_from(["hold", "hold", "lift", "resume"]))
    def an_admin_steps_in(self, place: int, what: str) -> None:
        if what == "resume":
            self.runner.run(self.world.resume())
        else:
            self.runner.run(getattr(self.world, what)(self.case(place)))

    # --- time -------------------------------------------------------------------------------

    @rule(span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.runner.run(self.world.wait(span))

    @rule(with_digests=st.booleans())
    def everything_leaves(self, with_digests: bool) -> None:
        if with_digests:
            self.runner.run(self.world.wait(timedelta(seconds=61)))
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


def test_any_interleaving_keeps_to_the_table(prepared_file: Path) -> None:
    class Machine(Saring):
        prepared = prepared_file
        seen: ClassVar = Counter[str]()

    run_state_machine_as_test(Machine, settings=_PROFILE)  # type: ignore[no-untyped-call]

    if _LONG:
        print(dict(sorted(Machine.seen.items())))
    wanted = ROWS | (BESIDES if _RUNS >= 300 else set()) if _LONG else {"a"}
    missing = wanted - set(+Machine.seen)
    assert not missing, missing


@pytest.mark.parametrize("file", sorted((Path(__file__).parent / "oracle").glob("*.py")))
def test_the_oracle_reads_the_table_by_itself(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [name for name in names if name.split(".")[0] in ("bot", "sandbox")], names
