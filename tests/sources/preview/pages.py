"""Pages of the preview, written for the tests by hand: what the parser must take from them."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

from bot.domain.post import Post
from bot.domain.preview import PreviewPage, Reached
from bot.sources.preview.page import read_page

NAME = "kabar_contoh"
CHAT_ID = -1001000000042
RENDERED = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
POSTED = "2026-03-02T04:30:00+00:00"


def view(number: object, *, bare: object = -1000000042, seconds: object = None) -> str:
    """A `data-view` as the pages carry it."""
    seconds = int(RENDERED.timestamp()) if seconds is None else seconds
    fields = {"c": bare, "p": number, "t": seconds, "h": "0f0f0f"}
    return urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def text(html: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{html}</div>'


def message(
    number: int,
    inner: str = "",
    *,
    name: str = NAME,
    data_view: str | None = None,
    classes: str = "",
    meta: str = "",
    info: str = '<span class="tgme_widget_message_views">7</span>',
    date: str | None = POSTED,
) -> str:
    """A block. meta: what stands before the date. date: None leaves it out."""
    data_view = view(number) if data_view is None else data_view
    stamp = f'<time datetime="{date}" class="time">04:30</time>' if date else ""
    return f"""
<div class="tgme_widget_message_wrap js-widget_message_wrap">
 <div class="tgme_widget_message text_not_supported_wrap {classes} js-widget_message"
   data-post="{name}/{number}" data-view="{data_view}">
  <div class="tgme_widget_message_bubble">
   <div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name"
     href="https://t.me/{name}"><span dir="auto">Kabar Contoh</span></a></div>
   {inner}
   <div class="tgme_widget_message_footer compact js-message_footer">
    <div class="tgme_widget_message_info short js-message_info">{info}<span
      class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date"
      href="https://t.me/{name}/{number}">{stamp}</a></span></div>
   </div>
  </div>
 </div>
</div>"""


def page(*messages: str, head: str = "", info: str = "") -> str:
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Kabar Contoh – Telegram</title>{head}</head>
<body class="widget_frame_base tgme_webpreview">
<div class="tgme_channel_info"><div class="tgme_channel_info_header">
 <div class="tgme_channel_info_header_title"><span dir="auto">Kabar Contoh</span></div></div>{info}
</div>
<main class="tgme_main" data-url="/{NAME}"><section class="tgme_channel_history">
{"".join(messages)}
</section></main></body></html>
<!-- page generated in 9.10ms -->"""


def read(html: str, asked: str = NAME, before: int | None = None) -> PreviewPage:
    """The page in the text, which must be one."""
    answer = read_page(html, asked, before)
    assert answer.reached is Reached.PAGE
    assert answer.page is not None
    return answer.page


def read_one(inner: str, number: int = 5, **more: str) -> Post:
    """The post in a page of one message."""
    (post,) = read(page(message(number, inner, **more))).posts  # type: ignore[arg-type]
    return post
