"""Open figures from the console: three files or none, and one sentence where it cannot be done."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from bot.cli import main
from bot.cli.scan import SAMPLE
from bot.domain.errors import FiguresError, SaringError
from tests.cli.conftest import Run

SCHEMA = Path(__file__).parents[2] / "docs" / "transparency.schema.json"
TODAY = datetime.now(UTC).astimezone(ZoneInfo("Asia/Jakarta")).date()


def arguments(first: object = TODAY, last: object = TODAY, *more: object) -> tuple[object, ...]:
    return ("transparency", "--from", first, "--to", last, *more)


def test_figures_of_the_sample_are_written_in_both_languages(run: Run, tmp_path: Path) -> None:
    assert run("scan", SAMPLE).exit_code in (0, 1)
    before = TODAY - timedelta(days=1)  # a scan at midnight began yesterday

    for language, title in (("en", "Open figures"), ("id", "Angka terbuka")):
        result = run(*arguments(before, TODAY, "--out", tmp_path / "new", "--language", language))

        assert result.exit_code == 0, result.output
        folder = tmp_path / "new" / f"saring-{before}-{TODAY}-{language}"
        assert sorted(file.name for file in folder.iterdir()) == [
            "figures.csv",
            "figures.html",
            "figures.json",
        ]
        record = json.loads((folder / "figures.json").read_bytes())
        Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(record)
        assert record["tables"]["reading"]["total"] == 57
        assert title in (folder / "figures.html").read_text("utf-8")
    assert len(list((tmp_path / "new").iterdir())) == 2


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (TODAY, TODAY - timedelta(days=1), "before"),
        (TODAY, TODAY + timedelta(days=2), "has not come yet"),
        (TODAY, "9999-12-31", "has not come yet"),
    ],
)
def test_days_that_cannot_be_counted_are_refused_in_a_sentence(
    run: Run, tmp_path: Path, first: object, last: object, says: str
) -> None:
    result = run(*arguments(first, last, "--out", tmp_path / "new"))

    assert isinstance(result.exception, SaringError)
    assert says in str(result.exception)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("word", ["yesterday", "2026-02-30", "01.02.2026"])
def test_what_is_no_day_is_refused(run: Run, word: str) -> None:
    result = run(*arguments(word))

    assert result.exit_code == 2
    assert word in result.output


def test_folder_that_cannot_be_written_is_named_and_nothing_is_left(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")

    result = run(*arguments(TODAY, TODAY, "--out", file))

    assert isinstance(result.exception, FiguresError)
    assert f"{file}/saring-" in str(result.exception)
    assert "Name another folder with --out." in str(result.exception)
    assert file.read_text() == "in the way"


def test_half_written_folder_is_taken_away(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "figures.html":
            raise OSError(28, "No space left on device")
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)

    result = run(*arguments(TODAY, TODAY, "--out", tmp_path / "new"))

    assert "No space left on device" in str(result.exception)
    assert list((tmp_path / "new").iterdir()) == []


def test_what_is_there_is_left_alone(run: Run, tmp_path: Path) -> None:
    assert run(*arguments(TODAY, TODAY, "--out", tmp_path)).exit_code == 0
    page = tmp_path / f"saring-{TODAY}-{TODAY}-en" / "figures.html"
    page.write_text("mine")

    result = run(*arguments(TODAY, TODAY, "--out", tmp_path))

    assert "is there already" in str(result.exception)
    assert page.read_text() == "mine"


def test_refusal_is_one_line_and_exit_code_two(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    line = ["saring", "transparency", "--from", "2026-02-01", "--to", "2026-01-01"]
    monkeypatch.setattr("sys.argv", line)

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "saring: 2026-01-01 is before 2026-02-01: name the earlier day with --from.\n"
    )
