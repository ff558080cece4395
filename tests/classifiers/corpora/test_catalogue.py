"""The shipped catalogue holds what it promises, and a broken one is refused by name."""

import re
from pathlib import Path

import pytest

from classifiers.corpora import Licence, Shipping, find, load_catalogue, may_ship
from classifiers.corpora.catalogue import SHIPPED
from classifiers.corpora.errors import CatalogueError, CorpusError
from tests.classifiers.corpora.web import COMMIT, SHA256

ENTRY = """
[hosts.local]
page = "https://corpora.example/{repository}"
raw = "https://corpora.example/{repository}/{commit}/{path}"

[[corpus]]
name = "harvest"
title = "Lines about the harvest"
languages = ["en"]
use = "train"
positive = ""
host = "local"
repository = "owner/name"
verified = ["place", "commit", "licence"]
licence = { name = "MIT", stated_by = "LICENSE" }
columns = { format = "csv", text = "line" }
files = [{ path = "rows.csv", commit = "COMMIT", sha256 = "SHA256" }]
""".replace("COMMIT", COMMIT).replace("SHA256", SHA256)


def written(folder: Path, text: str) -> Path:
    path = folder / "catalogue.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_address_names_a_commit_and_is_encrypted():
    addresses = [
        (corpus.address(file), file.commit) for corpus in load_catalogue() for file in corpus.files
    ]

    assert len(addresses) > 200
    for address, commit in addresses:
        assert address.startswith("https://raw.githubusercontent.com/")
        assert f"/{commit}/" in address


def test_a_corpus_without_a_verified_commit_names_no_file():
    unverified = [corpus for corpus in load_catalogue() if "commit" not in corpus.verified]

    assert unverified
    assert all(corpus.files == () for corpus in unverified)


def test_what_is_shared_for_measuring_has_its_source_in_the_catalogue():
    languages = {language for corpus in load_catalogue() for language in corpus.languages}
    names = {corpus.name for corpus in load_catalogue()}

    assert {"id", "en", "ar", "ru", "uk", "ms"} <= languages
    assert {"id-radicalism", "id-hate-speech", "en-telegram-threats", "en-hatecheck"} <= names


def test_a_chapter_a_file_is_written_once_and_read_as_many():
    quran = find("id-quran", load_catalogue())

    assert [file.save_as for file in quran.files] == [f"{n}.json" for n in range(1, 115)]


def test_a_non_commercial_corpus_may_not_be_shipped():
    shipping = {corpus.name: may_ship(corpus) for corpus in load_catalogue()}

    assert not shipping["id-radicalism"]
    assert not shipping["id-hate-speech"]
    assert not shipping["en-counter-narratives"]
    assert shipping["id-everyday-tweets"]


@pytest.mark.parametrize(
    ("name", "verified", "shipping"),
    [
        ("MIT", True, Shipping.ALLOWED),
        ("CC-BY-4.0", True, Shipping.ALLOWED),
        ("CC-BY-4.0", False, Shipping.UNKNOWN),
        ("CC-BY-NC-SA-4.0", True, Shipping.FORBIDDEN),
        ("CC-BY-NC-SA-4.0", False, Shipping.FORBIDDEN),
        ("research-only", True, Shipping.FORBIDDEN),
        ("none", True, Shipping.UNKNOWN),
    ],
)
def test_hearsay_forbids_but_never_allows(name, verified, shipping):
    assert Licence(name, "somebody", verified).shipping is shipping


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(CorpusError, match="id-radicalism"):
        find("id-radical", load_catalogue())


def test_an_entry_without_columns_or_files_is_fine(tmp_path):
    text = re.sub(r"(columns|files) = .*\n", "", ENTRY).replace('"commit", ', "")

    (corpus,) = load_catalogue(written(tmp_path, text))

    assert corpus.files == ()
    assert corpus.unverified == ("commit", "columns")
    assert corpus.page == "https://corpora.example/owner/name"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('name = "harvest"', 'name = "../harvest"', "small letters"),
        ('use = "train"', 'use = "guess"', "use is one of"),
        ('use = "train"', 'use = "measure"', "no corpus to measure with is train"),
        ('path = "rows.csv"', 'path = "rows.csv", split = "dev"', "split is one of"),
        ('host = "local"\nrepository = "owner/name"', "", "a verified place needs a host"),
        ('"MIT"', '"Proprietary-1"', "Proprietary-1"),
        ('"place", ', '"place", "weather", ', "weather"),
        ('"csv"', '"xls"', "format is one of"),
        ('host = "local"', "", "go together"),
        ('host = "local"', 'host = "moon"', "moon"),
        ("owner/name", "owner/name/../..", "owner/name"),
        ('"commit", ', "", "commit stands with every file"),
        (COMMIT, "main", "40 hexadecimal digits"),
        (SHA256, SHA256.upper(), "64 hexadecimal digits"),
        ('path = "rows.csv"', 'path = "rows.csv", save_as = "../rows.csv"', "file's name"),
        ('path = "rows.csv"', 'path = "rows.csv", save_as = ".rows.csv"', "file's name"),
        ('path = "rows.csv"', 'path = "rows.csv", first = 1, last = 2', "under one name"),
        ('path = "rows.csv"', 'path = "rows.csv", first = 1', "last"),
        ('title = "Lines about the harvest"', "", "title"),
        ("{commit}", "{branch}", "branch"),
        ("[[corpus]]", "[[corpus]", "cannot be read"),
        ('columns = { format = "csv", text = "line" }', "", None),
    ],
)
def test_a_contradiction_is_refused_by_name(tmp_path, old, new, complaint):
    assert old in ENTRY
    path = written(tmp_path, ENTRY.replace(old, new))

    if complaint is None:
        assert len(load_catalogue(path)) == 1
        return
    with pytest.raises(CatalogueError, match=re.escape(complaint)):
        load_catalogue(path)


def test_verified_columns_that_are_not_there_are_refused(tmp_path):
    text = re.sub(r"columns = .*\n", "", ENTRY).replace('"place", ', '"place", "columns", ')

    with pytest.raises(CatalogueError, match="verified columns need columns"):
        load_catalogue(written(tmp_path, text))


def test_a_name_that_stands_twice_is_refused(tmp_path):
    second = ENTRY[ENTRY.index("[[corpus]]") :]

    with pytest.raises(CatalogueError, match="harvest stands in it twice"):
        load_catalogue(written(tmp_path, ENTRY + second))


def test_a_catalogue_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_catalogue(tmp_path / "none.toml")


def test_the_shipped_catalogue_lies_in_the_package():
    assert SHIPPED.is_file()
    assert SHIPPED.parent.name == "corpora"
