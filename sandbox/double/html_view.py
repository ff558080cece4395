"""Formatted text written back as Telegram HTML, for tests and for a viewer."""

import html

from sandbox.double.entities import Entity, Formatted, utf16_slice

OPENING = {
    "bold": "<b>",
    "italic": "<i>",
    "underline": "<u>",
    "strikethrough": "<s>",
    "spoiler": "<tg-spoiler>",
    "code": "<code>",
    "blockquote": "<blockquote>",
    "expandable_blockquote": "<blockquote expandable>",
}


def to_html(formatted: Formatted) -> str:
    """The text with its entities written back as Telegram HTML; detected ones stay plain.

    Entities must nest, as those of `parse_html` do, and stand in Telegram's order.
    """
    shown = [(entity, *_tags(entity)) for entity in formatted.entities if _tags(entity)[0]]
    ends = {place for entity, _, _ in shown for place in (entity.offset, entity.end)}
    points = sorted({0, formatted.length, *ends})
    pieces: list[str] = []
    for place, following in zip(points, [*points[1:], formatted.length], strict=True):
        # Outer entities come first in the list, so what closes here closes backwards.
        pieces += [closing for entity, _, closing in reversed(shown) if entity.end == place]
        pieces += [opening for entity, opening, _ in shown if entity.offset == place]
        pieces.append(html.escape(utf16_slice(formatted.text, place, following), quote=False))
    return "".join(pieces)


def _tags(entity: Entity) -> tuple[str, str]:
    if entity.type in OPENING:
        opening = OPENING[entity.type]
    elif entity.type == "pre":
        language = f' class="language-{html.escape(entity.language)}"' if entity.language else ""
        return (f"<pre><code{language}>", "</code></pre>") if language else ("<pre>", "</pre>")
    elif entity.type == "text_link":
        opening = f'<a href="{html.escape(entity.url or "")}">'
    elif entity.type == "text_mention":
        opening = f'<a href="tg://user?id={entity.user_id}">'
    elif entity.type == "custom_emoji":
        opening = f'<tg-emoji emoji-id="{entity.custom_emoji_id}">'
    else:
        return "", ""
    return opening, f"</{opening[1:-1].split()[0]}>"
