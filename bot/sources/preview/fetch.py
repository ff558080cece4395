"""One page over HTTP: from the expected hosts alone, in bounded time and size, under our own name.

Redirects are followed by hand, since where they lead is half of the answer. Cookies, proxies and
passwords of the environment are not used, and nothing is tried again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import httpx

from bot.domain.preview import PreviewAnswer, Reached
from bot.ports import Clock
from bot.sources.preview.body import MOST_BYTES, BodyError, read_body, text_of
from bot.sources.preview.page import is_challenge
from bot.sources.preview.retry_after import http_date, retry_after

PUBLIC_HOSTS: Final = frozenset({"t.me", "telegram.me"})
# Where an unknown name leads: never followed, the direction is the answer.
_FRONT_HOSTS: Final = frozenset({"telegram.org", "www.telegram.org"})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_HOPS: Final = 5
_PATIENCE: Final = timedelta(seconds=15)

Follow = Callable[[str], Reached | None]


class Unanswered(Exception):
    """No page came; `answer` says what did."""

    def __init__(self, reached: Reached, wait: timedelta | None = None) -> None:
        super().__init__(reached)
        self.answer = PreviewAnswer(reached, retry_after=wait)


@dataclass(frozen=True)
class _Came:
    """A finished answer: where it sends us on, or its text."""

    location: str | None = None
    text: str = ""


class Fetch:
    def __init__(
        self,
        clock: Clock,
        contact: str,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        patience: timedelta = _PATIENCE,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        """contact: how the host can reach the operator. patience: for one page with its redirects.

        base_url: `https://t.me`, or the address of a server of one's own, which is then the only
        host that is ever asked.
        """
        self._clock = clock
        self._base = httpx.URL(base_url)
        self._patience = patience
        self._most_bytes = most_bytes
        # Its own transport rather than a client: a client logs addresses, keeps cookies, and reads
        # proxies and passwords from the environment.
        self._transport = transport or httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=2)
        )
        self._headers = {
            "User-Agent": user_agent(contact),
            "Accept": "text/html",
            "Accept-Language": "en",
            "Accept-Encoding": "gzip",
        }

    async def close(self) -> None:
        await self._transport.aclose()

    async def text(self, path: str, query: dict[str, str], follow: Follow) -> str:
        """The text of a page.

        follow: what a redirect to a path on an expected host means; None to go there.
        Raises Unanswered for everything that is no whole page.
        """
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                return await self._text(self._base.copy_with(path=path, params=query), follow)
        except TimeoutError:
            raise Unanswered(Reached.UNREACHABLE) from None

    async def _text(self, address: httpx.URL, follow: Follow) -> str:
        seen = {str(address)}
        for _ in range(_MOST_HOPS):
            came = await self._one(address)
            if came.location is None:
                return came.text
            address = self._led_to(address, came.location, follow)
            if str(address) in seen:
                break
            seen.add(str(address))
        raise Unanswered(Reached.REDIRECT_LOOP)

    def _led_to(self, address: httpx.URL, location: str, follow: Follow) -> httpx.URL:
        try:
            target = address.join(location)
        except httpx.InvalidURL:
            raise Unanswered(Reached.FOREIGN_REDIRECT) from None
        if target.host in _FRONT_HOSTS and target.host != self._base.host:
            raise Unanswered(Reached.UNKNOWN_NAME)
        if not self._is_expected(target):
            raise Unanswered(Reached.FOREIGN_REDIRECT)
        meant = follow(target.path)
        if meant is not None:
            raise Unanswered(meant)
        return target

    def _is_expected(self, target: httpx.URL) -> bool:
        if target.userinfo or target.scheme != self._base.scheme:
            return False
        if self._base.host in PUBLIC_HOSTS:
            return target.host in PUBLIC_HOSTS and target.port is None
        return target.netloc == self._base.netloc

    async def _one(self, address: httpx.URL) -> _Came:
        async with self._asked(address) as response:
            if response.status_code in _REDIRECTS:
                return _Came(response.headers.get("location", ""))
            if response.status_code != 200:
                raise await self._failure(response)
            return _Came(text=await self._body(response))

    @asynccontextmanager
    async def _asked(self, address: httpx.URL) -> AsyncIterator[httpx.Response]:
        seconds = httpx.Timeout(self._patience.total_seconds()).as_dict()
        request = httpx.Request(
            "GET", address, headers=self._headers, extensions={"timeout": seconds}
        )
        has_begun = False
        try:
            response = await self._transport.handle_async_request(request)
            has_begun = True
            try:
                yield response
            finally:
                await response.aclose()
        except BodyError as error:
            raise Unanswered(error.reached) from error
        except (httpx.ReadError, httpx.RemoteProtocolError):
            raise Unanswered(Reached.CUT_OFF if has_begun else Reached.UNREACHABLE) from None
        except httpx.TransportError:
            raise Unanswered(Reached.UNREACHABLE) from None

    async def _body(self, response: httpx.Response) -> str:
        headers = response.headers
        body = await read_body(
            response.aiter_raw(),
            encoding=headers.get("content-encoding", ""),
            most_bytes=self._most_bytes,
        )
        return text_of(body, headers.get("content-type", ""))

    async def _failure(self, response: httpx.Response) -> Unanswered:
        status, headers = response.status_code, response.headers
        now = http_date(headers.get("date")) or self._clock.now()
        wait = retry_after(headers.get("retry-after"), now=now)
        if status == 429:
            return Unanswered(Reached.THROTTLED, wait)
        if headers.get("cf-mitigated") == "challenge" or await self._shows_challenge(response):
            return Unanswered(Reached.CHALLENGE)
        if status >= 500:
            return Unanswered(Reached.SERVER_ERROR, wait)
        return Unanswered(Reached.REFUSED if status >= 400 else Reached.DRIFT)

    async def _shows_challenge(self, response: httpx.Response) -> bool:
        try:
            return is_challenge(await self._body(response))
        except (BodyError, httpx.TransportError):
            return False


def user_agent(contact: str) -> str:
    """Our name, what we do and whom to write to; nothing in it can break out of the header."""
    written = quote(contact.strip(), safe=" @:/+.,-_?=&#")
    whom = f"; contact: {written}" if written else ""
    return f"Saring (reads public channels for moderators{whom})"
