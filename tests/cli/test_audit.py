"""The audit log from the console: exported, checked as a file, compared with a known hash."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli.scan import SAMPLE
from tests.cli.conftest import Run

Entries = list[dict[str, Any]]


@pytest.fixture
def copy(run: Run, tmp_path: Path) -> Path:
    """An exported log with several entries."""
    run("scan", SAMPLE)
    path = tmp_path / "audit.jsonl"
    assert run("audit", "export", "--out", path).exit_code == 0
    return path


def entries(path: Path) -> Entries:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_exported_log_can_be_checked_without_the_database(run: Run, copy: Path) -> None:
    result = run("audit", "verify", "--file", copy, DATABASE_URL="sqlite:////nowhere/at/all.db")

    assert result.exit_code == 0, result.output
    assert f"{len(entries(copy))} entries" in result.output
    assert entries(copy)[-1]["hash"] in result.output


def test_hash_that_somebody_was_sent_is_found(run: Run, copy: Path) -> None:
    known = entries(copy)[2]["hash"]

    for where in ((), ("--file", copy)):
        whole = run("audit", "verify", *where, "--knows", known)
        short = run("audit", "verify", *where, "--knows", known[:16].upper())

        assert whole.exit_code == short.exit_code == 0
        assert "is entry 3" in whole.output


def test_hash_of_another_log_is_not_found(run: Run, copy: Path) -> None:
    result = run("audit", "verify", "--file", copy, "--knows", "f" * 64)

    assert result.exit_code != 0
    assert "none of them has the hash" in str(result.exception)


def _changed(entries: Entries) -> None:
    entries[1]["subject"] = "card 99"


def _shortened(entries: Entries) -> None:
    del entries[1]


def _moved(entries: Entries) -> None:
    entries[1]["at"] = "2020-01-01T00:00:00+00:00"


@pytest.mark.parametrize("tamper", [_changed, _shortened, _moved])
def test_first_broken_entry_of_a_copy_is_named(
    run: Run, copy: Path, tamper: Callable[[Entries], None]
) -> None:
    kept = entries(copy)
    tamper(kept)
    copy.write_text("".join(json.dumps(entry) + "\n" for entry in kept))

    result = run("audit", "verify", "--file", copy)

    assert result.exit_code != 0
    assert f"Audit entry {kept[1]['seq']} " in str(result.exception)


@pytest.mark.parametrize(
    "odd", ["{}", "[]", "null", "no json", '{"at": 1}', "[" * 100_000, '{"seq": "1"}', "\x00\udcff"]
)
def test_odd_line_is_named(run: Run, copy: Path, odd: str) -> None:
    lines = copy.read_text().splitlines()
    copy.write_bytes("\n".join([lines[0], odd, *lines[2:]]).encode(errors="surrogateescape"))

    result = run("audit", "verify", "--file", copy)

    assert "Line 2 of audit.jsonl" in str(result.exception)


def test_export_overwrites_nothing(run: Run, copy: Path) -> None:
    before = copy.read_bytes()

    result = run("audit", "export", "--out", copy)

    assert "File exists" in str(result.exception)
    assert copy.read_bytes() == before
