"""A server on loopback, and a corpus and a catalogue that point to it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classifiers.corpora.corpus import Corpus, CorpusFile, Host
from classifiers.corpora.licence import Licence
from tests.classifiers.corpora.web import COMMIT, SHA256, Web


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    server = Web()
    yield server
    server.close()


@pytest.fixture
def corpus(web: Web) -> Corpus:
    """One file at PLACE of the server, with the checksum of BODY."""
    return Corpus(
        name="harvest",
        title="Lines about the harvest",
        languages=("en",),
        use="train",
        positive="",
        licence=Licence("MIT", "LICENSE of the repository", verified=True),
        verified=("place", "commit", "licence"),
        host=Host(f"{web.base}/{{repository}}", f"{web.base}/{{repository}}/{{commit}}/{{path}}"),
        repository="owner/name",
        files=(CorpusFile("folder/rows.csv", "rows.csv", COMMIT, SHA256),),
    )


@pytest.fixture
def catalogue(web: Web, tmp_path: Path) -> Callable[..., Path]:
    """Writes a catalogue of two corpora, harvest with a checksum and weather without one."""

    def write(sha256: str = SHA256) -> Path:
        path = tmp_path / "catalogue.toml"
        path.write_text(
            f"""
[hosts.local]
page = "{web.base}/{{repository}}"
raw = "{web.base}/{{repository}}/{{commit}}/{{path}}"

[[corpus]]
name = "harvest"
title = "Lines about the harvest"
languages = ["en"]
use = "train"
positive = ""
host = "local"
repository = "owner/name"
verified = ["place", "commit", "licence"]
licence = {{ name = "MIT", stated_by = "LICENSE of the repository" }}
columns = {{ format = "csv", text = "text", label = "label", positive = ["1"] }}
files = [{{ path = "folder/rows.csv", commit = "{COMMIT}", sha256 = "{sha256}" }}]

[[corpus]]
name = "weather"
title = "Lines about the weather"
languages = ["en"]
use = "measure"
positive = ""
host = "local"
repository = "owner/name"
verified = ["place", "commit"]
note = "Mask the handles."
licence = {{ name = "CC-BY-NC-SA-4.0", stated_by = "somebody else" }}
files = [{{ path = "folder/rows.csv", commit = "{COMMIT}", split = "probe" }}]

[[corpus]]
name = "rumours"
title = "Nobody knows where"
languages = ["en"]
use = "train"
positive = ""
verified = []
licence = {{ name = "none", stated_by = "nobody" }}
""",
            encoding="utf-8",
        )
        return path

    return write
