"""What a simulation came to, in figures that say what they are figures of."""

import resource
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.simulate.agenda import MemoryAgenda
from sandbox.simulate.town import Town

_HOUR = 3600.0
_CLASSES = (("quiet: under 1 a day", 0, 1), ("1 to 10 a day", 1, 10), ("over 10 a day", 10, 1e9))


@dataclass(frozen=True)
class Window:
    """The time that is measured, in seconds since the start."""

    since: float
    until: float


def lines(town: Town, agenda: MemoryAgenda, window: Window) -> Iterator[str]:
    counts, numbers = agenda.counts, range(len(town.moments))
    delays = _delays(town, agenda, window, list(numbers))
    yield f"posts published in the measured time: {sum(len(d) for d in delays):,}"
    yield _summary("all", [one for delay in delays for one in delay])
    days = (window.until - window.since) / 86_400
    for name, low, high in _CLASSES:
        chosen = [d for d in delays if low <= len(d) / days < high]
        yield f"{_summary(name, [one for d in chosen for one in d])}; {len(chosen):,} channels"
    visits = sorted(agenda.counts.visits[number] for number in numbers)
    yield (
        f"visits a channel, least / median / most: {visits[0]} / {visits[len(visits) // 2]} / "
        f"{visits[-1]}"
    )
    asked = ", ".join(f"{kind} {number:,}" for kind, number in sorted(counts.requests.items()))
    yield f"requests: {asked}; {counts.troubles:,} met a fault"
    missing = sum(gap.gap.size for gap in agenda.gaps.values())
    yield (
        f"overflows: {counts.overflows:,}, recovered {counts.closed:,}, gaps open at the end "
        f"{len(agenda.gaps):,} with {missing:,} numbers"
    )
    yield f"memory of the process at most: {_megabytes():,} MB, posts of the town included"


def _delays(
    town: Town, agenda: MemoryAgenda, window: Window, channels: list[int]
) -> "list[array[float]]":
    """By channel, after how many seconds each post of the window was had; below 0: never."""
    return [
        array(
            "d",
            (
                agenda.counts.seen_after[channel][number - 1]
                for number in town.published(channel, window.since, window.until)
            ),
        )
        for channel in channels
    ]


def _summary(name: str, delays: list[float]) -> str:
    had = sorted(one for one in delays if one >= 0)
    if not had:
        return f"{name}: none"
    within = sum(one <= _HOUR for one in had) / len(delays)
    middle, most, last = (had[int(len(had) * q)] / 60 for q in (0.5, 0.95, 0.99))
    never = len(delays) - len(had)
    return (
        f"{name}: {within:.1%} of {len(delays):,} seen within 60 min; minutes at 50 / 95 / 99 %: "
        f"{middle:.0f} / {most:.0f} / {last:.0f}; not seen by the end: {never:,}"
    )


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
