"""What buttons carry: it fits 64 bytes, comes back whole, and nothing else is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.press import Action, Press, unpack

ids = st.integers(0, 10**18 - 1)
codes = st.sampled_from([None, *HarmCode, *PurposeCode])
presses = st.builds(Press, st.sampled_from(Action), ids, ids, codes)


@given(presses)
def test_press_comes_back_whole(press: Press) -> None:
    assert unpack(press.pack()) == press


@given(presses)
def test_press_fits_64_bytes(press: Press) -> None:
    assert len(press.pack().encode()) <= 64


@given(
    st.one_of(
        st.text(max_size=80),
        st.from_regex(r"[a-z]:[0-9]{0,20}:[0-9]{0,20}(:\w{0,14})?", fullmatch=True),
    )
)
def test_no_forged_data_raises(data: str) -> None:
    press = unpack(data)

    assert press is None or unpack(press.pack()) == press


@pytest.mark.parametrize(
    "data",
    [
        "",
        "c",
        "c:1",
        "c:1:",
        "q:1:2",  # an action that there is not
        "C:1:2",
        "c:-1:2",
        "c:1:2:",
        "c:1:2:threat",
        "c:1:2:THREAT:x",
        "c:1:2\n",
        " c:1:2",
        "c:1:2 ",
        "c:1e3:2",
        "c:" + "9" * 19 + ":2",  # more than a database's eight bytes may hold
        "c:1:2:" + "A" * 13,
        "c:\u0661:2",  # an Arabic digit is a digit to a regular expression
        "h:1:2:THREAT\x00",
        "h:1:2:../../",
    ],
)
def test_forged_data_is_none(data: str) -> None:
    assert unpack(data) is None


def test_every_action_is_one_letter_of_its_own() -> None:
    assert all(len(action.value) == 1 for action in Action)
    assert len({action.value for action in Action}) == len(Action)
