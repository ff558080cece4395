"""`Double`: the Telegram that a test or the sandbox drives.

People act through its methods at once, from any thread; the bot, in this process or another,
talks to it over HTTP. Nothing leaves the machine: it listens on 127.0.0.1 only.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.double import acts
from sandbox.double.acts import Post
from sandbox.double.faults import ANY, Fault
from sandbox.double.methods.chats import change_status
from sandbox.double.pacing import Pacing
from sandbox.double.press import Press
from sandbox.double.serving import Serving
from sandbox.double.station import Station
from sandbox.double.updates import UpdateQueue
from sandbox.double.watching import Watching
from sandbox.double.world import Chat, Media, Message, Person, World


class Double(Serving, Watching):
    """A strict Bot API on loopback with one bot.

    token: invented, "<bot id>:<letters>". clock: what time it is in messages. pacing: refuse
    what comes faster than Telegram's published limits. privacy: the bot sees of groups only
    what is for it, as bots do unless BotFather is told otherwise.
    """

    def __init__(
        self,
        token: str = "42:TEST",  # noqa: S107 - invented, opens nothing
        *,
        username: str = "double_bot",
        first_name: str = "Double",
        pacing: bool = False,
        privacy: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.token = token
        bot = Person(int(token.partition(":")[0]), first_name, username=username, is_bot=True)
        self.bot = bot
        self.world = World(bot, people={bot.id: bot})
        self.station = Station(
            self.world,
            UpdateQueue(),
            token,
            clock=clock,
            privacy=privacy,
            pacing=Pacing() if pacing else None,
        )

    # Who and where

    def person(
        self,
        id: int,
        first_name: str = "Person",
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = None,
        seen: bool = True,
    ) -> Person:
        """A person with a private chat that is not open until they write.

        seen=False: the bot has not met them, and cannot even name them in a request.
        """
        person = Person(id, first_name, last_name, username, language_code, is_seen=seen)
        self.world.people[id] = person
        self.world.chats[id] = Chat(id, "private", person=person)
        return person

    def channel(
        self, username: str, title: str | None = None, *, owner: Person | None = None
    ) -> Chat:
        """A public channel."""
        return self.world.add_chat(
            "channel", username=username, title=title or username, owner=owner
        )

    def private_channel(self, title: str, *, owner: Person | None = None) -> Chat:
        return self.world.add_chat("channel", title=title, owner=owner)

    def group(self, title: str, *members: Person) -> Chat:
        """A basic group; its first member owns it."""
        return self._group("group", title, members)

    def supergroup(self, title: str, *members: Person, username: str | None = None) -> Chat:
        return self._group("supergroup", title, members, username=username)

    def _group(
        self, kind: str, title: str, members: tuple[Person, ...], username: str | None = None
    ) -> Chat:
        people = {person.id: person for person in members}
        owner = members[0] if members else None
        return self.world.add_chat(
            kind, title=title, username=username, owner=owner, members=people
        )

    def chat(self, who: Person | Chat | int | str) -> Chat:
        """The chat of a person, an id or an @name. Raises LookupError where there is none."""
        if isinstance(who, Chat):
            return who
        if isinstance(who, str):
            found = self.world.find_username(who)
        else:
            found = self.world.chats.get(who.id if isinstance(who, Person) else who)
        if found is None:
            raise LookupError(f"There is no chat {who!r}.")
        return found

    # What people do

    def add_bot(self, chat: Chat, by: Person, *, admin: bool | None = None) -> None:
        """Put the bot into a channel (as administrator) or a group (as member, unless told)."""
        is_admin = chat.kind == "channel" if admin is None else admin
        with self.station.lock:
            acts.add_bot(self.station, chat, by, is_admin=is_admin)

    def remove_bot(self, chat: Chat, by: Person | None = None, *, status: str = "kicked") -> None:
        """Take the bot out of a chat: "kicked", or "left" as when it is merely removed."""
        with self.station.lock:
            change_status(self.station, chat, by or chat.owner or self.bot, status)

    def join(self, person: Person, chat: Chat) -> None:
        with self.station.lock:
            chat.members[person.id] = person
            self.station.note("chat", chat, detail="joined")

    def upgrade(self, group: Chat) -> Chat:
        """Turn the group into a supergroup, which has another id; returns the new chat."""
        with self.station.lock:
            return acts.upgrade(self.station, group)

    def publish(
        self,
        channel: Chat,
        text: str | None = None,
        *,
        edited: bool = False,
        media: str | Media | None = None,
        signature: str | None = None,
        forward_from: Chat | Person | Message | None = None,
        html: bool = False,
        extra: dict[str, Any] | None = None,
    ) -> Message:
        """A post in the channel. edited=True: the bot only ever hears of the edit.

        media: a kind such as "photo" (a sample is made) or a Media; `text` is then the caption.
        extra: fields to add to the message as they are, such as those of a newer Bot API.
        """
        post = Post(text, media, signature, forward_from, html=html, extra=extra)
        with self.station.lock:
            if not edited:
                return acts.write(self.station, channel, None, post)
            status, channel.bot_status = channel.bot_status, "left"
            message = acts.write(self.station, channel, None, post)
            channel.bot_status = status
            acts.edit(self.station, message, text or "", is_html=html)
            return message

    def album(
        self, channel: Chat, captions: list[str | None], *, media: str = "photo"
    ) -> list[Message]:
        """One album: a message for each caption, None for a picture without one."""
        with self.station.lock:
            album = self.world.next_album_id()
            return [
                acts.write(self.station, channel, None, Post(caption, media), album)
                for caption in captions
            ]

    def edit(self, message: Message, text: str, *, html: bool = False) -> None:
        """The author changes a post or a message (text or caption)."""
        with self.station.lock:
            acts.edit(self.station, message, text, is_html=html)

    def delete(self, message: Message) -> None:
        """The author deletes a post or message; the bot is not told."""
        with self.station.lock:
            acts.delete(self.station, message)

    def say(
        self,
        person: Person,
        text: str | None = None,
        *,
        chat: Chat | None = None,
        media: str | Media | None = None,
        reply_to: Message | None = None,
        forward_from: Chat | Person | Message | None = None,
    ) -> Message:
        """A person writes to the bot, or in a group. A first private message opens the chat."""
        post = Post(text, media, forward_from=forward_from, reply_to=reply_to)
        with self.station.lock:
            return acts.say(self.station, person, chat or self.chat(person), post)

    def block(self, person: Person) -> None:
        with self.station.lock:
            change_status(self.station, self.chat(person), person, "kicked")

    def unblock(self, person: Person) -> None:
        with self.station.lock:
            change_status(self.station, self.chat(person), person, "member")

    def press(
        self, person: Person, message: Message, button: str | None = None, *, data: str = ""
    ) -> Press:
        """Press the button of that visible text (or its beginning), or send forged `data`."""
        with self.station.lock:
            if button is not None:
                if message.deleted:
                    raise LookupError("The message is gone, and its buttons with it.")
                data = acts.find_button(message, button)
            query = acts.press(self.station, person, message, data)
        return Press(query, self.station.signal)

    def deactivate(self, person: Person) -> None:
        """The person deletes the account; writing to them is refused from now on."""
        with self.station.lock:
            person.is_deleted = True
            self.station.note("chat", self.chat(person), detail="deleted")

    def expire(self, press: Press) -> None:
        """Let a press grow too old to be answered."""
        with self.station.lock:
            press.query.is_open = False

    def raw_update(self, payload: dict[str, Any]) -> int | None:
        """Queue anything as an update; `update_id` is added. None: the bot wants no such kind."""
        with self.station.lock:
            return self.station.emit({k: v for k, v in payload.items() if k != "update_id"})

    def stands_behind(self, proxy: str) -> None:
        """What a webhook's public https address leads to: http://127.0.0.1:8443, say."""
        with self.station.lock:
            self.station.proxy = proxy

    # Disturbing

    def fault(
        self,
        method: str = ANY,
        *,
        times: int = 1,
        status: int | None = None,
        description: str | None = None,
        retry_after: int | None = None,
        drop: bool = False,
        drop_after: bool = False,
        delay: float = 0.0,
        delay_after: float = 0.0,
    ) -> None:
        """Spoil the next `times` calls of a method ("*" for any); see `Fault`. Delays in seconds.

        retry_after alone means status 429.
        """
        if status is None and retry_after is not None:
            status = 429
        self.station.faults.add(
            Fault(
                method,
                times=times,
                status=status,
                description=description,
                retry_after=retry_after,
                drop=drop,
                drop_after=drop_after,
                delay_s=delay,
                delay_after_s=delay_after,
            )
        )

    def clear_faults(self) -> None:
        self.station.faults.clear()

    def revoke_token(self) -> None:
        """From now on the token is answered with 401, as after /revoke at BotFather."""
        self.station.token = ""
