"""Scenario files: those that ship are played, and a wrong one is told apart from a failed one."""

import shutil
from pathlib import Path

import pytest

from sandbox.app.cast import CHANNELS
from sandbox.app.feed import read_samples
from sandbox.app.scenario import SCENARIOS, play_file
from sandbox.app.scenario_file import ScenarioError, ScenarioFailed, read_scenario
from sandbox.double.pictures import KINDS

SHIPPED = sorted(SCENARIOS.glob("*.toml"))
PLAYED = [file for file in SHIPPED if file.name not in ("opening.toml", "company.toml")]


@pytest.mark.parametrize("file", PLAYED, ids=lambda file: file.stem)
async def test_shipped_scenario_goes_as_it_says(file: Path, seeded: Path, tmp_path: Path) -> None:
    shutil.copytree(seeded / "seed", tmp_path / "seed")
    lines: list[str] = []

    await play_file(file, tmp_path, lines.append)

    assert len(lines) == len(read_scenario(file).step)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "title"),
        ("title = 'x'", "step"),
        ("title = 'x'\n[[step]]\nwho = 'admin'", "step 1 needs one verb and has none"),
        ("title = 'x'\n[[step]]\nsays = 'x'\npresses = 'y'", "says and presses"),
        ("title = 'x'\n[[step]]\nsighs = 'x'", "sighs"),
        ("title = 'x'\n[[step]]\nlater = '3 moons'", "90 seconds"),
        ("title = 'x'\n[[step", "cannot be read"),
        ("title = 'x'\n[[step]]\npresses = 'x'\nreplies_to = 'y'", "stands with says or sends"),
    ],
)
def test_file_that_is_no_scenario_is_refused_with_the_place(
    written: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(written)

    with pytest.raises(ScenarioError) as caught:
        read_scenario(file)

    assert says in str(caught.value)
    assert str(file) in str(caught.value)


async def test_scenario_that_goes_another_way_names_the_step(seeded: Path, tmp_path: Path) -> None:
    file = tmp_path / "failing.toml"
    file.write_text(
        "title = 'x'\nopening = false\n"
        "[[step]]\nwho = 'admin'\nsays = '/start'\n"
        "[[step]]\nwho = 'admin'\nsees = 'a red elephant'\nwithin = 2\n"
    )

    with pytest.raises(ScenarioFailed, match=r"Step 2 \(admin sees 'a red elephant'\)") as caught:
        await play_file(file, seeded, lambda line: None)

    assert "/addchannel" in str(caught.value)  # what the chat shows instead


def test_sample_posts_name_channels_and_media_that_there_are() -> None:
    channels = {name for name, _ in CHANNELS}
    for sample in read_samples():
        assert sample.channel in channels
        assert sample.forward_from is None or sample.forward_from in channels
        assert sample.media is None or sample.media in KINDS
        assert len(sample.text) <= 4096
