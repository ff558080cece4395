"""One request: where it goes, what it says of us, and each way in which no page comes back."""

import asyncio
import gzip
import logging
import tracemalloc
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.preview import PreviewAnswer, Reached
from bot.ports import Preview
from bot.sources.preview.fetch import Fetch, user_agent
from bot.sources.preview.site import PUBLIC_SITE, PreviewSite
from tests.factories import NOON, FrozenClock
from tests.sources.preview.pages import NAME, message, page, text

GOOD = page(message(5, text("Selamat pagi"))).encode()
CHALLENGE = b"<html><head><title>Just a moment...</title></head></html>"
Answers = Callable[[httpx.Request], httpx.Response]


class Pieces(httpx.AsyncByteStream):
    """A body in pieces, which may break or stall after them."""

    def __init__(self, *pieces: bytes, then: Exception | float | None = None) -> None:
        self._pieces = pieces
        self._then = then

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if isinstance(self._then, Exception):
            raise self._then
        if self._then:
            await asyncio.sleep(self._then)


def reply(
    body: bytes = GOOD, status: int = 200, then: Exception | float | None = None, **headers: str
) -> httpx.Response:
    named = {"content-type": "text/html; charset=utf-8"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return httpx.Response(status, headers=named, stream=Pieces(body, then=then))


def moved(to: str, status: int = 302) -> httpx.Response:
    return reply(b"", status, location=to)


def site(answers: Answers, **more: object) -> PreviewSite:
    said = {"base_url": PUBLIC_SITE, "transport": httpx.MockTransport(answers)} | more
    return PreviewSite(Fetch(FrozenClock(), "admin@example.org", **said))  # type: ignore[arg-type]


async def asked(*replies: httpx.Response, **more: object) -> tuple[PreviewAnswer, list[str]]:
    """The answer to a question for a page, and the addresses that were asked on the way."""
    waiting, addresses = list(replies), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        addresses.append(str(request.url))
        return waiting.pop(0)

    return await site(answer, **more).page(NAME), addresses


async def reached(*replies: httpx.Response, **more: object) -> Reached:
    return (await asked(*replies, **more))[0].reached


async def test_a_page_is_asked_for_honestly_and_read() -> None:
    requests = list[httpx.Request]()

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return reply()

    preview: Preview = site(answer)
    answered = await preview.page(NAME, before=99)

    assert answered.reached is Reached.PAGE
    (request,) = requests
    assert (request.method, str(request.url)) == ("GET", f"https://t.me/s/{NAME}?before=99")
    assert dict(request.headers) == {
        "host": "t.me",
        "user-agent": "Saring (reads public channels for moderators; contact: admin@example.org)",
        "accept": "text/html",
        "accept-language": "en",
        "accept-encoding": "gzip",
    }


async def test_one_post_is_asked_for_by_itself() -> None:
    addresses = list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        addresses.append(str(request.url))
        return reply()

    assert (await site(answer).post(NAME, 5)).reached is Reached.PAGE
    assert addresses == [f"https://t.me/{NAME}/5?embed=1&mode=tme"]


@pytest.mark.parametrize(
    "name", ["", "abc", "a b c d", "../login", "x" * 33, "+invite", "nama\n", "ñama"]
)
async def test_a_name_that_no_channel_can_have_is_never_asked_for(name: str) -> None:
    preview = site(lambda request: pytest.fail("asked"))

    assert (await preview.page(name)).reached is Reached.UNKNOWN_NAME
    assert (await preview.post(name, 5)).reached is Reached.UNKNOWN_NAME


async def test_numbers_that_no_message_has_are_never_asked_for() -> None:
    preview = site(lambda request: pytest.fail("asked"))

    assert (await preview.page(NAME, before=1)).reached is Reached.EMPTY
    for number in (0, -1, 2**31):
        assert (await preview.post(NAME, number)).reached is Reached.NOT_FOUND


async def test_a_cursor_above_every_number_asks_for_the_newest() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert not request.url.query
        return reply()

    assert (await site(answer).page(NAME, before=2**40)).reached is Reached.PAGE


async def test_a_packed_page_is_unpacked() -> None:
    assert await reached(reply(gzip.compress(GOOD), content_encoding="gzip")) is Reached.PAGE
    assert await reached(reply(GOOD, content_encoding="identity")) is Reached.PAGE


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (lambda: reply(status=403), Reached.REFUSED),
        (lambda: reply(b"", 404), Reached.REFUSED),
        (lambda: reply(b"oh", 500), Reached.SERVER_ERROR),
        (lambda: reply(b"", 503), Reached.SERVER_ERROR),
        (lambda: reply(b"", 599), Reached.SERVER_ERROR),
        (lambda: reply(b"", 204), Reached.DRIFT),
        (lambda: reply(b"", 304), Reached.DRIFT),
        (lambda: reply(b"", 302), Reached.REDIRECT_LOOP),
        (lambda: reply(b"", 420), Reached.REFUSED),
        (lambda: reply(CHALLENGE), Reached.CHALLENGE),
        (lambda: reply(CHALLENGE, 403), Reached.CHALLENGE),
        (lambda: reply(CHALLENGE, 503), Reached.CHALLENGE),
        (lambda: reply(b"", 403, cf_mitigated="challenge"), Reached.CHALLENGE),
        (lambda: reply(CHALLENGE, 503, then=httpx.ReadError("x")), Reached.SERVER_ERROR),
        (lambda: reply(GOOD[:-40]), Reached.CUT_OFF),
        (lambda: reply(GOOD[:300]), Reached.CUT_OFF),
        (lambda: reply(b""), Reached.CUT_OFF),
        (lambda: reply(GOOD[:900], then=httpx.RemoteProtocolError("x")), Reached.CUT_OFF),
        (lambda: reply(GOOD[:900], then=httpx.ReadError("x")), Reached.CUT_OFF),
        (lambda: reply(gzip.compress(GOOD)[:-9], content_encoding="gzip"), Reached.CUT_OFF),
        (lambda: reply(GOOD, content_encoding="gzip"), Reached.GARBLED),
        (lambda: reply(GOOD, content_encoding="br"), Reached.GARBLED),
        (lambda: reply(b"{}", content_type="application/json"), Reached.GARBLED),
        (lambda: reply(content_type="text/html; charset=windows-1251"), Reached.GARBLED),
        (lambda: reply(GOOD.decode().encode("utf-16")), Reached.GARBLED),
        (lambda: reply(GOOD.replace(b"Selamat", b"\xd1\xe5\xeb\xe0" * 20)), Reached.GARBLED),
        (lambda: reply(b"plain words"), Reached.DRIFT),
        (lambda: reply(content_type="TEXT/HTML; Charset='UTF-8'"), Reached.PAGE),
        (lambda: reply(content_type=""), Reached.PAGE),
    ],
)
async def test_each_failure_is_a_state_of_its_own(
    response: Callable[[], httpx.Response], expected: Reached
) -> None:
    answer, addresses = await asked(response())

    assert answer.reached is expected
    assert (answer.page is not None) == (expected is Reached.PAGE)
    assert len(addresses) == 1


