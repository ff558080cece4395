"""The commands as somebody types them."""

import json

import pytest
from click.testing import CliRunner, Result

from classifiers.corpora.commands import corpora
from classifiers.table import training_rows
from tests.classifiers.corpora.web import BODY, PLACE, SHA256, Answer


@pytest.fixture
def run(catalogue):
    """Runs a command with the catalogue of three corpora: run("fetch", "harvest", ...)."""

    def invoke(*words: object, sha256: str = SHA256) -> Result:
        path = catalogue(sha256)
        return CliRunner().invoke(corpora, ["--catalogue", str(path), *map(str, words)])

    return invoke


def test_list_shows_every_name_in_full_on_a_narrow_terminal():
    result = CliRunner().invoke(corpora, ["list"], env={"COLUMNS": "80"})

    assert result.exit_code == 0
    assert "uk-ru-telegram-manipulation" in result.output
    assert "CC-BY-NC-SA-4.0" in result.output


def test_list_for_machines_says_what_may_be_shipped_and_what_is_unverified(run):
    entries = {entry["name"]: entry for entry in json.loads(run("list", "--json").stdout)}

    assert entries["harvest"]["may_ship"] is True
    assert entries["weather"]["licence"]["shipping"] == "forbidden"
    assert entries["weather"]["unverified"] == ["columns", "licence"]
    assert entries["harvest"]["files"][0]["address"].endswith(PLACE)
    assert entries["rumours"]["page"] == ""


def test_fetch_saves_the_file_and_says_that_its_checksum_is_right(run, web, tmp_path):
    web.answers[PLACE] = Answer()

    result = run("fetch", "harvest", "--to", tmp_path / "here")

    assert result.exit_code == 0
    assert "checksum right" in result.stdout
    assert "may be shipped" in result.stdout
    assert (tmp_path / "here/harvest/rows.csv").read_bytes() == BODY


def test_fetch_without_a_pinned_checksum_prints_what_it_saw(run, web, tmp_path):
    web.answers[PLACE] = Answer()

    result = run("fetch", "weather", "--to", tmp_path / "here")

    assert result.exit_code == 0
    assert "NOT checked" in result.stdout
    assert SHA256 in result.stdout
    assert "checksum right" not in result.stdout
    assert "must not be shipped" in result.stdout
    assert "Mask the handles." in result.stdout


def test_fetch_with_a_wrong_checksum_fails_with_1_and_keeps_nothing(run, web, tmp_path):
    web.answers[PLACE] = Answer()

    result = run("fetch", "harvest", "--to", tmp_path / "here", sha256="0" * 64)

    assert result.exit_code == 1
    assert SHA256 in result.stderr
    assert not list((tmp_path / "here").rglob("*"))


def test_fetch_says_that_a_good_copy_is_already_here(run, web, tmp_path):
    web.answers[PLACE] = Answer()
    run("fetch", "harvest", "--to", tmp_path / "here")

    result = run("fetch", "harvest", "--to", tmp_path / "here")

    assert "already here, checksum right" in result.stdout
    assert web.asked == [PLACE]


def test_fetch_goes_on_with_the_next_corpus_and_still_fails(run, web, tmp_path):
    web.answers[PLACE] = Answer()

    result = run("fetch", "rumours", "weather", "--to", tmp_path / "here")

    assert result.exit_code == 1
    assert "files are not known" in result.stderr
    assert (tmp_path / "here/weather/rows.csv").is_file()


def test_fetch_takes_a_name_given_twice_once(run, web, tmp_path):
    web.answers[PLACE] = Answer()

    run("fetch", "weather", "weather", "--to", tmp_path / "here")

    assert web.asked == [PLACE]


def test_fetch_from_a_mirror_folder_asks_no_server(run, web, tmp_path):
    copy = tmp_path / "mirror" / "harvest" / "rows.csv"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(BODY)

    result = run("fetch", "harvest", "--to", tmp_path / "here", "--mirror", tmp_path / "mirror")

    assert result.exit_code == 0
    assert web.asked == []


