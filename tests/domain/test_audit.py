"""The audit chain: whoever changes, removes or reorders an entry is found out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import GENESIS, AuditEntry, Head, entry_after, verify
from bot.domain.errors import AuditError

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def chain(length: int = 5) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    head = Head()
    for number in range(length):
        at = NOON + timedelta(seconds=number)
        details = {"review": number, "harm": None, "urgent": True}
        entries.append(entry_after(head, at, number or None, "reviewed", f"card {number}", details))
        head = Head(entries[-1].seq, entries[-1].hash)
    return entries


def test_whole_chain_is_counted() -> None:
    assert verify(chain(5)) == 5
    assert verify([]) == 0
    assert chain()[0].previous_hash == GENESIS


CHANGES: dict[str, Callable[[AuditEntry], AuditEntry]] = {
    "time": lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    "actor": lambda e: replace(e, actor=99),
    "whether a person acted": lambda e: replace(e, actor=None if e.actor else 1),
    "event": lambda e: replace(e, event="undone"),
    "subject": lambda e: replace(e, subject="card 99"),
    "detail": lambda e: replace(e, details={**e.details, "review": 99}),
    "new detail": lambda e: replace(e, details={**e.details, "x": 1}),
    "detail's type": lambda e: replace(
        e, details={**e.details, "review": str(e.details["review"])}
    ),
    "number": lambda e: replace(e, seq=e.seq + 1),
    "hash": lambda e: replace(e, hash="f" * 64),
    "previous hash": lambda e: replace(e, previous_hash="f" * 64),
}


@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changed_entry_is_found(change: Callable[[AuditEntry], AuditEntry], place: int) -> None:
    entries = chain()
    entries[place] = change(entries[place])

    with pytest.raises(AuditError, match="does not follow"):
        verify(entries)


@pytest.mark.parametrize("place", [0, 2, 3])
def test_removed_entry_is_found(place: int) -> None:
    entries = chain()
    del entries[place]

    with pytest.raises(AuditError, match=f"entry {place + 2} "):
        verify(entries)


def test_removed_end_is_found_by_the_hash_that_was_kept_apart() -> None:
    entries = chain()

    assert verify(entries, entries[-1].hash) == 5
    assert verify([], GENESIS) == 0
    for cut in (entries[:-1], []):
        with pytest.raises(AuditError, match="taken out"):
            verify(cut, entries[-1].hash)


def test_entry_that_was_changed_with_its_own_hash_is_found_by_the_next() -> None:
    entries = chain()
    head = Head(entries[1].seq, entries[1].hash)
    entries[2] = entry_after(head, NOON, 7, "reviewed", "card 99", {})

    with pytest.raises(AuditError, match="entry 4 "):
        verify(entries)


def test_reordered_and_repeated_entries_are_found() -> None:
    first, second, third, *_ = chain()

    for odd in ([first, third, second], [first, first, second], [first, second, second]):
        with pytest.raises(AuditError):
            verify(odd)


def test_same_moment_in_another_zone_has_the_same_hash() -> None:
    jakarta = timezone(timedelta(hours=7))
    here = entry_after(Head(), NOON, 1, "reviewed", "card 1", {})
    there = entry_after(Head(), NOON.astimezone(jakarta), 1, "reviewed", "card 1", {})

    assert here.hash == there.hash


@given(st.dictionaries(st.text(max_size=9), st.one_of(st.none(), st.booleans(), st.integers())))
def test_order_of_details_does_not_matter(details: dict[str, int | bool | None]) -> None:
    turned = dict(reversed(list(details.items())))

    one = entry_after(Head(), NOON, 1, "reviewed", "card 1", details)
    other = entry_after(Head(), NOON, 1, "reviewed", "card 1", turned)

    assert one.hash == other.hash
