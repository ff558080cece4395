"""The frame of a page, and pages that are none."""

from datetime import UTC, datetime

import pytest

from bot.domain.preview import PreviewAnswer, Reached
from bot.sources.preview.nesting import is_too_deep
from bot.sources.preview.page import is_challenge, read_page, read_post
from tests.sources.preview.pages import (
    CHAT_ID,
    NAME,
    RENDERED,
    message,
    page,
    read,
    text,
    view,
)


def more(before: object) -> str:
    return (
        f'<a href="/s/{NAME}?before={before}" class="tme_messages_more" data-before="{before}"></a>'
    )


def bare_page(body: str, title: str = "x") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"


def test_the_channel_is_known_by_the_id_in_its_messages() -> None:
    found = read(page(message(5, text("a"))))

    assert (found.ref.chat_id, found.ref.username, found.ref.title) == (
        CHAT_ID,
        NAME,
        "Kabar Contoh",
    )
    assert found.rendered_at == RENDERED


@pytest.mark.parametrize(
    "data_view",
    [
        "",
        "!!!",
        "bm8",
        "W10",
        view(6),
        view("5x"),
        view(5, bare=1000000042, seconds=True),
        view(5, bare=-(10**15), seconds=-5),
        view(5, bare="-7", seconds=10**12),
        "A" * 2_000,
    ],
)
def test_a_senseless_view_leaves_the_name_alone(data_view: str) -> None:
    found = read(page(message(5, text("a"), data_view=data_view)))

    assert (found.ref.chat_id, found.ref.username, found.rendered_at) == (None, NAME, None)
    assert [post.text for post in found.posts] == ["a"]


def test_posts_come_in_the_order_of_their_numbers_each_once() -> None:
    html = page(message(9, text("c")), message(5, text("a")), message(7, text("b")), message(5))

    found = read(html)

    assert [(post.message_id, post.text) for post in found.posts] == [(5, "a"), (7, "b"), (9, "c")]
    assert found.strange_blocks == 1


def test_another_channels_message_is_not_taken_as_this_ones() -> None:
    other_name = message(6, text("lain"), name="kabar_lain")
    other_id = message(7, text("lain"), data_view=view(7, bare=-5))
    html = page(message(4, text("a")), message(5, text("b")), other_name, other_id)

    found = read(html)

    assert ([post.message_id for post in found.posts], found.strange_blocks) == ([4, 5], 2)


def test_messages_without_a_number_are_counted() -> None:
    nameless = '<div class="tgme_widget_message" data-post="x"></div>'
    found = read(page(message(5, text("a")), nameless, message(0), message(2**31)))

    assert (found.ids, found.strange_blocks) == ((5,), 3)


def test_the_spelling_of_a_name_is_the_pages() -> None:
    found = read(page(message(5, text("a"), name="Kabar_Contoh")), asked="KABAR_contoh")

    assert found.ref.username == "Kabar_Contoh"


def test_a_page_of_another_name_is_renamed() -> None:
    answer = read_page(page(message(5, text("a"), name="kabar_baru")), NAME)

    assert answer.reached is Reached.RENAMED
    assert answer.page is not None
    assert (answer.page.ref.username, answer.page.ref.chat_id) == ("kabar_baru", CHAT_ID)


@pytest.mark.parametrize(
    ("shown", "subscribers"),
    [
        ("1", (1, False)),
        ("999", (999, False)),
        ("1 234", (1234, False)),
        ("1,234", (1234, False)),
        ("1.2K", (1200, True)),
        ("18.9M", (18_900_000, True)),
        ("2B", (2_000_000_000, True)),
        ("", (None, False)),
        ("many", (None, False)),
        ("٣", (None, False)),
        ("9" * 40, (None, False)),
    ],
)
def test_subscribers_are_counted_as_shown(shown: str, subscribers: tuple[int | None, bool]) -> None:
    counters = (
        '<div class="tgme_channel_info_counter"><span class="counter_value">3</span>'
        '<span class="counter_type">photos</span></div><div class="tgme_channel_info_counter">'
        f'<span class="counter_value">{shown}</span>'
        ' <span class="counter_type">subscribers</span></div>'
    )
    found = read(page(message(5, text("a")), info=counters))

    assert (found.subscribers, found.subscribers_approx) == subscribers


def test_the_header_counts_subscribers_where_nothing_else_does() -> None:
    header = '<div class="tgme_header_counter">10.5M subscribers</div>'
    found = read(page(message(5, text("a")), info=header))

    assert (found.subscribers, found.subscribers_approx) == (10_500_000, True)


@pytest.mark.parametrize(
    ("html", "before"),
    [
        (page(message(528, text("a"))), None),
        (page(more(528), message(528, text("a"))), 528),
        (page(message(528, text("a")), head=f'<link rel="prev" href="/s/{NAME}?before=528">'), 528),
        (page(message(528, text("a")), head=f'<link rel="next" href="/s/{NAME}?after=528">'), None),
        (page(more(900), message(528, text("a"))), 528),
        (page(more(500), message(528, text("a"))), 500),
        (page(more("x"), message(528, text("a"))), None),
        (page(more(1), message(1, text("a"))), None),
    ],
)
def test_the_cursor_to_earlier_posts_never_stands_above_what_was_seen(
    html: str, before: int | None
) -> None:
    assert read(html).before == before


