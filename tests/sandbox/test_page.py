"""The page in a real browser. One sandbox serves all of these tests, which leave the desk empty."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from sandbox.app.cast import TOKEN
from sandbox.double import Chat, Message
from tests.sandbox.browser import DESKTOP, PATIENCE_MS, PHONE, Viewer, chromium
from tests.sandbox.conftest import Served

expect.set_options(timeout=PATIENCE_MS)
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "<b>Join our armed group.</b> \u202eredro rehto\u202c &lt;i&gt; Write to the admin to pledge "
    "to our fighters, brothers."
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def viewer(browser: Browser, served: Served) -> Iterator[Viewer]:
    """Whoever looks must have nothing to complain of afterwards."""
    viewer = Viewer(browser, served.address)
    yield viewer
    for context in browser.contexts:
        context.close()
    assert viewer.problems == []
    assert viewer.foreign == []


def column(page: Page, key: str) -> Locator:
    return page.locator(f"#column-{key}")


def key(page: Page, who: str, text: str) -> Locator:
    """The newest button that begins with a text in a person's chat."""
    return column(page, who).locator(".key").filter(has_text=re.compile(f"^{text}")).last


def publish(served: Served, channel: str, words: str) -> Message:
    return served.do(lambda: served.stage.double.publish(served.stage.cast.channel(channel), words))


def dismiss(page: Page, who: str = "moderator") -> None:
    """Decides the card that the desk shows, as news."""
    key(page, who, "Not propaganda").click()
    key(page, who, "news").click()
    expect(key(page, who, "Undo")).to_be_visible()


def bot_writes(served: Served, chat: Chat, html: str, keys: list[list[dict[str, object]]]) -> None:
    """As the bot: what Telegram would show of any bot."""
    answer = httpx.post(
        f"{served.stage.base.base_url}{TOKEN}/sendMessage",
        data={
            "chat_id": chat.id,
            "text": html,
            "parse_mode": "HTML",
            "reply_markup": json.dumps({"inline_keyboard": keys}),
        },
    )
    assert answer.json()["ok"], answer.text


def test_tour_leads_from_a_channel_to_the_digest(viewer: Viewer) -> None:
    page = viewer.open(toured=False)
    tour = page.locator("#tour")

    for step in range(1, 7):
        expect(tour.locator("#tour-count")).to_have_text(f"Step {step} of 6")
        if step != 3:
            if tour.locator("#tour-do").is_visible():
                tour.locator("#tour-do").click()
            expect(tour.locator("#tour-done")).to_be_visible()
        tour.locator("#tour-next").click()

    expect(tour).to_be_hidden()
    expect(column(page, "regulator").locator(".messages")).to_contain_text("old gate")
    expect(column(page, "regulator").locator(".messages")).not_to_contain_text("Budi")
    page.locator("#tour-again").click()
    expect(tour.locator("#tour-count")).to_have_text("Step 1 of 6")
    tour.locator("#tour-skip").click()
    page.reload()
    expect(tour).to_be_hidden()


def test_two_moderators_decide_at_once_each_at_a_browser(viewer: Viewer, served: Served) -> None:
    budi, dewi = viewer.open(), viewer.open()
    column(dewi, "moderator2").locator("textarea").fill("/duty on")
    column(dewi, "moderator2").locator("textarea").press("Enter")
    expect(key(dewi, "moderator2", "End duty")).to_be_visible()

    publish(served, "notes_sandbox", "Send money for weapons to our fighters, ask for the wallet.")
    publish(served, "morning_sandbox", "Besok kami menyerang dengan senjata, tunggu kabar kami.")
    key(budi, "moderator", "Propaganda").click()
    key(dewi, "moderator2", "Propaganda").click()
    key(budi, "moderator", "fundraising").click()
    key(dewi, "moderator2", "threat").click()

    expect(column(budi, "moderator").locator(".toast")).to_contain_text("Confirmed: fundraising")
    expect(column(dewi, "moderator2").locator(".toast")).to_contain_text("Confirmed: threat")
    key(budi, "moderator", "Undo").click()
    expect(key(budi, "moderator", "Propaganda")).to_be_visible()
    dismiss(budi)
    key(dewi, "moderator2", "End duty").click()


def test_flagged_post_is_edited_and_deleted_on_the_page(viewer: Viewer, served: Served) -> None:
    page = viewer.open()
    form = page.locator("#publish")
    form.locator("[name=channel]").select_option("zapiski_sandbox")
    form.locator("textarea").fill("Вступайте в наш вооружённый отряд, пишите администратору.")
    form.locator("textarea").press("Enter")
    post = page.locator("#list-feed .post").last
    expect(column(page, "moderator").locator(".message").last).to_contain_text("Вступайте")

    post.locator("[data-act=edit]").click()
    page.locator("#edit-text").fill("Вступайте сегодня в наш вооружённый отряд, пишите срочно.")
    page.locator("#edit-form button[type=submit]").click()
    expect(page.locator("#list-feed .post").last).to_contain_text("edited")
    expect(column(page, "moderator").locator(".message").last).to_contain_text("сегодня")
    count = page.locator("#list-feed .post").count()
    page.locator("#list-feed .post").last.locator("[data-act=delete]").click()

    expect(page.locator("#list-feed .post")).to_have_count(count - 1)
    dismiss(page)


