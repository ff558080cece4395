import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.machine.world.stage import HASTY, prepare
from tests.machine.world.world import World


@pytest.fixture(scope="session")
def prepared_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with people who have practised, a recipient and channels, to copy from."""
    file = tmp_path_factory.mktemp("prepared") / "saring.db"
    shutil.copyfile(migrated_file, file)
    asyncio.run(prepare(file))
    return file


@pytest.fixture
async def world(prepared_file: Path, tmp_path: Path) -> AsyncIterator[World]:
    shutil.copyfile(prepared_file, tmp_path / "saring.db")
    made = World(tmp_path / "saring.db", HASTY)
    await made.begin()
    yield made
    await made.the_log_is_whole()
    await made.close()