def test_a_page_that_does_not_go_back_is_drift() -> None:
    html = page(more(5), message(5, text("a")), message(9, text("b")))

    assert read_page(html, NAME, before=9).reached is Reached.DRIFT
    assert read_page(html, NAME, before=10).reached is Reached.PAGE


def test_an_album_that_began_below_the_cursor_may_end_above_it() -> None:
    album = "".join(
        f'<a class="tgme_widget_message_photo_wrap" href="https://t.me/{NAME}/{n}?single"></a>'
        for n in (5, 6, 7)
    )

    assert read(page(message(5, album)), before=6).ids == (5, 6, 7)


def test_the_oldest_render_counts() -> None:
    html = page(
        message(5, text("a")), message(6, text("b"), data_view=view(6, seconds=1_700_000_000))
    )

    assert read(html).rendered_at == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize(
    ("html", "reached"),
    [
        (page('<div class="tme_no_messages_found">No posts found</div>'), Reached.EMPTY),
        (page(), Reached.DRIFT),
        (page('<div class="new_message" data-id="5">a</div>'), Reached.DRIFT),
        (bare_page("", "Telegram Messenger"), Reached.UNKNOWN_NAME),
        (bare_page('<div class="tl_main_page_container"></div>'), Reached.UNKNOWN_NAME),
        (
            bare_page('<div class="tgme_page"><div class="tgme_page_title">B</div></div>'),
            Reached.NO_PREVIEW,
        ),
        (bare_page("", "Just a moment..."), Reached.CHALLENGE),
        (bare_page('<form id="challenge-form"></form>'), Reached.CHALLENGE),
        (bare_page("hello"), Reached.DRIFT),
        ("", Reached.DRIFT),
        ("\x00\ufffd<<<>>>", Reached.DRIFT),
        ("<div>" * 100_000, Reached.DRIFT),
        ("".join(f"<p><b x={i}>y" for i in range(20_000)), Reached.DRIFT),
        ("<b></i>" * 100_000, Reached.DRIFT),
        ("<div>" * 50_000 + "</div>" * 50_000, Reached.DRIFT),
    ],
)
def test_each_page_without_posts_is_a_state_of_its_own(html: str, reached: Reached) -> None:
    assert read_page(html, NAME) == PreviewAnswer(reached)


def test_a_post_about_a_challenge_or_an_empty_channel_is_a_post() -> None:
    words = "Just a moment... No posts found. Post not found"

    assert read(page(message(5, text(words)))).posts[0].text == words
    assert not is_challenge(page(message(5, text(words))))


def test_a_single_posts_page_has_that_post() -> None:
    answer = read_post(bare_page(message(5, text("a"))), NAME, 5)

    assert answer.reached is Reached.PAGE
    assert answer.page is not None
    assert [post.text for post in answer.page.posts] == ["a"]
    assert answer.page.before is None


def test_a_single_posts_page_of_another_post_or_channel_says_nothing_of_this_one() -> None:
    html = bare_page(message(5, text("a")))

    assert read_post(html, NAME, 6).reached is Reached.DRIFT
    assert read_post(html, "kabar_lain", 5).reached is Reached.DRIFT


@pytest.mark.parametrize(
    ("error", "reached"),
    [
        ("Post not found", Reached.NOT_FOUND),
        ("\n Post  not found ", Reached.NOT_FOUND),
        ("Channel with username <b>@x</b> not found", Reached.UNKNOWN_NAME),
        ("This channel is private", Reached.NO_PREVIEW),
        ("Something went wrong", Reached.DRIFT),
        ("", Reached.DRIFT),
    ],
)
def test_only_a_plain_not_found_denies_a_post(error: str, reached: Reached) -> None:
    html = bare_page(f'<div class="tgme_widget_message_error">{error}</div>')

    assert read_post(html, NAME, 5) == PreviewAnswer(reached)


def test_an_empty_or_strange_page_never_denies_a_post() -> None:
    for html in (
        page(),
        bare_page("Post not found"),
        "",
        page('<p class="tme_no_messages_found">'),
    ):
        assert read_post(html, NAME, 5).reached is not Reached.NOT_FOUND


@pytest.mark.parametrize(
    ("html", "is_deep"),
    [
        ("<div>" * 400 + "</div>" * 400, False),
        ("<div><br><img><hr/></div>" * 5_000, False),
        ("<div>" * 600, True),
        ("<div>" * 600 + "</div>" * 600, True),
        ("<b></i>" * 600, True),
        ("</b>" * 600 + "<b>" * 400, False),
        ("</b>" * 600 + "<b>" * 600, True),
        ("x < 5 <3 </ < " * 1_000, False),
    ],
)
def test_nesting_is_seen_before_it_is_parsed(html: str, *, is_deep: bool) -> None:
    assert is_too_deep(html) is is_deep
