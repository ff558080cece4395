"""The source against the server: every kind comes back as published, every bad day as told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.preview import PreviewPage, Reached
from bot.sources.preview.fetch import Fetch
from bot.sources.preview.page import read_page
from bot.sources.preview.site import PreviewSite
from sandbox.preview import Channel, Fault, Kind, Site, live, town
from sandbox.preview.blocks import html_of
from sandbox.preview.lives import Habit
from tests.sources.preview.pages import message, page, text

NAME = "kabar_contoh"
WORDS = (
    "Selamat pagi! 'Ini' <b>&amp; 👍🏽 #cuaca @kabar_lain\n\n"
    "https://a.example/?a=1&b=2 👨‍👩‍👧 السلام"
)
# What the Bot API calls what the server calls so.
MEDIA = {
    Kind.TEXT: (),
    Kind.BIG_VIDEO: ("video",),
    Kind.ROUND_VIDEO: ("video_message",),
    Kind.VOICE: ("voice_message",),
}


@pytest.fixture
def web() -> Site:
    return Site()


@pytest.fixture
def channel(web: Site) -> Channel:
    return web.channel(NAME, title="Kabar <Contoh> 👍", subscribers=18_900_000)


def preview_of(web: Site, **more: object) -> PreviewSite:
    """The source inside this process."""
    said = {"base_url": "http://preview", "transport": httpx.ASGITransport(web.app)} | more
    return PreviewSite(Fetch(web.clock, "admin@example.org", **said))  # type: ignore[arg-type]


@pytest.fixture
def preview(web: Site) -> PreviewSite:
    return preview_of(web)


@pytest.fixture
async def distant(web: Site) -> AsyncIterator[PreviewSite]:
    """The source with a real connection between."""
    async with web.serve() as address:
        patience = timedelta(seconds=0.5)
        site = PreviewSite(Fetch(web.clock, "", base_url=address, patience=patience))
        yield site
        await site.close()


async def page_of(preview: PreviewSite, before: int | None = None, name: str = NAME) -> PreviewPage:
    answer = await preview.page(name, before)
    assert answer.reached is Reached.PAGE
    assert answer.page is not None
    return answer.page


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.SERVICE, Kind.POLL)])
async def test_every_kind_comes_back_with_its_words(
    channel: Channel, preview: PreviewSite, kind: Kind
) -> None:
    earlier = channel.publish("Kata yang dikutip")
    channel.publish(
        WORDS,
        kind=kind,
        author="Penulis Rahasia",
        reply_to=earlier.number,
        forwarded_from="kabar_lain/12",
        links_to="https://situs.example/",
    )

    found = await page_of(preview)

    _, post = found.posts
    media = MEDIA.get(kind, (kind.value,))
    expected = () if kind is Kind.UNSUPPORTED else media
    assert (post.text, post.media, post.forwarded_from) == (WORDS, expected, "@kabar_lain")
    assert "Penulis" not in repr(found)
    marked = {e.kind: post.text[e.offset : e.offset + e.length] for e in post.entities}
    assert marked == {
        "hashtag": "#cuaca",
        "mention": "@kabar_lain",
        "url": "https://a.example/?a=1&b=2",
    }


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.SERVICE, Kind.POLL)])
async def test_every_kind_without_words_is_unreadable_and_counted(
    channel: Channel, preview: PreviewSite, kind: Kind
) -> None:
    channel.publish(kind=kind)

    found = await page_of(preview)

    assert found.unreadable == 1
    assert found.posts[0].media == (MEDIA.get(kind, (kind.value,)) or ("unsupported",))


async def test_the_frame_is_read(web: Site, channel: Channel, preview: PreviewSite) -> None:
    for _ in range(25):
        channel.publish("a")
    channel.serve()

    found = await page_of(preview)

    assert (found.ref.chat_id, found.ref.username) == (channel.chat_id, NAME)
    assert found.ref.title == "Kabar <Contoh> 👍"
    assert (found.subscribers, found.subscribers_approx) == (18_900_000, True)
    assert (found.lowest_id, found.highest_id, found.before) == (7, 26, 7)
    assert found.service_ids == (26,)
    assert found.rendered_at == web.clock.now()
    assert (found.strange_blocks, found.broken_ids) == (0, ())


async def test_an_album_is_one_post_of_its_numbers(channel: Channel, preview: PreviewSite) -> None:
    channel.publish("Album kita", kind=Kind.VIDEO, members=3)
    channel.publish("sesudahnya")

    album, after = (await page_of(preview)).posts

    assert (album.member_ids, album.media) == ((1, 2, 3), ("photo", "video", "photo"))
    assert (album.text, after.message_id) == ("Album kita", 4)


async def test_an_album_that_lost_members_is_what_is_left(
    channel: Channel, preview: PreviewSite
) -> None:
    album = channel.publish("Album kita", kind=Kind.PHOTO, members=4)
    channel.delete(album.numbers[0], member_only=True)
    channel.delete(album.numbers[2], member_only=True)

    (post,) = (await page_of(preview)).posts
    reached = [(await preview.post(NAME, number)).reached for number in album.numbers]

    assert (post.message_id, post.member_ids, post.text) == (2, (2, 4), "Album kita")
    assert reached == [Reached.NOT_FOUND, Reached.PAGE, Reached.NOT_FOUND, Reached.PAGE]


async def test_a_poll_comes_back_as_its_lines(channel: Channel, preview: PreviewSite) -> None:
    channel.publish("Hujan?", kind=Kind.POLL, options=("Ya", "Tidak"))

    (post,) = (await page_of(preview)).posts

    assert (post.text, post.media) == ("Hujan?\nYa\nTidak", ("poll",))


async def test_edits_are_marked_and_change_the_hash(
    web: Site, channel: Channel, preview: PreviewSite
) -> None:
    message = channel.publish("versi satu")
    before = await page_of(preview)
    web.clock.advance(timedelta(days=1))
    unchanged = await page_of(preview)
    channel.edit(message.number, "versi dua")
    after = await page_of(preview)

    hashes = [found.posts[0].content_hash for found in (before, unchanged, after)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert before.posts[0].views != unchanged.posts[0].views
    assert (unchanged.edited_ids, after.edited_ids) == (set(), {message.number})


async def test_a_post_is_looked_up_by_itself(channel: Channel, preview: PreviewSite) -> None:
    album = channel.publish("album", kind=Kind.PHOTO, members=3)
    gone = channel.publish("hilang")
    channel.delete(gone.number)
    service = channel.serve()

    member = await preview.post(NAME, album.numbers[2])
    noticed = await preview.post(NAME, service.number)

    assert member.page and member.page.posts[0].member_ids == album.numbers
    assert noticed.page and noticed.page.service_ids == (service.number,)
    assert (await preview.post(NAME, gone.number)).reached is Reached.NOT_FOUND
    assert (await preview.post(NAME, 10_000)).reached is Reached.NOT_FOUND
    assert (await preview.post("tidak_ada", 1)).reached is Reached.UNKNOWN_NAME


async def test_names_are_told_apart(web: Site, preview: PreviewSite) -> None:
    web.other("seseorang")
    web.channel("tertutup", has_preview=False)
    web.channel("sunyi_sekali")
    web.channel("nama_lama").rename("nama_lain")
    moved = web.channel("nama_pindah")
    moved.publish("a")
    moved.rename("nama_baru", forwards=True)

    reached = {
        name: (await preview.page(name)).reached
        for name in (
            "tidak_ada",
            "seseorang",
            "tertutup",
            "sunyi_sekali",
            "nama_lama",
            "nama_pindah",
        )
    }

    assert reached == {
        "tidak_ada": Reached.UNKNOWN_NAME,
        "seseorang": Reached.NO_PREVIEW,
        "tertutup": Reached.NO_PREVIEW,
        "sunyi_sekali": Reached.EMPTY,
        "nama_lama": Reached.UNKNOWN_NAME,
        "nama_pindah": Reached.RENAMED,
    }


FAULTS = {
    Fault.THROTTLED: Reached.THROTTLED,
    Fault.REFUSED: Reached.REFUSED,
    Fault.CHALLENGE: Reached.CHALLENGE,
    Fault.SERVER_ERROR: Reached.SERVER_ERROR,
    Fault.EMPTY: Reached.EMPTY,
    Fault.STALE: Reached.PAGE,
    Fault.FRONT_PAGE: Reached.UNKNOWN_NAME,
    Fault.BROKEN_BLOCK: Reached.PAGE,
    Fault.DRIFT: Reached.DRIFT,
    Fault.CUT_OFF: Reached.CUT_OFF,
    Fault.RESET: Reached.CUT_OFF,
    Fault.HANGING: Reached.UNREACHABLE,
    Fault.GARBLED: Reached.GARBLED,
    Fault.TOO_LARGE: Reached.TOO_LARGE,
    Fault.REDIRECT_LOOP: Reached.REDIRECT_LOOP,
    Fault.FOREIGN_REDIRECT: Reached.FOREIGN_REDIRECT,
}


@pytest.mark.parametrize("fault", Fault)
async def test_each_bad_day_is_its_own_state_and_the_next_is_good(
    web: Site, channel: Channel, distant: PreviewSite, fault: Fault
) -> None:
    channel.publish("lama", at=web.clock.now() - timedelta(days=1))
    channel.publish("baru")
    web.faults.script(fault)

    bad = await distant.page(NAME)
    good = await distant.page(NAME)

    assert bad.reached is FAULTS[fault]
    assert good.reached is Reached.PAGE
    assert good.page and [post.text for post in good.page.posts] == ["lama", "baru"]


async def test_no_bad_day_denies_a_post(web: Site, channel: Channel, preview: PreviewSite) -> None:
    message = channel.publish("a")
    for fault in set(Fault) - {Fault.RESET, Fault.HANGING, Fault.STALE}:
        web.faults.script(fault)

        assert (await preview.post(NAME, message.number)).reached is not Reached.NOT_FOUND, fault


async def test_nobody_listening_is_unreachable(web: Site) -> None:
    async with web.serve() as address:
        pass
    site = PreviewSite(Fetch(web.clock, "", base_url=address))

    assert (await site.page(NAME)).reached is Reached.UNREACHABLE
    await site.close()


async def test_stale_and_broken_pages_say_so(
    web: Site, channel: Channel, preview: PreviewSite
) -> None:
    channel.publish("lama", at=web.clock.now() - timedelta(days=1))
    channel.publish("baru")
    web.faults.script(Fault.STALE, age=timedelta(hours=2))
    web.faults.script(Fault.BROKEN_BLOCK)

    stale = await page_of(preview)
    broken = await page_of(preview)

    assert stale.rendered_at == web.clock.now() - timedelta(hours=2)
    assert stale.ids == (1,)
    assert ([post.message_id for post in broken.posts], broken.broken_ids) == ([1], (2,))


@pytest.mark.parametrize(
    ("asks", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (timedelta(minutes=3), timedelta(minutes=3)),
        (None, None),
    ],
)
async def test_a_wait_is_passed_on(
    web: Site, preview: PreviewSite, asks: str | timedelta | None, wait: timedelta | None
) -> None:
    web.faults.script(Fault.THROTTLED, retry_after=asks)
    web.faults.script(Fault.THROTTLED, retry_after=web.clock.now() + timedelta(minutes=7))

    assert (await preview.page(NAME)).retry_after == wait
    assert (await preview.page(NAME)).retry_after == timedelta(minutes=7)


async def test_walking_back_reads_a_whole_life_as_it_was(web: Site, preview: PreviewSite) -> None:
    start = web.clock.now()
    habit = Habit(posts_per_day=60, bursts_per_day=1, services=0.05, holes=0.05, albums=0.2)
    channel = live(web, NAME, habit, start=start, end=start + timedelta(days=4), seed=2)
    web.clock.advance(timedelta(days=4))

    pages = [await page_of(preview)]
    while pages[-1].before is not None:
        pages.append(await page_of(preview, pages[-1].before))

    found = {post.message_id: post for page in pages for post in page.posts}
    services = {number for page in pages for number in page.service_ids}
    now = web.clock.now()
    visible = web.ledger.visible(channel, now)
    assert len(visible) > 200 and len(pages) > 10
    assert sorted(found) == [one.numbers_at(now)[0] for one in visible]
    for one in visible:
        words = "\n".join([one.text(now), *one.options])
        post = found[one.numbers_at(now)[0]]
        assert (post.text, post.member_ids) == (words, one.numbers_at(now))
        assert (post.posted_at, post.channel.chat_id) == (one.posted_at, channel.chat_id)
    served = [one for one in channel.messages if one.kind is Kind.SERVICE and one.is_visible(now)]
    assert services == {one.number for one in served}
    assert any(one.lost for one in visible)
    assert web.ledger.delivered(channel).keys() == found.keys()
    assert not [page for page in pages if page.broken_ids or page.strange_blocks]


async def test_every_request_names_us(web: Site, channel: Channel, preview: PreviewSite) -> None:
    channel.publish("a")
    await preview.page(NAME)
    await preview.post(NAME, 1)

    assert {one.user_agent for one in web.ledger.requests} == {
        "Saring (reads public channels for moderators; contact: admin@example.org)"
    }


async def test_a_whole_town_is_read_without_a_strange_block(
    web: Site, preview: PreviewSite
) -> None:
    start = web.clock.now()
    town(web, 20, start=start, end=start + timedelta(days=1), seed=4)
    web.clock.advance(timedelta(hours=12))

    answers = [await preview.page(f"kabar_{number}") for number in range(20)]

    pages = [answer.page for answer in answers if answer.page]
    assert len(pages) > 12
    assert not [page for page in pages if page.broken_ids or page.strange_blocks]
    assert {answer.reached for answer in answers} <= {
        Reached.PAGE,
        Reached.EMPTY,
        Reached.UNKNOWN_NAME,
    }


_LETTERS = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")
_WORDS = st.lists(
    st.one_of(
        st.text(_LETTERS, max_size=12),
        st.sampled_from(
            [
                "#cuaca",
                "@kabar_lain",
                "https://a.example/?a=1&b=2",
                "👍🏽",
                "👨‍👩‍👧",
                "❤️",
                "\n\n",
                "  ",
            ]
        ),
    ),
    max_size=12,
).map(lambda parts: " ".join(parts).strip())


@settings(deadline=None, max_examples=200)
@given(_WORDS)
def test_any_words_come_back_letter_by_letter(words: str) -> None:
    answer = read_page(page(message(5, text(html_of(words)))), NAME)

    assert answer.page is not None
    (post,) = answer.page.posts
    assert post.text == words
    for entity in post.entities:
        marked = post.text[entity.offset : entity.offset + entity.length]
        assert marked == marked.strip() != ""
        assert {"hashtag": "#", "mention": "@", "url": "http"}[entity.kind] in marked
