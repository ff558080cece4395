"""One double, served, and the real python-telegram-bot pointed at it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from telegram import Bot, TelegramObject
from telegram.request import HTTPXRequest

from sandbox.double import Base, Double

NO_TLS = {"verify": False}  # plain HTTP; reading the certificates would cost 40 ms a client


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this python-telegram-bot warns each time it makes a RetryAfter."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def double() -> Double:
    return Double(token="42:TEST")


@pytest.fixture
async def base(double: Double) -> AsyncIterator[Base]:
    async with double.serve() as base:
        yield base


@pytest.fixture
async def bot(base: Base) -> AsyncIterator[Bot]:
    async with make_bot(base) as bot:
        yield bot


@pytest.fixture
async def raw(base: Base) -> AsyncIterator[httpx.AsyncClient]:
    """Plain HTTP to the methods, for what python-telegram-bot refuses to send."""
    async with httpx.AsyncClient(base_url=f"{base.base_url}{base.token}/", verify=False) as client:
        yield client


@pytest.fixture
def connect() -> Callable[..., Bot]:
    """Makes a further Bot for a double: `async with connect(base) as bot`."""
    return make_bot


def make_bot(base: Base, token: str | None = None) -> Bot:
    return Bot(
        token or base.token,
        base_url=base.base_url,
        base_file_url=base.base_file_url,
        request=HTTPXRequest(connection_pool_size=8, read_timeout=5, httpx_kwargs=NO_TLS),
        get_updates_request=HTTPXRequest(read_timeout=5, httpx_kwargs=NO_TLS),
    )


@pytest.fixture
def leftovers() -> Callable[[Any], list[str]]:
    """Finds what python-telegram-bot could not place, anywhere inside an object."""
    return lambda value: list(_leftovers(value, type(value).__name__))


def _leftovers(value: Any, path: str) -> Any:
    if isinstance(value, TelegramObject):
        if value.api_kwargs:
            yield f"{path}: {dict(value.api_kwargs)}"
        for parent in type(value).__mro__:
            for name in getattr(parent, "__slots__", ()):
                if not name.startswith("_") and name != "api_kwargs":
                    yield from _leftovers(getattr(value, name, None), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _leftovers(item, f"{path}[{number}]")
