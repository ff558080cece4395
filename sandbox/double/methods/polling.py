"""getUpdates and the webhook: how updates reach the bot."""

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.double import errors
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.methods.registry import method, waiting_method
from sandbox.double.station import Station, Webhook

MAX_TIMEOUT_S = 50
PORTS = (80, 88, 443, 8443)


@waiting_method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(station: Station, fields: Fields) -> Any:
    """The updates from `offset` on; waits up to `timeout` s for the first of them.

    A second poll ends the first with 409, as the server does. Nothing is taken out of the queue
    until a later call confirms it with its offset.
    """
    limit = min(100, max(1, fields.integer("limit", 100)))
    with station.lock:
        if station.webhook.url:
            raise Refusal(errors.WEBHOOK_ACTIVE)
        turn = station.updates.take_turn()
        station.updates.allow(_kinds(fields))
        station.updates.confirm(fields.integer("offset"))
    station.signal.notify()
    end = _now() + min(MAX_TIMEOUT_S, max(0, fields.integer("timeout")))
    while True:
        number = station.signal.number
        with station.lock:
            _refuse_without_turn(station, turn)
            found = station.updates.pending(limit)
        if found or station.is_closing or _now() >= end:
            return found
        await station.signal.later_than(number, end - _now())


def _now() -> float:
    return asyncio.get_running_loop().time()


def _refuse_without_turn(station: Station, turn: int) -> None:
    if station.updates.turn != turn:
        by_webhook = station.updates.turn_taken_by != "getUpdates"
        raise Refusal(errors.POLL_ENDED_BY_WEBHOOK if by_webhook else errors.OTHER_POLL)


def _kinds(fields: Fields) -> list[str] | None:
    kinds = fields.json("allowed_updates")
    if not isinstance(kinds, list):
        return None
    return [str(kind) for kind in kinds]


@method(
    "setWebhook",
    "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
)
def set_webhook(station: Station, fields: Fields) -> Any:
    """Remember the address, to which `Pusher` posts; an empty one is deleteWebhook."""
    url = fields.text("url")
    if url:
        _check_webhook(url, fields.text("secret_token"))
        station.updates.take_turn("setWebhook")
    station.updates.allow(_kinds(fields))
    connections = fields.integer("max_connections", 40)
    station.webhook = Webhook(url, fields.text("secret_token") or None, connections)
    if fields.boolean("drop_pending_updates"):
        station.updates.drop()
    station.note("webhook")
    return True


def _check_webhook(url: str, secret: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise Refusal(errors.WEBHOOK_NOT_HTTPS)
    if (parts.port or 443) not in PORTS:
        raise Refusal(errors.WEBHOOK_PORT)
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise Refusal(errors.WEBHOOK_SECRET)


@method("deleteWebhook", "drop_pending_updates")
def delete_webhook(station: Station, fields: Fields) -> Any:
    station.webhook = Webhook()
    if fields.boolean("drop_pending_updates"):
        station.updates.drop()
    station.note("webhook")
    return True


@method("getWebhookInfo")
def get_webhook_info(station: Station, fields: Fields) -> Any:
    webhook = station.webhook
    found: dict[str, Any] = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(station.updates.pending(1_000_000)),
    }
    if webhook.url:
        found["max_connections"] = webhook.max_connections
    if webhook.last_error_date is not None:
        found["last_error_date"] = webhook.last_error_date
        found["last_error_message"] = webhook.last_error_message
    if station.updates.is_chosen:
        found["allowed_updates"] = sorted(station.updates.allowed)
    return found
