"""The double's values as Bot API 10.0 objects, with the fields Telegram sends and no others."""

from typing import Any

from sandbox.double import entities, keyboards
from sandbox.double.world import Chat, Media, Message, Person, Query, StoredFile, World

JSON = dict[str, Any]
ADMIN_RIGHTS = {
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": False,
    "can_restrict_members": False,
    "can_promote_members": False,
    "can_change_info": False,
    "can_invite_users": False,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
}
IN_CHANNEL = {"can_post_messages": True, "can_edit_messages": True}
IN_GROUP = {"can_pin_messages": True}
NO_PERMISSION = ("can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics")
PERMISSIONS = {
    "can_send_messages": True,
    "can_send_audios": True,
    "can_send_documents": True,
    "can_send_photos": True,
    "can_send_videos": True,
    "can_send_video_notes": True,
    "can_send_voice_notes": True,
    "can_send_polls": True,
    "can_send_other_messages": True,
    "can_add_web_page_previews": True,
    **dict.fromkeys(NO_PERMISSION, False),
}
_RESTRICTED = {
    "is_member": True,
    "until_date": 0,
    "can_edit_tag": False,
    "can_react_to_messages": False,
}
NO_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


def person_object(person: Person) -> JSON:
    found: JSON = {
        "id": person.id,
        "is_bot": person.is_bot,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language_code,
    }
    return _without_none(found)


def bot_object(person: Person, *, reads_groups: bool) -> JSON:
    """What getMe answers: the user with the bot's abilities."""
    return {
        **person_object(person),
        "can_join_groups": True,
        "can_read_all_group_messages": reads_groups,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


def chat_object(chat: Chat) -> JSON:
    found: JSON = {"id": chat.id, "type": chat.kind}
    if chat.person is not None:
        person = person_object(chat.person)
        return found | {key: person[key] for key in _NAMES if key in person}
    return found | _without_none({"title": chat.title, "username": chat.username})


_NAMES = ("first_name", "last_name", "username")


def full_chat_object(chat: Chat) -> JSON:
    """What getChat answers (ChatFullInfo)."""
    found = chat_object(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(NO_GIFTS, False),
    }
    if chat.is_protected:
        found["has_protected_content"] = True
    if chat.username:
        found["active_usernames"] = [chat.username]
    if chat.kind in ("group", "supergroup"):
        found["permissions"] = dict(PERMISSIONS)
    if chat.kind == "channel" and not chat.username and chat.bot_status == "administrator":
        found["invite_link"] = f"https://t.me/+double{-chat.id}"
    return found


def message_object(world: World, message: Message, *, with_reply: bool = True) -> JSON:
    """The Message as the bot gets it now."""
    found: JSON = {"message_id": message.id, "date": int(message.date.timestamp())}
    if message.sender is not None:
        found["from"] = person_object(message.sender)
    if message.chat.kind == "channel":
        found["sender_chat"] = chat_object(message.chat)
        found.pop("from", None)
    found["chat"] = chat_object(message.chat)
    found |= _without_none(
        {
            "author_signature": message.signature,
            "media_group_id": message.album,
            "forward_origin": message.origin,
            "edit_date": int(message.edit_date.timestamp()) if message.edit_date else None,
            "has_protected_content": message.is_protected or message.chat.is_protected or None,
            "link_preview_options": message.preview,
            "reply_markup": keyboards.as_json(message.rows),
        }
    )
    if message.reply_to is not None and with_reply and not message.reply_to.deleted:
        found["reply_to_message"] = message_object(world, message.reply_to, with_reply=False)
    return found | _content(world, message) | message.service | message.extra


def _content(world: World, message: Message) -> JSON:
    found: JSON = {}
    name = "text"
    if message.media is not None:
        found |= media_object(message.media)
        name = "caption"
    if message.text:
        found[name] = message.text
        marks = [_entity(world, entity) for entity in message.body.entities]
        if marks:
            found["entities" if name == "text" else "caption_entities"] = marks
    return found


def _entity(world: World, entity: entities.Entity) -> JSON:
    person = world.people.get(entity.user_id or 0)
    return entities.as_json(entity, person_object(person) if person else None)


def media_object(media: Media) -> JSON:
    """The message's media fields; an animation also comes as a document, as Telegram sends it."""
    if media.file is None:
        return {media.kind: media.details}
    value = media.details | file_fields(media.file)
    if media.kind == "photo":
        small = media.details | {"file_id": f"{media.file.id}s"}
        small |= {"file_unique_id": f"{media.file.unique_id}s", "width": 90, "height": 90}
        return {"photo": [small, value]}
    if media.kind == "animation":
        document = {k: v for k, v in value.items() if k not in ("width", "height", "duration")}
        return {"animation": value, "document": document}
    return {media.kind: value}


def file_fields(file: StoredFile) -> JSON:
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.content),
    }


def member_object(chat: Chat, person: Person, status: str) -> JSON:
    """A ChatMember of that status."""
    found: JSON = {"user": person_object(person), "status": status}
    if status == "creator":
        return found | {"is_anonymous": False}
    if status == "administrator":
        return found | ADMIN_RIGHTS | (IN_CHANNEL if chat.kind == "channel" else IN_GROUP)
    if status == "restricted":
        return found | PERMISSIONS | _RESTRICTED
    if status == "kicked":
        return found | {"until_date": 0}
    return found


def query_object(world: World, query: Query) -> JSON:
    """The CallbackQuery; a message that is gone comes as an InaccessibleMessage."""
    message: JSON = {"message_id": query.message.id, "date": 0}
    message["chat"] = chat_object(query.message.chat)
    if not query.message.deleted:
        message = message_object(world, query.message)
    return {
        "id": query.id,
        "from": person_object(query.person),
        "message": message,
        "chat_instance": str(8_000_000_000_000 + abs(query.message.chat.id)),
        "data": query.data,
    }


def _without_none(found: JSON) -> JSON:
    return {key: value for key, value in found.items() if value is not None}
