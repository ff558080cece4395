"""What the page asks for and what it orders, over HTTP. Orders are JSON and do one thing each."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.app import view
from sandbox.app.feed import Feed, Sample, publish
from sandbox.app.live import News
from sandbox.app.stage import Stage
from sandbox.double import Chat, Message

PAGE = Path(__file__).parents[1] / "page"
BATCH_S = 0.05  # changes that come together are told together
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
INLINE = view.SHOWN_INLINE


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


Ordered = TypeVar("Ordered", bound=_Order)


class Say(_Order):
    """reply_to: the number of the message of that chat that the words answer."""

    who: str
    chat: str
    text: str = Field(min_length=1, max_length=4096)
    reply_to: int | None = None


class Press(_Order):
    who: str
    chat: str
    message: int
    data: str = Field(max_length=64)


class Start(_Order):
    """Follows a link t.me/<bot>?start=<token>."""

    who: str
    token: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")


class Publish(_Order):
    channel: str
    text: str = Field("", max_length=4096)
    media: str | None = None
    album: int = Field(0, ge=0, le=10)
    forward_from: str | None = None


class Touch(_Order):
    """A post to edit or delete. text: its new words; None deletes it."""

    channel: str
    message: int
    text: str | None = Field(None, max_length=4096)


class Bot(_Order):
    do: str = Field(pattern="^(kill|start|restart)$")


class Membership(_Order):
    chat: str
    is_in: bool


class Clock(_Order):
    """Forward by seconds, or to a time of day ("08:00") of tomorrow."""

    by: float | None = Field(None, gt=0, le=400 * 86_400)
    tomorrow: str | None = Field(None, pattern=r"^\d{2}:\d{2}$")


class Pace(_Order):
    pace: int | None = None
    again: bool = False


class Language(_Order):
    language: str = Field(pattern="^(en|id)$")


class Pages:
    """The page's server side: reads and drives one stage."""

    def __init__(self, stage: Stage, feed: Feed) -> None:
        self._stage = stage
        self._double = stage.double
        self._feed = feed

    def app(self) -> Starlette:
        orders: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "say": self._order(Say, self._say),
            "press": self._order(Press, self._press),
            "start": self._order(Start, self._start),
            "publish": self._order(Publish, self._publish),
            "touch": self._order(Touch, self._touch),
            "bot": self._order(Bot, self._bot),
            "membership": self._order(Membership, self._membership),
            "clock": self._order(Clock, self._clock),
            "pace": self._order(Pace, self._pace),
            "language": self._order(Language, self._language),
            "upload": self._upload,
        }
        return Starlette(
            routes=[
                Route("/", _index),
                Route("/api/state", self._state),
                Route("/api/events", self._events),
                Route("/api/messages", self._messages),
                Route("/file/{file}", self._file),
                *(Route(f"/api/{name}", order, methods=["POST"]) for name, order in orders.items()),
                Mount("/page", StaticFiles(directory=PAGE)),
            ]
        )

    # What the page sees

    async def _state(self, request: Request) -> Response:
        return JSONResponse(view.everything(self._stage, self._feed))

    async def _messages(self, request: Request) -> Response:
        """Messages of a chat before a number, for who scrolls up."""
        try:
            chat = view.all_chats(self._stage)[request.query_params["chat"]]
            before = int(request.query_params["before"])
        except (KeyError, ValueError):
            return _no("Name a chat, and the message before which to begin.")
        found = view.newest(chat, before, view.MORE)
        return JSONResponse([view.message_view(self._stage, message) for message in found])

    async def _events(self, request: Request) -> Response:
        """Every change after a number, for as long as the page listens.

        A page of another play, which the sandbox was started anew under, is told that it is over.
        """
        if request.query_params.get("play", self._stage.number) != self._stage.number:
            return EventSourceResponse(_over())
        raw = request.headers.get("last-event-id") or request.query_params.get("after", "0")
        after = int(raw) if raw.isdecimal() else 0
        return EventSourceResponse(self._changes(after), ping=15)

    async def _changes(self, after: int) -> AsyncIterator[ServerSentEvent]:
        station = self._double.station
        while not station.is_closing:
            number = station.signal.number
            fresh = station.changes[after:]
            after += len(fresh)
            told = News(self._stage, self._feed).of(fresh)
            if told:
                yield ServerSentEvent(json.dumps(told, ensure_ascii=False), id=str(after))
            await station.signal.later_than(number, None)
            await asyncio.sleep(BATCH_S)

    async def _file(self, request: Request) -> Response:
        """A file of the chats: pictures to show, everything else to keep."""
        file = self._double.world.files.get(request.path_params["file"])
        if file is None:
            return _no("There is no such file.", 404)
        is_picture = file.mime_type in INLINE and "keep" not in request.query_params
        name = re.sub(r"[\x00-\x1f\x7f/\\]", "_", file.name or file.id)
        how = "inline" if is_picture else f"attachment; filename*=UTF-8''{quote(name)}"
        kind = file.mime_type if is_picture else "application/octet-stream"
        return Response(file.content, media_type=kind, headers={"Content-Disposition": how})

    # What the page orders

    def _order(
        self, kind: type[Ordered], do: Callable[[Ordered], Awaitable[Any]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return _no("Orders are JSON.", 415)
            try:
                order = kind.model_validate_json(await request.body())
                return JSONResponse({"done": True, "result": await do(order)})
            except ValidationError as error:
                first = error.errors()[0]
                place = ".".join(map(str, first["loc"]))
                return _no(f"{place}: {first['msg']}" if place else first["msg"])
            except (LookupError, ValueError) as error:
                return _no(str(error.args[0]) if error.args else "That cannot be done.", 409)

        return answer

    async def _say(self, order: Say) -> int:
        person = self._stage.cast.person(order.who)
        asked = self._answerable(order.chat, order.reply_to)
        return self._double.say(person, order.text, chat=self._chat(order.chat), reply_to=asked).id

    async def _press(self, order: Press) -> None:
        message = self._message(order.chat, order.message)
        is_there = any(
            button.get("callback_data") == order.data for row in message.rows for button in row
        )
        if message.deleted or not is_there:
            raise LookupError("The button is gone.")
        self._double.press(self._stage.cast.person(order.who), message, data=order.data)

    async def _start(self, order: Start) -> int:
        return self._stage.opens(self._stage.cast.person(order.who), order.token).id

    async def _publish(self, order: Publish) -> int:
        if not order.text.strip() and not order.media and not order.album:
            raise ValueError("Write something first.")
        sample = Sample(order.channel, order.text, order.media, order.forward_from, order.album)
        return publish(self._stage, sample).id

    async def _touch(self, order: Touch) -> None:
        message = self._message(f"@{order.channel.removeprefix('@')}", order.message)
        if message.deleted:
            raise LookupError("The post is gone already.")
        if order.text is None:
            self._double.delete(message)
        else:
            self._double.edit(message, order.text)

    async def _bot(self, order: Bot) -> None:
        await getattr(self._stage, f"{order.do}_bot")()

    async def _membership(self, order: Membership) -> None:
        chat = self._chat(order.chat)
        if chat.is_private:
            person = chat.person
            assert person is not None
            (self._double.unblock if order.is_in else self._double.block)(person)
        elif order.is_in:
            self._double.add_bot(chat, by=chat.owner or self._stage.cast.owner)
        else:
            self._double.remove_bot(chat)

    async def _clock(self, order: Clock) -> str:
        if order.tomorrow:
            hour, minute = map(int, order.tomorrow.split(":"))
            self._stage.until_time(hour, minute)
        elif order.by:
            self._stage.later(timedelta(seconds=order.by))
        return self._stage.clock.now().isoformat()

    async def _pace(self, order: Pace) -> None:
        if order.again:
            self._feed.begin_again()
        if order.pace is not None:
            self._feed.set_pace(order.pace)

    async def _language(self, order: Language) -> None:
        self._stage.speak(order.language)

    async def _upload(self, request: Request) -> Response:
        """A document from a person; the form has `who`, `chat`, `file`, and perhaps `reply_to`."""
        if int(request.headers.get("content-length") or 0) > MAX_UPLOAD_BYTES:
            return _no("Telegram takes files of up to 50 MB from a bot's chat here.", 413)
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if file is None or isinstance(file, str):
                return _no("There is no file.")
            try:
                person = self._stage.cast.person(str(form.get("who")))
                key, number = str(form.get("chat")), str(form.get("reply_to") or "")
                asked = self._answerable(key, int(number) if number else None)
                name = file.filename or "file"
                caption = str(form.get("caption") or "")
                content = await file.read()
                message = self._stage.sends(
                    person, self._chat(key), name, content, caption, reply_to=asked
                )
            except (LookupError, ValueError) as error:
                return _no(str(error.args[0]), 409)
        return JSONResponse({"done": True, "result": message.id})

    def _chat(self, key: str) -> Chat:
        found = view.all_chats(self._stage).get(key)
        if found is None:
            raise LookupError(f"There is no chat {key!r}.")
        return found

    def _answerable(self, key: str, number: int | None) -> Message | None:
        """The message that is answered; None where nothing is. Raises LookupError."""
        if number is None:
            return None
        found = self._message(key, number)
        if found.deleted:
            raise LookupError("The message that you answer is gone.")
        return found

    def _message(self, key: str, number: int) -> Message:
        found = self._chat(key).all_messages.get(number)
        if found is None:
            raise LookupError("There is no such message.")
        return found


async def _over() -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(json.dumps({"over": True}))


async def _index(request: Request) -> Response:
    return FileResponse(PAGE / "index.html")


def _no(sentence: str, status: int = 400) -> Response:
    return JSONResponse({"done": False, "why": sentence}, status)
