"""One made-up digest in which every field is filled once, for files that a person has read.

Every code that may leave, right-to-left text, emoji, letters of three scripts, a formula.
"""

from dataclasses import replace
from datetime import timedelta

from bot.domain.codes import HarmCode
from bot.domain.receipt import (
    AnswerableDigest,
    AnswerableItem,
    OpenDigest,
    ReplyCode,
    Unanswered,
)
from bot.domain.referral import Digest, LiveStatus, ReferredItem
from bot.domain.reversal import Correction, Restored
from bot.domain.statement import Caution, Factor, Rating, Statement, offered
from bot.ports import Letter
from bot.render.digest import digest_letters, empty_letter
from bot.render.documents.record import Frame
from bot.render.receipts import call_letter, open_letters, page_letter, with_buttons
from bot.render.reversal import correction_letter
from tests.factories import NOON, PROFILE

_TEXTS = {
    HarmCode.THREAT: "Contoh ancaman <b>besok</b> & lusa.\n\nBaris kedua.",
    HarmCode.INCITE: "هذا نص مثال لا أكثر، مكتوب للاختبار فقط 123",
    HarmCode.INSTRUCT: "langkah yang tidak boleh keluar",
    HarmCode.RECRUIT: "👩‍👩‍👧‍👦 Contoh ajakan 🏴 dengan emoji",
    HarmCode.FINANCE: '=HYPERLINK("http://contoh.example")',
    HarmCode.OFFICIAL: "Пример текста, написанный для проверки",
    HarmCode.GLORIFY: "Contoh pujian yang panjang. " * 30,
}


def items() -> tuple[ReferredItem, ...]:
    bare = [_item(place, harm, text) for place, (harm, text) in enumerate(_TEXTS.items(), 1)]
    return (_filled(bare[0]), *bare[1:])


def _item(place: int, harm: HarmCode, text: str) -> ReferredItem:
    return ReferredItem(
        number=40 + place,
        harm=harm,
        link=f"https://t.me/kabar_contoh/{place}",
        channel="@kabar_contoh",
        text=text,
        posted_at=NOON - timedelta(hours=place),
        decided_at=NOON,
        people=2 if harm is HarmCode.GLORIFY else 1,
        score=0.9,
        model_version="scripted-1",
        message_ids=(place,),
        reviewers=("M3",),
        statement=Statement(offered(harm)[:1]),
    )


def _filled(one: ReferredItem) -> ReferredItem:
    """Every field with a value of its own."""
    return replace(
        one,
        revision_id=11,
        review_id=12,
        chat_id=-1001234567890,
        username="kabar_contoh",
        title="Kabar Contoh",
        message_ids=(1, 2),
        edited_at=NOON - timedelta(minutes=50),
        flagged_at=NOON - timedelta(minutes=40),
        forwarded_from="@sumber_contoh",
        media=("photo", "video"),
        threshold=0.62,
        reviewers=("M3", "M5"),
        people=2,
        has_dissent=True,
        views=12_000,
        views_approx=True,
        subscribers=54_000,
        subscribers_approx=True,
        copies=3,
        copy_links=("https://t.me/lain/5",),
        captured_at=NOON - timedelta(minutes=39),
        capture_sha256="ab" * 32,
        picture_sha256="cd" * 32,
        statement=Statement(
            offered(one.harm),
            "Diulang tiga kali.",
            True,
            "Badan contoh, daftar contoh, 1 Jan 2026",
            dict.fromkeys(Factor, Rating.MIDDLE),
            tuple(Caution),
            "A translated example",
        ),
        live_status=LiveStatus.LIVE,
        live_checked_at=NOON - timedelta(minutes=2),
        language="id",
    )


def digest() -> Digest:
    return Digest(
        4,
        "Direktorat Contoh",
        NOON,
        items(),
        "0123456789abcdef" * 4,
        at_once=frozenset({HarmCode.THREAT, HarmCode.RECRUIT}),
        since=NOON - timedelta(days=1),
        previous_sha256="fedcba9876543210" * 4,
        waiting=2,
        waiting_since=NOON - timedelta(days=3),
        withdrawn=1,
    )


def messages(frame: Frame) -> dict[str, list[Letter]]:
    """What a recipient gets in the chat, by occasion."""
    made, language = digest(), frame.language
    urgent = replace(made, number=5, items=made.items[:1], is_at_once=True)
    return {
        "the daily digest": with_buttons(digest_letters(made, frame, "9a" * 32), 1, language),
        "a test": digest_letters(replace(urgent, is_test=True), frame, "9a" * 32),
        "a preview": digest_letters(replace(urgent, is_preview=True), frame, ""),
        "at once": with_buttons(digest_letters(urgent, frame, "9a" * 32), 2, language),
        "called again": [call_letter(_answerable(), 5, 15, "021-000-000", language)],
        "an empty day": [empty_letter(replace(PROFILE, language=language), NOON)],
        "answers": [page_letter(_answerable(), 0, language)],
        "what is open": open_letters(_open(), NOON, language),
        "a correction": [correction_letter(_correction(), language)],
        "a correction, answered": [
            correction_letter(replace(_correction(), outcome=Restored.RESTORED), language)
        ],
    }


def _answerable() -> AnswerableDigest:
    codes = [ReplyCode.ACTIONED, ReplyCode.NOT_VIOLATING, None, *[None] * 8]
    answered = tuple(
        AnswerableItem(one.number, place, place, one.harm, one.link, one.channel, code)
        for place, (one, code) in enumerate(zip(items(), codes, strict=False), 1)
    )
    return AnswerableDigest(1, 4, 1, NOON, None, answered)


def _open() -> Unanswered:
    days = timedelta(days=3)
    return Unanswered((OpenDigest(1, 4, NOON - days, 5, 7, False),), ((1, NOON - days),))


def _correction() -> Correction:
    link = "https://t.me/kabar_contoh/1"
    return Correction(1, 1, 1, 41, 4, 1, link, "@kabar_contoh", "It quotes, and condemns", NOON)
