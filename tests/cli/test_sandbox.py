"""The sandbox's command: what it refuses, and with which exit code a scenario ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from sandbox.app.scenario import SCENARIOS
from tests.cli.conftest import Run

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"
ROOT = Path(__file__).parents[2]
SHIPPED = SCENARIOS / "to_the_digest.toml"


@pytest.mark.parametrize("more", [[], ["--scenario", str(SHIPPED)]])
def test_sandbox_does_not_start_beside_a_live_token(run: Run, more: list[str]) -> None:
    result = run("sandbox", *more, BOT_TOKEN=TOKEN)

    assert result.exit_code != 0
    assert "BOT_TOKEN is set" in str(result.exception)


def test_sandbox_says_what_it_does_not_know(run: Run, tmp_path: Path) -> None:
    nothing = run("sandbox", "--scenario", tmp_path / "nothing.toml")

    assert "cannot be read as a scenario" in str(nothing.exception)


def test_run_without_a_token_shows_the_sandbox_and_leaves_nobody_behind(
    tmp_path: Path, model_dir: Path
) -> None:
    shutil.copytree(model_dir, tmp_path / "data" / "sandbox" / "seed")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        told = "".join(iter(lambda: _line(running), ""))
        (address,) = re.findall(r"http://127\.0\.0\.1:\d+/", told)
        page = httpx.get(address)
        children = psutil.Process(running.pid).children()
        running.send_signal(signal.SIGINT)

        assert running.wait(30) == 0

    assert "Saring · Sandbox" in page.text
    assert "BOT_TOKEN=" in told
    assert len(children) == 1  # the bot
    psutil.wait_procs(children, 10)
    assert not any(child.is_running() for child in children)
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["sandbox"]


def _line(process: "subprocess.Popen[str]") -> str:
    """The next line; empty after the last one that is told at the start."""
    assert process.stdout is not None
    line = process.stdout.readline()
    return "" if "make scan" in line else line


def test_killed_sandbox_takes_its_bot_along(tmp_path: Path, model_dir: Path) -> None:
    shutil.copytree(model_dir, tmp_path / "data" / "sandbox" / "seed")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "bot", "sandbox", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=kept | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    ) as running:
        while not (children := psutil.Process(running.pid).children()):
            time.sleep(0.05)
        running.kill()
        running.wait(10)

    gone, alive = psutil.wait_procs(children, 20)
    assert (len(gone), alive) == (1, [])
