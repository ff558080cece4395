"""The ways posts come in, and what an admin reads before switching the web preview on."""

from bot.domain.post import SourceKind
from bot.domain.status import SourceState
from bot.ports import Button, Letter
from bot.render.channels import amiss_name
from bot.render.times import local_time
from bot.texts import Html, say


def sources_text(states: list[SourceState], language: str, timezone: str) -> Html:
    blocks = [_source(state, language, timezone) for state in states]
    return Html("\n\n").join([say(language, "sources-head"), *blocks, say(language, "sources-how")])


def _source(state: SourceState, language: str, timezone: str) -> Html:
    is_on = say(language, "sources-on" if state.is_on else "sources-off")
    lines = [
        say(
            language,
            "sources-line",
            source=say(language, f"source-{state.source}"),
            state=is_on,
        ),
        say(language, f"sources-about-{state.source}"),
    ]
    if state.source is not SourceKind.EXPORT and state.is_on:
        lines.append(say(language, "sources-channels", channels=state.channels))
    lines += [
        say(language, "channels-amiss", count=count, why=amiss_name(why, language))
        for why, count in sorted(state.not_well.items(), key=lambda pair: -pair[1])
    ]
    if state.rests_until:
        when = local_time(state.rests_until, timezone, language)
        lines.append(say(language, "sources-rests", when=when))
    if state.is_on and state.changed_at and state.legal_basis:
        when = local_time(state.changed_at, timezone, language)
        lines.append(
            say(language, "sources-basis", when=when, name=state.by, basis=state.legal_basis)
        )
    return Html("\n").join(lines)


def terms_text(language: str) -> Html:
    """What Telegram's terms say, in our words; then the question for a legal basis."""
    return say(language, "preview-terms")


def basis_letter(basis: str, language: str) -> Letter:
    """The last question before the preview is switched on."""
    yes = Button(say(language, "button-basis-yes").unescape(), "src:yes", style="danger")
    no = Button(say(language, "button-basis-no").unescape(), "src:no")
    return Letter(say(language, "basis-sure", basis=basis), ((yes, no),))
