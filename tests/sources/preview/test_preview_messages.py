"""Each kind of message, and the traps in its HTML."""

from datetime import UTC, datetime

import pytest

from bot.domain.channel import ChannelRef
from bot.domain.post import Entity, Post, SourceKind
from bot.domain.preview import Reached
from bot.sources.preview.page import read_page
from tests.sources.preview.pages import CHAT_ID, NAME, message, page, read, read_one, text, view

REPLY = (
    '<a class="tgme_widget_message_reply user-color-default" href="https://t.me/kabar_contoh/2" ">'
    '<div class="tgme_widget_message_author"><span class="tgme_widget_message_author_name">Kabar'
    '</span></div><div class="tgme_widget_message_text js-message_reply_text">{}</div></a>'
)
UNSUPPORTED = (
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
    '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'
    '<a class="message_media_view_in_telegram">VIEW</a></div></div>'
)


def member(number: int, kind: str = "photo_wrap", inner: str = "") -> str:
    return (
        f'<a class="tgme_widget_message_{kind} grouped_media_wrap" '
        f'href="https://t.me/{NAME}/{number}?single">{inner}</a>'
    )


def test_a_text_post_has_all_its_fields() -> None:
    assert read_one(text("Selamat pagi")) == Post(
        channel=ChannelRef(CHAT_ID, NAME, "Kabar Contoh"),
        message_id=5,
        posted_at=datetime(2026, 3, 2, 4, 30, tzinfo=UTC),
        source=SourceKind.PREVIEW,
        text="Selamat pagi",
        views=7,
    )


def test_line_breaks_are_kept_and_source_lines_are_not() -> None:
    assert read_one(text("satu<br/>dua<br><br/>tiga\n   empat")).text == "satu\ndua\n\ntiga empat"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ("<b>xy</b>", "bold"),
        ("<strong>xy</strong>", "bold"),
        ("<i>xy</i>", "italic"),
        ("<em>xy</em>", "italic"),
        ("<u>xy</u>", "underline"),
        ("<s>xy</s>", "strikethrough"),
        ("<del>xy</del>", "strikethrough"),
        ("<code>xy</code>", "code"),
        ("<pre>xy</pre>", "pre"),
        ('<pre><code class="language-py">xy</code></pre>', "pre"),
        ("<blockquote>xy</blockquote>", "blockquote"),
        ("<blockquote expandable>xy</blockquote>", "expandable_blockquote"),
        ("<tg-spoiler>xy</tg-spoiler>", "spoiler"),
    ],
)
def test_formatting_is_an_entity_at_its_place(html: str, kind: str) -> None:
    post = read_one(text(f"<br/>🚫 a<br/>{html}"))

    assert post.text == "🚫 a\nxy"
    assert post.entities == (Entity(kind, 4, 2),)


def test_entities_nest_outer_first_and_count_code_points() -> None:
    post = read_one(text("👨‍👩‍👧 <b>kuat <i>miring</i></b>"))

    assert post.text == "👨‍👩‍👧 kuat miring"
    assert post.entities == (Entity("bold", 6, 11), Entity("italic", 11, 6))


def test_quotes_and_code_stand_on_lines_of_their_own_once() -> None:
    glued = read_one(text("a<blockquote>b</blockquote>c<pre>d\ne</pre>f"))
    spaced = read_one(text("a<br/><blockquote>b</blockquote><br/>c<br/><pre>d\ne</pre><br/>f"))

    assert glued.text == spaced.text == "a\nb\nc\nd\ne\nf"
    assert glued.entities == spaced.entities == (Entity("blockquote", 2, 1), Entity("pre", 6, 3))


def test_emoji_pictures_are_characters_and_not_bold_or_italic() -> None:
    emoji = """<i class="emoji" style="background-image:url('//x/1.png')"><b>✍️</b></i>"""
    post = read_one(text(f'{emoji} a <tg-emoji emoji-id="5">{emoji}</tg-emoji>'))

    assert post.text == "✍️ a ✍️"
    assert post.entities == (Entity("custom_emoji", 5, 2),)


