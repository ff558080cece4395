"""The benchmark measures what it says, each contender in a process of its own."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from classifiers import bench_command as command
from classifiers.bench import Speed, bench, machine, made_posts
from classifiers.bench_contenders import CONTENDERS, Contender
from classifiers.seed import seed_rows


def test_posts_are_of_one_language_of_about_300_signs_and_the_same_each_time() -> None:
    rows = seed_rows()

    posts = made_posts(rows, 60)

    assert posts == made_posts(rows, 60)
    assert all(260 <= len(post) <= 320 for post in posts if post not in {row.text for row in rows})
    lines = {row.text: row.lang for row in rows}
    for post in posts:
        langs = {lang for text, lang in lines.items() if post.startswith(text)}
        assert langs, post
        assert any(
            sum(text in post for text, lang in lines.items() if lang == own) >= 2
            or post in lines
            or len(post) == 320
            for own in langs
        )


def test_a_contender_is_trained_kept_and_measured_and_a_missing_one_named() -> None:
    hashing = next(one for one in CONTENDERS if one.name.startswith("scikit-learn: hashing"))
    absent = Contender("absent", hashing.prepare, hashing.load, ("no_such_library_anywhere",))
    heard: list[str] = []

    report = bench(8, 1, heard.append, [hashing, absent])

    assert heard == [hashing.name]
    assert report["missing"] == ["absent"]
    assert report["posts"]["count"] == 8
    speed = Speed(**report["speeds"][0])
    assert speed.batch > speed.single > 0
    assert speed.peak_megabytes > 20
    assert speed.load_seconds > 0
    assert 0.8 < speed.auc <= 1
    assert report["machine"]["libraries"]["numpy"]
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_command_shows_machine_speeds_and_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    def measured(posts: int, repeats: int, begin: Any) -> dict[str, Any]:
        begin("quick")
        speed = {
            "name": "quick",
            "batch": 41234.5,
            "batch_median": 40000.0,
            "single": 3.0,
            "single_median": 2.0,
            "load_seconds": 0.25,
            "first_seconds": 1.5,
            "peak_megabytes": 123.4,
            "auc": 0.987,
        }
        return {
            "machine": machine(),
            "posts": {"count": posts, "mean_signs": 301.0},
            "speeds": [speed],
            "missing": ["slow"],
        }

    monkeypatch.setattr("classifiers.bench.bench", measured)

    answer = CliRunner().invoke(command.bench_command, ["--posts", "7", *arguments])

    assert answer.exit_code == 0, answer.output
    if arguments:
        found = json.loads(answer.stdout)
        assert found["posts"]["count"] == 7 and found["speeds"][0]["auc"] == 0.987
    else:
        assert "41,234 (40,000)" in answer.stdout and "7 posts of 301 signs" in answer.stdout
        assert "not measured: slow" in answer.stdout
