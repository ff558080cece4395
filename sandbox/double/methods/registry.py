"""Which methods there are. A function becomes one by the decorator that names its fields."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.double.fields import Fields
from sandbox.double.station import Station

Run = Callable[[Station, Fields], Any]
Wait = Callable[[Station, Fields], Awaitable[Any]]


@dataclass(frozen=True)
class Method:
    """A Bot API method: its name as documented, its fields, and what does it.

    `run` is called with the station's lock held; `wait` (getUpdates alone) takes it itself.
    """

    name: str
    fields: frozenset[str]
    run: Run | None = None
    wait: Wait | None = None


METHODS: dict[str, Method] = {}


def method(name: str, fields: str = "") -> Callable[[Run], Run]:
    """Register a function under `name`; `fields` are the accepted names, separated by spaces."""

    def register(run: Run) -> Run:
        METHODS[name.lower()] = Method(name, frozenset(fields.split()), run=run)
        return run

    return register


def waiting_method(name: str, fields: str = "") -> Callable[[Wait], Wait]:
    """As `method`, for a function that waits for something to happen."""

    def register(wait: Wait) -> Wait:
        METHODS[name.lower()] = Method(name, frozenset(fields.split()), wait=wait)
        return wait

    return register


def find(name: str) -> Method | None:
    """The method of that name in any case, as the Bot API takes it."""
    return METHODS.get(name.lower())
