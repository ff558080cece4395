"""The form on which an admin says which channels are to be watched and why, and its answers."""

import csv
import io
from collections.abc import Mapping, Sequence

from bot.domain.adding import (
    REQUEST_LIFETIME,
    Addition,
    AdditionPress,
    AdditionState,
    ChannelKind,
    Line,
    Outcome,
    Verb,
    WantedBy,
)
from bot.ports import Attachment, Button, Letter
from bot.texts import Html, say

MOST_SHOWN = 20  # answers that stand in the message itself; more come as a file
_FORMULA = frozenset("=+-@\t\r＝＋－＠")  # what makes a table program compute a cell

Rows = tuple[tuple[Button, ...], ...]


def form_letter(addition: Addition, language: str, taken: int = 0) -> Letter:
    """The form as it stands: the next question, or how far the work is. taken: names just now."""
    match addition.state:
        case AdditionState.COLLECTING:
            key = "add-collect-more" if addition.lines else "add-collect"
            words = say(language, key, taken=taken, lines=addition.lines)
            done = _button(addition, language, Verb.DONE, style="primary")
            return Letter(words, ((done, _button(addition, language, Verb.CANCEL)),))
        case AdditionState.REASON:
            words = say(language, "add-reason", lines=addition.lines)
            return Letter(words, ((_button(addition, language, Verb.CANCEL),),))
        case AdditionState.KIND:
            return Letter(_about(addition, language, "add-kind"), _kinds(addition, language))
        case AdditionState.WANTED:
            return Letter(_about(addition, language, "add-wanted"), _askers(addition, language))
        case AdditionState.REQUESTED:
            words = _about(addition, language, "add-requested")
            return Letter(words, ((_button(addition, language, Verb.CANCEL),),))
        case AdditionState.WORKING:
            words = say(language, "add-working", done=addition.answered, lines=addition.lines)
            return Letter(words, ((_button(addition, language, Verb.STOP),),))
        case _:
            return Letter(say(language, f"add-{addition.state}", days=REQUEST_LIFETIME.days))


def _about(addition: Addition, language: str, key: str) -> Html:
    """What has been said so far, then the question."""
    lines = [say(language, "add-so-far", lines=addition.lines, reason=addition.reason)]
    if addition.state is not AdditionState.KIND:
        kind = say(language, f"kind-{addition.kind}")
        lines.append(say(language, "add-kind-is", kind=kind))
    lines.append(say(language, key, days=REQUEST_LIFETIME.days))
    return Html("\n").join(lines)


def _kinds(addition: Addition, language: str) -> Rows:
    kinds = [
        _choice(addition, Verb.KIND, kind, say(language, f"kind-{kind}")) for kind in ChannelKind
    ]
    return ((kinds[0],), tuple(kinds[1:3]), tuple(kinds[3:5]), _ways_out(addition, language))


def _askers(addition: Addition, language: str) -> Rows:
    rows = [
        (_choice(addition, Verb.WANTED, who, say(language, f"wanted-{who}")),) for who in WantedBy
    ]
    return (*rows, _ways_out(addition, language, Verb.BACK))


def _ways_out(addition: Addition, language: str, *verbs: Verb) -> tuple[Button, ...]:
    return tuple(_button(addition, language, verb) for verb in (*verbs, Verb.CANCEL))


def _choice(addition: Addition, verb: Verb, value: str, label: Html) -> Button:
    return Button(label.unescape(), AdditionPress(verb, addition.id, value).pack())


def _button(addition: Addition, language: str, verb: Verb, style: str | None = None) -> Button:
    label = say(language, f"button-add-{verb}").unescape()
    return Button(label, AdditionPress(verb, addition.id).pack(), style=style)


def request_letter(addition: Addition, asker: str, names: Sequence[str], language: str) -> Letter:
    """What a second admin is asked. names: the first of them, as they were written."""
    more = addition.lines - len(names)
    shown = [Html.escape(name[:64]) for name in names]
    if more > 0:
        shown.append(say(language, "add-names-more", more=more))
    words = say(
        language,
        "add-request",
        asker=asker,
        lines=addition.lines,
        kind=say(language, f"kind-{addition.kind}"),
        wanted_by=say(language, f"wanted-{addition.wanted_by}"),
        reason=addition.reason,
        names=Html("\n").join(shown),
        days=REQUEST_LIFETIME.days,
    )
    buttons = (
        _button(addition, language, Verb.AGREE, "success"),
        _button(addition, language, Verb.REFUSE, "danger"),
    )
    return Letter(words, (buttons,))


def summary_letter(
    tally: Mapping[Outcome, int],
    lines: Sequence[Line],
    language: str,
    bot_name: str,
    *,
    preview_is_on: bool,
) -> Letter:
    """What became of all names: each by itself where they are few, else by outcome.

    Where all that was added waits for owners, it says so and offers the preview's switch.
    """
    if len(lines) <= MOST_SHOWN:
        said = [answer_line(line, language) for line in lines]
    else:
        said = [say(language, "add-done", lines=sum(tally.values()))]
        said += [
            say(language, "add-outcome", count=tally[answer], what=_outcome(answer, language))
            for answer in Outcome
            if tally.get(answer)
        ]
    waiting = tally.get(Outcome.WAITING, 0)
    if waiting:
        said.append(say(language, "channel-how-to-add", bot=bot_name))
    if not waiting or preview_is_on or waiting < sum(n for a, n in tally.items() if a.is_added):
        return Letter(Html("\n").join(said))
    said.append(say(language, "add-all-wait", count=waiting))
    button = Button(say(language, "button-preview-on").unescape(), "src:ask")
    return Letter(Html("\n").join(said), ((button,),))


def answer_line(line: Line, language: str) -> Html:
    """What became of one name."""
    assert line.answer is not None  # the work is done
    key = f"channel-{line.answer.replace('_', '-')}"
    return say(language, key, name=line.name or line.written[:64])


def answers_letter(lines: Sequence[Line], language: str) -> Letter:
    """An answer for each line, as a file for a table program."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow([_said(language, f"add-column-{name}") for name in _COLUMNS])
    for line in lines:
        assert line.answer is not None  # the work is done
        link = f"https://t.me/{line.name.removeprefix('@')}" if line.name.startswith("@") else ""
        cells = (str(line.place), line.written, link, _outcome(line.answer, language))
        writer.writerow([_tame(cell) for cell in cells])
    content = table.getvalue().encode("utf-8-sig")  # with a mark, or Excel reads it as ANSI
    words = say(language, "add-file", lines=len(lines))
    return Letter(words, attachment=Attachment(_said(language, "add-file-name"), content))


_COLUMNS = ("line", "written", "link", "answer")


def _tame(cell: str) -> str:
    """A cell that no table program takes for a formula."""
    return f"'{cell}" if cell[:1] in _FORMULA else cell


def _outcome(answer: Outcome, language: str) -> str:
    return _said(language, f"outcome-{answer.replace('_', '-')}")


def _said(language: str, key: str) -> str:
    return say(language, key).unescape()