@pytest.mark.parametrize(
    ("html", "kind", "url"),
    [
        ('<a href="https://a.example/x">https://a.example/x</a>', "url", "https://a.example/x"),
        ('<a href="http://a.example/">a.example</a>', "url", "a.example"),
        ('<a href="https://a.example/x">di sini</a>', "text_link", "https://a.example/x"),
        ('<a href="?q=%23cuaca">#cuaca</a>', "hashtag", None),
        ('<a href="?q=%23cuaca">#cuaca@kabar_contoh</a>', "hashtag", None),
        ('<a href="?q=%24IDR">$IDR</a>', "cashtag", None),
        ('<a href="https://t.me/kabar_lain">@kabar_lain</a>', "mention", None),
        ('<a href="https://a.example/b">@kabar_lain</a>', "text_link", "https://a.example/b"),
        ('<a href="mailto:a@a.example">a@a.example</a>', "email", None),
        ('<a href="tel:+62000">+62000</a>', "phone_number", None),
        (
            '<a href="https://a.example/?a=1&amp;amp;b=2" onclick="return confirm(1)">x</a>',
            "text_link",
            "https://a.example/?a=1&b=2",
        ),
        (
            '<a href="https://a.example/?a=1&amp;copy=2">x</a>',
            "text_link",
            "https://a.example/?a=1&copy=2",
        ),
    ],
)
def test_links_are_told_apart(html: str, kind: str, url: str | None) -> None:
    (entity,) = read_one(text(f"lihat {html} ya")).entities

    assert (entity.kind, entity.offset, entity.url) == (kind, 6, url)


@pytest.mark.parametrize("href", ["tg://user?id=77", "javascript:alert(1)", "//[", "", "?x=1"])
def test_links_to_people_and_to_nowhere_leave_their_words(href: str) -> None:
    post = read_one(text(f'halo <a href="{href}">Budi</a>'))

    assert (post.text, post.entities) == ("halo Budi", ())


def test_html_entities_are_characters() -> None:
    assert read_one(text("&#036;5 &amp;&nbsp;&lt;b&gt; &quot;")).text == '$5 &\xa0<b> "'


def test_the_text_of_an_answered_message_is_not_the_posts() -> None:
    post = read_one(REPLY.format('Kata <a href="https://a.example">orang</a> lain') + text("Ini"))

    assert post.text == "Ini"


def test_a_reply_without_words_has_none() -> None:
    post = read_one(REPLY.format("Kata lain") + '<a class="tgme_widget_message_photo_wrap"></a>')

    assert (post.text, post.media) == ("", ("photo",))


def test_a_quote_marked_like_a_text_is_still_the_answered_messages() -> None:
    quote = REPLY.replace("js-message_reply_text", "js-message_text").format("Kata lain")

    assert read_one(quote + text("Ini")).text == "Ini"
    assert read(page(message(4, text("a")), message(5, quote))).broken_ids == (5,)


def test_the_page_that_a_link_leads_to_is_not_the_post() -> None:
    preview = (
        '<a class="tgme_widget_message_link_preview" href="https://a.example">'
        '<i class="link_preview_image"></i><i class="link_preview_right_image"></i>'
        '<div class="link_preview_site_name">Situs</div><div class="link_preview_title">Judul</div>'
        '<div class="tgme_widget_message_video_player"></div></a>'
    )
    post = read_one(text("Baca") + preview)

    assert (post.text, post.media) == ("Baca", ())


def test_a_caption_within_a_caption_is_read_once() -> None:
    assert read_one(text(text("Dua gambar\n   "))).text == "Dua gambar"


