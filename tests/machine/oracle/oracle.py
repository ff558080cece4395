"""The case table of docs/flow.md read once more, naively: states, histories, and snapshots.

It shares no code with `bot`. It knows which card comes to which desk; it is told what hangs on a
number or on how near two texts are, and holds that against what may be: a new card's case, the
decided card beside another, when a digest left and arrived.
"""

from copy import deepcopy
from datetime import datetime
from typing import Self

from tests.machine.oracle.forgetting import Forgetting
from tests.machine.oracle.state import Rules


class Oracle(Forgetting):
    """rows: how often each row of the table was gone through, and what else it names."""

    def __init__(
        self,
        rules: Rules,
        now: datetime,
        *,
        alike: frozenset[frozenset[int]],
        pause_at: float,
        pause_least: int,
    ) -> None:
        super().__init__(rules, now)
        self.alike = alike
        self.held = set()
        self.referrals, self.disputes, self.asked = {}, {}, {}
        self.pause_at, self.pause_least = pause_at, pause_least
        self.is_paused, self.resumed_at = False, None

    def copy(self) -> Self:
        return deepcopy(self)
