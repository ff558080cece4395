"""Any sequence of looks and undos, against the case table read a second time and naively.

The oracle keeps a state and a history and moves by the rows' letters; it shares no code with
`bot.domain.case`, which folds over looks instead.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import Card, Choice, Look, look_at, undo, window_passed
from bot.domain.codes import HarmCode, PurposeCode

START = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SENDABLE = {"THREAT", "INCITE", "INSTRUCT", "RECRUIT", "FINANCE", "OFFICIAL", "GLORIFY"}


@dataclass
class Table:
    """The table as a machine: a state, who looked, and snapshots to go back to."""

    state: str = "waiting"
    first: str = ""  # what P said in row d or e
    looked: list[int] = field(default_factory=list)
    last_at: datetime = START
    before: list["Table"] = field(default_factory=list)

    def decide(self, who: int, what: str, code: str, saw_all: bool, two: bool, at: datetime) -> str:
        """The answer to a press; moves the state where it counts."""
        if self.state in ("confirmed", "kept", "dismissed", "referred"):
            return "decided"
        if who in self.looked:
            return "looked"
        if what == "confirm" and not saw_all:
            return "unread"
        self.before.append(replace(self, looked=list(self.looked), before=[]))
        self.looked.append(who)
        self.last_at = at
        if what != "skip":
            self._spoken(what, code, two)
        return "ok"

    def _spoken(self, what: str, code: str, two: bool) -> None:
        closed = {
            "confirm": "confirmed" if code in SENDABLE else "kept",
            "dismiss": "dismissed",
            "unsure": "third",
        }[what]
        if self.state == "waiting":
            self.first = what
            needs_more = what == "unsure" or (what == "confirm" and two)  # d, e
            self.state = "second" if needs_more else closed  # c, f
        elif self.state == "second":
            self.state = closed if what == self.first else "third"  # h, i
        else:
            self.state = closed  # j; unsure leaves it with the third

    def undo(self, who: int, now: datetime) -> str:
        if self.state == "referred":
            return "sent"
        if not self.looked or self.looked[-1] != who:
            return "nothing"
        if now > self.last_at + timedelta(seconds=60):
            return "late"
        snapshots = self.before
        earlier = snapshots.pop()
        self.__dict__.update(earlier.__dict__)
        self.before = snapshots
        return "ok"


ANSWERS = {
    "already_decided": "decided",
    "already_looked": "looked",
    "not_opened_in_full": "unread",
    "already_sent": "sent",
    "nothing_to_undo": "nothing",
    "window_over": "late",
}

people = st.integers(1, 4)
pauses = st.sampled_from([0, 1, 59, 60, 61, 3600]).map(lambda s: timedelta(seconds=s))
looks = st.tuples(
    st.just("look"),
    people,
    st.sampled_from(list(Choice)),
    st.sampled_from(list(HarmCode)),
    st.sampled_from([None, *PurposeCode]),
    st.booleans(),
    st.booleans(),
    pauses,
)
undos = st.tuples(st.just("undo"), people, pauses)
windows = st.tuples(st.just("window"), pauses)


@given(st.lists(st.one_of(looks, looks, undos, windows), max_size=14))
def test_any_sequence_ends_as_the_table_says(steps: list[tuple[object, ...]]) -> None:
    card, table, now = Card(), Table(), START

    for step in steps:
        now += step[-1]  # type: ignore[operator]
        match step:
            case ("look", int(who), Choice() as choice, HarmCode() as harm, purpose, saw, two, _):
                look = Look(
                    who,
                    choice,
                    now,
                    harm=harm if choice is Choice.CONFIRM else None,
                    purpose=purpose if choice is Choice.DISMISS else None,  # type: ignore[arg-type]
                    saw_all=bool(saw),
                    wants_second=bool(two) and choice is Choice.CONFIRM,
                )
                expected = table.decide(who, choice.value, harm.value, bool(saw), bool(two), now)
                after = look_at(card, look)
            case ("undo", int(who), _):
                expected = table.undo(who, now)
                after = undo(card, who, now)
            case _:
                passed = window_passed(card, now)
                is_due = table.state == "confirmed" and now > table.last_at + timedelta(seconds=60)
                assert (passed is not None) == is_due
                if passed is not None:
                    card, table.state = passed, "referred"
                continue
        assert (ANSWERS[after] if not isinstance(after, Card) else "ok") == expected
        card = after if isinstance(after, Card) else card
        assert card.state.value == table.state
        assert [look.by for look in card.looks] == table.looked


@given(st.lists(looks, max_size=14))
def test_nobody_is_counted_twice_and_nothing_unread_is_confirmed(
    steps: list[tuple[object, ...]],
) -> None:
    card = Card()

    for _, who, choice, harm, purpose, saw, two, _ in steps:
        after = look_at(
            card,
            Look(
                who,  # type: ignore[arg-type]
                choice,  # type: ignore[arg-type]
                START,
                harm=harm if choice is Choice.CONFIRM else None,  # type: ignore[arg-type]
                purpose=purpose if choice is Choice.DISMISS else None,  # type: ignore[arg-type]
                saw_all=bool(saw),
                wants_second=bool(two),
            ),
        )
        card = after if isinstance(after, Card) else card

    counted = [look.by for look in card.looks]
    assert len(counted) == len(set(counted))
    assert all(look.saw_all for look in card.looks if look.choice is Choice.CONFIRM)
