"""A message as HTML, with the classes and the oddities that real pages have.

Every block carries `text_not_supported_wrap`; captions of albums are nested in themselves; films
have a `<time>` without a date; emoji are pictures of bold characters; a reply's tag has a stray
quotation mark and quotes the other message in the class of a text.
"""

import json
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Final
from urllib.parse import quote

from sandbox.preview.channel import Channel, Kind, Message
from sandbox.preview.media import OPEN_TELEGRAM, medium

_PART: Final = re.compile(
    r"(?P<link>https?://[^\s<]+)|(?P<tag>#\w+)|(?P<name>@[A-Za-z]\w{3,31})|(?P<line>\n)"
    r"|(?P<emoji>[\U0001F300-\U0001FAFF\u2600-\u27BF]"
    r"[\uFE0F\u200D\U0001F300-\U0001FAFF\u2600-\u27BF]*)"
)
_TAIL: Final = (
    '<i class="tgme_widget_message_bubble_tail"><svg class="bubble_icon" width="9px" height="20px" '
    'viewBox="0 0 9 20"><g fill="none"><path class="background" fill="#fff" d="M8,1 L9,1 L9,20 '
    'L8,18 C7,15 7,12 5,9 L1,2 Z"></path><path class="border_1x" fill="#ddd" d="M9,1 L2,1 C1,1 1,1 '
    '1,1 L5,9 C7,12 7,15 8,18 Z"></path></g></svg></i>'
)


@dataclass(frozen=True)
class Drawing:
    """Whose message is drawn, as of which moment. undated: without its date, as no page is."""

    channel: Channel
    at: datetime
    undated: bool = False

    @property
    def name(self) -> str:
        return self.channel.name(self.at)

    def number(self, message: Message) -> int:
        """The one that the page calls it by: of an album the first that is left."""
        return message.numbers_at(self.at)[0]

    def link(self, message: Message) -> str:
        return f"https://t.me/{self.name}/{self.number(message)}"


def block(drawing: Drawing, message: Message) -> str:
    """The message with the wrap that a page puts around it."""
    service = " service_message" if message.kind is Kind.SERVICE else ""
    author = escape(drawing.channel.title)
    name = drawing.name
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message text_not_supported_wrap{service} js-widget_message" '
        f'data-post="{name}/{drawing.number(message)}" data-view="{_view(drawing, message)}">'
        f'<div class="tgme_widget_message_user"><a href="https://t.me/{name}"><i '
        'class="tgme_widget_message_user_photo bgcolor2" data-content="K"></i></a></div>'
        f'<div class="tgme_widget_message_bubble">{_TAIL}'
        '<div class="tgme_widget_message_author accent_color"><a '
        f'class="tgme_widget_message_owner_name" href="https://t.me/{name}"><span dir="auto">'
        f"{author}</span></a></div>\n"
        f"{_forwarded(message)}{_reply(drawing, message)}{_content(drawing, message)}"
        f"{_footer(drawing, message)}</div></div></div>"
    )


def html_of(text: str) -> str:
    """Words as the preview writes them."""
    done, parts = 0, []
    for found in _PART.finditer(text):
        parts += [_escaped(text[done : found.start()]), _part(found)]
        done = found.end()
    return "".join([*parts, _escaped(text[done:])])


