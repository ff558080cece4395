"""A card as a desk shows it: where the post stands, what it says, what may be pressed."""

from collections import Counter
from datetime import datetime

from babel.numbers import format_decimal

from bot.domain.channel import post_link
from bot.domain.desk import CopyLine, DeskCard, DeskRules, History, Likeness, View, pages_of
from bot.domain.excerpt import Excerpt, Mark, Piece
from bot.domain.language import language_of
from bot.domain.nearest import Example, NearestExamples
from bot.domain.verdict import Verdict
from bot.ports import Letter
from bot.render.card_buttons import card_rows
from bot.render.codes import decision_name, harm_name, purpose_name
from bot.render.desk import said_of, undo_rows
from bot.render.names import language_name, one_line
from bot.render.times import age, local_time
from bot.texts import Html, say

_MOST_REASONS = 5
_LONGEST_REASON = 24
_LONGEST_EXAMPLE = 200
_MARKS = {
    Mark.PLAIN: Html("{}"),
    Mark.DECISIVE: Html("<b>{}</b>"),
    Mark.NEW: Html("<b>{}</b>"),
    Mark.GONE: Html("<s>{}</s>"),
}


def draw_card(card: DeskCard, language: str, rules: DeskRules, now: datetime) -> Letter:
    """One post of a case, for one decision. At most 4,096 characters whatever the post holds."""
    parts = [said_of(card.notice, language)] if card.notice else []
    parts += [_head(card, language, rules, now), *_body(card, language, rules)]
    if card.view is View.HARM:
        parts.append(say(language, "ask-harm"))
    elif card.view is View.PURPOSE:
        parts.append(say(language, "ask-purpose"))
    elif card.view is View.CARD and card.looks_like is not None:
        parts.append(say(language, "card-looks-like", case=card.looks_like))
    if not card.teaches:
        parts.append(say(language, "card-not-teaching"))
    rows = (*card_rows(card, language), *undo_rows(card.notice, language, now))
    return Letter(Html("\n\n").join(parts), rows, protected=True)


def _head(card: DeskCard, language: str, rules: DeskRules, now: datetime) -> Html:
    revision = card.revision
    lines = [
        say(
            language,
            "card-head",
            case=card.case_id,
            channel=_channel(revision.username, revision.channel_title),
            link=post_link(revision.chat_id, revision.username, revision.message_id),
            posted=local_time(revision.posted_at, rules.timezone, language),
            age=age(revision.posted_at, now, language),
        )
    ]
    if traits := _traits(card, language):
        lines.append(Html(" · ").join(traits))
    if card.spread.posts > 1:
        lines.append(
            say(
                language,
                "card-spread",
                posts=card.spread.posts,
                channels=card.spread.channels,
            )
        )
    if card.is_deleted:
        lines.append(say(language, "card-deleted"))
    if revision.number > 1:
        lines.append(say(language, "card-edited", times=revision.number - 1))
    if revision.media:
        lines.append(say(language, "card-media", media=_media(revision.media, language)))
    if revision.forwarded_from:
        lines.append(say(language, "card-forwarded", origin=one_line(revision.forwarded_from, 60)))
    if card.verdict:
        lines += _verdict(card.verdict, language, rules.shows_score or card.view.is_after_choice)
    return Html("\n").join(lines)


def _channel(username: str | None, title: str) -> str:
    return f"@{username}" if username else one_line(title, 60)


def _traits(card: DeskCard, language: str) -> list[Html]:
    """The post's language or script, and how many people see it, where that is known."""
    traits = list[Html]()
    if (written := language_of(card.revision.text)) is not None:
        name = language_name(written, language)
        is_language = not written.istitle()  # as `Arab`: a script
        traits.append(say(language, "card-language", name=name) if is_language else name)
    if card.views is not None:
        views = format_decimal(card.views, locale=language)
        traits.append(say(language, "card-views", views=views))
    if card.subscribers is not None:
        subscribers = format_decimal(card.subscribers, locale=language)
        traits.append(say(language, "card-subscribers", subscribers=subscribers))
    return traits


def _media(media: tuple[str, ...], language: str) -> Html:
    """What is attached, by kind, as in "photo ×2, video"; it is not shown."""
    counts = Counter(kind if kind in _KINDS else "other" for kind in media)
    return Html(", ").join(
        Html("{} ×{}").format(say(language, f"media-{kind}"), count)
        if count > 1
        else say(language, f"media-{kind}")
        for kind, count in counts.items()
    )


_KINDS = frozenset(
    ("photo", "video", "animation", "audio", "voice", "document", "sticker", "poll", "other")
)


def _verdict(verdict: Verdict, language: str, shows_score: bool) -> list[Html]:
    lines = _score(verdict, language) if shows_score else []
    if verdict.likely_purpose:
        purpose = purpose_name(verdict.likely_purpose, language)
        lines.append(say(language, "card-purpose", purpose=purpose))
    if not verdict.is_known:
        lines.append(say(language, "card-unknown"))
    words = [_bare(words) for words, weight in verdict.reasons if weight > 0]
    if words := [one for one in dict.fromkeys(words) if one][:_MOST_REASONS]:
        shown = Html(", ").join(Html("<code>{}</code>").format(one) for one in words)
        lines.append(say(language, "card-reasons", words=shown))
    return lines


