"""Every refusal the double can give, in Telegram's words, with where the words come from.

Telegram documents hardly any of its error texts. Each wording here therefore names its source:
`server` is the published source of the Bot API server (telegram-bot-api, Client.cpp and
HttpConnection), `tdlib` the library under it (MessageEntity.cpp), `seen` means quoted in public
reports of bots that met it. A wording whose text or condition could not be confirmed has
`verified=False`: do not build a decision on its text. A wording of the double itself, for what
Telegram would silently ignore or what is not modelled, starts with `[double]`.
"""

from dataclasses import dataclass
from typing import Any

PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}

CATALOGUE: list["Wording"] = []


@dataclass(frozen=True)
class Wording:
    """One error text: `text` is a format string without Telegram's prefix, which `code` gives."""

    code: int
    text: str
    source: str
    verified: bool = True

    def description(self, **details: object) -> str:
        prefix = PREFIXES.get(self.code, "Error")
        return f"{prefix}: {self.text.format(**details)}" if self.text else prefix


class Refusal(Exception):
    """The request was refused; carries what Telegram would answer.

    parameters: the `ResponseParameters` object (`retry_after` in seconds, `migrate_to_chat_id`).
    """

    def __init__(
        self, wording: Wording, *, parameters: dict[str, Any] | None = None, **details: object
    ) -> None:
        self.wording = wording
        self.code = wording.code
        self.description = wording.description(**details)
        self.parameters = parameters
        super().__init__(self.description)


def is_complaint(refusal: Refusal) -> bool:
    """True when the double itself objects, and Telegram might not have."""
    return refusal.wording.text.startswith("[double]")


def unverified() -> list[Wording]:
    """The wordings nobody has confirmed, for the docs and for the doubtful."""
    return [wording for wording in CATALOGUE if not wording.verified]


def _says(code: int, text: str, source: str, *, verified: bool = True) -> Wording:
    wording = Wording(code, text, source, verified)
    CATALOGUE.append(wording)
    return wording


# The request as such
UNAUTHORIZED = _says(401, "", "documented behaviour of a wrong token; seen everywhere")
MALFORMED_TOKEN = _says(404, "", "seen: a path that is no token at all")
UNKNOWN_METHOD = _says(404, '[double] method not found: "{name}"', "the double names it")
UNKNOWN_FIELD = _says(
    400, '[double] unknown field "{field}" of {method}', "the double; Telegram ignores such fields"
)
NOT_MODELLED = _says(400, "[double] {what} is not modelled", "the double")
BODY_UNREADABLE = _says(400, "can't parse request body", "unverified", verified=False)
BODY_NOT_JSON = _says(400, "can't parse JSON object", "server: HttpConnection", verified=False)
TOO_LARGE = _says(413, "", "seen: uploads over 50 MB")
RETRY_AFTER = _says(429, "retry after {seconds}", "server: set_retry_after_error")
INTERNAL = _says(500, "{what}", "server; used by faults")

# Getting updates
OTHER_POLL = _says(
    409,
    "terminated by other getUpdates request; make sure that only one bot instance is running",
    "server; seen",
)
POLL_ENDED_BY_WEBHOOK = _says(409, "terminated by setWebhook request", "server; seen")
WEBHOOK_ACTIVE = _says(
    409,
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first",
    "server; seen",
)
WEBHOOK_NOT_HTTPS = _says(
    400, "bad webhook: An HTTPS URL must be provided for webhook", "server: WebhookActor; seen"
)
WEBHOOK_PORT = _says(
    400, "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", "server; seen"
)
WEBHOOK_SECRET = _says(400, "secret token contains unallowed characters", "server", verified=False)

