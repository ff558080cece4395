"""Whole pages: a channel's posts, one post, the page about a name, the home page."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from sandbox.preview.blocks import Drawing, block, rounded
from sandbox.preview.channel import Channel, Message

_HEAD: Final = """<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <title>{title} – Telegram</title>
    <meta property="og:title" content="{title}">
    <meta property="og:site_name" content="Telegram">{links}
  </head>
  <body class="widget_frame_base tgme_webpreview emoji_image thin_box_shadow tme_mode">
"""
# The comment and its figure change with each rendering, as on real pages.
_FOOT: Final = """
    <script src="//telegram.org/js/telegram-web.js?14"></script>
    <script>TWeb.init();</script>
  </body>
</html>
<!-- page generated in {:.2f}ms -->"""
FRONT: Final = """<!DOCTYPE html>
<html class="" data-theme="light"><head><meta charset="utf-8"><title>Telegram Messenger</title>
<meta property="og:title" content="Telegram"></head>
<body class="preload"><div class="tl_page_wrap"><div class="tl_main_page_container"></div></div>
</body>
</html>"""
CHALLENGE: Final = """<!DOCTYPE html>
<html><head><title>Just a moment...</title></head>
<body><form id="challenge-form" method="POST"></form></body></html>"""


def history(
    channel: Channel,
    messages: Sequence[Message],
    at: datetime,
    *,
    undated: Message | None = None,
) -> str:
    """The page of a channel's posts; without messages the one that says that there are none.

    undated: a message whose date is left out.
    """
    drawn = "".join(
        block(Drawing(channel, at, message is undated), message) for message in messages
    )
    more, links = _more(channel, messages, at)
    nothing = (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div '
        'class="tgme_widget_message_centered"><div class="tme_no_messages_found">No posts found'
        "</div></div></div>"
    )
    name = channel.name(at)
    return (
        _HEAD.format(title=escape(channel.title), links=links)
        + _info(channel, at)
        + f'<main class="tgme_main" data-url="/{name}">\n<div class="tgme_container">\n'
        '<section class="tgme_channel_history js-message_history">\n'
        f"{more}{drawn or nothing}\n</section></div></main>" + _foot(at)
    )


def single(channel: Channel, message: Message, at: datetime) -> str:
    """The page of one post alone, as it is embedded elsewhere."""
    title = escape(channel.title)
    return _HEAD.format(title=title, links="") + block(Drawing(channel, at), message) + _foot(at)


def denial(sentence: str, at: datetime) -> str:
    """The page of a post that cannot be shown."""
    error = f'<div class="tgme_widget_message_error">{sentence}</div>'
    return _HEAD.format(title="Telegram Widget", links="") + error + _foot(at)


def about(name: str, title: str, at: datetime) -> str:
    """The page about a name: who carries it, and no posts."""
    return (
        _HEAD.format(title=f"Telegram: Contact @{name}", links="")
        + '<div class="tgme_page_wrap"><div class="tgme_page"><div class="tgme_page_title"><span '
        f'dir="auto">{escape(title)}</span></div><div class="tgme_page_extra">@{name}</div></div>'
        "</div>" + _foot(at)
    )


def _foot(at: datetime) -> str:
    return _FOOT.format(9 + at.timestamp() % 97)


def _more(channel: Channel, messages: Sequence[Message], at: datetime) -> tuple[str, str]:
    """The way to earlier posts, in the page and in its head."""
    if not messages:
        return "", ""
    name = channel.name(at)
    lowest, highest = messages[0].numbers_at(at)[0], messages[-1].numbers_at(at)[-1]
    more = ""
    links = f'\n    <link rel="canonical" href="/s/{name}?before={highest + 1}">'
    if channel.has_later(highest, at):
        links = f'\n    <link rel="next" href="/s/{name}?after={highest}">' + links
    if channel.has_earlier(lowest, at):
        links = f'\n    <link rel="prev" href="/s/{name}?before={lowest}">' + links
        more = (
            '<div class="tgme_widget_message_centered js-messages_more_wrap"><a '
            f'href="/s/{name}?before={lowest}" class="tme_messages_more js-messages_more" '
            f'data-before="{lowest}"></a></div>'
        )
    return more, links


def _info(channel: Channel, at: datetime) -> str:
    name = channel.name(at)
    counters = [("subscribers", rounded(channel.subscribers)), ("photos", "12"), ("links", "3")]
    shown = "".join(
        f'<div class="tgme_channel_info_counter"><span class="counter_value">{value}</span> '
        f'<span class="counter_type">{kind}</span></div>'
        for kind, value in counters
    )
    return (
        '<div class="tgme_channel_info"><div class="tgme_channel_info_header"><div '
        'class="tgme_channel_info_header_title_wrap"><div class="tgme_channel_info_header_title">'
        f'<span dir="auto">{escape(channel.title)}</span></div></div><div '
        f'class="tgme_channel_info_header_username"><a href="https://t.me/{name}">@{name.lower()}'
        f'</a></div></div><div class="tgme_channel_info_counters">{shown}</div></div>\n'
    )
