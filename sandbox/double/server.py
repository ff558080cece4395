"""The double's HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`, GET and POST.

Bodies come as a query string, as a form, as multipart or as JSON, as Telegram takes them.
"""

import asyncio
import functools
import json
import re
from collections.abc import Awaitable
from typing import Any, cast

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.double import errors
from sandbox.double.dispatch import HUNG_UP, Answer, dispatch
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields, Upload
from sandbox.double.station import Station

HANG_UP = "double.hang_up"
POLL = "getupdates"
MAX_FORM_FIELDS = 200


def build_app(station: Station) -> ASGIApp:
    """The ASGI application of one bot's double."""
    routes = [
        Route("/bot{token}/{method}", _Methods(station), methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", _Files(station), methods=["GET"]),
    ]
    return _WithHangUp(Starlette(routes=routes, exception_handlers={404: _not_found}))


class _Methods:
    """Answers the calls of methods. An ASGI application, so that it may also not answer."""

    def __init__(self, station: Station) -> None:
        self.station = station

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except ClientDisconnect:
            return
        if answer is HUNG_UP:
            await scope[HANG_UP]()
            return
        response = JSONResponse(answer.body, answer.status)
        if retry := (answer.body or {}).get("parameters", {}).get("retry_after"):
            response.headers["Retry-After"] = str(retry)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Answer:
        refused = _wrong_token(request, self.station.token)
        if refused is not None:
            return refused
        try:
            fields = await _read(request)
        except Refusal as refusal:
            return _error(refusal)
        return await self._until_disconnected(
            request, dispatch(self.station, request.path_params["method"], fields)
        )

    async def _until_disconnected(self, request: Request, work: Awaitable[Answer]) -> Answer:
        """Drop a poll when the client goes away; anything else that arrived takes effect."""
        task = asyncio.ensure_future(work)
        gone = asyncio.ensure_future(_gone(request))
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and request.path_params["method"].lower() == POLL:
                raise ClientDisconnect
            return await task
        finally:
            for unfinished in (task, gone):
                unfinished.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)


async def _gone(request: Request) -> None:
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            return


class _Files:
    """Serves the bytes of a file_path that getFile gave."""

    def __init__(self, station: Station) -> None:
        self.station = station

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await self._response(request)(scope, receive, send)

    def _response(self, request: Request) -> Response:
        refused = _wrong_token(request, self.station.token)
        if refused is not None:
            return JSONResponse(refused.body, refused.status)
        name = request.path_params["path"].removeprefix("files/")
        file = self.station.world.files.get(name)
        if file is None:
            return _not_found(request, None)
        return Response(file.content, media_type=file.mime_type or "application/octet-stream")


class _WithHangUp:
    """Lets an endpoint break the connection without an answer.

    The real `send` belongs to uvicorn's request cycle, which knows the socket; frameworks above
    wrap it, so it is taken here, at the outside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[HANG_UP] = functools.partial(_hang_up, receive, send)
        await self.app(scope, receive, send)


async def _hang_up(receive: Receive, send: Send) -> None:
    cycle = cast(Any, send).__self__
    cycle.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def _not_found(request: Request, error: Exception | None) -> Response:
    return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)


def _wrong_token(request: Request, token: str) -> Answer | None:
    given = request.path_params["token"]
    if given == token:
        return None
    is_token = re.fullmatch(r"\d+:[\w-]+", given) is not None
    return _error(Refusal(errors.UNAUTHORIZED if is_token else errors.MALFORMED_TOKEN))


def _error(refusal: Refusal) -> Answer:
    body = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    return Answer(refusal.code, body)


async def _read(request: Request) -> Fields:
    """The fields of a request, from its query string and its body."""
    values = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return Fields(values | _from_json(await request.body()))
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return await _from_form(request, values)
    if await request.body():
        raise Refusal(errors.BODY_UNREADABLE)
    return Fields(values)


def _from_json(body: bytes) -> dict[str, str]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise Refusal(errors.BODY_NOT_JSON) from None
    if not isinstance(found, dict):
        raise Refusal(errors.BODY_NOT_JSON)
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in found.items()}


async def _from_form(request: Request, values: dict[str, str]) -> Fields:
    uploads: dict[str, Upload] = {}
    form = await request.form(max_files=20, max_fields=MAX_FORM_FIELDS, max_part_size=1024 * 1024)
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                uploads[name] = Upload(value.filename, value.content_type, content)
            else:
                values[name] = value
    finally:
        await form.close()
    return Fields(values, uploads)