def test_fetch_from_a_mirror_on_the_web_asks_it_alone(run, web, tmp_path):
    web.answers["/copies/harvest/rows.csv"] = Answer()

    result = run("fetch", "harvest", "--to", tmp_path, "--mirror", f"{web.base}/copies")

    assert result.exit_code == 0
    assert web.asked == ["/copies/harvest/rows.csv"]


@pytest.mark.parametrize("mirror", ["no/such/folder", "ftp://127.0.0.1/copies"])
def test_fetch_refuses_a_mirror_that_is_neither_folder_nor_address(run, tmp_path, mirror):
    result = run("fetch", "harvest", "--to", tmp_path, "--mirror", mirror)

    assert result.exit_code == 2
    assert "neither a folder nor an https address" in result.stderr


def test_fetch_of_an_unknown_name_lists_the_known_ones(run, tmp_path):
    result = run("fetch", "harvests", "--to", tmp_path)

    assert result.exit_code == 2
    assert "harvest, weather, rumours" in result.stderr


def test_a_broken_catalogue_is_wrong_use(run, tmp_path):
    result = run("list", sha256="not a checksum")

    assert result.exit_code == 2
    assert "64 hexadecimal digits" in result.stderr


def test_check_tells_fine_wrong_missing_and_not_pinned_apart(run, web, tmp_path):
    web.answers[PLACE] = Answer()
    run("fetch", "harvest", "weather", "--to", tmp_path / "here")
    before = run("check", "--in", tmp_path / "here", "--json")
    (tmp_path / "here/harvest/rows.csv").write_bytes(BODY + b"x")
    (tmp_path / "here/weather/rows.csv").unlink()

    after = run("check", "--in", tmp_path / "here", "--json")

    assert before.exit_code == 0
    assert [row["state"] for row in json.loads(before.stdout)] == ["fine", "not pinned"]
    assert after.exit_code == 1
    assert [row["state"] for row in json.loads(after.stdout)] == ["wrong", "missing"]


def test_check_of_an_empty_folder_fails_only_for_what_was_named(run, tmp_path):
    everything = run("check", "--in", tmp_path)
    named = run("check", "harvest", "--in", tmp_path)

    assert everything.exit_code == 0
    assert everything.stdout.count("missing: ") == 2
    assert named.exit_code == 1
    assert named.stdout.count("missing: ") == 1


def test_check_prints_the_checksum_of_what_is_not_pinned(run, web, tmp_path):
    web.answers[PLACE] = Answer()
    run("fetch", "weather", "--to", tmp_path / "here")

    assert f"SHA-256 seen: {SHA256}" in run("check", "--in", tmp_path / "here").stdout


def test_check_says_that_a_folder_in_the_place_of_a_file_is_unreadable(run, tmp_path):
    (tmp_path / "harvest" / "rows.csv").mkdir(parents=True)

    result = run("check", "harvest", "--in", tmp_path)

    assert result.exit_code == 1
    assert result.stdout.startswith("unreadable: ")


def test_convert_writes_a_table_that_training_reads(run, web, tmp_path):
    web.answers[PLACE] = Answer()
    run("fetch", "harvest", "--to", tmp_path / "here")

    result = run("convert", "harvest", "--in", tmp_path / "here", "--out", tmp_path / "rows.csv")

    assert result.exit_code == 0
    assert "20 rows, 0 of label 1" in result.stdout
    rows = training_rows([tmp_path / "rows.csv"])
    assert {(row.text, row.label, row.lang) for row in rows} == {("the harvest was late", 0, "en")}


def test_convert_of_what_was_not_fetched_says_so_and_writes_nothing(run, tmp_path):
    out = tmp_path / "rows.csv"

    result = run("convert", "harvest", "--in", tmp_path, "--out", out)

    assert result.exit_code == 1
    assert "fetch harvest first" in result.stderr
    assert not out.exists()
