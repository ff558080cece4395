"""The server by itself: pages, single posts, names, times, and its ledger."""

import asyncio
import re
import subprocess
import sys
import urllib.request
from datetime import timedelta
from random import Random

import httpx
import pytest

from sandbox.preview import Channel, Fault, Habit, Kind, Outcome, Request, Site, live, town
from sandbox.preview.console import HELP, obey

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def numbers(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-post="\w+/([0-9]+)"', html)]


async def test_a_page_has_the_twenty_newest_and_leads_on_to_earlier_ones(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    for _ in range(45):
        channel.publish("Selamat pagi")

    newest = await web.get("/s/kabar_contoh")
    earlier = await web.get("/s/KABAR_contoh", params={"before": 26})
    oldest = await web.get("/s/kabar_contoh", params={"before": 6})
    forward = await web.get("/s/kabar_contoh", params={"after": 3})

    assert numbers(newest.text) == list(range(26, 46))
    assert 'data-before="26"' in newest.text and 'rel="next"' not in newest.text
    assert numbers(earlier.text) == list(range(6, 26))
    assert 'rel="prev" href="/s/kabar_contoh?before=6"' in earlier.text
    assert 'rel="next" href="/s/kabar_contoh?after=25"' in earlier.text
    assert numbers(oldest.text) == [1, 2, 3, 4, 5]
    assert "data-before" not in oldest.text
    assert numbers(forward.text) == list(range(4, 24))


async def test_holes_services_and_albums_use_up_numbers(
    channel: Channel, web: httpx.AsyncClient
) -> None:
    channel.publish("satu")
    channel.skip(3)
    channel.serve()
    album = channel.publish("album", kind=Kind.PHOTO, members=4)
    channel.publish("akhir")

    html = (await web.get("/s/kabar_contoh")).text

    assert numbers(html) == [1, 5, 6, 10]
    assert album.numbers == (6, 7, 8, 9)
    assert re.findall(r"/([0-9]+)\?single", html) == ["6", "7", "8", "9"]
    assert html.count("service_message") == 1


async def test_edits_and_deletions_show_from_their_moment_on(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    post = channel.publish("versi satu")
    other = channel.publish("tetap")
    channel.edit(post.number, "versi dua", at=site.clock.now() + HOUR)
    channel.delete(other.number, at=site.clock.now() + HOUR)

    before = (await web.get("/s/kabar_contoh")).text
    site.clock.advance(HOUR)
    after = (await web.get("/s/kabar_contoh")).text

    assert "versi satu" in before and "tetap" in before and "edited" not in before
    assert "versi dua" in after and "versi satu" not in after and "edited" in after
    assert numbers(after) == [1]


async def test_what_is_planned_is_not_visible_yet(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    channel.publish("kini")
    channel.publish("nanti", at=site.clock.now() + HOUR)

    assert numbers((await web.get("/s/kabar_contoh")).text) == [1]
    assert "Post not found" in (await web.get("/kabar_contoh/2?embed=1")).text
    site.clock.advance(HOUR)
    assert numbers((await web.get("/s/kabar_contoh")).text) == [1, 2]


async def test_a_single_post_is_shown_or_denied(channel: Channel, web: httpx.AsyncClient) -> None:
    album = channel.publish("album", kind=Kind.PHOTO, members=3)
    gone = channel.publish("hilang")
    channel.delete(gone.number)

    shown = (await web.get(f"/kabar_contoh/{album.number + 2}?embed=1&mode=tme")).text
    denied = (await web.get(f"/kabar_contoh/{gone.number}?embed=1&mode=tme")).text
    nobody = (await web.get("/tidak_ada/1?embed=1&mode=tme")).text

    assert numbers(shown) == [album.number]
    assert "Post not found" in denied and not numbers(denied)
    assert "Channel with username <b>@tidak_ada</b> not found" in nobody


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/s/tidak_ada", "https://telegram.org/"),
        ("/s/seseorang", "/seseorang"),
        ("/s/tertutup", "/tertutup"),
        ("/s/nama_lama", "https://telegram.org/"),
        ("/s/nama_pindah", "/s/nama_baru"),
        ("/", "https://telegram.org/"),
    ],
)
async def test_names_without_posts_lead_elsewhere(
    site: Site, web: httpx.AsyncClient, path: str, location: str
) -> None:
    site.other("seseorang")
    site.channel("tertutup", has_preview=False)
    site.channel("nama_lama").rename("nama_lain")
    site.channel("nama_pindah").rename("nama_baru", forwards=True)

    answer = await web.get(path)

    assert (answer.status_code, answer.headers["location"]) == (302, location)


async def test_a_renamed_channel_keeps_its_id_and_its_old_name_can_be_taken(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    channel.publish("dulu")
    old = (await web.get("/s/kabar_contoh")).text
    site.clock.advance(HOUR)
    channel.rename("kabar_baru")
    other = site.channel("Kabar_Contoh")
    other.publish("orang lain")

    new = (await web.get("/s/kabar_baru")).text
    taken = (await web.get("/s/kabar_contoh")).text

    view = re.compile(r'data-view="([^"]+)"')
    assert view.findall(old)[0][:24] == view.findall(new)[0][:24]
    assert view.findall(taken)[0][:24] != view.findall(new)[0][:24]
    assert 'data-post="kabar_baru/1"' in new
    assert "orang lain" in taken


async def test_pages_about_names_show_no_posts(site: Site, web: httpx.AsyncClient) -> None:
    site.other("seseorang", title="Seseorang")
    site.channel("kabar_contoh").publish("a")

    for name in ("seseorang", "kabar_contoh"):
        html = (await web.get(f"/{name}")).text
        assert "tgme_page_title" in html and not numbers(html)


async def test_the_same_page_never_has_the_same_bytes(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    channel.publish("a")
    first = await web.get("/s/kabar_contoh")
    site.clock.advance(timedelta(seconds=1))

    assert first.text != (await web.get("/s/kabar_contoh")).text
    assert first.headers["date"] == "Mon, 02 Mar 2026 05:00:00 GMT"


def test_what_was_planned_cannot_be_overtaken(site: Site, channel: Channel) -> None:
    post = channel.publish("a", at=site.clock.now() + HOUR)
    channel.edit(post.number, "b", at=site.clock.now() + 2 * HOUR)

    with pytest.raises(ValueError, match="planned"):
        channel.publish("terlalu awal")
    with pytest.raises(ValueError, match="planned"):
        channel.edit(post.number, "c", at=site.clock.now() + HOUR)
    with pytest.raises(LookupError):
        channel.delete(99)
    with pytest.raises(ValueError, match="before"):
        site.clock.move_to(site.clock.now() - HOUR)


async def test_the_ledger_knows_what_was_visible_and_what_was_shown(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    post = channel.publish("satu")
    channel.serve()
    channel.skip()
    album = channel.publish("album", kind=Kind.PHOTO, members=2)
    await web.get("/s/kabar_contoh")
    channel.edit(post.number, "dua")
    unseen = channel.publish("tak terlihat")
    channel.delete(unseen.number, at=site.clock.now() + HOUR)
    await web.get("/kabar_contoh/1?embed=1")
    await web.get("/s/tidak_ada")
    early, late = site.clock.now(), site.clock.now() + HOUR

    ledger = site.ledger

    assert ledger.delivered(channel) == {post.number: {"satu", "dua"}, album.number: {"album"}}
    assert ledger.delivered_numbers(channel) == {1, 2, 4, 5}
    assert [one.number for one in ledger.visible(channel, early)] == [1, 4, 6]
    assert [one.number for one in ledger.visible(channel, late)] == [1, 4]
    assert ledger.never_visible(channel, early) == {3}
    assert ledger.counted() == {"page": 1, "post": 1, "unknown": 1}


async def test_the_ledger_notices_pages_that_fall_short(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    async def visited(new: int) -> bool:
        for _ in range(new):
            channel.publish("a")
        await web.get("/s/kabar_contoh")
        return site.ledger.requests[-1].overflowed

    assert not await visited(30)  # nothing was shown before
    assert not await visited(20)
    assert await visited(21)
    channel.skip(40)
    assert not await visited(20)  # holes are no posts
    assert site.ledger.counted()["overflow"] == 1


async def test_hooks_stand_around_each_request(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    steps = list[str]()

    async def before(request: Request) -> None:
        steps.append(f"before {request.number} {len(site.ledger.requests)}")

    async def after(request: Request) -> None:
        steps.append(f"after {request.number} {request.outcome}")

    async def slowly() -> None:
        steps.append("slow")

    site.before_answer, site.after_answer, site.delay = before, after, slowly
    await web.get("/s/tidak_ada")

    assert steps == ["before 1 0", "slow", "after 1 unknown"]


async def test_a_budget_of_requests_ends_in_429_and_begins_anew(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    channel.publish("a")
    site.faults.limit(2, per=timedelta(minutes=1), retry_after="30")

    answers = [await web.get("/s/kabar_contoh") for _ in range(3)]
    site.clock.advance(timedelta(minutes=1))
    later = await web.get("/s/kabar_contoh")
    site.faults.clear()

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "30"
    assert later.status_code == 200
    assert site.ledger.counted() == {"page": 3, "throttled": 1}


async def test_scripted_faults_come_in_order_and_only_where_they_fit(
    site: Site, channel: Channel, web: httpx.AsyncClient
) -> None:
    channel.publish("a")
    site.channel("kabar_lain").publish("b")
    site.faults.script(Fault.THROTTLED, times=2, name="kabar_lain")
    site.faults.script(Fault.REFUSED)

    status = [
        (await web.get(f"/s/{name}")).status_code
        for name in ("kabar_lain", "kabar_contoh", "kabar_contoh", "KABAR_lain", "kabar_lain")
    ]

    assert status == [429, 403, 200, 429, 200]


async def test_chance_is_seeded(site: Site, channel: Channel, web: httpx.AsyncClient) -> None:
    channel.publish("a")
    site.faults.sometimes(0.5, [Fault.SERVER_ERROR], seed=3)
    first = [(await web.get("/s/kabar_contoh")).status_code for _ in range(40)]
    site.faults.sometimes(0.5, [Fault.SERVER_ERROR], seed=3)
    second = [(await web.get("/s/kabar_contoh")).status_code for _ in range(40)]

    assert first == second
    assert 5 < first.count(502) < 35


async def test_a_real_socket_serves_it_too(site: Site, channel: Channel) -> None:
    channel.publish("Selamat pagi")

    async with site.serve() as address, httpx.AsyncClient(verify=False) as client:
        packed = await client.get(f"{address}/s/kabar_contoh")

    assert packed.headers["content-encoding"] == "gzip"
    assert numbers(packed.text) == [1]


def test_a_thread_serves_code_without_an_event_loop(site: Site, channel: Channel) -> None:
    channel.publish("Selamat pagi")

    with (
        site.serve_in_thread() as address,
        urllib.request.urlopen(f"{address}/s/kabar_contoh") as answer,
    ):
        html = answer.read().decode()

    assert numbers(html) == [1]


async def test_a_hanging_answer_ends_with_its_asker(site: Site, channel: Channel) -> None:
    site.faults.script(Fault.HANGING)

    async with site.serve() as address, httpx.AsyncClient(verify=False) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get(f"{address}/s/kabar_contoh")


def test_the_same_seed_lives_the_same_life() -> None:
    habit = Habit(posts_per_day=40, bursts_per_day=1, renames=1)
    lives = []
    for _ in range(2):
        site = Site()
        start = site.clock.now()
        lives.append(live(site, "kabar_contoh", habit, start=start, end=start + 3 * DAY, seed=5))

    first, second = lives
    assert first.messages == second.messages
    assert first.names == second.names
    assert [one[1] for one in first.names] == ["kabar_contoh", "kabar_contoh_r1"]


def test_a_habit_is_kept_on_average() -> None:
    site = Site()
    start = site.clock.now()
    habit = Habit(posts_per_day=50, services=0, holes=0, deleted=0.1)

    channel = live(site, "kabar_contoh", habit, start=start, end=start + 40 * DAY)

    assert 45 < len(channel.messages) / 40 < 55
    gone = sum(one.deleted_at is not None for one in channel.messages)
    assert 0.05 < gone / len(channel.messages) < 0.15
    assert all(start <= one.posted_at < start + 40 * DAY for one in channel.messages)


async def test_a_town_has_what_a_visitor_must_cope_with(site: Site, web: httpx.AsyncClient) -> None:
    start = site.clock.now()
    channels = town(site, 40, start=start, end=start + 2 * DAY, seed=1)
    chance = Random(1)
    for _ in range(6):
        site.clock.advance(timedelta(hours=chance.uniform(4, 8)))
        for number in range(len(channels)):
            await web.get(f"/s/kabar_{number}")

    counted = site.ledger.counted()

    assert counted["overflow"] > 5
    assert counted["former_name"] > 0
    assert counted["page"] > 150
    now = site.clock.now()
    messages = [one for channel in channels for one in channel.messages]
    assert any(len(site.ledger.visible(channel, now)) < 5 for channel in channels)
    assert {one.kind for one in messages} >= {Kind.SERVICE, Kind.POLL, Kind.STICKER, Kind.PHOTO}
    assert any(one.members > 1 for one in messages)
    assert any(len(one.versions) > 1 for one in messages)
    assert any(site.ledger.never_visible(channel, now) for channel in channels)
    assert Outcome.PAGE in {one.outcome for one in site.ledger.requests}


def test_the_module_runs_alone_and_obeys_its_console() -> None:
    lines = """channel kabar_contoh
post kabar_contoh Selamat pagi
edit kabar_contoh 1 Selamat siang
delete kabar_contoh 7
rename @kabar_contoh kabar_baru
post kabar_contoh lagi
bad throttled 2
bad nonsense
wait 60
wat
quit
"""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.preview", "--port", "0"],
        input=lines,
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )

    first, *rest = done.stdout.splitlines()
    assert re.match(r"Web preview on http://127\.0\.0\.1:\d+, loopback only", first)
    answers = rest[len(HELP.splitlines()) :]
    assert answers[:9] == [
        "@kabar_contoh is -1001000000042",
        "post 1",
        "done",
        "No: no message 7",
        "done",
        "No: no channel is called kabar_contoh",
        "done",
        "No: 'nonsense' is not a valid Fault",
        "done",
    ]
    assert "\n".join(answers[9:]) == HELP


async def test_the_console_says_what_was_asked(site: Site, web: httpx.AsyncClient) -> None:
    obey(site, "channel kabar_contoh")
    obey(site, "post kabar_contoh Selamat pagi")
    obey(site, "edit kabar_contoh 1 Selamat siang")
    obey(site, "wait 1.5")

    assert "Selamat siang" in (await web.get("/s/kabar_contoh")).text
    assert site.clock.now().minute == 1
