"""The measurement measures; what it measures is not judged here."""

from sandbox.bench.digests import costs


def test_every_step_costs_something() -> None:
    start, pictures, *steps = costs(items=3, cap=2)

    assert start.peak > 0
    assert pictures.seconds > 0
    assert [one.step for one in steps] == ["message", "pdf", "xlsx", "csv", "json"]
    assert all(one.size > 0 for one in (pictures, *steps))