def rounded(number: int) -> str:
    """A counter as the preview shows it: 999, 1.23K, 4M."""
    for unit, size in (("M", 1_000_000), ("K", 1_000)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return str(number)


def _part(found: re.Match[str]) -> str:
    words = escape(found[0])
    if found["line"]:
        return "<br/>"
    if found["tag"]:
        return f'<a href="?q={quote(found[0])}">{words}</a>'
    if found["name"]:
        return f'<a href="https://t.me/{found[0][1:]}" target="_blank">{words}</a>'
    if found["link"]:
        return f'<a href="{words}" target="_blank" rel="noopener">{words}</a>'
    code = found[0].encode().hex().upper()
    picture = f"background-image:url('//telegram.org/img/emoji/40/{code}.png')"
    return f'<i class="emoji" style="{picture}"><b>{words}</b></i>'


def _escaped(text: str) -> str:
    return escape(text).replace("!", "&#33;").replace("&#x27;", "&#39;")


def _view(drawing: Drawing, message: Message) -> str:
    number = drawing.number(message)
    fields = {
        "c": -drawing.channel.bare_id,
        "p": f"{number}g" if message.members > 1 else number,
        "t": int(drawing.at.timestamp()),
        "h": f"{number * 7919 % 2**40:018x}",
    }
    written = json.dumps(fields, separators=(",", ":")).encode()
    return urlsafe_b64encode(written).decode().rstrip("=")


def _forwarded(message: Message) -> str:
    if not message.forwarded_from:
        return ""
    origin = escape(message.forwarded_from)
    name, slash, _ = origin.partition("/")
    inner = f'<span dir="auto">{name}</span>'
    tag = "tgme_widget_message_forwarded_from_name"
    shown = (
        f'<a class="{tag}" href="https://t.me/{origin}">{inner}</a>'
        if slash
        else f'<span class="{tag}">{inner}</span>'
    )
    return (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;'
        f"{shown}</div>"
    )


def _reply(drawing: Drawing, message: Message) -> str:
    if message.reply_to is None:
        return ""
    quoted = html_of(drawing.channel.message(message.reply_to).text(drawing.at))
    return (
        '<a class="tgme_widget_message_reply user-color-default" '
        f'href="https://t.me/{drawing.name}/{message.reply_to}" ">'
        '<div class="tgme_widget_message_author accent_color"><span '
        f'class="tgme_widget_message_author_name" dir="auto">{escape(drawing.channel.title)}</span>'
        '</div><div class="tgme_widget_message_text js-message_reply_text" dir="auto">'
        f"{re.sub('</?a[^>]*>', '', quoted)}</div></a>"
    )


def _content(drawing: Drawing, message: Message) -> str:
    words = message.text(drawing.at)
    if message.kind is Kind.POLL:
        return _poll(drawing, message, words)
    inner = _div(html_of(words)) if words else ""
    if message.members > 1:
        inner = _div(inner) if inner else ""
        return _album(drawing, message) + inner
    if message.kind is Kind.UNSUPPORTED:
        shown = f'<div class="media_supported_cont">{inner}</div>' if inner else ""
        return f'{shown}<div class="media_not_supported_cont">{OPEN_TELEGRAM}</div>'
    return medium(message.kind, drawing.link(message)) + inner + _linked(message)


def _div(inner: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{inner}</div>'


def _album(drawing: Drawing, message: Message) -> str:
    members = []
    for number in message.numbers_at(drawing.at):
        link = f"https://t.me/{drawing.name}/{number}?single"
        kind = Kind.VIDEO if message.kind is Kind.VIDEO and number % 2 == 0 else Kind.PHOTO
        members.append(medium(kind, link, "grouped_media_wrap "))
    return (
        '<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap">'
        '<div class="tgme_widget_message_grouped js-message_grouped">'
        f'<div class="tgme_widget_message_grouped_layer">{"".join(members)}</div></div></div>'
    )


def _poll(drawing: Drawing, message: Message, question: str) -> str:
    tag = "tgme_widget_message_poll"
    options = "".join(
        f'<div class="{tag}_option"><div class="{tag}_option_percent">0%</div><div '
        f'class="{tag}_option_value"><div class="{tag}_option_text">{html_of(option)}</div></div>'
        "</div>"
        for option in message.options
    )
    return (
        f'<div class="{tag} js-poll"><div class="{tag}_question">{html_of(question)}</div>'
        f'<div class="{tag}_type">Anonymous Poll</div>'
        f'<a class="{tag}_options" href="{drawing.link(message)}">{options}</a></div>'
    )


def _linked(message: Message) -> str:
    if not message.links_to:
        return ""
    return (
        f'<a class="tgme_widget_message_link_preview" href="{escape(message.links_to)}">'
        '<i class="link_preview_right_image"></i><div class="link_preview_site_name">Situs</div>'
        '<div class="link_preview_title">Judul halaman lain</div>'
        '<div class="link_preview_description">Isi halaman lain</div></a>'
    )


def _footer(drawing: Drawing, message: Message) -> str:
    edited = "edited &nbsp;" if message.is_edited(drawing.at) else ""
    signed = (
        f'<span class="tgme_widget_message_from_author" dir="auto">{escape(message.author)}</span>'
        ",&nbsp;"
        if message.author
        else ""
    )
    stamp = message.posted_at
    date = (
        ""
        if drawing.undated
        else f'<time datetime="{stamp:%Y-%m-%dT%H:%M:%S}+00:00" class="time">{stamp:%H:%M}</time>'
    )
    return (
        f"{_reactions(drawing, message)}"
        '<div class="tgme_widget_message_footer compact js-message_footer">'
        f'<div class="tgme_widget_message_info short js-message_info">{_views(drawing, message)}'
        f'<span class="tgme_widget_message_meta">{signed}{edited}<a '
        f'class="tgme_widget_message_date" href="{drawing.link(message)}">{date}'
        "</a></span></div></div>"
    )


def views(channel: Channel, message: Message, at: datetime) -> int:
    """How often it was seen: three times a minute, up to one for each subscriber."""
    minutes = (at - message.posted_at) // timedelta(minutes=1)
    return min(channel.subscribers, 1 + 3 * minutes)


def _views(drawing: Drawing, message: Message) -> str:
    if message.kind is Kind.SERVICE:
        return ""
    shown = rounded(views(drawing.channel, message, drawing.at))
    return (
        f'<span class="tgme_widget_message_views">{shown}</span>'
        '<span class="copyonly"> views</span>'
    )


def _reactions(drawing: Drawing, message: Message) -> str:
    if message.kind is Kind.SERVICE or message.number % 3:
        return ""
    return (
        '<div class="tgme_widget_message_reactions js-message_reactions"><span '
        'class="tgme_reaction tgme_reaction_paid"><i class="icon icon-telegram-stars"></i>6</span>'
        '<span class="tgme_reaction"><tg-emoji emoji-id="52650773616"></tg-emoji>1.2K</span>'
        '<span class="tgme_reaction"><i class="emoji"><b>👍</b></i>89</span></div>'
    )
