"""Looking at chats and their members, and leaving."""

from typing import Any

from sandbox.double import errors, wire
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.methods.access import find_chat, readable_chat, writable_chat
from sandbox.double.methods.registry import method
from sandbox.double.station import Station
from sandbox.double.world import Chat, Person


@method("getChat", "chat_id")
def get_chat(station: Station, fields: Fields) -> Any:
    return wire.full_chat_object(readable_chat(station, fields.text("chat_id")))


@method("getChatMember", "chat_id user_id")
def get_chat_member(station: Station, fields: Fields) -> Any:
    chat = readable_chat(station, fields.text("chat_id"))
    user_id = fields.integer("user_id")
    person = station.world.people.get(user_id)
    if person is None or not person.is_seen:
        raise Refusal(errors.USER_NOT_FOUND)
    if chat.is_private:
        return wire.member_object(chat, person, "member")
    if not chat.has_bot:
        raise Refusal(errors.MEMBERS_HIDDEN)
    return wire.member_object(chat, person, _status(station, chat, person))


@method("getChatAdministrators", "chat_id return_bots")
def get_chat_administrators(station: Station, fields: Fields) -> Any:
    chat = readable_chat(station, fields.text("chat_id"))
    if chat.is_private:
        raise Refusal(errors.NO_ADMINS_IN_PRIVATE)
    if not chat.has_bot:
        raise Refusal(errors.MEMBERS_HIDDEN)
    found = []
    if chat.owner is not None:
        found.append(wire.member_object(chat, chat.owner, "creator"))
    if chat.bot_status == "administrator":
        found.append(wire.member_object(chat, station.world.bot, "administrator"))
    return found


@method("getChatMemberCount", "chat_id")
def get_chat_member_count(station: Station, fields: Fields) -> Any:
    chat = readable_chat(station, fields.text("chat_id"))
    return 2 if chat.is_private else len(chat.members) + chat.has_bot


@method("leaveChat", "chat_id")
def leave_chat(station: Station, fields: Fields) -> Any:
    chat = find_chat(station, fields.text("chat_id"))
    if chat.is_private:
        raise Refusal(errors.CANT_LEAVE_PRIVATE)
    writable_chat(station, fields.text("chat_id"))
    change_status(station, chat, station.world.bot, "left")
    return True


def change_status(station: Station, chat: Chat, by: Person, status: str) -> None:
    """Set what the bot is in the chat and tell it by my_chat_member."""
    before, chat.bot_status = chat.bot_status, status
    chat.is_known = True
    by.is_seen = True
    station.emit(
        {
            "my_chat_member": {
                "chat": wire.chat_object(chat),
                "from": wire.person_object(by),
                "date": int(station.now().timestamp()),
                "old_chat_member": wire.member_object(chat, station.world.bot, before),
                "new_chat_member": wire.member_object(chat, station.world.bot, status),
            }
        }
    )
    station.note("chat", chat, detail=status)


def _status(station: Station, chat: Chat, person: Person) -> str:
    if person is station.world.bot:
        return chat.bot_status
    if person is chat.owner:
        return "creator"
    if person.id not in chat.members:
        raise Refusal(errors.NOT_A_PARTICIPANT)
    return "member"
