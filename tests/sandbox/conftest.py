"""A sandbox whose model was trained once, and whose start is waited for once."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from sandbox.app.serve import serving
from sandbox.app.stage import Stage

T = TypeVar("T")
PATIENCE_S = 180  # no test waits for it


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, model_dir: Path) -> Path:
    """A folder for sandboxes in which the model of the shipped examples stands already."""
    folder = tmp_path_factory.mktemp("sandbox")
    shutil.copytree(model_dir, folder / "seed")
    return folder


@dataclass
class Served:
    """A sandbox that runs in a thread of its own, with the page's address."""

    stage: Stage
    address: str
    loop: asyncio.AbstractEventLoop

    def do(self, work: Callable[[], T]) -> T:
        """Does something in the sandbox's thread."""

        async def doing() -> T:
            return work()

        return self.wait(doing())

    def wait(self, coming: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coming, self.loop).result(PATIENCE_S)

    def until(self, condition: Callable[[], T]) -> T:
        return self.wait(self.stage.until(condition, 60))


@pytest.fixture(scope="module")
def served(seeded: Path) -> Iterator[Served]:
    """One sandbox for the tests of a file, opened, with its sample posts held back."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stage = Stage(seeded, is_hasty=True)
    context = serving(stage, pace=0)
    try:
        address = asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result(PATIENCE_S)
        try:
            sandbox = Served(stage, address, loop)
            sandbox.until(lambda: stage.is_complete)
            yield sandbox
        finally:
            leaving = context.__aexit__(None, None, None)
            asyncio.run_coroutine_threadsafe(leaving, loop).result(PATIENCE_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
