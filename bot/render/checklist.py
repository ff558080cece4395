"""The checklist that goes with a confirmation, as a message of its own."""

from collections.abc import Collection, Sequence

from bot.domain.codes import HarmCode
from bot.domain.explaining import Field, Part, WhyPress
from bot.domain.recipient import Requirement
from bot.domain.statement import Caution, Factor, Statement, offered
from bot.ports import Button, Letter
from bot.render.codes import harm_name
from bot.texts import Html, say

_TRANSLATION = 400  # letters of it that the checklist shows


def checklist(
    card_id: int,
    case_id: int,
    harm: HarmCode,
    said: Statement,
    required: Collection[Requirement],
    language: str,
) -> Letter:
    """What can be said of one's own confirmation; ratings only where somebody requires them."""
    lines = [say(language, "why-head", case=case_id, harm=harm_name(harm, language))]
    lines += [say(language, f"reason-{one}") for one in said.reasons]
    if said.note:
        lines.append(Html("<blockquote>{}</blockquote>").format(said.note))
    if said.entity:
        lines.append(say(language, "why-entity", entity=said.entity))
    if said.translation:
        lines.append(say(language, "why-translation", translation=_cut(said.translation)))
    if required:
        lines.append(say(language, "why-required", needed=_named(required, language)))
    how = "why-how-hidden" if harm is HarmCode.INSTRUCT else "why-how"
    lines.append(say(language, how))
    rows = _rows(card_id, harm, said, required, language)
    return Letter(Html("\n").join(lines), rows, protected=True, silent=True)


def held_letter(
    card_id: int,
    case_id: int,
    link: str,
    recipient: str,
    needs: Collection[Requirement],
    language: str,
) -> Letter:
    """Says what keeps a referral back, with a button that opens the checklist."""
    words = say(
        language,
        "held-back",
        case=case_id,
        link=link,
        name=recipient[:60],
        needed=_named(needs, language),
    )
    label = say(language, "button-why").unescape()
    button = Button(label, WhyPress(card_id, Field.OPEN).pack(), style="primary")
    return Letter(words, ((button,),), protected=True)


def _named(needs: Collection[Requirement], language: str) -> Html:
    return Html(", ").join(
        say(language, f"need-{one.replace('_', '-')}") for one in Requirement if one in needs
    )


def _cut(words: str) -> str:
    return f"{words[:_TRANSLATION]} …" if len(words) > _TRANSLATION else words


def explained(case_id: int, said: Statement, language: str) -> Letter:
    """What is left of the checklist once it is done: all that was said, by its kind."""
    counts = {
        "reasons": len(said.reasons),
        "note": bool(said.note),
        "entity": bool(said.entity),
        "translation": bool(said.translation),
        "exemption": said.has_no_exemption,
        "ratings": len(said.ratings),
        "warnings": len(said.warnings),
    }
    noted = [say(language, f"noted-{one}", count=count) for one, count in counts.items() if count]
    if not noted:
        return Letter(say(language, "why-done-nothing", case=case_id))
    return Letter(say(language, "why-done", case=case_id, noted=Html(", ").join(noted)))


def took(case_id: int, wrote: Part, *, is_taken: bool, language: str) -> Letter:
    """Answers what somebody wrote in reply to the checklist, which may stand far above."""
    if not is_taken:
        return Letter(say(language, "why-not-taken", case=case_id))
    noted = say(language, f"noted-{wrote}", count=1)
    return Letter(say(language, "why-took", case=case_id, noted=noted), silent=True)


def _rows(
    card_id: int,
    harm: HarmCode,
    said: Statement,
    required: Collection[Requirement],
    language: str,
) -> tuple[tuple[Button, ...], ...]:
    chips = [
        _chip(card_id, Field.REASON, one, say(language, f"chip-{one}"), one in said.reasons)
        for one in offered(harm)
    ]
    rows = _paired(chips)
    exempt = say(language, "chip-exempt")
    rows.append((_chip(card_id, Field.EXEMPTION, "", exempt, said.has_no_exemption),))
    if Requirement.RATINGS in required:
        rows += _paired([_rating(card_id, factor, said, language) for factor in Factor])
    rows.append(
        tuple(
            _chip(
                card_id, Field.CAUTION, one, say(language, f"caution-{one}"), one in said.warnings
            )
            for one in Caution
        )
    )
    done = say(language, "button-why-done").unescape()
    rows.append((Button(done, WhyPress(card_id, Field.DONE).pack(), style="primary"),))
    return tuple(rows)


def _paired(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    return [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]


def _chip(card_id: int, field: Field, value: str, label: Html, is_on: bool) -> Button:
    sign = "☑️ " if is_on else ""
    return Button(sign + label.unescape(), WhyPress(card_id, field, value).pack())


def _rating(card_id: int, factor: Factor, said: Statement, language: str) -> Button:
    rating = said.ratings.get(factor)
    value = say(language, f"rating-{rating}").unescape() if rating else "–"
    label = f"{say(language, f'factor-{factor}').unescape()}: {value}"
    return Button(label, WhyPress(card_id, Field.RATING, factor).pack())
