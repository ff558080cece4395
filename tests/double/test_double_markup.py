"""Telegram's HTML, as strict as Telegram."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.double.detect import with_detected
from sandbox.double.entities import Entity, Formatted, tidy
from sandbox.double.html_view import to_html
from sandbox.double.links import checked_link
from sandbox.double.markup import MarkupError, parse_html


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b>", "a", [("bold", 0, 1)]),
        ("<STRONG>a</strong>", "a", [("bold", 0, 1)]),
        ("<i>a<u>b</u></i>", "ab", [("underline", 1, 1), ("italic", 0, 2)]),
        ("x <s>a</> y", "x a y", [("strikethrough", 2, 1)]),
        ("😀<em>é😀</em>", "😀é😀", [("italic", 2, 3)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("&lt;b&gt; &amp;&quot; &#1071;&#x1F600;", '<b> &" Я😀', []),
        ("&nbsp; &copy; &#0; & &amp", "&nbsp; &copy; &#0; & &", []),
        ("<b></b>a", "a", []),
        ("1 > 0", "1 > 0", []),
    ],
)
def test_valid_markup_becomes_text_and_utf16_entities(
    source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    found = parse_html(source)

    assert found.text == text
    assert [(e.type, e.offset, e.length) for e in found.entities] == entities


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<user@example.com>", 'Unsupported start tag "user@example.com" at byte offset 0'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>a</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=http://e.org>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a =x>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
def test_invalid_markup_is_refused_in_telegrams_words(source: str, message: str) -> None:
    with pytest.raises(MarkupError) as caught:
        parse_html(source)

    assert str(caught.value) == message


def test_links_keep_their_address_and_bad_ones_become_plain_text() -> None:
    link, person, bad = (
        parse_html(f'<a href="{url}">x</a>').entities
        for url in ("https://example.org/?a=1&amp;b=2", "tg://user?id=77", "javascript:alert(1)")
    )

    assert link[0].url == "https://example.org/?a=1&b=2"
    assert (person[0].type, person[0].user_id) == ("text_mention", 77)
    assert bad == ()
    assert checked_link("example.org") == "http://example.org/"
    assert checked_link("http://[") == ""
    assert parse_html("<a>t.me/x</a>").entities[0].url == "http://t.me/x"


def test_code_in_pre_gives_the_language() -> None:
    (block,) = parse_html('<pre><code class="language-python">x</code></pre>').entities
    (other,) = parse_html('<code class="language-python"><pre>x</pre></code>').entities
    two = parse_html("<pre>x<code>y</code></pre>")

    assert (block.type, block.language) == ("pre", "python")
    assert (other.type, other.language) == ("pre", "python")
    assert [entity.type for entity in two.entities] == ["code", "pre"]


def test_trimming_moves_entities_and_code_holds_no_formatting() -> None:
    found = tidy(parse_html("  \n a <b>b </b>  "))
    code = tidy(parse_html("<code>a<b>b</b></code>"))

    assert found.text == "a <b>b".replace("<b>", "")
    assert [(e.offset, e.length) for e in found.entities] == [(2, 1)]
    assert [entity.type for entity in code.entities] == ["code"]


def test_commands_mentions_hashtags_and_links_are_found_outside_code() -> None:
    text = "/start@double_bot 😀 @contoh_kanal #tag https://example.org/a. me@example.org"
    found = with_detected(Formatted(text)).entities
    code = with_detected(parse_html("<code>https://example.org</code>")).entities

    assert [
        (e.type, text.encode("utf-16-le")[2 * e.offset : 2 * e.end].decode("utf-16-le"))
        for e in found
    ] == [
        ("bot_command", "/start@double_bot"),
        ("mention", "@contoh_kanal"),
        ("hashtag", "#tag"),
        ("url", "https://example.org/a"),
        ("email", "me@example.org"),
    ]
    assert [entity.type for entity in code] == ["code"]
    assert with_detected(Formatted("and/or 1/2 a@b")).entities == ()


@pytest.mark.parametrize(
    "source",
    [
        "a &lt;b&gt; <b>b <i>c</i></b><u>d</u>",
        "<blockquote expandable>😀 <tg-spoiler>x</tg-spoiler></blockquote> y",
        '<a href="https://example.org/">x</a> <pre><code class="language-c">y</code></pre>',
        '<pre>x</pre><code>y</code><tg-emoji emoji-id="5">🙂</tg-emoji>',
    ],
)
def test_written_back_markup_is_what_was_read(source: str) -> None:
    assert to_html(tidy(parse_html(source))) == source


@given(st.text(st.characters(codec="utf-8")))
def test_escaped_text_is_always_itself(text: str) -> None:
    assert parse_html(html.escape(text)).text == text.replace("'", "'")


@given(st.text("<>/ab i=\"'&;#\n é😀", max_size=40))
def test_any_text_is_parsed_or_refused_and_entities_stay_inside(source: str) -> None:
    try:
        found = tidy(parse_html(source))
    except MarkupError:
        return

    assert all(0 <= e.offset < e.end <= found.length for e in found.entities)
    assert to_html(Formatted(found.text)) == html.escape(found.text, quote=False)


def test_more_than_a_hundred_entities_are_dropped() -> None:
    found = tidy(Formatted("a" * 300, tuple(Entity("bold", n, 1) for n in range(150))))

    assert len(found.entities) == 100
