"""Whatever a post holds, the desk message is one that Telegram takes and nobody is fooled by."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import CaseState, Choice
from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.desk import (
    CopyLine,
    Desk,
    DeskCard,
    DeskRules,
    History,
    Likeness,
    Notice,
    Spread,
    View,
    pages_of,
)
from bot.domain.excerpt import differing, excerpt_of
from bot.domain.nearest import Example, NearestExamples
from bot.domain.post import Revision
from bot.domain.press import Action, unpack
from bot.ports import Letter
from bot.render.card import draw_card
from bot.render.desk import draw_idle
from bot.texts import LANGUAGES
from tests.factories import NOON, verdict
from tests.render.letter_rules import checked, visible

HOSTILE = [
    "<b>&</b><script>alert('1')</script>" * 120,
    "&lt;b&gt; &amp;amp; &#x41;" * 150,
    '</blockquote><a href="tg://user?id=1">x</a>' * 90,
    "\u202eneknek\u202c \u2066\u2067\u2069" * 300,
    "👩‍👩‍👧‍👦🏳️‍🌈" * 300,
    "𝕬" * 4096,
    "x" * 4096,
    "\n" * 4096,
    "".join(map(chr, range(1, 160))) * 25,
    "a\u0301\u0302\u0303" * 1000,
    "\ufeff\u200b\u2060" * 1300,
    "{link} {0} %s %(x)s" * 200,
    "]]><![CDATA[ <!-- --> <? ?>" * 140,
    "",
]

RULES = DeskRules()
DESK = Desk(1, is_on_duty=True)


def revision(**changed: object) -> Revision:
    said = {
        "id": 10**17,
        "post_id": 1,
        "number": 1,
        "text": "serang sekarang",
        "media": (),
        "edited_at": None,
        "posted_at": NOON,
        "message_id": 7,
        "chat_id": -1001234567890,
        "username": "kabar_contoh",
        "channel_title": "Kabar",
        "forwarded_from": None,
    }
    return Revision(**(said | changed))  # type: ignore[arg-type]


def card(text: str = "serang sekarang", **changed: object) -> DeskCard:
    said = {
        "card_id": 10**17,
        "case_id": 10**17,
        "revision": revision(text=text),
        "verdict": verdict(),
        "view": View.CARD,
        "page": 0,
        "notice": None,
        "excerpt": excerpt_of(text, ["serang"], RULES.excerpt),
    }
    return DeskCard(**(said | changed))  # type: ignore[arg-type]


def likeness(text: str) -> Likeness:
    return Likeness(
        card_id=1,
        case_id=10**17,
        channel=text[:300] or "x",
        link="https://t.me/kabar_contoh/7",
        decided_at=NOON,
        harm=HarmCode.INCITE,
        purpose=None,
        differing=differing(text[::-1], text, RULES.excerpt),
    )


def line(text: str) -> CopyLine:
    return CopyLine(
        text[:300] or "x", "https://t.me/x/1", NOON, CaseState.DISMISSED, None, PurposeCode.RIGHTS
    )


def drawn(shown: DeskCard, language: str = "en") -> str:
    return visible(str(checked(draw_card(shown, language, RULES, NOON)).html))


def labels(letter: Letter) -> list[str]:
    return [button.label for row in letter.buttons for button in row]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", [view for view in View if view is not View.IDLE])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_makes_a_message_that_telegram_takes(text: str, view: View, language: str) -> None:
    hostile = revision(
        text=text,
        number=10**6,
        username=None,
        channel_title=text[:300],
        forwarded_from=text[:300],
    )
    notice = Notice(Choice.DISMISS, 10**17, CaseState.THIRD, NOON, purpose=PurposeCode.RIGHTS)
    loud = verdict(
        reasons=tuple((text[:200], 1.0) for _ in range(9)),
        likely_purpose=PurposeCode.COUNTER,
        is_known=False,
    )
    for page in range(len(pages_of(text)) if view is View.FULL else 1):
        shown = card(
            text,
            revision=hostile,
            excerpt=excerpt_of(text, [], 300 if view is View.MORE else RULES.excerpt),
            likeness=likeness(text),
            others=[line(text)] * 10,
            history=History(10**6, 10**6, 10**6, 10**6, (line(text),) * 10),
            examples=NearestExamples(
                Example(text, 0.5, HarmCode.GLORIFY, None, True),
                Example(text, 0.5, None, PurposeCode.NEWS, False),
            ),
            views=10**12,
            subscribers=10**12,
            is_deleted=True,
            looks_like=10**17,
            teaches=False,
            spread=Spread(10**6, 10**5),
            verdict=loud,
            view=view,
            page=page,
            notice=notice,
        )
        checked(draw_card(shown, language, RULES, NOON))


@given(st.text(max_size=2000), st.sampled_from(list(View)))
def test_any_text_at_all(text: str, view: View) -> None:
    checked(draw_card(card(text, view=view), "id", RULES, NOON))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["<b>" * 300, "😀" * 3000, "\u202e&amp;\n" * 300])
def test_hostile_examples_fit_beside_the_longest_text(text: str, language: str) -> None:
    examples = NearestExamples(
        Example(text, 1.0, HarmCode.GLORIFY, None, is_decision=False),
        Example(text, 0.15, None, PurposeCode.RIGHTS, is_decision=True),
    )

    shown = card("<" * 5000, view=View.MORE, examples=examples)

    letter = checked(draw_card(shown, language, RULES, NOON))
    assert "15%" in letter.html
    assert "\u202e" not in letter.html


def test_text_is_shown_as_it_is() -> None:
    assert "<b>serang</b> & bakar" in drawn(card("<b>serang</b> & bakar"))


def test_all_pages_together_are_the_whole_text() -> None:
    text = "".join(chr(0x4E00 + i % 9000) for i in range(6000)) + "😀" * 500
    pages = pages_of(text)

    shown = [drawn(card(text, view=View.FULL, page=page)) for page in range(len(pages))]

    assert all(page in seen for page, seen in zip(pages, shown, strict=True))
    assert "page 2 of" in shown[1]


def test_what_is_cut_is_said_and_can_be_opened() -> None:
    cut = draw_card(card("x" * (RULES.excerpt + 5)), "en", RULES, NOON)
    whole = draw_card(card("x" * RULES.excerpt), "en", RULES, NOON)
    more = draw_card(card("x" * (RULES.excerpt + 5), view=View.MORE), "en", RULES, NOON)

    assert "5 characters are left out" in visible(str(cut.html))
    assert "left out" not in visible(str(whole.html))
    assert "Full text" in labels(more)


def test_card_says_where_it_is_from_and_why() -> None:
    seen = drawn(
        card(
            spread=Spread(3, 2),
            revision=revision(number=3, forwarded_from="@asal"),
            verdict=verdict(likely_purpose=PurposeCode.NEWS, is_known=False),
        )
    )

    for words in (
        "@kabar_contoh",
        "2 Mar 2026 12:00 WIB",
        "3 nearly identical posts (2 channels)",
        "Edited 2×",
        "Forwarded from @asal",
        "May be news.",  # a guess, and what to do if it is right
        "outside what I know",
        "serang",
    ):
        assert words in seen


def test_reasons_against_are_not_shown_as_reasons() -> None:
    seen = drawn(card("x", verdict=verdict(reasons=(("baik", -2.0), ("serang", 1.0)))))

    assert "baik" not in seen


def test_link_opens_the_post_itself() -> None:
    named = str(draw_card(card(), "en", RULES, NOON).html)
    unnamed = str(draw_card(card(revision=revision(username=None)), "en", RULES, NOON).html)

    assert 'href="https://t.me/kabar_contoh/7"' in named
    assert 'href="https://t.me/c/1234567890/7"' in unnamed


def test_card_cannot_be_forwarded_or_saved() -> None:
    assert draw_card(card(), "en", RULES, NOON).protected
    assert draw_idle(DESK, "en", RULES, NOON).protected


@pytest.mark.parametrize("view", list(View))
def test_every_button_carries_this_card_and_this_revision(view: View) -> None:
    letter = draw_card(card("x" * 5000, view=view), "en", RULES, NOON)

    presses = [unpack(button.data or "") for row in letter.buttons for button in row]

    assert presses
    assert all(press is not None for press in presses)
    assert {(press.card_id, press.revision_id) for press in presses if press} == {(10**17, 10**17)}


def test_every_code_has_its_button_once() -> None:
    harms = draw_card(card(view=View.HARM), "id", RULES, NOON)
    purposes = draw_card(card(view=View.PURPOSE), "id", RULES, NOON)

    def codes(letter: Letter, action: Action) -> list[str | None]:
        found = [unpack(button.data or "") for row in letter.buttons for button in row]
        return [press.code for press in found if press and press.action is action]

    assert sorted(map(str, codes(harms, Action.HARM))) == sorted(HarmCode)
    assert sorted(map(str, codes(purposes, Action.PURPOSE))) == sorted(["None", *PurposeCode])
    assert len(set(labels(harms))) == len(HarmCode) + 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_on_duty", [True, False])
def test_idle_desk_offers_the_way_on_and_the_way_back(language: str, is_on_duty: bool) -> None:
    notice = Notice(Choice.CONFIRM, 3, CaseState.CONFIRMED, NOON, harm=HarmCode.THREAT)

    idle = checked(draw_idle(Desk(1, is_on_duty, notice=notice), language, RULES, NOON))

    actions = {press.action for row in idle.buttons for b in row if (press := unpack(b.data or ""))}
    assert actions == {Action.UNDO, Action.DUTY_OFF if is_on_duty else Action.DUTY_ON}


@pytest.mark.parametrize("view", [View.HARM, View.PURPOSE])
def test_score_waits_for_the_first_choice_where_it_is_set_so(view: View) -> None:
    before = draw_card(card(), "en", RULES, NOON)
    after = draw_card(card(view=view), "en", RULES, NOON)

    assert "Score" not in before.html
    assert "Score" in after.html


def test_deciding_buttons_never_change_place() -> None:
    views = (View.CARD, View.MORE, View.FULL)
    rows = [draw_card(card("x" * 3000, view=view), "en", RULES, NOON).buttons[:2] for view in views]
    beside = draw_card(card(view=View.LIKE, likeness=likeness("x")), "en", RULES, NOON)

    assert rows[0] == rows[1] == rows[2]
    assert [b.style for b in rows[0][0]] == ["danger", "success"]
    assert beside.buttons[1] == rows[0][1]
    assert [b.label for b in beside.buttons[0]] == ["Same: call to violence", "Different…"]


def test_words_are_veiled_where_it_is_set_so() -> None:
    veiled = draw_card(card(), "en", RULES, NOON).html
    bare = draw_card(card(), "en", DeskRules(is_veiled=False), NOON).html

    assert "<tg-spoiler><b>serang</b> sekarang</tg-spoiler>" in veiled
    assert "tg-spoiler" not in bare


def test_name_that_turns_the_line_round_does_not() -> None:
    turned = revision(username=None, channel_title="\u202edrawkcab\n\u2066x")

    assert "Case 100000000000000000 · drawkcab x · open" in drawn(card(revision=turned))


def test_media_is_described_and_not_shown() -> None:
    seen = drawn(card(revision=revision(media=("photo", "photo", "something"))))

    assert "not shown here: photo ×2, something else" in seen


def test_undo_is_offered_for_its_minute_only() -> None:
    notice = Notice(Choice.SKIP, 3, CaseState.WAITING, NOON)
    late = NOON + timedelta(seconds=61)

    assert "Undo the last one" in labels(draw_card(card(notice=notice), "en", RULES, NOON))
    assert "Undo the last one" not in labels(draw_card(card(notice=notice), "en", RULES, late))


def test_reasons_lose_the_commas_around_them() -> None:
    found = (("سلاح،", 2.0), ("، سلاح", 1.5), ("serang.", 1.0), ("،", 0.5))

    seen = drawn(card("x", verdict=verdict(reasons=found)))

    assert "Because of: سلاح, serang" in seen
    assert "،" not in seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [("yang dan di untuk dengan tidak", "bahasa Indonesia"), ("سلاح", "aksara Arab")],
)
def test_language_and_script_as_one_says_them_in_indonesian(text: str, seen: str) -> None:
    shown = drawn(card(text), "id")

    assert seen in shown
    assert "Arab Persia" not in shown


def test_channel_without_other_flagged_posts_says_other() -> None:
    seen = drawn(card(view=View.HISTORY, history=History()))

    assert "Nothing else of this channel has been flagged so far." in seen


def test_only_what_was_referred_can_be_withdrawn_from_the_history() -> None:
    lines = [
        replace(line("x"), state=state, card_id=number, case_id=number + 10)
        for number, state in enumerate(
            (CaseState.REFERRED, CaseState.DISMISSED, CaseState.WITHDRAWN, CaseState.REFERRED), 1
        )
    ]
    for view, shown in (
        (View.HISTORY, {"history": History(confirmed=2, newest=tuple(lines))}),
        (View.COPIES, {"others": tuple(lines)}),
    ):
        letter = draw_card(card(view=view, **shown), "en", RULES, NOON)  # type: ignore[arg-type]
        data = [b.data for row in letter.buttons for b in row if b.label.startswith("Withdraw")]
        assert data == ["takeback:1", "takeback:4"]


@pytest.mark.parametrize(
    ("notice", "offered"),
    [
        (Notice(Choice.CONFIRM, 7, CaseState.CONFIRMED, NOON, HarmCode.INCITE), True),
        (Notice(Choice.CONFIRM, 7, CaseState.SECOND, NOON, HarmCode.INCITE), False),
        (Notice(Choice.CONFIRM, 7, CaseState.KEPT, NOON, HarmCode.JUSTIFY), False),
        (Notice(Choice.DISMISS, 7, CaseState.DISMISSED, NOON), False),
        (Notice(None, 7, CaseState.CONFIRMED, NOON), False),
    ],
)
def test_confirmation_can_be_withdrawn_from_the_desk_once_its_undo_is_over(
    notice: Notice, offered: bool
) -> None:
    inside = draw_idle(Desk(1, True, notice=notice), "en", RULES, NOON)
    after = draw_idle(Desk(1, True, notice=notice), "en", RULES, NOON + timedelta(seconds=61))

    assert "Withdraw…" not in labels(inside)
    assert ("Withdraw…" in labels(after)) is offered