async def test_one_broken_character_costs_a_character() -> None:
    words = "Selamat pagi. " * 200
    body = page(message(5, text(words + "KATA"))).encode().replace(b"KATA", b"K\xffTA")

    answer, _ = await asked(reply(body))

    assert answer.page is not None
    assert answer.page.posts[0].text == words + "K\ufffdTA"


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("x"),
        httpx.ConnectTimeout("x"),
        httpx.ReadTimeout("x"),
        httpx.PoolTimeout("x"),
        httpx.RemoteProtocolError("x"),
        httpx.ReadError("x"),
        httpx.UnsupportedProtocol("x"),
    ],
)
async def test_no_connection_is_unreachable(error: Exception) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    assert (await site(fail).page(NAME)).reached is Reached.UNREACHABLE


async def test_an_answer_that_never_ends_is_given_up() -> None:
    slow = reply(GOOD[:500], then=30.0)

    assert await reached(slow, patience=timedelta(seconds=0.05)) is Reached.UNREACHABLE


async def test_a_cancelled_question_stays_cancelled() -> None:
    question = asyncio.create_task(reached(reply(GOOD[:500], then=30.0)))
    await asyncio.sleep(0.01)
    question.cancel()

    with pytest.raises(asyncio.CancelledError):
        await question


@pytest.mark.parametrize("is_packed", [False, True])
async def test_more_than_the_limit_is_not_read(*, is_packed: bool) -> None:
    body = GOOD + b" " * 300_000
    response = reply(gzip.compress(body), content_encoding="gzip") if is_packed else reply(body)

    assert await reached(response, most_bytes=len(body) - 1) is Reached.TOO_LARGE


