"""The preview over HTTP: an ASGI application, and ways to let it listen on loopback."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.double.listener import Listener
from sandbox.preview.faults import Fault
from sandbox.preview.replies import Reply

if TYPE_CHECKING:
    from sandbox.preview.site import Site


def build_app(site: "Site") -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        headers = {
            name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        reply, request = await site.answer(scope["path"], query, headers)
        if reply.ending is Fault.HANGING:
            await _until_gone(receive)
            return
        await _send(reply, send)
        await site.answered(request)

    return app


async def _send(reply: Reply, send: Send) -> None:
    headers = _with_length(reply.headers, reply.body)
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if reply.ending is Fault.RESET:
        # More was promised than comes: the server ends the connection.
        half = reply.body[: len(reply.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        return
    await send({"type": "http.response.body", "body": reply.body})


def _with_length(headers: Mapping[str, str], body: bytes) -> list[tuple[bytes, bytes]]:
    sent = {**headers, "content-length": str(len(body))}
    return [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, port: int) -> AsyncIterator[str]:
    """Answers on 127.0.0.1 while the block runs; yields the address."""
    listener = Listener(app, port)
    await listener.start()
    try:
        yield f"http://127.0.0.1:{listener.port}"
    finally:
        await listener.stop()


@contextlib.contextmanager
def serving_in_thread(app: ASGIApp, port: int) -> Iterator[str]:
    """As `serving`, in a thread with an event loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="preview", daemon=True)
    thread.start()
    listening = serving(app, port)
    try:
        yield asyncio.run_coroutine_threadsafe(listening.__aenter__(), loop).result(10)
        leaving = listening.__aexit__(None, None, None)
        asyncio.run_coroutine_threadsafe(leaving, loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
