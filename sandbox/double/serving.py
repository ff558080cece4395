"""How a double comes to listen: in the running event loop, or in a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator

from starlette.types import ASGIApp

from sandbox.double.listener import Listener
from sandbox.double.press import Base
from sandbox.double.pushing import Pusher
from sandbox.double.server import build_app
from sandbox.double.station import Station


class Serving:
    """The serving side of `Double`."""

    station: Station
    token: str

    @property
    def app(self) -> ASGIApp:
        """The ASGI application, for whoever serves it beside something else."""
        return build_app(self.station)

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[Base]:
        """Listen on a loopback port (0: a free one) while the block runs."""
        listener = Listener(self.app, port)
        self.station.is_closing = False
        await listener.start()
        pusher = asyncio.create_task(Pusher(self.station).run())
        try:
            yield Base(self.token, listener.port)
        finally:
            pusher.cancel()
            await asyncio.wait({pusher})
            self.station.is_closing = True
            self.station.signal.notify()
            await listener.stop()

    @contextlib.contextmanager
    def serve_in_thread(self, port: int = 0) -> Iterator[Base]:
        """As `serve`, for code without an event loop: the server has a thread of its own."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="bot-api-double", daemon=True)
        thread.start()
        serving = self.serve(port)
        try:
            base = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(10)
            try:
                yield base
            finally:
                leaving = serving.__aexit__(None, None, None)
                asyncio.run_coroutine_threadsafe(leaving, loop).result(10)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()
