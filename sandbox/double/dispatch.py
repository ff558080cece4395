"""One call from the bot, from its name and fields to the answer: the strict part of the server."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sandbox.double import errors
from sandbox.double.errors import Refusal, is_complaint
from sandbox.double.faults import Fault
from sandbox.double.fields import Fields
from sandbox.double.methods import Method, find
from sandbox.double.station import Call, Station

DESCRIPTIONS = {"setwebhook": "Webhook was set", "deletewebhook": "Webhook was deleted"}


@dataclass(frozen=True)
class Answer:
    """What goes back: an HTTP status with a body, or nothing at all (the connection breaks)."""

    status: int = 200
    body: dict[str, Any] | None = None


HUNG_UP = Answer(status=0)


async def dispatch(station: Station, name: str, fields: Fields) -> Answer:
    """Do what the call asks and answer as Telegram would; every call is written down."""
    method = find(name)
    call = Call(method.name if method else name, dict(fields.values), station.now())
    call.params |= {key: upload.name or "" for key, upload in fields.uploads.items()}
    station.calls.append(call)
    fault = station.faults.next_for(call.method) or Fault(call.method)
    try:
        await _pause(station, fault.delay_s)
        if fault.drop:
            call.outcome = "dropped"
            return HUNG_UP
        call.result = await _result(station, method, fields, name, fault)
        call.outcome, call.status = "ok", 200
    except Refusal as refusal:
        return _refused(station, call, refusal)
    finally:
        station.note("call", detail=call)
    await _pause(station, fault.delay_after_s)
    if fault.drop_after:
        call.outcome, call.status = "dropped after", 0
        return HUNG_UP
    return Answer(200, _body(name, call.result))


async def _pause(station: Station, seconds: float) -> None:
    """Sleep, but no longer than the double serves."""
    end = asyncio.get_running_loop().time() + seconds
    while not station.is_closing and (left := end - asyncio.get_running_loop().time()) > 0:
        await station.signal.later_than(station.signal.number, left)


async def _result(
    station: Station, method: Method | None, fields: Fields, name: str, fault: Fault
) -> Any:
    """What the method returns. Raises Refusal, the fault's or its own."""
    ordered = fault.refusal()
    if ordered is not None:
        raise ordered
    if method is None:
        raise Refusal(errors.UNKNOWN_METHOD, name=name)
    return await _run(station, method, fields)


async def _run(station: Station, method: Method, fields: Fields) -> Any:
    fields.refuse_unknown(method.name, method.fields)
    if method.wait is not None:
        return await method.wait(station, fields)
    run = method.run
    if run is None:
        raise Refusal(errors.UNKNOWN_METHOD, name=method.name)
    with station.lock:
        return run(station, fields)


def _refused(station: Station, call: Call, refusal: Refusal) -> Answer:
    call.outcome, call.status = refusal.description, refusal.code
    if is_complaint(refusal):
        station.complaints.append(f"{call.method}: {refusal.description}")
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return Answer(refusal.code, body)


def _body(name: str, result: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": True, "result": result}
    if name.lower() in DESCRIPTIONS:
        body["description"] = DESCRIPTIONS[name.lower()]
    return body