def test_kill_and_restart_in_the_middle_loses_nothing(viewer: Viewer, served: Served) -> None:
    page = viewer.open()
    publish(served, "notes_sandbox", "Take up arms tonight, brothers, and march with our fighters.")
    key(page, "moderator", "Propaganda").click()
    expect(key(page, "moderator", "call to violence")).to_be_visible()
    starts = served.stage.life.starts

    page.locator("#kill").click()
    served.until(lambda: served.stage.life.starts == starts + 1)
    publish(served, "dafatir_sandbox", "أرسلوا المال لشراء السلاح لمقاتلينا واسألوا المشرف.")
    key(page, "moderator", "call to violence").click()

    expect(page.locator("#bot-state")).to_have_attribute("data-step", "running")
    expect(column(page, "moderator").locator(".message").last).to_contain_text("أرسلوا")
    dismiss(page)


def test_post_text_never_becomes_markup_or_script(viewer: Viewer, served: Served) -> None:
    page = viewer.open()
    publish(served, "odd_sandbox", HOSTILE)

    shown = page.locator("#list-feed .post").last.locator(".words")
    card = column(page, "moderator").locator(".message").last
    expect(card).to_contain_text("<script>")
    assert shown.evaluate("node => node.textContent") == HOSTILE
    assert shown.locator("*").count() == 0
    assert card.locator("img, script").count() == 0
    assert page.title() == "Saring · Sandbox"
    dismiss(page)


def test_text_of_the_bot_is_shown_as_telegram_shows_it(viewer: Viewer, served: Served) -> None:
    page = viewer.open()
    regulator = served.stage.cast.chat(served.stage.double, "regulator")
    bot_writes(
        served,
        regulator,
        "<b>bold <i>both</i></b> <tg-spoiler>secret 😀</tg-spoiler> <code>x&lt;y</code>\n"
        '<a href="https://outside.example/x">there</a>\n<blockquote expandable>'
        + "long line\n" * 12
        + "</blockquote>",
        [
            [{"text": "Copy", "copy_text": {"text": "T-17"}}, {"text": "Go", "url": "t.me/x"}],
            [{"text": "Stop", "callback_data": "zz", "style": "danger"}],
        ],
    )
    message = column(page, "regulator").locator(".message").last
    spoiler = message.locator(".spoiler")

    expect(message.locator("b i")).to_have_text("both")
    expect(message.locator("code")).to_have_text("x<y")
    expect(spoiler.locator("span")).to_be_hidden()
    spoiler.press("Enter")
    expect(spoiler.locator("span")).to_have_text("secret 😀")
    expect(spoiler.locator("span")).to_be_visible()
    message.locator(".fold").click()
    expect(message.locator(".fold")).to_have_attribute("aria-expanded", "true")
    expect(message.locator(".key.danger")).to_have_text("Stop")
    message.locator(".key").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == "T-17"
    message.get_by_text("there").click()
    expect(page.locator("#link-address")).to_have_text("https://outside.example/x")
    page.locator("#link [data-close]").click()
    assert page.url == viewer.address


