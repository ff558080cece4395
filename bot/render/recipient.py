"""A recipient's profile as an admin sees it, with the buttons that change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.codes import FORWARDABLE, HarmCode
from bot.domain.people import Person
from bot.domain.recipient import (
    Change,
    Recipient,
    RecipientPress,
    RecipientState,
    Requirement,
    daily_clock,
)
from bot.ports import Button, Letter
from bot.render.codes import harm_name
from bot.render.names import language_name
from bot.render.times import local_time
from bot.texts import Html, say

_CODES = tuple(code for code in HarmCode if code in FORWARDABLE)
_LONGEST_LABEL = 20


@dataclass(frozen=True)
class Profile:
    """held: how many referrals are kept back for want of each requirement.

    contacts: people who joined as recipients and may be this one's second contact.
    """

    recipient: Recipient
    held: dict[Requirement, int]
    contacts: Sequence[Person] = ()
    second: str = ""


def profile_letter(profile: Profile, language: str) -> Letter:
    """Every field of the profile; buttons for what is chosen, words to send for what is typed."""
    one = profile.recipient
    lines = [
        say(language, "recipient-head", number=one.id, name=one.name, state=_state(one, language)),
        say(
            language,
            "recipient-times",
            spoken=language_name(one.language, language),
            zone=one.timezone,
            time=_time(one, language),
            following=local_time(one.next_digest_at, one.timezone, language),
            most=one.most_items,
        ),
        say(language, "recipient-codes", codes=_codes(one, language)),
        say(language, "recipient-needs", needs=_needs(one, language)),
        say(language, "recipient-second", name=profile.second)
        if profile.second
        else say(language, "recipient-second-none"),
    ]
    if profile.held:
        held = named_needs(profile.held, language)
        lines.append(say(language, "recipient-held", held=held))
    if one.is_group:
        key = "recipient-group" if one.away_since is None else "recipient-group-away"
        lines.append(say(language, key, title=one.group_title))
    lines.append(say(language, "recipient-how", number=one.id))
    return Letter(Html("\n").join(lines), _rows(profile, language))


def named_needs(held: Mapping[Requirement, int], language: str) -> Html:
    """What is missing, and from how many referrals."""
    return Html(", ").join(
        Html("{} {}").format(_need(need, language), count) for need, count in held.items()
    )


def close_letter(one: Recipient, language: str) -> Letter:
    """Asks whether a group is to be taken off."""
    label = say(language, "button-close-group-sure").unescape()
    button = Button(label, RecipientPress(one.id, Change.CLOSE, "sure").pack(), style="danger")
    return Letter(say(language, "recipient-close-sure", name=one.name), ((button,),))


def stop_letter(one: Recipient, code: HarmCode, language: str) -> Letter:
    """Asks whether a recipient is to get no more of a code."""
    sure = say(language, "button-stop-code").unescape()
    back = say(language, "button-back").unescape()
    row = (
        Button(sure, RecipientPress(one.id, Change.STOP, code).pack(), style="danger"),
        Button(back, RecipientPress(one.id, Change.OPEN).pack()),
    )
    words = say(language, "recipient-stop-sure", name=one.name, harm=harm_name(code, language))
    return Letter(words, (row,))


def list_letter(recipients: Sequence[Recipient], language: str) -> Letter:
    """All profiles, a button each."""
    if not recipients:
        return Letter(say(language, "recipients-none"))
    rows = tuple(
        (
            Button(
                f"{one.name[:_LONGEST_LABEL]} · {_state(one, language).unescape()}",
                RecipientPress(one.id, Change.OPEN).pack(),
            ),
        )
        for one in recipients
    )
    return Letter(say(language, "recipients-head", count=len(recipients)), rows)


def _rows(profile: Profile, language: str) -> tuple[tuple[Button, ...], ...]:
    one = profile.recipient
    states = [RecipientState.LIVE, RecipientState.TEST]
    rows = [
        tuple(
            _button(one, Change.STATE, state, say(language, f"state-{state}"), one.state is state)
            for state in states
        )
    ]
    codes = [_code_button(one, code, language) for code in _CODES]
    rows += [tuple(codes[i : i + 2]) for i in range(0, len(codes), 2)]
    needs = [
        _button(one, Change.NEED, need, _need(need, language), need in one.required)
        for need in Requirement
    ]
    rows += [tuple(needs[i : i + 2]) for i in range(0, len(needs), 2)]
    empty = say(language, "button-tells-empty")
    rows.append((_button(one, Change.EMPTY, "", empty, one.tells_empty),))
    originals = say(language, "button-forwards")
    rows.append((_button(one, Change.FORWARD, "", originals, one.forwards),))
    for person in profile.contacts:
        label = say(language, "button-second", name=person.name[:_LONGEST_LABEL])
        is_it = person.id == one.second_person_id
        rows.append((_button(one, Change.SECOND, str(person.id), label, is_it),))
    if one.is_group:
        label = say(language, "button-close-group")
        rows.append((Button(label.unescape(), RecipientPress(one.id, Change.CLOSE).pack()),))
    back = say(language, "button-back").unescape()
    rows.append((Button(back, RecipientPress(one.id, Change.LIST).pack()),))
    return tuple(rows)


def _button(one: Recipient, change: Change, value: str, label: Html, is_on: bool) -> Button:
    sign = "✅ " if is_on else "▫️ "
    return Button(sign + label.unescape(), RecipientPress(one.id, change, value).pack())


def _code_button(one: Recipient, code: HarmCode, language: str) -> Button:
    sign = "⚡️ " if code in one.at_once else "✅ " if code in one.codes else "▫️ "
    label = sign + harm_name(code, language).unescape()
    return Button(label, RecipientPress(one.id, Change.CODE, code).pack())


def _time(one: Recipient, language: str) -> Html:
    clock = daily_clock(one.digest_at)
    if clock:
        return say(language, "recipient-daily", clock=clock)
    return say(language, "recipient-timetable", line=one.digest_at)


def _state(one: Recipient, language: str) -> Html:
    return say(language, f"state-{one.state}")


def _codes(one: Recipient, language: str) -> Html:
    named = [
        Html("{}{}").format("⚡️ " if code in one.at_once else "", harm_name(code, language))
        for code in _CODES
        if code in one.codes
    ]
    return Html(", ").join(named) if named else say(language, "booklet-none")


def _needs(one: Recipient, language: str) -> Html:
    named = [_need(need, language) for need in Requirement if need in one.required]
    return Html(", ").join(named) if named else say(language, "booklet-none")


def _need(need: Requirement, language: str) -> Html:
    return say(language, f"need-{need.replace('_', '-')}")
