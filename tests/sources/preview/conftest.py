"""The real pages, where they are."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def real_pages() -> Path:
    """The folder of real pages that stands beside the project; tests skip without it."""
    shared = os.environ.get("SARING_SHARED")
    root = Path(shared) if shared else Path(__file__).parents[4] / "shared"
    folder = root / "fixtures"
    if not (folder / "tme_messages").is_dir():
        pytest.skip(f"no real pages: SARING_SHARED names no folder with them ({folder})")
    return folder
