"""The list of guards is true: each passage stands in its file, once."""

import pytest

from tests.mutation.run import ROOT, Guard, guards


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.name)
def test_guard_can_be_found(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text("utf-8").count(guard.find) == 1
    assert guard.find != guard.put
    for named in guard.tests:
        assert (ROOT / named.partition("::")[0]).exists()


def test_names_are_different() -> None:
    names = [guard.name for guard in guards()]

    assert len(names) == len(set(names)) > 0
