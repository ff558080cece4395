"""The message of the day: a few lines, what is amiss first."""

from bot.domain.status import Day
from bot.render.channels import amiss_name
from bot.render.recipient import named_needs
from bot.render.times import local_time
from bot.texts import Html, say


def day_text(day: Day, language: str, timezone: str) -> Html:
    lines = [say(language, "day-head", when=local_time(day.now, timezone, language))]
    if day.missed:
        lines.append(say(language, "day-missed", days=day.missed))
    not_well = sum(day.not_well.values())
    lines.append(say(language, "day-channels", watched=day.watched, not_well=not_well))
    lines += [
        say(language, "channels-amiss", count=count, why=amiss_name(why, language))
        for why, count in sorted(day.not_well.items(), key=lambda pair: -pair[1])
    ]
    lines.append(say(language, "day-posts", posts=day.posts, unreadable=day.unreadable))
    if day.oldest_open:
        since = local_time(day.oldest_open, timezone, language)
        lines.append(say(language, "status-oldest", since=since))
    else:
        lines.append(say(language, "day-nothing-waits"))
    if day.undecided:
        lines.append(say(language, "day-undecided", count=day.undecided, days=day.undecided_days))
    lines += [
        say(language, "day-held", name=name[:60], held=named_needs(held, language))
        for name, held in day.held.items()
    ]
    lines.append(say(language, "status-model", model=day.model, hash=day.audit_hash[:16]))
    return Html("\n").join(lines)