async def test_exactly_the_limit_is_read() -> None:
    packed = reply(gzip.compress(GOOD), content_encoding="gzip")

    assert await reached(packed, most_bytes=len(GOOD)) is Reached.PAGE


@pytest.mark.parametrize(
    ("asks", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        (" 7 ", timedelta(seconds=7)),
        ("9" * 30, timedelta(days=7)),
        ("Mon, 02 Mar 2026 05:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 02 Mar 2026 04:00:00 GMT", timedelta(0)),
        ("Fri, 31 Dec 9999 23:59:59 -0900", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        (None, None),
    ],
)
async def test_throttling_says_for_how_long(asks: str | None, wait: timedelta | None) -> None:
    headers = {} if asks is None else {"retry_after": asks}

    answer, _ = await asked(reply(b"", 429, **headers))

    assert answer == PreviewAnswer(Reached.THROTTLED, retry_after=wait)


async def test_a_date_to_wait_for_is_read_by_the_hosts_own_clock() -> None:
    ahead = "Mon, 02 Mar 2026 06:00:00 GMT"
    until = "Mon, 02 Mar 2026 06:01:00 GMT"

    answer, _ = await asked(reply(b"", 429, date=ahead, retry_after=until))

    assert answer.retry_after == timedelta(minutes=1)
    assert NOON.hour == 5  # ours is an hour behind


async def test_a_server_in_trouble_may_name_a_wait_too() -> None:
    answer, _ = await asked(reply(b"", 503, retry_after="30"))

    assert answer == PreviewAnswer(Reached.SERVER_ERROR, retry_after=timedelta(seconds=30))


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (f"https://t.me/{NAME}", Reached.NO_PREVIEW),
        (f"/{NAME.upper()}", Reached.NO_PREVIEW),
        ("https://telegram.org/", Reached.UNKNOWN_NAME),
        ("https://telegram.org/?x", Reached.UNKNOWN_NAME),
        ("//telegram.org", Reached.UNKNOWN_NAME),
        ("https://t.me/", Reached.UNKNOWN_NAME),
        ("/", Reached.UNKNOWN_NAME),
        ("https://evil.example/s/kabar_contoh", Reached.FOREIGN_REDIRECT),
        ("https://t.me.evil.example/s/kabar_contoh", Reached.FOREIGN_REDIRECT),
        ("https://evil.example@t.me/s/kabar_contoh", Reached.FOREIGN_REDIRECT),
        ("https://t.me@evil.example/s/kabar_contoh", Reached.FOREIGN_REDIRECT),
        ("https://t.me:8443/s/kabar_contoh", Reached.FOREIGN_REDIRECT),
        ("http://t.me/s/kabar_contoh", Reached.FOREIGN_REDIRECT),
        ("http://127.0.0.1/s/kabar_contoh", Reached.FOREIGN_REDIRECT),
        ("file:///etc/passwd", Reached.FOREIGN_REDIRECT),
        ("https://[", Reached.FOREIGN_REDIRECT),
        ("https://t.me:99999999/", Reached.FOREIGN_REDIRECT),
        ("/login", Reached.DRIFT),
        ("/s/x", Reached.DRIFT),
        ("/s/kabar_contoh/5/6", Reached.DRIFT),
    ],
)
async def test_a_redirect_is_an_answer_and_is_not_followed(to: str, expected: Reached) -> None:
    answer, addresses = await asked(moved(to))

    assert (answer.reached, len(addresses)) == (expected, 1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_another_spelling_and_the_other_host_are_followed(status: int) -> None:
    answer, addresses = await asked(
        moved(f"https://telegram.me/s/{NAME}", status), moved("/s/Kabar_Contoh", status), reply()
    )

    assert answer.reached is Reached.PAGE
    assert addresses[1:] == [f"https://telegram.me/s/{NAME}", "https://telegram.me/s/Kabar_Contoh"]


async def test_a_name_that_leads_to_another_is_followed_and_told() -> None:
    renamed = page(message(5, text("a"), name="kabar_baru")).encode()

    answer, _ = await asked(moved("/s/kabar_baru"), reply(renamed))

    assert answer.reached is Reached.RENAMED


async def test_redirects_end() -> None:
    endless = [moved(f"/s/kabar_{number}") for number in range(20)]

    answer, addresses = await asked(*endless)

    assert (answer.reached, len(addresses)) == (Reached.REDIRECT_LOOP, 5)
    assert await reached(moved(f"/s/{NAME}")) is Reached.REDIRECT_LOOP


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (f"/{NAME}", Reached.NO_PREVIEW),
        ("/", Reached.UNKNOWN_NAME),
        ("https://telegram.org/", Reached.UNKNOWN_NAME),
        (f"/s/{NAME}", Reached.DRIFT),
        (f"/{NAME}/6", Reached.DRIFT),
        (f"/{NAME.upper()}/5?embed=1", Reached.REDIRECT_LOOP),
    ],
)
async def test_a_redirect_away_from_a_post_never_denies_it(to: str, expected: Reached) -> None:
    assert (await site(lambda request: moved(to)).post(NAME, 5)).reached is expected