def test_two_texts_of_one_message_are_both_read() -> None:
    post = read_one(text("satu") + text("satu") + text("<b>dua</b>"))

    assert (post.text, post.entities) == ("satu\n\ndua", (Entity("bold", 6, 3),))


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<a class="tgme_widget_message_photo_wrap blured"></a>', "photo"),
        (
            '<a class="tgme_widget_message_video_player"><div class="message_video_play"></div>'
            '<time class="message_video_duration">0:27</time></a>',
            "video",
        ),
        (
            '<a class="tgme_widget_message_video_player not_supported">'
            '<div class="message_video_play"></div><time class="message_video_duration">0:58</time>'
            '<div class="message_media_not_supported_label">Media is too big</div></a>',
            "video",
        ),
        ('<a class="tgme_widget_message_video_player"><video></video></a>', "animation"),
        (
            '<div class="tgme_widget_message_roundvideo_player"><video '
            'class="tgme_widget_message_roundvideo"></video></div>',
            "video_message",
        ),
        (
            '<a class="tgme_widget_message_voice_player"><audio class="tgme_widget_message_voice">'
            '</audio><div class="bar"><s></s><s></s></div><time>0:01</time></a>',
            "voice_message",
        ),
        (
            '<a class="tgme_widget_message_document_wrap"><div '
            'class="tgme_widget_message_document_icon accent_bg"></div><div '
            'class="tgme_widget_message_document_title">a.pdf</div></a>',
            "document",
        ),
        (
            '<a class="tgme_widget_message_document_wrap"><div '
            'class="tgme_widget_message_document_icon accent_bg audio"></div></a>',
            "audio",
        ),
        (
            f'<div class="media_not_supported_cont">{UNSUPPORTED}</div><div '
            'class="tgme_widget_message_sticker_wrap media_supported_cont"><i '
            'class="tgme_widget_message_sticker"></i></div>',
            "sticker",
        ),
        ('<div class="tgme_widget_message_tgsticker"></div>', "sticker"),
        ('<div class="tgme_widget_message_videosticker"></div>', "sticker"),
        (
            '<a class="tgme_widget_message_location_wrap" href="https://maps.example"></a>',
            "location",
        ),
        ('<a class="tgme_widget_message_contact_wrap"><b>Budi</b> +62000</a>', "contact"),
        (UNSUPPORTED, "unsupported"),
        ("", "unsupported"),
    ],
)
def test_media_without_words_are_counted_by_kind_and_unreadable(html: str, kind: str) -> None:
    found = read(page(message(5, html)))

    (post,) = found.posts
    assert (post.text, post.media, found.unreadable) == ("", (kind,), 1)
    assert post.posted_at.hour == 4  # not the duration of a film


def test_words_beside_a_hint_to_open_telegram_win() -> None:
    post = read_one(
        f'<div class="media_supported_cont">{text("Kata")}</div>'
        f'<div class="media_not_supported_cont">{UNSUPPORTED}</div>'
    )

    assert (post.text, post.media) == ("Kata", ())


def test_a_polls_lines_are_read_and_its_votes_are_not() -> None:
    post = read_one(
        '<div class="tgme_widget_message_poll js-poll"><div '
        'class="tgme_widget_message_poll_question">Hujan?</div><div '
        'class="tgme_widget_message_poll_type">Anonymous Quiz</div><div '
        'class="tgme_widget_message_poll_option"><div '
        'class="tgme_widget_message_poll_option_percent">60%</div><div '
        'class="tgme_widget_message_poll_option_text">Ya</div></div><div '
        'class="tgme_widget_message_poll_option_text">Tidak</div></div>',
        info='<span class="tgme_widget_message_voters">12</span>',
    )

    assert (post.text, post.media, post.views) == ("Hujan?\nYa\nTidak", ("poll",), None)


def test_an_album_is_one_post_of_its_members() -> None:
    play = '<div class="message_video_play"></div>'
    album = member(5) + member(6, "video_player", play) + member(8, "document_wrap")
    post = read_one(album + text(text("Album")), data_view=view("5g"))

    assert (post.message_id, post.member_ids) == (5, (5, 6, 8))
    assert post.media == ("photo", "video", "document")
    assert (post.text, post.album_id) == ("Album", "preview:5")
    assert post.channel.chat_id == CHAT_ID  # its view counts, though it is written otherwise
    assert [(one.message_id, one.text) for one in post.members] == [(5, "Album"), (6, ""), (8, "")]


