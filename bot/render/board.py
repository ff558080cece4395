"""The notice board: counts, a call to a threat, and the way to the desk. Never a post."""

from bot.domain.board import Notices
from bot.ports import Button, Letter
from bot.render.times import local_time
from bot.texts import Html, say


def draw_board(notices: Notices, desk_link: str, language: str, timezone: str) -> Letter:
    """The message with the counts, which is edited in place and arrives without a sound."""
    lines = [say(language, "board-head")]
    if not notices.waiting:
        lines.append(say(language, "board-nothing"))
    else:
        lines.append(say(language, "board-waiting", count=notices.waiting))
        if notices.urgent:
            lines.append(say(language, "board-urgent", count=notices.urgent))
        if notices.oldest:
            since = local_time(notices.oldest, timezone, language)
            lines.append(say(language, "board-oldest", since=since))
    lines.append(say(language, "board-on-duty", count=notices.on_duty))
    return Letter(Html("\n").join(lines), _desk(desk_link, language), silent=True)


def draw_call(threats: int, desk_link: str, language: str) -> Letter:
    """A message that is heard: threats to life wait to be looked at."""
    return Letter(say(language, "board-call", count=threats), _desk(desk_link, language))


def _desk(link: str, language: str) -> tuple[tuple[Button, ...], ...]:
    return ((Button(say(language, "button-desk").unescape(), url=link),),)
