"""Downloads against a server on loopback: whole and unchanged, or not at all."""

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from classifiers.corpora.corpus import Corpus, Host
from classifiers.corpora.errors import FetchError, WrongChecksumError
from classifiers.corpora.fetching import fetch_file
from classifiers.corpora.streams import MOST_REDIRECTS, Limits
from tests.classifiers.corpora.web import BODY, PLACE, SHA256, Answer


def fetch(corpus: Corpus, to: Path, **options: object):
    return fetch_file(corpus, corpus.files[0], to, **options)


def everything_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def unpinned(corpus: Corpus) -> Corpus:
    return replace(corpus, files=(replace(corpus.files[0], sha256=None),))


def test_a_right_file_is_saved_under_its_name_and_called_checked(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()
    seen: list[tuple[int, int | None]] = []

    done = fetch(corpus, tmp_path, advance=lambda size, total: seen.append((size, total)))

    assert done.path == tmp_path / "harvest" / "rows.csv"
    assert done.path.read_bytes() == BODY
    assert (done.checked, done.known, done.sha256) == (True, False, SHA256)
    assert seen[-1] == (len(BODY), len(BODY))
    assert everything_below(tmp_path) == [tmp_path / "harvest", done.path]


def test_a_good_copy_is_not_downloaded_again(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()
    fetch(corpus, tmp_path)

    again = fetch(corpus, tmp_path)

    assert again.known
    assert web.asked == [PLACE]


def test_a_spoilt_copy_is_replaced(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()
    path = fetch(corpus, tmp_path).path
    path.write_bytes(b"spoilt")

    done = fetch(corpus, tmp_path)

    assert not done.known
    assert path.read_bytes() == BODY


def test_a_wrong_checksum_is_refused_and_the_file_deleted(web, corpus, tmp_path):
    other = BODY.replace(b"late", b"lost")
    web.answers[PLACE] = Answer(other, announced=len(other))

    with pytest.raises(WrongChecksumError, match=SHA256):
        fetch(corpus, tmp_path)

    assert everything_below(tmp_path) == []


def test_a_wrong_checksum_leaves_an_older_file_as_it_was(web, corpus, tmp_path):
    older = tmp_path / "harvest" / "rows.csv"
    older.parent.mkdir()
    older.write_bytes(b"older")
    web.answers[PLACE] = Answer(b"wrong", announced=5)

    with pytest.raises(WrongChecksumError):
        fetch(corpus, tmp_path)

    assert older.read_bytes() == b"older"
    assert everything_below(tmp_path) == [older.parent, older]


def test_a_file_without_a_pinned_checksum_is_saved_but_not_called_checked(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()

    done = fetch(unpinned(corpus), tmp_path)

    assert not done.checked
    assert done.sha256 == SHA256


@pytest.mark.parametrize("status", [204, 206, 403, 404, 429, 500, 503])
def test_any_answer_but_200_is_named_and_leaves_nothing(web, corpus, tmp_path, status):
    announced = None if status == 204 else len(BODY)
    web.answers[PLACE] = Answer(b"" if status == 204 else BODY, status, announced)

    with pytest.raises(FetchError, match=f"answered {status}"):
        fetch(corpus, tmp_path)

    assert everything_below(tmp_path) == []


def test_a_body_that_ends_early_is_refused_even_without_a_checksum(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(BODY, announced=len(BODY) + 1)

    with pytest.raises(FetchError, match="failed"):
        fetch(unpinned(corpus), tmp_path)

    assert everything_below(tmp_path) == []


def test_a_file_announced_as_too_large_is_refused_before_it_is_read(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()
    seen: list[int] = []

    with pytest.raises(FetchError, match="larger than"):
        fetch(
            corpus,
            tmp_path,
            limits=Limits(bytes=len(BODY) - 1),
            advance=lambda size, total: seen.append(size),
        )

    assert seen == []
    assert everything_below(tmp_path) == []


def test_a_file_that_does_not_say_how_large_it_is_stops_at_the_cap(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(announced=None)

    with pytest.raises(FetchError, match="larger than"):
        fetch(corpus, tmp_path, limits=Limits(bytes=len(BODY) - 1))

    assert everything_below(tmp_path) == []


def test_a_file_of_exactly_the_cap_is_taken(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(announced=None)

    assert fetch(corpus, tmp_path, limits=Limits(bytes=len(BODY))).checked


def test_a_packed_answer_is_refused(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(headers={"Content-Encoding": "gzip"})

    with pytest.raises(FetchError, match="packed as gzip"):
        fetch(corpus, tmp_path)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_host_is_followed(web, corpus, tmp_path, status):
    web.answers[PLACE] = Answer(b"", status, 0, {"Location": "/elsewhere"})
    web.answers["/elsewhere"] = Answer()

    assert fetch(corpus, tmp_path).checked


def test_a_redirect_to_a_foreign_host_is_refused_and_never_asked(web, corpus, tmp_path):
    foreign = f"http://localhost:{web.server.server_port}/elsewhere"
    web.answers[PLACE] = Answer(b"", 302, 0, {"Location": foreign})
    web.answers["/elsewhere"] = Answer()

    with pytest.raises(FetchError, match="leads to localhost"):
        fetch(corpus, tmp_path)

    assert web.asked == [PLACE]
    assert everything_below(tmp_path) == []


def test_a_redirect_to_a_named_host_is_followed(web, corpus, tmp_path):
    named = f"http://localhost:{web.server.server_port}/elsewhere"
    web.answers[PLACE] = Answer(b"", 302, 0, {"Location": named})
    web.answers["/elsewhere"] = Answer()
    host = replace(corpus.host, redirects=("localhost",))

    assert fetch(replace(corpus, host=host), tmp_path).checked


def test_redirects_in_a_circle_end(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(b"", 302, 0, {"Location": PLACE})

    with pytest.raises(FetchError, match="more than"):
        fetch(corpus, tmp_path)

    assert len(web.asked) == MOST_REDIRECTS + 1


def test_a_redirect_to_nonsense_is_a_sentence(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(b"", 302, 0, {"Location": "http://127.0.0.1:nonsense/"})

    with pytest.raises(FetchError, match="nonsense"):
        fetch(corpus, tmp_path)


@pytest.mark.parametrize(
    "address",
    ["http://corpora.example/{commit}", "ftp://127.0.0.1/{commit}", "https://127.0.0.1:port/"],
)
def test_only_encrypted_addresses_are_used_beyond_this_machine(corpus, tmp_path, address):
    with pytest.raises(FetchError, match=r"not encrypted|no address"):
        fetch(replace(corpus, host=Host("", address)), tmp_path)


def test_a_silent_server_is_given_up(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(wait_in_seconds=0.6)

    with pytest.raises(FetchError, match=r"said nothing for 0\.1 seconds"):
        fetch(corpus, tmp_path, limits=Limits(silence=timedelta(seconds=0.1)))

    assert everything_below(tmp_path) == []


def test_a_server_that_drips_is_given_up(web, corpus, tmp_path):
    web.answers[PLACE] = Answer(wait_in_seconds=0.05, pieces=20)

    with pytest.raises(FetchError, match=r"not through after 0\.2 seconds"):
        fetch(corpus, tmp_path, limits=Limits(total=timedelta(seconds=0.2)))

    assert everything_below(tmp_path) == []


def test_a_host_that_is_not_there_is_a_sentence(corpus, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    host = Host("", f"http://127.0.0.1:{port}/{{path}}")

    with pytest.raises(FetchError, match="failed"):
        fetch(replace(corpus, host=host), tmp_path)


def test_a_file_of_no_known_commit_is_not_downloaded(web, corpus, tmp_path):
    file = replace(corpus.files[0], commit=None)

    with pytest.raises(FetchError, match="no commit is known"):
        fetch_file(corpus, file, tmp_path)

    assert web.asked == []


def test_a_mirror_folder_serves_without_any_network(web, corpus, tmp_path):
    mirror = tmp_path / "mirror" / "harvest"
    mirror.mkdir(parents=True)
    (mirror / "rows.csv").write_bytes(BODY)

    done = fetch(corpus, tmp_path / "here", mirror=tmp_path / "mirror")

    assert done.checked
    assert done.path.read_bytes() == BODY
    assert web.asked == []


def test_a_folder_filled_by_a_download_is_a_mirror(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()
    fetch(corpus, tmp_path / "first")

    assert fetch(corpus, tmp_path / "second", mirror=tmp_path / "first").checked


def test_a_wrong_file_in_a_mirror_is_refused_like_any_other(corpus, tmp_path):
    mirror = tmp_path / "mirror" / "harvest"
    mirror.mkdir(parents=True)
    (mirror / "rows.csv").write_bytes(b"something else")

    with pytest.raises(WrongChecksumError):
        fetch(corpus, tmp_path / "here", mirror=tmp_path / "mirror")

    assert everything_below(tmp_path / "here") == []


def test_a_mirror_without_the_file_says_which_is_missing(corpus, tmp_path):
    with pytest.raises(FetchError, match=r"harvest/rows\.csv"):
        fetch(corpus, tmp_path / "here", mirror=tmp_path)


def test_a_mirror_on_the_web_has_the_layout_of_a_folder(web, corpus, tmp_path):
    web.answers["/copies/harvest/rows.csv"] = Answer()

    done = fetch(corpus, tmp_path, mirror=f"{web.base}/copies/")

    assert done.checked
    assert web.asked == ["/copies/harvest/rows.csv"]


def test_a_mirror_on_the_web_may_not_send_us_to_the_hosts_of_the_catalogue(web, corpus, tmp_path):
    foreign = f"http://localhost:{web.server.server_port}/elsewhere"
    web.answers["/harvest/rows.csv"] = Answer(b"", 302, 0, {"Location": foreign})
    host = replace(corpus.host, redirects=("localhost",))

    with pytest.raises(FetchError, match="leads to localhost"):
        fetch(replace(corpus, host=host), tmp_path, mirror=web.base)


def test_blanks_in_a_path_are_quoted(web, corpus, tmp_path):
    web.answers[PLACE.replace("folder/rows", "a%20folder/rows")] = Answer()
    file = replace(corpus.files[0], path="a folder/rows.csv")

    assert fetch_file(corpus, file, tmp_path).checked


def test_a_target_below_a_file_is_a_sentence(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(FetchError, match="cannot be written"):
        fetch(corpus, tmp_path / "taken")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_a_sentence(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)

    with pytest.raises(FetchError, match="cannot be written"):
        fetch(corpus, locked)


@contextmanager
def no_file_larger_than(size_in_bytes: int) -> Iterator[None]:
    """The system refuses to write more, in the middle of a file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_in_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_half_way_leaves_nothing(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()

    with (
        pytest.raises(FetchError, match="cannot be written"),
        no_file_larger_than(len(BODY) // 2),
    ):
        fetch(corpus, tmp_path)

    assert everything_below(tmp_path) == []


def test_an_interrupted_download_leaves_nothing(web, corpus, tmp_path):
    web.answers[PLACE] = Answer()

    def interrupt(size: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(corpus, tmp_path, advance=interrupt)

    assert everything_below(tmp_path) == []
