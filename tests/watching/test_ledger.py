"""The real services against the played preview: nothing lost, nothing twice, holes on record."""

from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sandbox.preview import Fault
from tests.watching.street import play

ACTS = (
    "publish",
    "publish",
    "pass",
    "pass",
    "album",
    "service",
    "skip",
    "edit",
    "delete",
    "rename",
    "fault",
    "limit",
)
PLAY = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 99)), max_size=10
)
# A bad day: more is published than a page holds, twice; the host asks for peace in the middle of
# catching up; names change in both ways.
BAD_DAY = [
    *[("publish", 0, 45)] * 3,
    ("limit", 0, 30),
    ("pass", 0, 1),
    ("rename", 0, 0),
    *[("publish", 1, 49)] * 4,
    ("edit", 1, 3),
    ("delete", 1, 5),
    ("rename", 1, 1),
    ("pass", 0, 60),
]


def test_nothing_that_was_shown_is_lost_and_what_was_not_is_on_record(
    migrated_file: Path, tmp_path: Path
) -> None:
    met: Counter[str] = Counter()

    @settings(
        max_examples=5,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @example(BAD_DAY)
    @given(PLAY)
    def held_against_the_ledger(acts: list[tuple[str, int, int]]) -> None:
        met.update(play(migrated_file, tmp_path, acts))

    held_against_the_ledger()

    for what in ("overflow", "renamed", "stopped with gaps", Fault.THROTTLED, "page", "led_on"):
        assert met[what] > 0, f"never met: {what}; met {met}"
