"""The bot's own card: getMe, commands and descriptions."""

import json
import re
from typing import Any

from sandbox.double import errors, wire
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.methods.access import find_chat
from sandbox.double.methods.registry import method
from sandbox.double.station import Station

SCOPES: dict[str, set[str]] = {
    "default": set(),
    "all_private_chats": set(),
    "all_group_chats": set(),
    "all_chat_administrators": set(),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}
MAX_COMMANDS = 100
LIMITS = {"description": 512, "short_description": 120, "name": 64}


@method("getMe")
def get_me(station: Station, fields: Fields) -> Any:
    return wire.bot_object(station.world.bot, reads_groups=not station.privacy)


@method("setMyCommands", "commands scope language_code")
def set_my_commands(station: Station, fields: Fields) -> Any:
    try:
        commands = json.loads(fields.text("commands") or "null")
    except ValueError:
        raise Refusal(errors.COMMANDS_NOT_JSON) from None
    if not isinstance(commands, list):
        raise Refusal(errors.COMMANDS_NOT_JSON)
    if len(commands) > MAX_COMMANDS:
        raise Refusal(errors.COMMANDS_TOO_MANY)
    station.commands[_place(station, fields)] = [_command(command) for command in commands]
    station.note("commands")
    return True


@method("getMyCommands", "scope language_code")
def get_my_commands(station: Station, fields: Fields) -> Any:
    return station.commands.get(_place(station, fields), [])


@method("deleteMyCommands", "scope language_code")
def delete_my_commands(station: Station, fields: Fields) -> Any:
    station.commands.pop(_place(station, fields), None)
    station.note("commands")
    return True


@method("setMyDescription", "description language_code")
def set_my_description(station: Station, fields: Fields) -> Any:
    return _describe(station, fields, "description")


@method("setMyShortDescription", "short_description language_code")
def set_my_short_description(station: Station, fields: Fields) -> Any:
    return _describe(station, fields, "short_description")


@method("getMyDescription", "language_code")
def get_my_description(station: Station, fields: Fields) -> Any:
    return {"description": _described(station, fields, "description")}


@method("getMyShortDescription", "language_code")
def get_my_short_description(station: Station, fields: Fields) -> Any:
    return {"short_description": _described(station, fields, "short_description")}


def _describe(station: Station, fields: Fields, what: str) -> bool:
    value = fields.text(what)
    if len(value) > LIMITS[what]:
        raise Refusal(errors.DESCRIPTION_TOO_LONG, what=what)
    station.descriptions[what, fields.text("language_code")] = value
    return True


def _described(station: Station, fields: Fields, what: str) -> str:
    fallback = station.descriptions.get((what, ""), "")
    return station.descriptions.get((what, fields.text("language_code")), fallback)


def _command(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) != {"command", "description"}:
        raise Refusal(errors.COMMANDS_NOT_JSON)
    command, description = str(value["command"]), str(value["description"])
    if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command):
        raise Refusal(errors.COMMAND_INVALID)
    if not 1 <= len(description) <= 256:
        raise Refusal(errors.COMMAND_DESCRIPTION)
    return {"command": command.removeprefix("/"), "description": description}


def _place(station: Station, fields: Fields) -> tuple[str, str]:
    """(scope as sorted JSON, language): where commands are kept."""
    scope = fields.json("scope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if not isinstance(kind, str) or kind not in SCOPES:
        raise Refusal(errors.COMMAND_SCOPE, why="unsupported type specified")
    for field in set(scope) - {"type"} - SCOPES[kind]:
        raise Refusal(errors.UNKNOWN_FIELD, field=field, method="BotCommandScope")
    if "chat_id" in SCOPES[kind]:
        scope["chat_id"] = find_chat(station, str(scope.get("chat_id") or "")).id
    return json.dumps(scope, sort_keys=True), fields.text("language_code")