def test_a_blocks_own_number_belongs_to_its_album_in_any_case() -> None:
    post = read_one(member(6) + member(7))

    assert (post.member_ids, post.media) == ((5, 6, 7), ("other", "photo", "photo"))


def test_members_of_other_channels_and_far_away_are_none() -> None:
    elsewhere = '<a class="x" href="https://t.me/kabar_lain/6?single"></a>'
    post = read_one(elsewhere + member(9_000) + member(0) + text(member(6) + "a"))

    assert post.member_ids == (5,)


def test_an_album_may_not_claim_another_blocks_number() -> None:
    found = read(page(message(5, member(5) + member(6)), message(6, text("Sendiri"))))

    assert [post.member_ids for post in found.posts] == [(6,)]
    assert found.broken_ids == (5,)


@pytest.mark.parametrize(
    ("origin", "kept"),
    [
        (
            '<a class="{}" href="https://t.me/kabar_lain/12"><span>Kabar Lain</span></a>',
            "@kabar_lain",
        ),
        ('<a class="{}" href="https://t.me/c/123/12"><span>Kabar Lain</span></a>', "Kabar Lain"),
        ('<a class="{}" href="https://t.me/budi"><span>Budi</span></a>', None),
        ('<span class="{}">Budi</span>', None),
    ],
)
def test_only_a_channel_that_was_forwarded_from_is_kept(origin: str, kept: str | None) -> None:
    name = origin.format("tgme_widget_message_forwarded_from_name")
    author = '<span class="tgme_widget_message_forwarded_from_author">Budi</span>'
    post = read_one(
        f'<div class="tgme_widget_message_forwarded_from">{name} {author}</div>{text("a")}'
    )

    assert post.forwarded_from == kept
    assert "Budi" not in repr(post)


@pytest.mark.parametrize(
    ("meta", "is_edited"),
    [
        ("", False),
        ("edited &nbsp;", True),
        ('<span class="tgme_widget_message_from_author">Budi</span>,&nbsp;edited &nbsp;', True),
        ('<span class="tgme_widget_message_from_author">edited</span>,&nbsp;', False),
    ],
)
def test_edited_is_what_the_page_says_and_the_signature_is_not_kept(
    meta: str, is_edited: bool
) -> None:
    found = read(page(message(5, text("a"), meta=meta)))

    assert found.edited_ids == (frozenset({5}) if is_edited else frozenset())
    assert "Budi" not in repr(found)


def test_reactions_are_not_read() -> None:
    reactions = (
        '<div class="tgme_widget_message_reactions"><span class="tgme_reaction tgme_reaction_paid">'
        '<i class="icon"></i>6.28K</span><span class="tgme_reaction"><tg-emoji emoji-id="5">'
        "</tg-emoji>989</span></div>"
    )

    assert read_one(text("a") + reactions) == read_one(text("a"))


@pytest.mark.parametrize(
    "what", ["pinned «Lama»", "Channel photo updated", "Channel name was changed to «x»"]
)
def test_service_messages_use_up_numbers_and_are_no_posts(what: str) -> None:
    found = read(page(message(4, text("a")), message(5, text(what), classes="service_message")))

    assert [post.message_id for post in found.posts] == [4]
    assert (found.service_ids, found.ids) == ((5,), (4, 5))


def test_a_message_without_a_date_is_broken_and_its_number_known() -> None:
    found = read(page(message(4, text("a")), message(5, text("b"), date=None)))

    assert (found.broken_ids, found.highest_id) == ((5,), 5)


def test_long_right_to_left_and_joined_text_is_kept_whole() -> None:
    words = "السلام عليكم " + "👨‍👩‍👧‍👦" * 200 + "x" * 4096

    assert read_one(text(words)).text == words


def test_only_broken_messages_are_drift() -> None:
    html = page(message(4, text("a"), date="yesterday"), message(5, text("b"), date="2026-01-01"))

    assert read_page(html, NAME).reached is Reached.DRIFT
