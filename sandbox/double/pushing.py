"""The webhook side of the double: posts each update to the bot's address until it says 2xx.

Known from the Bot API's documentation: one update a request, as JSON, with the secret in a header;
what is not answered with 2xx is posted again later. The double posts one after another, and pauses
shorter than Telegram does.
"""

import asyncio
import contextlib
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from sandbox.double.station import Delivery, Station, Webhook

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a name, no secret
PAUSES_S = (0.02, 0.1, 0.5)  # between attempts; the last one goes on
TIMEOUT_S = 20.0


class Pusher:
    """Runs while the double serves. `station.proxy` says what stands behind the public address."""

    def __init__(self, station: Station) -> None:
        self._station = station

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
            failures = 0
            while True:
                number = self._station.signal.number
                if not (work := self._next()):
                    await self._station.signal.later_than(number, None)
                    continue
                if await self._post(client, *work):
                    failures = 0
                else:
                    pause = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
                    await asyncio.sleep(pause)
                    failures += 1

    def _next(self) -> tuple[Webhook, dict[str, object]] | None:
        with self._station.lock:
            pending = self._station.updates.pending(1) if self._station.webhook.url else []
            return (self._station.webhook, pending[0]) if pending else None

    async def _post(
        self, client: httpx.AsyncClient, webhook: Webhook, update: dict[str, object]
    ) -> bool:
        """Whether the bot took it."""
        status, problem = 0, "Connection failed"
        with contextlib.suppress(httpx.HTTPError):
            answer = await client.post(
                self._behind_proxy(webhook.url),
                json=update,
                headers={SECRET_HEADER: webhook.secret} if webhook.secret else {},
            )
            status = answer.status_code
            problem = f"Wrong response from the webhook: {status} {answer.reason_phrase}"
        taken = 200 <= status < 300
        with self._station.lock:
            now = self._station.now()
            self._station.deliveries.append(Delivery(int(str(update["update_id"])), status, now))
            if self._station.webhook is webhook:
                self._settle(webhook, update, None if taken else problem, now)
        self._station.note("delivery", detail=status)
        return taken

    def _settle(
        self, webhook: Webhook, update: dict[str, object], problem: str | None, now: datetime
    ) -> None:
        if problem is None:
            self._station.updates.confirm(int(str(update["update_id"])) + 1)
        else:
            webhook.last_error_date, webhook.last_error_message = int(now.timestamp()), problem

    def _behind_proxy(self, url: str) -> str:
        """Where a bot behind a TLS proxy really listens: on loopback, at the same path."""
        return (
            f"{self._station.proxy.rstrip('/')}{urlsplit(url).path}" if self._station.proxy else url
        )
