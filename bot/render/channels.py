"""Channels as admins look at them: pages, one channel with its buttons, questions about renewal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.dates import format_timedelta

from bot.domain.channel import Channel, WatchState
from bot.domain.overseen import THRESHOLDS, Act, ChannelPress, Overseen, Page
from bot.domain.post import SourceKind
from bot.ports import Button, Letter
from bot.render.times import local_time
from bot.texts import Html, say

_ICONS = {
    WatchState.WATCHING: "✅",
    WatchState.WAITING: "⏳",
    WatchState.PAUSED: "⏸",
    WatchState.LAPSED: "⌛",
    WatchState.REMOVED: "✖️",
    WatchState.SCANNED: "📄",
}

_MOST_LEFT_OUT = 12  # in one message

Rows = tuple[tuple[Button, ...], ...]


def page_letter(page: Page, language: str, timezone: str) -> Letter:
    """Some channels, each with a button of its own; the way to the others below."""
    if not page.total:
        return Letter(say(language, "channels-none"), _requests(page, language))
    blocks = [say(language, "channels-head", count=page.total)]
    if page.pages > 1:
        blocks[0] += say(language, "channels-page", page=page.number + 1, pages=page.pages)
    amiss = [
        say(language, "channels-amiss", count=count, why=amiss_name(why, language))
        for why, count in sorted(page.counts.items(), key=lambda pair: -pair[1])
        if why != "well"
    ]
    if amiss:
        blocks.append(Html("\n").join(amiss))
    blocks += [_row(one, language, timezone) for one in page.rows]
    buttons = tuple(
        (_button(f"{icon_of(one)} {one.channel.name[:40]}", Act.SHOW, one.channel.id, page.number),)
        for one in page.rows
    )
    ways = (_ways(page),) if page.pages > 1 else ()
    return Letter(Html("\n\n").join(blocks), (*buttons, *ways, *_requests(page, language)))


def _row(one: Overseen, language: str, timezone: str) -> Html:
    lines = [
        Html("{} <b>{}</b> · {}").format(icon_of(one), one.channel.name, _state(one, language))
    ]
    if one.channel.posts:
        lines.append(_counts(one.channel, language, timezone))
    return Html("\n").join(lines)


def _ways(page: Page) -> tuple[Button, ...]:
    before, after = (page.number - 1) % page.pages, (page.number + 1) % page.pages
    shown = f"{page.number + 1}/{page.pages}"
    return (
        _button("◀", Act.PAGE, 0, before),
        _button(shown, Act.PAGE, 0, page.number),
        _button("▶", Act.PAGE, 0, after),
    )


def _requests(page: Page, language: str) -> Rows:
    if not page.requests:
        return ()
    label = say(language, "button-requests", count=page.requests).unescape()
    return ((_button(label, Act.REQUESTS, 0, page.number),),)


def icon_of(one: Overseen) -> str:
    if one.channel.state in (WatchState.WATCHING, WatchState.WAITING):
        if one.is_well:
            return "✅"
        return "⏳" if one.why_not_well in ("waiting", "new") else "⚠️"
    return _ICONS[one.channel.state]


def amiss_name(why: str, language: str) -> Html:
    """What is amiss with a channel, in a few words."""
    return say(language, f"amiss-{why.replace('_', '-')}")


def _state(one: Overseen, language: str) -> Html:
    if not one.is_well:
        return amiss_name(one.why_not_well, language)
    source = one.reading.source
    if source is SourceKind.PREVIEW and one.reading.delay is not None:
        delay = delay_words(one.reading.delay, language)
        return say(language, "state-preview", delay=delay)
    return say(language, "state-bot" if source is SourceKind.BOT else "state-preview-new")


def _counts(channel: Channel, language: str, timezone: str) -> Html:
    last = channel.last_post_at
    return say(
        language,
        "channel-counts",
        posts=channel.posts,
        unreadable=channel.unreadable,
        flagged=channel.flagged,
        share=f"{channel.flagged / channel.posts:.1%}",
        last=local_time(last, timezone, language) if last else "–",
    )


def channel_letter(
    one: Overseen, page: int, language: str, timezone: str, said: Html | None = None
) -> Letter:
    """One channel, and what can be done about it. said: what a press has just done."""
    channel = one.channel
    lines = [said] if said else []
    lines.append(
        Html("{} <b>{}</b> {}").format(
            icon_of(one), channel.name, channel.title if channel.username else ""
        )
    )
    lines.append(_state(one, language))
    if one.reading.missing:
        lines.append(say(language, "channel-missing", missing=one.reading.missing))
    lines.append(
        _counts(channel, language, timezone) if channel.posts else say(language, "channel-no-posts")
    )
    lines.append(_level(channel, language))
    lines.append(
        say(
            language,
            "channel-on-record",
            wanted_by=say(language, f"wanted-{channel.wanted_by}"),
            kind=say(language, f"kind-{channel.kind}"),
            reason=channel.reason or "–",
            added=local_time(channel.added_at, timezone, language),
        )
    )
    if one.lapses_at:
        when = local_time(one.lapses_at, timezone, language)
        lines.append(say(language, "channel-lapses", when=when))
    return Letter(Html("\n").join(lines), _acts(one, page, language))


def _level(channel: Channel, language: str) -> Html:
    if channel.threshold is None:
        return say(language, "channel-level-model")
    return say(language, "channel-level", level=f"{channel.threshold:.0%}")


def _acts(one: Overseen, page: int, language: str) -> Rows:
    def button(act: Act, key: str, style: str | None = None) -> Button:
        label = say(language, f"button-chan-{key}").unescape()
        return _button(label, act, one.channel.id, page, style=style)

    back = (_button(say(language, "button-back").unescape(), Act.PAGE, 0, page),)
    levels = button(Act.LEVELS, "levels")
    kinds = button(Act.KINDS, "kinds")
    remove = button(Act.REMOVE, "remove", "danger")
    match one.channel.state:
        case WatchState.WATCHING | WatchState.WAITING:
            is_preview = one.reading.source is SourceKind.PREVIEW
            source = button(Act.SOURCE, "to-bot" if is_preview else "to-preview")
            first = (button(Act.PAUSE, "pause"), button(Act.RENEW, "renew"))
            return (first, (source, levels), (kinds, remove), back)
        case WatchState.PAUSED:
            return ((button(Act.RESUME, "resume"), levels), (kinds, remove), back)
        case WatchState.LAPSED:
            return ((button(Act.RENEW, "renew"), kinds), (remove,), back)
        case _:
            return (back,)


def removed_letter(channel: Channel, before: WatchState, page: int, language: str) -> Letter:
    """What stands in the place of a channel that was just taken off, with the way to undo it."""
    undo = say(language, "button-chan-undo").unescape()
    back = say(language, "button-back").unescape()
    return Letter(
        say(language, "did-removed", name=channel.name),
        (
            (_button(undo, Act.UNDO, channel.id, page, before.value),),
            (_button(back, Act.PAGE, 0, page),),
        ),
    )


def levels_letter(one: Overseen, page: int, language: str) -> Letter:
    """From which score on this channel's posts are flagged."""
    words = say(language, "levels-ask", name=one.channel.name, level=_level(one.channel, language))
    shown = [
        _button(f"{level:.0%}", Act.LEVEL, one.channel.id, page, f"{round(level * 100)}")
        for level in THRESHOLDS
    ]
    rows = tuple(tuple(shown[i : i + 4]) for i in range(0, len(shown), 4))
    model = say(language, "button-level-model").unescape()
    back = say(language, "button-back").unescape()
    return Letter(
        words,
        (
            *rows,
            (_button(model, Act.LEVEL, one.channel.id, page, "model"),),
            (_button(back, Act.SHOW, one.channel.id, page),),
        ),
    )