def _bare(words: str) -> str:
    """A reason without the commas and stops around it, which of some scripts read as part of it."""
    return one_line(words, _LONGEST_REASON).strip(" .,:;!?،؛؟。、！？")


def _score(verdict: Verdict, language: str) -> list[Html]:
    score, threshold = f"{verdict.score:.0%}", f"{verdict.threshold:.0%}"
    lines = [say(language, "card-score", score=score, threshold=threshold)]
    if verdict.likely_harm:
        lines.append(say(language, "card-harm", harm=harm_name(verdict.likely_harm, language)))
    return lines


def _body(card: DeskCard, language: str, rules: DeskRules) -> list[Html]:
    if card.view is View.COPIES:
        return _copies(card, language, rules)
    if card.view is View.HISTORY:
        return _history(card.history, language, rules)
    if not card.revision.text.strip():
        return [say(language, "card-no-text")]
    if card.view is View.FULL:
        pages = pages_of(card.revision.text)
        heading = say(language, "card-page", page=card.page + 1, pages=len(pages))
        page = _quoted([Piece(pages[card.page])], language, rules)
        return [Html("{}\n{}").format(heading, page)]
    if card.view is View.LIKE and card.likeness is not None:
        return [
            _like(card.likeness, language, rules),
            _quoted_excerpt(card.likeness.differing, language, rules),
        ]
    shown = [_quoted_excerpt(card.excerpt, language, rules)]
    return [*shown, *_examples(card.examples, language, rules)]


def _examples(examples: NearestExamples, language: str, rules: DeskRules) -> list[Html]:
    """What was decided of words like these; the words may agree and the posts be opposites."""
    found = [one for one in (examples.confirmed, examples.benign) if one is not None]
    return [_example(one, language, rules) for one in found]


def _example(example: Example, language: str, rules: DeskRules) -> Html:
    kind = "confirmed" if example.harm else "benign"
    origin = "decided" if example.is_decision else "shipped"
    heading = say(
        language,
        f"example-{kind}-{origin}",
        likeness=f"{example.likeness:.0%}",
        decision=decision_name(example.harm, example.purpose, language),
    )
    text = one_line(example.text, _LONGEST_EXAMPLE)
    return Html("{}\n{}").format(heading, _quoted([Piece(text)], language, rules))


def _like(likeness: Likeness, language: str, rules: DeskRules) -> Html:
    key = "card-like-earlier" if likeness.is_earlier else "card-like"
    return say(
        language,
        key,
        case=likeness.case_id,
        channel=one_line(likeness.channel, 60),
        link=likeness.link,
        decided=local_time(likeness.decided_at, rules.timezone, language),
        decision=decision_name(likeness.harm, likeness.purpose, language),
    )


def _quoted_excerpt(excerpt: Excerpt, language: str, rules: DeskRules) -> Html:
    quoted = _quoted(excerpt.pieces, language, rules)
    if excerpt.hidden:
        quoted += Html("\n") + say(language, "card-cut", more=excerpt.hidden)
    return quoted


def _quoted(pieces: "tuple[Piece, ...] | list[Piece]", language: str, rules: DeskRules) -> Html:
    text = Html().join(
        say(language, "card-left-out", count=piece.hidden)
        if piece.mark is Mark.LEFT_OUT
        else _MARKS[piece.mark].format(piece.text)
        for piece in pieces
    )
    if rules.is_veiled:
        text = Html("<tg-spoiler>{}</tg-spoiler>").format(text)
    return Html("<blockquote>{}</blockquote>").format(text)


def _copies(card: DeskCard, language: str, rules: DeskRules) -> list[Html]:
    if not card.others:
        return [say(language, "copies-none")]
    lines = [_line(one, language, rules) for one in card.others]
    return [Html("\n").join([say(language, "copies-head"), *lines])]


def _history(history: History, language: str, rules: DeskRules) -> list[Html]:
    if not (history.confirmed or history.kept or history.dismissed or history.waiting):
        return [say(language, "history-none")]
    counts = say(
        language,
        "history-head",
        confirmed=history.confirmed,
        kept=history.kept,
        dismissed=history.dismissed,
        waiting=history.waiting,
    )
    return [Html("\n").join([counts, *(_line(one, language, rules) for one in history.newest)])]


def _line(one: CopyLine, language: str, rules: DeskRules) -> Html:
    if one.state.is_open:
        said = say(language, "copy-waiting")
    else:
        said = decision_name(one.harm, one.purpose, language)
    return say(
        language,
        "copy-line",
        posted=local_time(one.posted_at, rules.timezone, language),
        link=one.link,
        channel=one_line(one.channel, 60),
        said=said,
    )
