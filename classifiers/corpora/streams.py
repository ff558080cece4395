"""Where the bytes of a file come from: its host, a mirror on the web, or a folder.

Redirects are followed by hand, because a library that follows them all would let one answer send
us anywhere. Nothing is written here.
"""

import ipaddress
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from classifiers.corpora.errors import FetchError

MOST_REDIRECTS = 5
CHUNK = 1 << 16  # bytes read from a folder at once


@dataclass(frozen=True)
class Limits:
    """bytes: of one file; silence: between two pieces; total: for one file."""

    bytes: int = 500_000_000
    silence: timedelta = timedelta(seconds=30)
    total: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Stream:
    """size: in bytes as announced, None where it was not; chunks: to be read once."""

    size: int | None
    chunks: Iterator[bytes]


@contextmanager
def folder_stream(path: Path) -> Iterator[Stream]:
    """A file of a mirror folder. Raises FetchError where it is not there or cannot be read."""
    try:
        source = path.open("rb")
        size = path.stat().st_size
    except OSError as error:
        raise FetchError(
            f"The mirror has no readable {path}: {error.strerror or error}."
        ) from error
    with source:
        yield Stream(size, iter(lambda: source.read(CHUNK), b""))


@contextmanager
def web_stream(address: str, redirects: tuple[str, ...], limits: Limits) -> Iterator[Stream]:
    """What a web address answers.

    redirects: hosts besides its own to which it may send us on. Raises FetchError for any answer
    but 200, a foreign host, a connection without encryption that leaves this machine, silence,
    and a body that ends early.
    """
    host = _host(address)
    headers = {"Accept-Encoding": "identity", "User-Agent": "saring"}
    patience = httpx.Timeout(limits.silence.total_seconds())
    try:
        with (
            httpx.Client(timeout=patience, headers=headers) as client,
            _answer(client, address, frozenset({host, *redirects})) as answer,
        ):
            yield Stream(_size(answer), _in_time(answer, limits.total))
    except httpx.TimeoutException as error:
        seconds = limits.silence.total_seconds()
        raise FetchError(f"{host} said nothing for {seconds:g} seconds; try later.") from error
    except httpx.HTTPError as error:
        raise FetchError(f"The connection to {host} failed: {error}; try again.") from error


def _host(address: str) -> str:
    try:
        return httpx.URL(address).host
    except httpx.InvalidURL as error:
        raise FetchError(f"{address} is no address: {error}.") from error


@contextmanager
def _answer(
    client: httpx.Client, address: str, allowed: frozenset[str]
) -> Iterator[httpx.Response]:
    url = httpx.URL(address)
    for _ in range(MOST_REDIRECTS + 1):
        _refuse_strangers(url, allowed)
        with client.stream("GET", url) as response:
            if response.next_request is not None:
                url = response.next_request.url
                continue
            _refuse_failure(response)
            yield response
            return
    raise FetchError(f"{address} sends us on more than {MOST_REDIRECTS} times.")


def _refuse_strangers(url: httpx.URL, allowed: frozenset[str]) -> None:
    if url.host not in allowed:
        names = ", ".join(sorted(allowed))
        raise FetchError(f"The download leads to {url.host}, which is not one of: {names}.")
    if url.scheme != "https" and not (url.scheme == "http" and _is_this_machine(url.host)):
        raise FetchError(f"{url} is not encrypted: only https is used beyond this machine.")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_failure(response: httpx.Response) -> None:
    if response.status_code != httpx.codes.OK:
        raise FetchError(f"{response.url} answered {response.status_code}.")
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        # Checksums are of the file; unpacking here would also defeat the cap on its size.
        raise FetchError(f"{response.url} answered packed as {encoding}, which was not asked for.")


def _size(response: httpx.Response) -> int | None:
    announced = response.headers.get("content-length", "")
    return int(announced) if announced.isdecimal() else None


def _in_time(response: httpx.Response, total: timedelta) -> Iterator[bytes]:
    """Pieces as they come; a server that drips one byte at a time is cut off."""
    end = time.monotonic() + total.total_seconds()
    for chunk in response.iter_raw():
        if time.monotonic() > end:
            seconds = total.total_seconds()
            raise FetchError(f"{response.url} was not through after {seconds:g} seconds.")
        yield chunk