def test_everything_goes_by_keyboard_and_the_focus_stays(viewer: Viewer, served: Served) -> None:
    page = viewer.open()
    publish(
        served, "morning_sandbox", "Sertai pasukan bersenjata kami, daftar kepada admin malam ini"
    )
    expect(key(page, "moderator", "Propaganda")).to_be_visible()

    page.keyboard.press("Alt+3")
    expect(column(page, "moderator").locator("textarea")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent").startswith("Not propaganda"):
            break
    page.keyboard.press("Enter")
    expect(key(page, "moderator", "news")).to_be_visible()
    inside = "document.activeElement.closest('.message') !== null"
    assert page.evaluate(inside)
    key(page, "moderator", "news").focus()
    page.keyboard.press("Space")
    expect(key(page, "moderator", "Undo")).to_be_visible()
    expect(page.locator("#says")).not_to_be_empty()
    page.keyboard.press("Alt+2")
    page.keyboard.type("/status")
    page.keyboard.press("Enter")

    expect(column(page, "admin").locator(".message.mine").last).to_contain_text("/status")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_any_message_of_the_bot_can_be_replied_to(
    viewer: Viewer, served: Served, size: tuple[int, int]
) -> None:
    page = viewer.open(size)
    chat = served.stage.cast.chat(served.stage.double, "regulator")
    bot_writes(served, chat, "What became of <b>item 7</b>?", [])
    page.locator(".tab[data-key=regulator]").click()
    regulator = column(page, "regulator")
    asked, box = regulator.locator(".message").last, regulator.locator("textarea")
    quote = regulator.locator(".answering")
    expect(asked).to_contain_text("item 7")

    asked.locator(".answer").press("Enter")
    expect(box).to_be_focused()
    expect(quote).to_contain_text("What became of item 7?")
    box.press("Escape")
    expect(quote).to_be_hidden()
    asked.locator(".answer").click()
    quote.locator("button").click()
    expect(quote).to_be_hidden()
    asked.locator(".answer").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.type("still there")
    page.keyboard.press("Enter")

    reply = regulator.locator(".message.mine").last
    expect(reply).to_contain_text("still there")
    expect(reply.locator(".reply")).to_have_text("What became of item 7?")
    expect(quote).to_be_hidden()
    expect(box).to_have_value("")


def test_phone_shows_one_column_at_a_time_and_nothing_sticks_out(viewer: Viewer) -> None:
    page = viewer.open(PHONE)

    for tab in ("admin", "moderator", "moderators", "regulator", "feed"):
        page.locator(f".tab[data-key={tab}]").click()
        expect(column(page, tab)).to_be_visible()
        assert page.locator(".column:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#bar-more").click()
    expect(page.locator("#kill")).to_be_visible()


def test_tour_on_a_phone_leaves_the_card_in_sight_and_decides_on_the_desk(
    viewer: Viewer, served: Served
) -> None:
    page = viewer.open(PHONE)
    tour, desk = page.locator("#tour"), column(page, "moderator")
    publish(served, "notes_sandbox", "Join our armed group tonight and write to our fighters.")
    page.locator("#bar-more").click()
    page.locator("#tour-again").click()
    expect(page.locator("#bar-tools")).to_be_hidden()

    tour.locator("#tour-next").click()
    expect(key(page, "moderator", "Propaganda")).to_be_visible()
    expect(tour.locator("#tour-done")).to_be_hidden()  # an older card is not the step's
    publish(served, "market_sandbox", "Fresh bread at the old gate until noon.")
    expect(tour.locator("#tour-done")).to_contain_text("an earlier card first")

    tour.locator("#tour-next").click()
    expect(desk.locator(".spoiler").last).to_be_in_viewport()
    box, under = tour.bounding_box(), desk.bounding_box()
    assert box is not None and under is not None and box["y"] + box["height"] <= under["y"] + 1

    key(page, "moderator", "Propaganda").click()
    key(page, "moderator", "recruitment").click()
    key(page, "moderator", "Reasons").click()
    expect(key(page, "moderator", "Done")).to_be_visible()
    key(page, "moderator", "Undo").click()
    key(page, "moderator", "Propaganda").click()
    expect(key(page, "moderator", "recruitment")).to_be_visible()
    tour.locator("#tour-next").click()
    tour.locator("#tour-do").click()
    expect(key(page, "moderator", "Undo")).to_be_visible()
    expect(tour.locator("#tour-done")).to_be_visible()
    expect(key(page, "moderator", "Done")).to_be_visible()
    tour.locator("#tour-skip").click()


@pytest.mark.parametrize(("size", "dark"), [(None, False), (None, True), (PHONE, False)])
def test_axe_finds_no_serious_fault(
    viewer: Viewer, size: tuple[int, int] | None, dark: bool
) -> None:
    page = viewer.open(size, dark=dark) if size else viewer.open(dark=dark)
    if not size:
        page.locator("#tour-again").click()

    found = Axe().run(page).response["violations"]

    grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in grave] == []


def test_both_languages_have_every_word_of_the_page(viewer: Viewer, served: Served) -> None:
    page = viewer.open()
    page.locator("#language").click()
    expect(page.locator("#title-feed")).to_have_text("Kanal publik")
    column(page, "admin").locator("textarea").fill("/status")
    column(page, "admin").locator("textarea").press("Enter")

    missing = page.evaluate(
        """async () => {
            const words = await import('/page/words.js');
            const all = [...document.querySelectorAll('[data-words],[data-label],[data-hint]')];
            const keys = all.flatMap((node) => Object.values(node.dataset));
            return keys.filter((key) => words.say(key) === key && /-/.test(key) && words.has(key));
        }"""
    )
    assert missing == []
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.locator("#clock")).to_have_text(re.compile(r", \d\d:\d\d$"))  # as the bot does
    page.locator("#language").click()
    expect(page.locator("#title-feed")).to_have_text("Public channels")


def test_long_chat_comes_piece_by_piece_and_only_what_is_seen_is_laid_out(
    viewer: Viewer, served: Served
) -> None:
    double, channel = served.stage.double, served.stage.cast.channel("dafatir_sandbox")
    served.do(lambda: [double.publish(channel, f"خبر {number}") for number in range(1000)])
    page = viewer.open()
    posts = page.locator("#list-feed .post")
    before = posts.count()

    page.locator("#column-feed .scroll").evaluate("node => { node.scrollTop = 0; }")

    page.wait_for_function(
        "count => document.querySelectorAll('#list-feed .post').length > count", arg=before
    )
    assert before < 600
    assert posts.first.evaluate("node => getComputedStyle(node).contentVisibility") == "auto"
    assert page.locator("#column-feed .scroll").evaluate("node => node.scrollTop") > 0
