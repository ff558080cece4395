"""Small examples that tests write themselves, and the shared corpora where they are present."""

import csv
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from classifiers import Model, Row, seed_model, train

# A busy machine is no defect: time is measured by the tests that are about time.
settings.register_profile("classifiers", deadline=None)
settings.load_profile("classifiers")

CALLS = ("join", "enlist", "pledge", "sign up", "come along", "report in")
BANDS = ("our armed band", "the fighters", "our brigade", "the armed wing", "our unit")
ENDS = ("tonight", "before winter", "without delay", "as a duty", "write to the admin", "today")
TOPICS = ("the market", "a football match", "the school", "the weather", "a recipe", "the harvest")
DOINGS = ("was discussed", "went well", "was cancelled", "surprised us", "drew a crowd", "is late")
TIMES = ("on monday", "in the village", "after lunch", "according to visitors", "once more")


def examples(count: int = 120) -> list[Row]:
    """Rows of two kinds, a third of them positive, of varied harmless wording."""
    draws = random.Random(7)
    rows: dict[str, Row] = {}
    while len(rows) < count:
        positive = len(rows) % 3 == 0
        parts = (CALLS, BANDS, ENDS) if positive else (TOPICS, DOINGS, TIMES)
        text = " ".join(draws.choice(part) for part in parts)
        harm = ("RECRUIT",) if positive else ()
        purpose = None if positive else draws.choice(("NEWS", "OTHER"))
        rows.setdefault(
            text, Row(text, int(positive), lang="en", harm=harm, purpose=purpose, row=len(rows) + 2)
        )
    return list(rows.values())


@pytest.fixture(scope="session")
def model() -> Model:
    return train(examples())


@pytest.fixture(scope="session")
def seed_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models") / "seed"


@pytest.fixture(scope="session")
def seeded(seed_directory: Path) -> Model:
    """The model of the shipped examples, trained once for all tests."""
    return seed_model(seed_directory)


@pytest.fixture
def write_csv(tmp_path: Path) -> Callable[..., Path]:
    """Writes a table and gives its path: write_csv(name, header, rows)."""

    def write(name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(header)
            writer.writerows(rows)
        return path

    return write


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of shared corpora; the test is skipped where there is none."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(os.environ.get("SARING_SHARED", beside)) / "corpora"
    if not folder.is_dir():
        pytest.skip("no shared corpora here: set SARING_SHARED to the folder that holds them")
    return folder