# Chats
CHAT_ID_EMPTY = _says(400, "chat_id is empty", "server: check_chat")
CHAT_NOT_FOUND = _says(400, "chat not found", "server: check_chat; seen")
BLOCKED = _says(403, "bot was blocked by the user", "server: USER_IS_BLOCKED; seen")
NEVER_STARTED = _says(403, "bot can't initiate conversation with a user", "seen")
DEACTIVATED = _says(403, "user is deactivated", "server: check_chat_access; seen")
KICKED = _says(403, "bot was kicked from the {kind} chat", "server: check_chat_access; seen")
NOT_MEMBER = _says(403, "bot is not a member of the {kind} chat", "server: check_chat_access; seen")
UPGRADED = _says(
    400, "group chat was upgraded to a supergroup chat", "server: check_chat_access; documented"
)
MEMBERS_HIDDEN = _says(400, "member list is inaccessible", "seen")
USER_NOT_FOUND = _says(400, "user not found", "seen")
NOT_A_PARTICIPANT = _says(400, "PARTICIPANT_ID_INVALID", "seen")
NO_ADMINS_IN_PRIVATE = _says(400, "there are no administrators in the private chat", "seen")
CANT_LEAVE_PRIVATE = _says(
    400, "chat member status can't be changed in private chats", "tdlib; seen"
)

# Text and entities
TEXT_EMPTY = _says(400, "message text is empty", "server: get_input_message_text; seen")
TEXT_BLANK = _says(400, "text must be non-empty", "seen: text of spaces only")
TEXT_TOO_LONG_RAW = _says(400, "text is too long", "server: over 32,768 bytes before parsing")
TEXT_TOO_LONG = _says(400, "message is too long", "seen: sendMessage over 4096")
TEXT_TOO_LONG_EDIT = _says(400, "MESSAGE_TOO_LONG", "seen: editMessageText over 4096")
CAPTION_TOO_LONG = _says(400, "message caption is too long", "seen: over 1024")
CAPTION_TOO_LONG_EDIT = _says(400, "MEDIA_CAPTION_TOO_LONG", "seen: over 1024")
PARSE_MODE = _says(400, "unsupported parse_mode", "server: get_formatted_text")
ENTITIES = _says(400, "can't parse entities: {why}", "tdlib: parse_html; seen")
MESSAGE_ENTITY = _says(400, "can't parse MessageEntity: {why}", "server: get_formatted_text")

# Keyboards
MARKUP_NOT_JSON = _says(
    400, "can't parse reply keyboard markup JSON object", "server: get_reply_markup; seen"
)
MARKUP_NOT_OBJECT = _says(400, "object expected as reply markup", "server: get_reply_markup")
KEYBOARD_NOT_ROWS = _says(
    400,
    'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    "server: get_reply_markup",
)
BUTTON = _says(400, "can't parse inline keyboard button: {why}", "server: get_reply_markup")
BUTTON_DATA = _says(400, "BUTTON_DATA_INVALID", "seen: callback_data over 64 bytes")
BUTTON_URL = _says(
    400, "inline keyboard button URL '{url}' is invalid: Wrong HTTP URL", "tdlib; seen"
)
BUTTON_TEXT = _says(
    400, "[double] a button without text", "tdlib: ReplyMarkup.cpp leaves it out without a word"
)
BUTTON_COPY = _says(400, "BUTTON_COPY_TEXT_INVALID", "seen: over 256 characters")
INLINE_EXPECTED = _says(400, "inline keyboard expected", "tdlib: edits and channels")
BUTTON_STYLE = _says(400, "BUTTON_STYLE_INVALID", "values documented", verified=False)
MARKUP_TOO_LONG = _says(
    400, "reply markup is too long", "server: REPLY_MARKUP_TOO_LONG; over 100 buttons: seen"
)
ROW_TOO_LONG = _says(
    400, "reply markup is too long", "8 in a row: a published limit, effect unknown", verified=False
)
DATA_TOO_LONG = _says(
    400,
    "reply markup is too long",
    "seen: 99 buttons of 64 bytes; the bound is unknown",
    verified=False,
)

