"""`saring scan` and `saring run` without a token: the main job on a file."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from bot.cli.scan import SAMPLE
from tests.cli.conftest import Run

COUNTS = ("posts_read", "new", "known", "unreadable", "flagged", "cases")
KEYS = {*COUNTS, "skipped", "seconds", "posts_per_second"}


def told(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def export(folder: Path, *texts: object, **changed: object) -> Path:
    """A Telegram Desktop export of a public channel, written by hand."""
    rows = [
        {
            "id": number,
            "type": "message",
            "date": "2026-03-02T12:00:00",
            "date_unixtime": str(1772427600 + number),
            "from": "Kabar",
            "text": text,
        }
        for number, text in enumerate(texts, 1)
    ]
    kept = {"name": "Kabar", "type": "public_channel", "id": 1234567890, "messages": rows}
    path = folder / "result.json"
    path.write_text(json.dumps(kept | changed), "utf-8")
    return path


def test_sample_is_scanned_and_shown_as_a_table(run: Run) -> None:
    result = run("scan", SAMPLE)

    assert result.exit_code == 0, result.output
    assert "Open cases" in result.output
    assert "posts read" in result.output
    assert "flagged" in result.output


def test_json_is_one_object_with_every_count(run: Run) -> None:
    result = run("scan", SAMPLE, "--json")

    counts = told(result)
    assert result.exit_code == 0
    assert set(counts) >= KEYS
    assert counts["posts_read"] == counts["new"] + counts["known"] + counts["changed"]
    assert 0 < counts["cases"] <= counts["flagged"] < counts["posts_read"]
    assert counts["unreadable"] > 0
    assert counts["posts_per_second"] > 0


def test_scanning_twice_adds_nothing(run: Run) -> None:
    first = told(run("scan", SAMPLE, "--json"))
    second = told(run("scan", SAMPLE, "--json"))

    assert second["posts_read"] == first["posts_read"] == second["known"]
    assert [second[name] for name in ("new", "changed", "flagged", "cases")] == [0] * 4


def test_same_file_twice_in_one_command_is_scanned_once(run: Run) -> None:
    once = told(run("scan", SAMPLE, "--json"))
    twice = told(run("scan", SAMPLE, SAMPLE, "--json"))

    assert twice["new"] == 0
    assert twice["known"] == 2 * once["new"]


def test_scan_works_on_either_database(run: Run, database_url: str) -> None:
    result = run("scan", SAMPLE, "--json", DATABASE_URL=database_url)

    assert result.exit_code == 0, result.output
    assert told(result)["new"] == told(result)["posts_read"] > 0


def test_private_chat_is_skipped_counted_and_not_stored(run: Run, tmp_path: Path) -> None:
    path = export(tmp_path, "rahasia kita", type="personal_chat")

    result = run("scan", path, "--json")

    counts = told(result)
    assert (counts["posts_read"], counts["new"]) == (0, 0)
    assert sum(counts["skipped"].values()) > 0
    assert b"rahasia" not in (tmp_path / "cli.db").read_bytes()


def test_broken_row_is_named_and_everything_around_it_kept(run: Run, tmp_path: Path) -> None:
    path = export(tmp_path, "satu", ["bad", {"type": 5}, 17], "tiga")

    result = run("scan", path, "--json")

    counts = told(result)
    assert result.exit_code == 1, result.output
    assert counts["new"] >= 2
    assert counts["problems"]


def test_file_that_was_cut_off_keeps_what_stood_before(run: Run, tmp_path: Path) -> None:
    path = export(tmp_path, *(f"kabar nomor {n}" for n in range(50)))
    path.write_bytes(path.read_bytes()[:-900])

    result = run("scan", path, "--json")

    assert result.exit_code == 1
    assert told(result)["new"] > 30
    assert re.search(r"messages\[\d+\], byte [\d,]+: .*cut off", told(result)["problems"][0])


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"not json", b"\x00\x01\x02", b"\xff\xfe{", b'{"messages": 5}']
)
def test_file_that_is_no_export_is_one_clear_sentence(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)

    result = run("scan", path)

    assert result.exit_code == 2
    assert "odd.json" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_file_that_cannot_be_opened_is_one_clear_sentence(run: Run, name: str) -> None:
    result = run("scan", name)

    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_good_file_beside_a_bad_one_is_read(run: Run, tmp_path: Path) -> None:
    result = run("scan", tmp_path / "missing.json", SAMPLE, "--json")

    assert result.exit_code == 1
    assert told(result)["new"] > 0


def test_post_cannot_paint_the_terminal(run: Run, tmp_path: Path) -> None:
    path = export(tmp_path, "\u001b[31m[red]join our armed unit[/red]\u202e \u0007 attack now")

    result = run("scan", path)

    assert "\u001b[31m" not in result.output
    assert "\u202e" not in result.output


def test_sample_never_stands_beside_real_posts(run: Run) -> None:
    sample = told(run("scan", "--json"))

    real = told(run("scan", SAMPLE, "--json"))

    assert sample["posts_read"] == real["new"] > 0
