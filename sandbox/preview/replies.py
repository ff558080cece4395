"""What is sent for a page: the page itself, or what a fault makes of it."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sandbox.preview import pages
from sandbox.preview.channel import Channel, Message
from sandbox.preview.faults import Fault, Scripted, retry_after_header
from sandbox.preview.ledger import Outcome

_MORE_THAN_ANY_PAGE: Final = 6 * 1024 * 1024


@dataclass(frozen=True)
class Reply:
    """An answer on its way. ending: how the connection ends, for RESET and HANGING."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ending: Fault | None = None


@dataclass(frozen=True)
class Page:
    """What a request comes to before a fault has its way with it. at: the moment it shows."""

    at: datetime
    outcome: Outcome
    text: str = ""
    location: str = ""
    channel: Channel | None = None
    messages: tuple[Message, ...] = ()
    is_newest: bool = False


def sound(page: Page, *, packed: bool) -> Reply:
    if page.location:
        return _moved(page, page.location)
    return _html(page, page.text, packed=packed)


def faulty(scripted: Scripted, page: Page) -> Reply:
    """What comes in the page's place; a page that a fault cannot touch comes as it is."""
    waits = retry_after_header(scripted.retry_after)
    headers = {"date": _date(page)} | ({} if waits is None else {"retry-after": waits})
    if scripted.fault in _STATUSES:
        return Reply(_STATUSES[scripted.fault], headers, b"<html>No page</html>")
    if scripted.fault in (Fault.RESET, Fault.HANGING):
        return replace(_html(page, page.text or pages.FRONT), ending=scripted.fault)
    if scripted.fault in _SPOILT:
        return _SPOILT[scripted.fault](page)
    return sound(page, packed=False)


def _html(page: Page, text: str, *, packed: bool = False, status: int = 200) -> Reply:
    body = text.encode()
    headers = {"content-type": "text/html; charset=utf-8", "date": _date(page)}
    if packed:
        body, headers["content-encoding"] = gzip.compress(body, 1), "gzip"
    return Reply(status, headers, body)


def _moved(page: Page, to: str) -> Reply:
    return Reply(302, {"location": to, "date": _date(page)})


def _date(page: Page) -> str:
    return retry_after_header(page.at) or ""


def _empty(page: Page) -> Reply:
    if page.channel is None:
        return sound(page, packed=False)
    return _html(page, pages.history(page.channel, (), page.at))


def _with_broken_block(page: Page) -> Reply:
    if page.channel is None or not page.messages:
        return sound(page, packed=False)
    newest = page.messages[-1]
    return _html(page, pages.history(page.channel, page.messages, page.at, undated=newest))


def _cut_off(page: Page) -> Reply:
    whole = _html(page, page.text or pages.FRONT)
    return replace(whole, body=whole.body[: len(whole.body) * 2 // 3])


def _too_large(page: Page) -> Reply:
    whole = _html(page, page.text or pages.FRONT)
    return replace(whole, body=whole.body + b" " * _MORE_THAN_ANY_PAGE)


def _garbled(page: Page) -> Reply:
    whole = _html(page, page.text or pages.FRONT)
    return replace(whole, headers={"content-type": "text/html; charset=windows-1251"})


_STATUSES: Final = {Fault.THROTTLED: 429, Fault.SERVER_ERROR: 502, Fault.REFUSED: 403}
_SPOILT: Final[Mapping[Fault, Callable[[Page], Reply]]] = {
    Fault.CHALLENGE: lambda page: _html(page, pages.CHALLENGE, status=503),
    Fault.EMPTY: _empty,
    Fault.BROKEN_BLOCK: _with_broken_block,
    Fault.DRIFT: lambda page: _html(page, page.text.replace("tgme_widget_message", "tgme_post")),
    Fault.CUT_OFF: _cut_off,
    Fault.GARBLED: _garbled,
    Fault.TOO_LARGE: _too_large,
    Fault.FRONT_PAGE: lambda page: _html(page, pages.FRONT),
    Fault.REDIRECT_LOOP: lambda page: _moved(page, ""),
    Fault.FOREIGN_REDIRECT: lambda page: _moved(page, "https://elsewhere.example/"),
}