def renewal_letter(
    ending: Sequence[tuple[Channel, datetime]], asked_at: datetime, language: str
) -> Letter:
    """Asks whether watches go on that found nothing; a button for each, one for all."""
    lines = [say(language, "renew-ask")]
    rows: list[tuple[Button, ...]] = []
    for channel, end in ending:
        left = delay_words(end - asked_at, language)
        lines.append(say(language, "renew-line", name=channel.name, left=left))
        label = say(language, "button-renew", name=channel.name[:40]).unescape()
        rows.append((_button(label, Act.RENEW, channel.id, 0, "here"),))
    if len(ending) > 1:
        label = say(language, "button-renew-all").unescape()
        moment = int(asked_at.timestamp())
        rows.append((_button(label, Act.RENEW_ALL, moment, 0, style="primary"),))
    return Letter(Html("\n").join(lines), tuple(rows))


def left_out_letters(
    entries: Sequence[tuple[int, str, str, datetime]], language: str, timezone: str
) -> list[Letter]:
    """Channels that asked not to be watched: number, name, reason, since; a button lets one in."""
    if not entries:
        return [Letter(say(language, "left-none"))]
    letters = []
    for start in range(0, len(entries), _MOST_LEFT_OUT):
        lines, rows = [say(language, "left-head", count=len(entries))], []
        for number, name, reason, listed_at in entries[start : start + _MOST_LEFT_OUT]:
            when = local_time(listed_at, timezone, language)
            lines.append(
                say(language, "left-line", name=f"@{name}", when=when, reason=reason[:160])
            )
            label = say(language, "button-let-in", name=f"@{name}").unescape()
            rows.append((Button(label, f"left:{number}"),))
        letters.append(Letter(Html("\n").join(lines), tuple(rows)))
    return letters


def delay_words(delay: timedelta, language: str) -> str:
    """A length of time in round words, as in "12 minutes"."""
    return format_timedelta(delay, granularity="minute", threshold=1.5, locale=language)


def _button(
    label: str, act: Act, channel_id: int, page: int, value: str = "", style: str | None = None
) -> Button:
    return Button(label, ChannelPress(act, channel_id, page, value).pack(), style=style)