# Messages that are already there
MESSAGE_ID_EMPTY = _says(400, "message identifier is not specified", "server; seen")
EDIT_NOT_FOUND = _says(400, "message to edit not found", "server: check_message; seen")
DELETE_NOT_FOUND = _says(400, "message to delete not found", "server: check_message; seen")
FORWARD_NOT_FOUND = _says(400, "message to forward not found", "server: check_message; seen")
FORWARD_PROTECTED = _says(
    400,
    "message has protected content and can't be forwarded",
    "tdlib: CHAT_FORWARDS_RESTRICTED; seen",
)
FORWARD_REFUSED = _says(400, "the message can't be forwarded", "seen: service messages")
COPY_NOT_FOUND = _says(400, "message to copy not found", "server: check_message; seen")
REPLY_NOT_FOUND = _says(400, "message to be replied not found", "server; seen")
CANT_EDIT = _says(400, "message can't be edited", "seen: not the bot's own message")
CANT_DELETE = _says(400, "message can't be deleted", "server: MESSAGE_DELETE_FORBIDDEN; seen")
CANT_DELETE_OLD = _says(
    400, "message can't be deleted for everyone", "seen; over 48 hours: documented"
)
NO_TEXT_TO_EDIT = _says(400, "there is no text in the message to edit", "tdlib; seen")
NO_CAPTION_TO_EDIT = _says(400, "there is no caption in the message to edit", "tdlib; seen")
NOT_MODIFIED = _says(
    400,
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message",
    "server: MESSAGE_NOT_MODIFIED; seen",
)

CANT_PIN = _says(400, "not enough rights to manage pinned messages in the chat", "tdlib; seen")
PIN_NOT_FOUND = _says(400, "message to pin not found", "server: check_message; seen")
UNPIN_NOT_FOUND = _says(400, "message to unpin not found", "server: check_message; seen")

# Presses
QUERY_TOO_OLD = _says(
    400,
    "query is too old and response timeout expired or query ID is invalid",
    "server: QUERY_ID_INVALID; seen",
)
ANSWER_TOO_LONG = _says(400, "MESSAGE_TOO_LONG", "seen: over 200, the documented limit")

# Files
NO_FILE = _says(400, "there is no {kind} in the request", "server; seen")
FILE_EMPTY = _says(400, "file must be non-empty", "seen")
WRONG_FILE = _says(400, "wrong file identifier/HTTP URL specified", "seen")
BAD_FILE_ID = _says(400, "invalid file_id", "seen: getFile")
FILE_TOO_BIG = _says(400, "file is too big", "server: getFile over 20 MB; seen")
PHOTO_TOO_BIG = _says(
    400,
    "file of size {size} bytes is too big for a photo; the maximum size is 10485760 bytes",
    "tdlib; seen",
)
NOT_AN_IMAGE = _says(400, "IMAGE_PROCESS_FAILED", "seen")
PHOTO_DIMENSIONS = _says(400, "PHOTO_INVALID_DIMENSIONS", "seen; sides documented")

MEDIA_NOT_LIST = _says(400, "can't parse media JSON object", "server: get_input_message_contents")
GROUP_SIZE = _says(
    400, "wrong number of messages in the album", "2 to 10: documented", verified=False
)
GROUP_MIXED = _says(
    400, "can't mix documents with other media in an album", "documented rule", verified=False
)

# The bot's own card
COMMAND_INVALID = _says(400, "BOT_COMMAND_INVALID", "seen")
COMMAND_DESCRIPTION = _says(
    400, "BOT_COMMAND_DESCRIPTION_INVALID", "documented for MTProto; 1-256: documented"
)
COMMANDS_NOT_JSON = _says(
    400, "can't parse commands JSON object", "server: get_bot_commands", verified=False
)
COMMANDS_TOO_MANY = _says(400, "too many commands specified", "100: documented", verified=False)
COMMAND_SCOPE = _says(
    400, "can't parse BotCommandScope: {why}", "server: get_bot_command_scope", verified=False
)
DESCRIPTION_TOO_LONG = _says(400, "{what} is too long", "512 and 120: documented", verified=False)
WRONG_ACTION = _says(400, "wrong parameter action in request", "server; seen")

# Values
NOT_AN_INTEGER = _says(
    400, '[double] "{field}" must be an integer, got {value}', "the double; Telegram reads 0"
)
NOT_A_BOOLEAN = _says(
    400, '[double] "{field}" must be true or false, got {value}', "the double; Telegram guesses"
)
NOT_JSON = _says(400, "can't parse {field} JSON object", "server", verified=False)
