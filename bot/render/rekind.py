"""Another kind for a channel: which, why, and what a second admin is asked."""

from bot.domain.adding import REQUEST_LIFETIME, ChannelKind, needs_second
from bot.domain.channel import Channel
from bot.domain.overseen import Act, ChannelPress
from bot.domain.rekind import KindChange, KindWhyPress, KindWordPress
from bot.ports import Button, Letter
from bot.texts import say


def kinds_letter(channel: Channel, page: int, language: str) -> Letter:
    """The kinds that the channel is not of, a button each."""
    buttons = [
        Button(
            say(language, f"kind-{kind}").unescape(),
            ChannelPress(Act.KIND, channel.id, page, kind.value).pack(),
        )
        for kind in ChannelKind
        if kind is not channel.kind
    ]
    back = say(language, "button-back").unescape()
    words = say(
        language, "kinds-ask", name=channel.name, kind=say(language, f"kind-{channel.kind}")
    )
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return Letter(words, (*rows, (Button(back, ChannelPress(Act.SHOW, channel.id, page).pack()),)))


def kind_why_letter(channel: Channel, kind: ChannelKind, language: str) -> Letter:
    """Asks for the reason, to be sent in reply."""
    key = "kind-why-second" if needs_second(kind, channel.wanted_by) else "kind-why"
    words = say(
        language,
        key,
        name=channel.name,
        kind=say(language, f"kind-{kind}"),
        days=REQUEST_LIFETIME.days,
    )
    label = say(language, "button-kind-off").unescape()
    return Letter(words, ((Button(label, KindWhyPress(channel.id, kind).pack()),),))


def kind_request_letter(change: KindChange, name: str, asker: str, language: str) -> Letter:
    """What a second admin is asked."""
    words = say(
        language,
        "kind-request",
        asker=asker,
        name=name,
        before=say(language, f"kind-{change.before}"),
        kind=say(language, f"kind-{change.kind}"),
        reason=change.reason,
        days=REQUEST_LIFETIME.days,
    )
    yes, no = (
        Button(
            say(language, f"button-add-{'yes' if agrees else 'no'}").unescape(),
            KindWordPress(change.id, agrees).pack(),
            style="success" if agrees else "danger",
        )
        for agrees in (True, False)
    )
    return Letter(words, ((yes, no),))
