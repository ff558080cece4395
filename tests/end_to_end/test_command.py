"""The real command, `python -m bot run`, as an operator starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classifiers import seed_model
from tests.end_to_end.stage import PATIENCE, Stage

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="session")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed model, trained once for these tests."""
    folder = tmp_path_factory.mktemp("model")
    seed_model(folder)
    return folder


@pytest.fixture
def start(stage: Stage, model_dir: Path) -> Iterator[Start]:
    """Starts the command with the stage's settings; what a test leaves running is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(**env: str) -> "subprocess.Popen[str]":
        settings = stage.environment() | {"MODEL_DIR": str(model_dir), "LOG_LEVEL": "DEBUG"}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=stage.folder,  # where no developer's .env is
            env=settings | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        with process:
            if process.poll() is None:
                process.kill()


async def ended(stage: Stage, process: "subprocess.Popen[str]") -> str:
    """Everything that it has printed, when it is over."""
    await stage.double.until(lambda: process.poll() is not None, PATIENCE)
    assert process.stdout is not None
    return process.stdout.read()


def secret_part(stage: Stage) -> str:
    return stage.base.token.partition(":")[2]


async def test_command_runs_the_bot_until_sigterm(stage: Stage, start: Start) -> None:
    channel = await stage.watched()
    process = start()
    await stage.until(lambda: stage.double.calls_of("getUpdates"))
    stage.double.publish(channel, "words that somebody wrote")
    await stage.worked_off()
    said = await stage.says(stage.admin, "/status")

    os.kill(process.pid, signal.SIGTERM)
    printed = await ended(stage, process)

    assert process.returncode == 0, printed
    assert "Unggahan: 1" in said
    assert "running as @saring_test_bot" in printed
    assert "stopped" in printed
    assert "Traceback" not in printed
    assert secret_part(stage) not in printed


async def test_revoked_token_ends_the_command_with_code_2_and_one_sentence(
    stage: Stage, start: Start
) -> None:
    stage.double.revoke_token()
    process = start()

    printed = await ended(stage, process)

    assert process.returncode == 2, printed
    assert printed.splitlines()[-1] == (
        "saring: Telegram refuses BOT_TOKEN (401): get the token from @BotFather, put it into "
        "`.env`."
    )
    assert "Traceback" not in printed
    assert secret_part(stage) not in printed


async def test_token_revoked_while_it_runs_ends_the_command_with_code_2(
    stage: Stage, start: Start
) -> None:
    process = start()
    await stage.until(lambda: stage.double.calls_of("getUpdates"))

    stage.double.revoke_token()
    stage.double.say(stage.admin, "/start")  # ends the poll that waits
    printed = await ended(stage, process)

    assert process.returncode == 2, printed
    assert "saring: Telegram refuses BOT_TOKEN (401)" in printed.splitlines()[-1]
    assert "Traceback" not in printed
    assert secret_part(stage) not in printed


async def test_unreachable_telegram_is_said_and_sigterm_still_ends_it(
    stage: Stage, start: Start
) -> None:
    stage.double.fault("getMe", drop=True, times=1000)
    process = start()
    await stage.until(lambda: stage.double.calls_of("getMe"))

    os.kill(process.pid, signal.SIGTERM)
    printed = await ended(stage, process)

    assert process.returncode == 0, printed
    assert "Traceback" not in printed
    assert secret_part(stage) not in printed


async def test_wrong_settings_are_named_and_nothing_is_started(stage: Stage, start: Start) -> None:
    process = start(BOT_TOKEN="not-a-token-at-all", TIMEZONE="Mars/Olympus", ADMIN_IDS="Ani")

    printed = await ended(stage, process)

    assert process.returncode == 2, printed
    for name in ("BOT_TOKEN", "TIMEZONE", "ADMIN_IDS"):
        assert name in printed
    assert "not-a-token-at-all" not in printed
    assert stage.double.calls == []
