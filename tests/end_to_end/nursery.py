"""Where bots that can be killed come from: this side of `bot_process`."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Life:
    """One bot's process. Only this very process is ever signalled."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @property
    def is_over(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up. Returns when the process is gone."""
        if self.is_over:
            return
        os.kill(self.pid, signal.SIGKILL)
        while not self.is_over:
            time.sleep(0.002)


class Nursery:
    """Starts bots quickly. Nothing runs before the first one is asked for."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def bear(self, env: dict[str, str], log: Path) -> Life:
        """A bot with this environment and nothing else; `log` takes its standard error."""
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"env": env, "log": str(log)}) + "\n")
        process.stdin.flush()
        return Life(int(process.stdout.readline()))

    def _started(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.bot_process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        if self._process is not None:
            with self._process as process:
                assert process.stdin is not None
                process.stdin.close()
                process.wait(10)
