"""Exports written for the tests, in the shape Telegram Desktop gives them."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.post import Post
from bot.domain.scan import BrokenRow, Skipped
from bot.sources.export import read_export

Fields = dict[str, Any]
CHANNEL: Fields = {"name": "Contoh", "type": "public_channel", "id": 1000000042}


def row(number: int, text: Any = "Selamat pagi", **fields: Any) -> Fields:
    """A message of the test channel, a minute later for each number; None leaves a field out."""
    seconds = 1_700_000_000 + 60 * number
    whole = {
        "id": number,
        "type": "message",
        "date": "2023-11-14T22:13:20",
        "date_unixtime": str(seconds),
        "from": CHANNEL["name"],
        "from_id": f"channel{CHANNEL['id']}",
        "text": text,
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes an export: `write(rows, type="private_channel")`, or raw text or bytes as given."""

    def write_export(content: Any, name: str = "result.json", **header: Any) -> Path:
        path = tmp_path / name
        if isinstance(content, list):
            content = dump({**CHANNEL, **header, "messages": content})
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_export


@pytest.fixture
def read(write: Callable[..., Path]) -> Callable[..., list[Post | Skipped | BrokenRow]]:
    def read_content(content: Any, **header: Any) -> list[Post | Skipped | BrokenRow]:
        return list(read_export(write(content, **header)))

    return read_content


@pytest.fixture
def real_exports() -> Path:
    """The folder of real exports that stands beside the project; tests skip without it."""
    shared = os.environ.get("SARING_SHARED")
    root = Path(shared) if shared else Path(__file__).parents[3] / "shared"
    folder = root / "fixtures" / "tdesktop_export"
    if not folder.is_dir():
        pytest.skip(f"no real exports: SARING_SHARED names no folder with them ({folder})")
    return folder
