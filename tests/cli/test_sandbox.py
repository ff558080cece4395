"""The sandbox's command: what it refuses, and with which exit code a scenario ends."""

from pathlib import Path

import pytest

from sandbox.app.scenario import SCENARIOS
from tests.cli.conftest import Run

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"
SHIPPED = SCENARIOS / "to_the_digest.toml"


@pytest.mark.parametrize("more", [[], ["--scenario", str(SHIPPED)]])
def test_sandbox_does_not_start_beside_a_live_token(run: Run, more: list[str]) -> None:
    result = run("sandbox", *more, BOT_TOKEN=TOKEN)

    assert result.exit_code != 0
    assert "BOT_TOKEN is set" in str(result.exception)


def test_sandbox_says_what_it_does_not_know(run: Run, tmp_path: Path) -> None:
    nothing = run("sandbox", "--scenario", tmp_path / "nothing.toml")

    assert "cannot be read as a scenario" in str(nothing.exception)
