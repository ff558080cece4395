"""The channels as the public web preview shows them, on loopback: what the feed shows, again.

An operator may switch the bot's preview source on in the sandbox too; it then asks this server, and
nothing leaves the machine.
"""

import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import cast

from sandbox.app.clock import MovedClock
from sandbox.double import Chat, Double, Message
from sandbox.double.station import Change
from sandbox.double.world import CHANNEL_BASE
from sandbox.preview import Channel, Kind, Site, VirtualClock

_KINDS = {"video_note": Kind.ROUND_VIDEO}
_TOLD = ("message", "edit", "delete")


class PublicSide:
    """Follows the double's channels and shows the same posts under the same numbers."""

    def __init__(self, double: Double, channels: Iterable[Chat], clock: MovedClock) -> None:
        self._double = double
        # The site asks its clock for the time and nothing else.
        self.site = Site(cast(VirtualClock, clock))
        self._channels = {chat.id: (chat, self._opened(chat)) for chat in channels}

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Listens while the block runs; yields the address, without a final slash."""
        async with self.site.serve() as address:
            yield address

    async def follow(self) -> None:
        """Shows every change, until cancelled."""
        async for change in self._double.feed():
            self.show(change)

    def show(self, change: Change) -> None:
        """What a channel published, changed or took back; anything else passes by."""
        if change.kind not in _TOLD or change.chat_id not in self._channels:
            return
        chat, channel = self._channels[change.chat_id]
        message = chat.all_messages[change.message_id or 0]
        if change.kind == "message":
            self._publish(chat, channel, message)
        elif change.kind == "edit":
            channel.edit(message.id, message.text)
        else:
            channel.delete(message.id, member_only=message.album is not None)

    def _opened(self, chat: Chat) -> Channel:
        name = chat.username or ""
        return self.site.channel(name, title=chat.title or name, bare_id=CHANNEL_BASE - chat.id)

    def _publish(self, chat: Chat, channel: Channel, message: Message) -> None:
        if message.id < channel.next_number:
            return  # a further member of an album that is shown already
        channel.skip(message.id - channel.next_number)
        album = [one for one in chat.messages if message.album and one.album == message.album]
        origin = message.origin or {}
        source = origin.get("chat", {}).get("username")
        channel.publish(
            message.text,
            kind=_kind(message),
            members=max(len(album), 1),
            forwarded_from=f"{source}/{origin['message_id']}" if source else "",
        )


def _kind(message: Message) -> Kind:
    if message.media is None:
        return Kind.TEXT
    return _KINDS.get(message.media.kind) or Kind(message.media.kind)
