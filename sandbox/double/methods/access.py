"""May the bot do this here? The checks that most methods begin with."""

from sandbox.double import errors
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.station import Station
from sandbox.double.world import Chat, Message


def find_chat(station: Station, raw: str) -> Chat:
    """The chat of an id or @name that the bot can reach at all. Raises Refusal."""
    if not raw:
        raise Refusal(errors.CHAT_ID_EMPTY)
    if raw.startswith("@"):
        chat = station.world.find_username(raw)
        if chat is None:
            raise Refusal(errors.CHAT_NOT_FOUND)
        chat.is_known = True
        return chat
    try:
        chat = station.world.chats.get(int(raw))
    except ValueError:
        chat = None
    if chat is None or not _is_reachable(chat):
        raise Refusal(errors.CHAT_NOT_FOUND)
    return chat


def _is_reachable(chat: Chat) -> bool:
    if chat.person is not None:
        return chat.person.is_seen
    return chat.is_known


def readable_chat(station: Station, raw: str) -> Chat:
    """A chat that the bot may look at: its own, or a public one it was not thrown out of."""
    chat = find_chat(station, raw)
    if chat.is_private:
        return chat
    if chat.bot_status == "kicked":
        raise Refusal(errors.KICKED, kind=chat.kind)
    if not chat.has_bot and not chat.username:
        raise Refusal(errors.NOT_MEMBER, kind=chat.kind)
    return chat


def writable_chat(station: Station, raw: str) -> Chat:
    """A chat that the bot may write to. Raises Refusal with Telegram's reason."""
    chat = find_chat(station, raw)
    if chat.migrated_to is not None:
        raise Refusal(errors.UPGRADED, parameters={"migrate_to_chat_id": chat.migrated_to})
    if chat.is_private:
        if chat.person is not None and chat.person.is_deleted:
            raise Refusal(errors.DEACTIVATED)
        if chat.bot_status == "kicked":
            raise Refusal(errors.BLOCKED)
        if not chat.has_bot:
            raise Refusal(errors.NEVER_STARTED)
        return chat
    if chat.bot_status == "kicked":
        raise Refusal(errors.KICKED, kind=chat.kind)
    if not chat.has_bot:
        raise Refusal(errors.NOT_MEMBER, kind=chat.kind)
    return chat


def find_message(chat: Chat, message_id: int, missing: errors.Wording) -> Message:
    message = chat.all_messages.get(message_id)
    if message is None or message.deleted:
        raise Refusal(missing)
    return message


def refuse_unmodelled(fields: Fields, *names: str) -> None:
    """Say so where a field is real but the double has nothing behind it."""
    for name in names:
        if fields.text(name):
            raise Refusal(errors.NOT_MODELLED, what=f'the field "{name}"')
