"""Commands run in an empty folder, with settings of their own and a model trained once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import commands
from bot.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model_dir: Path) -> dict[str, str]:
    """The environment of a command: a database in a temporary folder and nothing else."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return {"DATABASE_URL": f"sqlite:///{tmp_path / 'cli.db'}", "MODEL_DIR": str(model_dir)}


@pytest.fixture
def run(settings: dict[str, str]) -> Run:
    """Runs a command line, as `run("scan", "result.json", BOT_TOKEN="...")`."""

    def invoke(*arguments: object, **more: str) -> Result:
        runner = CliRunner(env=settings | more)
        return runner.invoke(commands, [str(argument) for argument in arguments])

    return invoke