async def test_a_server_of_ones_own_is_the_only_host() -> None:
    own = "http://127.0.0.1:8099"
    outside = moved(f"https://t.me/s/{NAME}")
    other_port = moved(f"http://127.0.0.1:80/s/{NAME}")
    inside = moved(f"{own}/s/Kabar_Contoh")

    assert await reached(outside, base_url=own) is Reached.FOREIGN_REDIRECT
    assert await reached(other_port, base_url=own) is Reached.FOREIGN_REDIRECT
    assert await reached(inside, reply(), base_url=own) is Reached.PAGE


async def test_cookies_and_the_environment_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    seen = list[httpx.Headers]()

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return reply(set_cookie="a=b")

    preview = site(answer)
    await preview.page(NAME)
    await preview.page(NAME)

    assert not [headers for headers in seen if "cookie" in headers or "authorization" in headers]


async def test_addresses_reach_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    await reached(reply())

    assert not [one for one in caplog.records if NAME in one.getMessage()]


@pytest.mark.parametrize(
    ("contact", "written"),
    [
        ("a@b.example", "; contact: a@b.example"),
        ("https://a.example/?x=1#y", "; contact: https://a.example/?x=1#y"),
        ("a\r\nX-Evil: 1", "; contact: a%0D%0AX-Evil: 1"),
        ("Kantor Ñ)", "; contact: Kantor %C3%91%29"),
        ("  ", ""),
    ],
)
def test_our_name_carries_the_contact_and_nothing_else(contact: str, written: str) -> None:
    assert user_agent(contact) == f"Saring (reads public channels for moderators{written})"


async def test_a_small_answer_cannot_grow_without_end() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    tracemalloc.start()
    try:
        answered = await reached(reply(bomb, content_encoding="gzip"), most_bytes=100_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answered is Reached.TOO_LARGE
    assert peak < 5_000_000


_ADDRESSES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.from_regex(
        r"(https?|ftp|data)?:?//[a-z0-9@:.\[\]%*_-]{0,20}(/[a-z?#%]{0,9})?", fullmatch=True
    ),
)
_DATES = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.from_regex(
        r"[A-Z][a-z]{2}, \d{1,3} [A-Z][a-z]{2} \d{1,6} \d\d?:\d\d?(:\d\d)? [-+A-Z0-9]{0,6}"
    ),
)


@settings(deadline=None, max_examples=300)
@given(
    st.integers(200, 599),
    st.fixed_dictionaries(
        {},
        optional={
            "location": _ADDRESSES,
            "retry-after": _DATES,
            "date": _DATES,
            "content-type": st.text(st.characters(codec="utf-8"), max_size=30),
            "content-encoding": st.sampled_from(["gzip", "", "br", "GZIP", "gzip, gzip"]),
        },
    ),
    st.one_of(st.binary(max_size=60), st.just(GOOD), st.just(gzip.compress(GOOD))),
)
def test_no_answer_whatever_it_holds_raises(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    sent = [(name, value.encode()) for name, value in headers.items()]
    asked = list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(status, headers=sent, stream=Pieces(body))

    answered = asyncio.run(site(answer).page(NAME))

    assert isinstance(answered, PreviewAnswer)
    assert set(asked) <= {"t.me", "telegram.me"}
    assert (answered.page is None) or status == 200
    assert answered.retry_after is None or timedelta(0) <= answered.retry_after <= timedelta(days=7)
