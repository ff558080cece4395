"""Pages that were damaged: an answer each, soon, and never another's words as the post's."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.preview import PreviewAnswer, Reached
from bot.sources.preview.page import read_page, read_post
from tests.sources.preview.pages import NAME, message, page, text, view

QUOTED = "KATAORANGLAIN"
LINKED = "HALAMANLAIN"
_REPLY = (
    f'<a class="tgme_widget_message_reply" href="https://t.me/{NAME}/2" ">'
    f'<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{QUOTED}</div></a>'
)
_PREVIEW = (
    '<a class="tgme_widget_message_link_preview" href="https://a.example">'
    f'<div class="link_preview_title" dir="auto">{LINKED}</div></a>'
)
_ALBUM = (
    '<div class="tgme_widget_message_grouped_wrap">'
    + "".join(
        f'<a class="tgme_widget_message_photo_wrap" href="https://t.me/{NAME}/{n}?single"></a>'
        for n in (7, 8)
    )
    + "</div>"
)
WHOLE = page(
    message(4, text("Channel created"), classes="service_message"),
    message(5, _REPLY + text('Ini <b>kata <i class="emoji"><b>👍</b></i></b><br/>kita') + _PREVIEW),
    message(6, '<a class="tgme_widget_message_video_player"><time>0:27</time></a>'),
    message(7, _ALBUM + text(text("Album")), data_view=view("7g")),
    message(9, _REPLY + text('<blockquote>a</blockquote><a href="?q=%23b">#b</a>')),
    head=f'<link rel="prev" href="/s/{NAME}?before=4">',
)
# What another wrote stays one piece; everything around it may be lost, doubled or moved.
_PIECES = re.findall(
    rf"{re.escape(_REPLY)}|{re.escape(_PREVIEW)}|<[^>]*>|[^<]+", WHOLE.partition("<body")[2]
)
_ODD = st.sampled_from(
    ["<table>", "</div>", "<b x=1>", "<p>", "</a>", "<svg>", "<!--", "<tr>", "&#0;"]
)
_BYTES = st.sampled_from(
    ["<", ">", '"', "&", "\x00", "\ud83d", "</", "<a", "'", "\u202e", "=", "0"]
)
_SPOT = st.integers(0, len(WHOLE))


def check(answer: PreviewAnswer) -> None:
    has_page = answer.reached in (Reached.PAGE, Reached.RENAMED)
    assert (answer.page is not None) == has_page
    if answer.page is None:
        return
    ids = [number for post in answer.page.posts for number in post.member_ids]
    assert len(ids) == len(set(ids))
    assert [post.message_id for post in answer.page.posts] == sorted(
        min(post.member_ids) for post in answer.page.posts
    )
    lowest = answer.page.lowest_id
    assert answer.page.before is None or (lowest is not None and answer.page.before <= lowest)
    for post in answer.page.posts:
        assert all(0 <= e.offset < e.offset + e.length <= len(post.text) for e in post.entities)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(_SPOT, st.integers(0, 60), _BYTES), max_size=8))
def test_damaged_characters_never_raise(damage: list[tuple[int, int, str]]) -> None:
    html = WHOLE
    for at, length, put in damage:
        html = html[:at] + put + html[at + length :]

    check(read_page(html.encode(errors="replace").decode(), NAME))
    check(read_post(html.encode(errors="replace").decode(), NAME, 5))


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["drop", "double", "move", "odd"]),
            st.integers(0, len(_PIECES) - 1),
            st.integers(0, len(_PIECES) - 1),
            _ODD,
        ),
        max_size=12,
    )
)
def test_damaged_structure_never_makes_anothers_words_the_posts(
    damage: list[tuple[str, int, int, str]],
) -> None:
    pieces = list(_PIECES)
    for what, at, to, odd in damage:
        at, to = at % len(pieces), to % len(pieces)
        piece = pieces.pop(at)
        pieces[to:to] = {"drop": [], "double": [piece] * 2, "move": [piece], "odd": [odd]}[what]
        if what != "move" and what != "drop":
            pieces.insert(at, piece)

    answer = read_page("<!DOCTYPE html><html><body" + "".join(pieces), NAME)

    check(answer)
    words = [post.text for post in answer.page.posts] if answer.page else []
    assert not [one for one in words if QUOTED in one or LINKED in one]


def test_the_undamaged_page_reads_whole() -> None:
    answer = read_page(WHOLE, NAME)

    check(answer)
    assert answer.page is not None
    assert [post.text for post in answer.page.posts] == ["Ini kata 👍\nkita", "", "Album", "a\n#b"]
    assert answer.page.ids == (4, 5, 6, 7, 8, 9)
