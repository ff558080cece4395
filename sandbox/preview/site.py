"""The preview as a test drives it: who carries which name, and the answer to each request."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Final

from starlette.types import ASGIApp

from sandbox.preview import pages
from sandbox.preview.app import build_app, serving, serving_in_thread
from sandbox.preview.channel import Channel, Kind
from sandbox.preview.clock import VirtualClock
from sandbox.preview.faults import Fault, Faults, Scripted
from sandbox.preview.ledger import Ledger, Outcome, Request, Shown
from sandbox.preview.replies import Page, Reply, faulty, sound

_HOME: Final = "https://telegram.org/"
_LONG_AGO: Final = datetime(2015, 1, 1, tzinfo=UTC)
Hook = Callable[[Request], Awaitable[None]]
# Faults that let some of the page be read.
_SHOWING: Final = (Fault.STALE, Fault.BROKEN_BLOCK)


class Site:
    """clock: what time it is here; the caller moves it. Anything with `now` will do.

    before_answer, after_answer: awaited around each request, with what the ledger will say, or
    says, of it; for a test that stops the asking process at exactly that point. delay: awaited
    before each answer, to be slow.
    """

    def __init__(self, clock: VirtualClock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.ledger = Ledger()
        self.faults = Faults()
        self.before_answer: Hook | None = None
        self.after_answer: Hook | None = None
        self.delay: Callable[[], Awaitable[None]] | None = None
        self.channels: list[Channel] = []
        self._known_as: dict[str, list[Channel]] = {}
        self._others: dict[str, str] = {}
        self._ids = count(1_000_000_042)
        self._numbers = count(1)

    def channel(
        self,
        username: str,
        *,
        title: str = "",
        bare_id: int | None = None,
        subscribers: int = 1_234,
        has_preview: bool = True,
        since: datetime | None = None,
    ) -> Channel:
        """A new channel under this name.

        since: when it takes the name. Long ago unless told; now if another had the name before.
        """
        channel = Channel(
            clock=self.clock,
            bare_id=next(self._ids) if bare_id is None else bare_id,
            title=title or username,
            subscribers=subscribers,
            has_preview=has_preview,
            known_as=self._known_as,
        )
        is_known = username.lower() in self._known_as
        channel.rename(username, since or (self.clock.now() if is_known else _LONG_AGO))
        self.channels.append(channel)
        return channel

    def other(self, username: str, title: str = "Seseorang") -> None:
        """A person, a group or a bot: the name exists and shows no posts."""
        self._others[username.lower()] = title

    def carrier(self, username: str, at: datetime) -> Channel | None:
        """The channel that carried this name then; of several the one that took it last."""
        key = username.lower()
        named = [one for one in self._known_as.get(key, []) if one.name(at).lower() == key]
        return max(named, key=lambda one: one.named_at(at), default=None)

    @property
    def app(self) -> ASGIApp:
        """The ASGI application, for a client in this process or for whoever serves it."""
        return build_app(self)

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[str]:
        """Listens on a loopback port (0: a free one); yields the address, without a final slash."""
        async with serving(self.app, port) as address:
            yield address

    @contextlib.contextmanager
    def serve_in_thread(self, port: int = 0) -> Iterator[str]:
        """As `serve`, for code without an event loop of its own."""
        with serving_in_thread(self.app, port) as address:
            yield address

    async def answer(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[Reply, Request]:
        """The answer to a GET, and what the ledger now says of it."""
        now = self.clock.now()
        parts = [part for part in path.split("/") if part]
        name = parts[1] if len(parts) > 1 and parts[0] == "s" else (parts or [""])[0]
        fault = self.faults.due(name, now)
        is_stale = fault is not None and fault.fault is Fault.STALE
        page = self._page(parts, query, now - fault.age if fault and is_stale else now)
        request = Request(
            number=next(self._numbers),
            at=now,
            path=path,
            name=name,
            channel=page.channel.bare_id if page.channel else None,
            outcome=fault.fault if fault else page.outcome,
            before=_number(query.get("before")),
            is_single=page.outcome in (Outcome.POST, Outcome.NO_SUCH_POST),
            shown=_shown(page, fault),
            overflowed=fault is None and self._overflowed(page),
            user_agent=headers.get("user-agent", ""),
        )
        if self.before_answer:
            await self.before_answer(request)
        if self.delay:
            await self.delay()
        self.ledger.note(request)
        if fault:
            return faulty(fault, page), request
        return sound(page, packed="gzip" in headers.get("accept-encoding", "")), request

    async def answered(self, request: Request) -> None:
        """Called when the answer to a request has left."""
        if self.after_answer:
            await self.after_answer(request)

    def _overflowed(self, page: Page) -> bool:
        if not (page.is_newest and page.messages and page.channel):
            return False
        return self.ledger.overflows(page.channel, list(page.messages), page.at)

    def _page(self, parts: list[str], query: Mapping[str, str], at: datetime) -> Page:
        match parts:
            case ["s", name]:
                return self._history(name, query, at)
            case [name, number] if number.isdecimal() and "embed" in query:
                return self._single(name, int(number), at)
            case [name, *_] if self.carrier(name, at) or name.lower() in self._others:
                title = self._others.get(name.lower(), name)
                return Page(at, Outcome.ABOUT, pages.about(name, title, at))
        return Page(at, Outcome.UNKNOWN, location=_HOME)

    def _history(self, name: str, query: Mapping[str, str], at: datetime) -> Page:
        channel = self.carrier(name, at)
        if channel is None:
            return self._nobody(name, at)
        if not channel.has_preview:
            return Page(at, Outcome.ABOUT, location=f"/{name}", channel=channel)
        before, after = _number(query.get("before")), _number(query.get("after"))
        messages = channel.page(at, before, after)
        return Page(
            at,
            Outcome.PAGE if messages else Outcome.NO_POSTS,
            pages.history(channel, messages, at),
            channel=channel,
            messages=tuple(messages),
            is_newest=before is None and after is None,
        )

    def _nobody(self, name: str, at: datetime) -> Page:
        if name.lower() in self._others:
            return Page(at, Outcome.ABOUT, location=f"/{name}")
        former = next(iter(self._known_as.get(name.lower(), [])), None)
        if former is None or former.named_at(at) > at:
            return Page(at, Outcome.UNKNOWN, location=_HOME)
        if name.lower() in former.forwarding_names:
            return Page(at, Outcome.LED_ON, location=f"/s/{former.name(at)}", channel=former)
        return Page(at, Outcome.FORMER_NAME, location=_HOME, channel=former)

    def _single(self, name: str, number: int, at: datetime) -> Page:
        channel = self.carrier(name, at)
        if channel is None:
            sentence = f"Channel with username <b>@{name}</b> not found"
            return Page(at, Outcome.UNKNOWN, pages.denial(sentence, at))
        with contextlib.suppress(LookupError):
            message = channel.message(number)
            if message.is_visible(at) and number in message.numbers_at(at):
                text = pages.single(channel, message, at)
                return Page(at, Outcome.POST, text, channel=channel, messages=(message,))
        text = pages.denial("Post not found", at)
        return Page(at, Outcome.NO_SUCH_POST, text, channel=channel)


def _shown(page: Page, fault: Scripted | None) -> tuple[Shown, ...]:
    """The blocks that a reader of the answer can read."""
    if fault and fault.fault not in _SHOWING:
        return ()
    is_broken = fault is not None and fault.fault is Fault.BROKEN_BLOCK
    return tuple(
        Shown(
            message.numbers_at(page.at),
            "\n".join([message.text(page.at), *message.options]),
            message.kind is Kind.SERVICE,
        )
        for message in (page.messages[:-1] if is_broken else page.messages)
    )


def _number(written: str | None) -> int | None:
    return int(written) if written and written.isdecimal() else None
