"""Telegram posts updates to us: an address that commits each to the inbox before it says 200.

It stands in the place of the poller. TLS is a proxy's matter; this listens in plain HTTP behind it.
"""

import asyncio
import contextlib
import hmac
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.chat.telegram_bot import WANTED, TelegramBot
from bot.domain.errors import SettingsError, StorageError, TokenRefused
from bot.services.receive import Receive

_log = logging.getLogger(__name__)
_HEADER: Final = "x-telegram-bot-api-secret-token"
MOST_BYTES: Final = 1024 * 1024  # of one update; the largest seen are some tens of thousands
_PATIENCE: Final = 15.0  # seconds for a body to arrive
_LONGEST_PAUSE: Final = 60.0  # seconds between attempts to tell Telegram where we are
_LAST_WORDS: Final = 5  # seconds for requests under way when we stop


@dataclass(frozen=True)
class Hook:
    """url: public, https; Telegram posts there. secret: what it shows. host, port: where we listen,
    at the url's path.
    """

    url: str
    secret: str
    host: str
    port: int


class Webhook:
    """on_received: called after each commit to the inbox, with the kinds of what was put there."""

    def __init__(
        self,
        bot: TelegramBot,
        receive: Receive,
        on_received: Callable[[set[str]], None],
        hook: Hook,
    ) -> None:
        self._bot = bot
        self._receive = receive
        self._on_received = on_received
        self._hook = hook
        self._secret = hook.secret.encode()

    async def run(self) -> None:
        """Listens, then tells Telegram where, until cancelled.

        Raises TokenRefused, and SettingsError where the port is taken or Telegram refuses the
        address.
        """
        async with self._listening():
            await self._announce()
            await asyncio.Event().wait()

    async def _announce(self) -> None:
        pause = 1.0
        while True:
            try:
                await self._bot.set_webhook(
                    self._hook.url, allowed_updates=WANTED, secret_token=self._hook.secret
                )
            except InvalidToken as error:
                raise TokenRefused from error
            except BadRequest as error:
                raise SettingsError(f"WEBHOOK_URL: Telegram refuses it: {error.message}") from error
            except TelegramError as error:
                _log.warning("the webhook could not be set yet: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                _log.info("Telegram posts updates to %s", self._hook.url)
                return

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        address = (self._hook.host, self._hook.port)
        try:
            family = socket.AF_INET6 if ":" in self._hook.host else socket.AF_INET
            opened = socket.create_server(address, family=family)
        except OSError as problem:
            raise SettingsError(
                f"WEBHOOK_LISTEN: {self._hook.host}:{self._hook.port} cannot be listened on "
                f"({problem.strerror}): choose another port, or stop what is there."
            ) from problem
        server = _Server(_config(self.app))
        serving = asyncio.create_task(server.serve([opened]))
        try:
            yield
        finally:
            server.should_exit = True
            await asyncio.wait({serving})
            opened.close()

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[Route(urlsplit(self._hook.url).path or "/", self._take, methods=["POST"])]
        )

    async def _take(self, request: Request) -> Response:
        """200 once the update is committed; 5xx has Telegram post it again."""
        shown = request.headers.get(_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(shown, self._secret):
            return Response(status_code=403)
        body = await _body(request)
        if isinstance(body, int):
            return Response(status_code=body)
        update = _update(body)
        if update is None:
            _log.error("what was posted to the webhook is no update: %d bytes", len(body))
            return Response(status_code=400)
        try:
            kinds = await self._receive.keep([update])
        except StorageError as problem:
            _log.error("an update cannot be kept: %s", problem)
            return Response(status_code=503)
        self._on_received(kinds)
        return Response(status_code=200)


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_LAST_WORDS,
    )


async def _body(request: Request) -> bytes | int:
    """The body, or the status that says why it was not taken."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(_PATIENCE):
            async for part in request.stream():
                parts.append(part)
                size += len(part)
                if size > MOST_BYTES:
                    return 413
    except TimeoutError:
        return 408
    except ClientDisconnect:
        return 400
    return b"".join(parts)


def _update(body: bytes) -> dict[str, Any] | None:
    """The update in a body; None for what is none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    if type(number) is not int or not 0 <= number < 2**63:
        return None
    return dict(update)


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to whoever runs the program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
