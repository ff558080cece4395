"""Versions of models on disk: listed, promoted, rolled back, and never half-made."""

import functools
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from classifiers import ModelError, Row, models, train
from classifiers.model import Model


@pytest.fixture(scope="module")
def make() -> Callable[[int], Model]:
    """A small model; each number gives one of its own, and always the same one."""

    @functools.cache
    def made(number: int) -> Model:
        words = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
        rows = [Row(f"serang musuh {word} ke{number}", 1) for word in words]
        rows += [Row(f"cuaca cerah {word} hari", 0) for word in (*words, "sepuluh", "sebelas")]
        return train(rows)

    return made


@pytest.fixture
def directory(tmp_path: Path, make: Callable[[int], Model]) -> Path:
    """A directory whose seed place holds model 0, and that keeps models 1 and 2."""
    folder = tmp_path / "model"
    make(0).save(folder)
    for number in (1, 2):
        make(number).save(tmp_path / "trained")
        models.keep(folder, tmp_path / "trained")
    return folder


def versions(directory: Path) -> list[str]:
    return [one.version for one in models.list_models(directory) if not one.is_seed]


def in_use(directory: Path) -> str:
    return next(one.version for one in models.list_models(directory) if one.is_champion)


def test_seed_model_is_in_use_until_another_is_promoted(directory: Path) -> None:
    seed, *kept = models.list_models(directory)

    assert seed.is_seed
    assert seed.is_champion
    assert len(kept) == 2
    assert models.champion_version(directory) is None
    assert models.champion_folder(directory) == directory


def test_promoted_version_is_the_one_that_loads(directory: Path) -> None:
    chosen = versions(directory)[1]

    models.promote(directory, chosen)

    assert models.champion(directory).version == chosen == in_use(directory)


def test_rollback_leads_back_step_by_step_and_then_says_so(directory: Path) -> None:
    first, second = versions(directory)
    models.promote(directory, first)
    models.promote(directory, second)

    assert models.rollback(directory) == first
    assert in_use(directory) == first
    assert models.rollback(directory) is None
    assert models.champion_version(directory) is None
    with pytest.raises(ModelError, match="No model was promoted"):
        models.rollback(directory)


def test_promoting_twice_is_one_step_back(directory: Path) -> None:
    first, _ = versions(directory)
    models.promote(directory, first)
    models.promote(directory, first)

    assert models.rollback(directory) is None


@pytest.mark.parametrize("name", ["../model", "a/b", "", ".hidden", "x" * 65, "unknown-1"])
def test_version_that_is_none_is_refused_and_nothing_changes(directory: Path, name: str) -> None:
    with pytest.raises(ModelError):
        models.promote(directory, name)

    assert models.champion_version(directory) is None


def test_damaged_version_is_listed_with_its_trouble_and_not_promoted(directory: Path) -> None:
    chosen = versions(directory)[0]
    arrays = next((directory / "versions" / chosen).glob("*.npz"))
    arrays.write_bytes(arrays.read_bytes()[:-1])
    (directory / "versions" / "empty").mkdir()

    with pytest.raises(ModelError, match="changed after it was written"):
        models.promote(directory, chosen)

    assert next(one for one in models.list_models(directory) if one.version == "empty").problem
    assert models.champion_version(directory) is None


def test_broken_memory_of_champions_says_what_to_do(directory: Path) -> None:
    (directory / "champion.json").write_text("{")

    with pytest.raises(ModelError, match=r"Remove it to use the seed model"):
        models.champion_version(directory)


def test_memory_of_champions_cannot_point_outside(directory: Path) -> None:
    (directory / "champion.json").write_text(json.dumps({"champions": ["../../etc"]}))

    with pytest.raises(ModelError, match="no name of a version"):
        models.champion(directory)


def test_keeping_the_same_model_again_leaves_one(
    directory: Path, tmp_path: Path, make: Callable[[int], Model]
) -> None:
    before = versions(directory)
    make(1).save(tmp_path / "again")

    models.keep(directory, tmp_path / "again")

    assert versions(directory) == before
    assert not (tmp_path / "again").exists()


def test_discard_never_takes_a_champion_or_one_before_it(directory: Path) -> None:
    first, second = versions(directory)
    models.promote(directory, first)
    models.promote(directory, second)

    models.discard(directory, first)
    models.discard(directory, second)
    assert versions(directory) == [first, second]

    models.rollback(directory)
    models.discard(directory, second)
    assert versions(directory) == [first]


def test_nothing_but_whole_files_lies_about(directory: Path) -> None:
    models.promote(directory, versions(directory)[0])

    assert not [path for path in directory.rglob("*") if path.name.endswith(".part")]


def test_command_line_lists_promotes_and_rolls_back(directory: Path) -> None:
    chosen = versions(directory)[0]
    run = CliRunner().invoke

    promoted = run(models.models, ["promote", "--in", str(directory), chosen])
    listed = run(models.models, ["list", "--in", str(directory)])
    back = run(models.models, ["rollback", "--in", str(directory)])
    again = run(models.models, ["rollback", "--in", str(directory)])

    assert promoted.output == f"{chosen} is in use now.\n"
    assert f"* {chosen}: 20 rows, 9 positive" in listed.output
    assert "(seed)" in listed.output
    assert back.output == "The seed model is in use again.\n"
    assert again.exit_code == 2
    assert "No model was promoted" in again.output


def test_empty_directory_is_said_so(tmp_path: Path) -> None:
    listed = CliRunner().invoke(models.models, ["list", "--in", str(tmp_path)])

    assert (listed.exit_code, listed.output) == (0, f"There is no model in {tmp_path}.\n")
