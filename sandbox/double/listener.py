"""A uvicorn server on a loopback port inside the running event loop, quick to start and stop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

PATIENCE_S = 1.0  # for requests that are still being answered when the server stops


class Listener:
    """Listens on 127.0.0.1 from the moment it is made; answers between `start` and `stop`."""

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        # With the protocol named, asyncio turns Nagle's algorithm off; without, each answer
        # may wait 40 ms for an acknowledgement.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._server = _Server(_config(app))
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when the port accepts connections."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise RuntimeError("The double's server ended before it had started.")
            await asyncio.sleep(0.002)

    async def stop(self) -> None:
        self._server.asked_to_stop.set()
        if self._task is not None:
            await self._task
        self._socket.close()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
    )


class _Server(uvicorn.Server):
    """uvicorn without its waits of a tenth of a second, and without touching signals.

    Hundreds of tests start and stop a server each; with the waits each costs 0.2 s more.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.asked_to_stop = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.asked_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                # uvicorn keeps plain sets, so there is nothing to wait on but time.
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110
                    await asyncio.sleep(0.002)
        for task in self.server_state.tasks:
            task.cancel()
        for server in self.servers:
            await server.wait_closed()
