"""How things stand, as a message for admins."""

from bot.domain.case import CaseState
from bot.domain.referral import ReferralState
from bot.domain.reversal import Restored
from bot.domain.status import Status
from bot.render.receipts import code_name
from bot.render.times import local_time
from bot.texts import Html, say


def status_text(status: Status, language: str, timezone: str) -> Html:
    """A few lines; what needs somebody stands first."""
    waiting = sum(count for state, count in status.cards.items() if state.is_open)
    lines = _worries(status, waiting, language, timezone)
    lines.append(say(language, "status-channels", watching=status.watching, waiting=status.waiting))
    lines.append(
        say(
            language,
            "status-posts",
            posts=status.posts,
            unreadable=status.unreadable,
            unknown=status.unknown,
        )
    )
    lines.append(say(language, "status-cards", cases=status.cases, open=waiting))
    if status.oldest_open:
        since = local_time(status.oldest_open, timezone, language)
        lines.append(say(language, "status-oldest", since=since))
    for state in (
        CaseState.CONFIRMED,
        CaseState.REFERRED,
        CaseState.WITHDRAWN,
        CaseState.KEPT,
        CaseState.DISMISSED,
    ):
        if status.cards.get(state):
            lines.append(say(language, f"status-{state}", count=status.cards[state]))
    lines.append(say(language, "status-people", duty=status.moderators_on_duty))
    owed = status.referrals.get(ReferralState.OWED, 0) + status.referrals.get(
        ReferralState.LEASED, 0
    )
    delivered = status.referrals.get(ReferralState.DELIVERED, 0) + status.referrals.get(
        ReferralState.ANSWERED, 0
    )
    lines.append(
        say(
            language,
            "status-referrals",
            owed=owed,
            delivered=delivered,
            recipients=status.recipients,
        )
    )
    lines += _answers(status, language)
    lines.append(say(language, "status-model", model=status.model, hash=status.audit_hash[:16]))
    return Html("\n").join(lines)


def _answers(status: Status, language: str) -> list[Html]:
    lines = []
    if status.answers or status.unanswered:
        said = Html(", ").join(
            Html("{} {}").format(code_name(code, language), n) for code, n in status.answers.items()
        )
        lines.append(
            say(language, "status-answers", answers=said or "0", unanswered=status.unanswered)
        )
    if status.corrections:
        counts = {key: status.corrections.get(key, 0) for key in (*Restored, "no_answer")}
        lines.append(say(language, "status-corrections", **counts))
    return lines


def _worries(status: Status, waiting: int, language: str, timezone: str) -> list[Html]:
    """What does not move on by itself."""
    lines = []
    if status.paused_since:
        since = local_time(status.paused_since, timezone, language)
        lines.append(say(language, "worry-paused", since=since))
    if waiting and not status.moderators_on_duty:
        lines.append(say(language, "worry-nobody-on-duty", open=waiting))
    if status.cards.get(CaseState.CONFIRMED) and not status.recipients:
        lines.append(say(language, "worry-no-recipient", count=status.cards[CaseState.CONFIRMED]))
    if status.failed:
        lines.append(say(language, "worry-failed", count=status.failed))
    return lines
