"""Faults to order for the next calls of a method: an error, a broken connection, a delay."""

from dataclasses import dataclass
from typing import Any

from sandbox.double.errors import PREFIXES, Refusal, Wording

ANY = "*"


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `method` ("*" for any method).

    status: error code to answer instead of doing anything; with retry_after in seconds for 429.
    drop: close the connection before any effect. drop_after: do it, then close without an answer.
    delay_s: wait that long first. delay_after_s: do it, then wait that long with the answer; who
    kills the bot meanwhile has killed it between sending and noting that it sent.
    """

    method: str
    times: int = 1
    status: int | None = None
    description: str | None = None
    retry_after: int | None = None
    drop: bool = False
    drop_after: bool = False
    delay_s: float = 0.0
    delay_after_s: float = 0.0

    def refusal(self) -> Refusal | None:
        """The error to answer, None where the fault is of another kind."""
        if self.status is None:
            return None
        parameters: dict[str, Any] | None = None
        text = self.description
        if self.retry_after is not None:
            parameters = {"retry_after": self.retry_after}
            text = text or f"{PREFIXES[429]}: retry after {self.retry_after}"
        text = text or PREFIXES.get(self.status, "Error")
        refusal = Refusal(Wording(self.status, "", "a fault to order"), parameters=parameters)
        refusal.description = text
        return refusal


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._ordered.append(fault)

    def clear(self) -> None:
        self._ordered.clear()

    def next_for(self, method: str) -> Fault | None:
        """Take the oldest fault for the method; its `times` go down by one."""
        for fault in self._ordered:
            if fault.method.lower() in (method.lower(), ANY):
                fault.times -= 1
                if fault.times <= 0:
                    self._ordered.remove(fault)
                return fault
        return None
