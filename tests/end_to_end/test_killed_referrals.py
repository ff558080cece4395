"""The bot killed between "confirmed" and "answered": nothing lost, nothing invented.

What the boundaries are is counted while nobody disturbs the play. `make test` kills the bot once at
each kind of boundary, all in one play; `make killed` plays once for each single boundary.
"""

import os
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.end_to_end.conftest import staged
from tests.end_to_end.nursery import Nursery
from tests.end_to_end.referral_day import Day, End

_SHARES = 8  # of the long proof, for as many workers
_IS_LONG = "KILLED" in os.environ

Play = Callable[[str], Awaitable[End]]


@pytest.fixture
def play(migrated_file: Path, tmp_path: Path, nursery: Nursery) -> Play:
    """Plays a day on a stage of its own; the argument says where the bot is killed."""
    numbers = count(1)

    async def played(kill_at: str = "") -> End:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        shutil.copyfile(migrated_file, folder / "saring.db")
        async with staged(f"sqlite:///{folder / 'saring.db'}", folder, nursery) as stage:
            day = Day(stage)
            await day.confirmed()
            await day.played(kill_at=kill_at)
            end = await day.end()
        shutil.rmtree(folder)
        return end

    return played


def ended_alike(killed: End, undisturbed: End) -> None:
    """The same rows and letters; one letter a chat may have come again for each death."""
    assert killed.rows == undisturbed.rows
    for name, letters in undisturbed.letters.items():
        again = killed.letters[name]
        calls = {words for words in again if words.startswith(("⏰", "⚠️"))}
        assert set(letters) - calls == set(again) - calls, name
        doubles = sum((again - letters).values()) - sum(again[words] for words in calls)
        assert doubles <= killed.deaths, name


async def test_killed_at_each_kind_of_boundary_the_day_ends_alike(play: Play) -> None:
    undisturbed = await play("")

    killed = await play("new")

    ended_alike(killed, undisturbed)
    kinds = {kind.partition(" ")[2] for kind in undisturbed.kinds}
    assert killed.deaths >= len(kinds), "once before each commit, once after each request"


@pytest.mark.skipif(not _IS_LONG, reason="half an hour: make killed")
@pytest.mark.parametrize("share", range(_SHARES))
async def test_killed_at_every_single_boundary_the_day_ends_alike(play: Play, share: int) -> None:
    undisturbed = await play("")
    places = list(single(undisturbed.kinds))
    wrong: dict[str, str] = {}

    for place in places[share::_SHARES]:
        try:
            ended_alike(await play(place), undisturbed)
        except (AssertionError, TimeoutError) as problem:
            wrong[place] = f"{problem!r}"

    assert len(places) > 150
    assert wrong == {}


def single(kinds: list[str]) -> Iterator[str]:
    """Each boundary by its number among those of its kind.

    Leases are left out: most take nothing, and the others leave what "before send..." leaves.
    """
    crossed: Counter[str] = Counter()
    for kind in kinds:
        crossed[kind] += 1
        if not kind.endswith("services.send.lease"):
            yield f"{crossed[kind]} of {kind}"
