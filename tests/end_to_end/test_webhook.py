"""Updates that Telegram posts: taken with the secret alone, committed before the 200."""

import asyncio
import json
import socket
from contextlib import closing
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.chat.webhook import MOST_BYTES
from bot.domain.errors import SettingsError, StorageError
from bot.services.receive import Receive
from tests.end_to_end.stage import Stage

SECRET = "secret-of-this-test-0123456789"
URL = "https://bot.example.org/updates"
HEADER = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def address(stage: Stage) -> str:
    """Where the bot of this stage listens; its settings ask for a webhook."""
    return with_webhook(stage)


def with_webhook(stage: Stage) -> str:
    port = free_port()
    stage.settings = stage.settings.model_copy(
        update={
            "webhook_url": URL,
            "webhook_secret": SecretStr(SECRET),
            "webhook_listen": f"127.0.0.1:{port}",
        }
    )
    stage.double.stands_behind(f"http://127.0.0.1:{port}")
    return f"http://127.0.0.1:{port}/updates"


async def is_set(stage: Stage) -> None:
    await stage.until(lambda: stage.double.station.webhook.url == URL)


def update(number: int = 5_000) -> dict[str, Any]:
    return {"update_id": number, "brand_new_thing": {}}


async def test_posts_and_people_are_served_through_the_webhook(stage_on_each: Stage) -> None:
    stage = stage_on_each
    with_webhook(stage)
    channel = await stage.watched()
    await stage.start()
    await is_set(stage)

    said = await stage.says(stage.admin, "/start")
    for number in range(5):
        stage.double.publish(channel, f"kabar {number}")
    await stage.worked_off()

    assert said.startswith("Sebagai admin")
    assert await stage.one("SELECT count(*) FROM posts") == 5
    assert {one.status for one in stage.double.deliveries} == {200}
    assert stage.double.calls_of("getUpdates") == []
    (call,) = stage.double.calls_of("setWebhook")
    assert "channel_post" in json.loads(call.params["allowed_updates"])
    assert SECRET not in stage.log


async def test_next_start_without_the_setting_takes_the_webhook_off(stage: Stage) -> None:
    with_webhook(stage)
    without = stage.settings.model_copy(update={"webhook_url": ""})
    await stage.start()
    await is_set(stage)
    await stage.stop()

    stage.settings = without
    await stage.start()

    assert (await stage.says(stage.admin, "/start")).startswith("Sebagai admin")
    assert stage.double.station.webhook.url == ""


async def test_nothing_is_taken_without_the_secret(stage: Stage, address: str) -> None:
    await stage.start()
    await is_set(stage)
    async with httpx.AsyncClient() as client:
        answers = [
            await client.post(address, json=update(), headers=headers)
            for headers in (
                {},
                {"X-Telegram-Bot-Api-Secret-Token": ""},
                {"X-Telegram-Bot-Api-Secret-Token": SECRET[:-1]},
                {"X-Telegram-Bot-Api-Secret-Token": "sécret".encode()},
            )
        ]
        elsewhere = await client.post(f"{address}/more", json=update(), headers=HEADER)
        read = await client.get(address, headers=HEADER)

    assert [answer.status_code for answer in answers] == [403] * 4
    assert (elsewhere.status_code, read.status_code) == (404, 405)
    assert await stage.rows("SELECT * FROM inbox") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"{}",
        b"\xff\xfe",
        b'{"update_id": "5"}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b"[" * 100_000,
    ],
    ids=lambda body: body[:20].decode("ascii", "replace"),
)
async def test_what_is_no_update_is_refused(stage: Stage, address: str, body: bytes) -> None:
    await stage.start()
    await is_set(stage)
    async with httpx.AsyncClient() as client:
        answer = await client.post(address, content=body, headers=HEADER)

    assert answer.status_code == 400
    assert await stage.rows("SELECT * FROM inbox") == []


async def test_a_body_has_an_end(stage: Stage, address: str) -> None:
    await stage.start()
    await is_set(stage)

    async def endless() -> Any:
        for _ in range(3 * MOST_BYTES // 65_536):
            yield b" " * 65_536

    async with httpx.AsyncClient() as client:
        told = await client.post(address, content=b" " * (MOST_BYTES + 1), headers=HEADER)
        chunked = await client.post(address, content=endless(), headers=HEADER)
        after = await client.post(address, json=update(), headers=HEADER)

    assert (told.status_code, chunked.status_code, after.status_code) == (413, 413, 200)


async def test_update_stands_in_the_inbox_when_the_answer_is_200(
    stage_on_each: Stage,
) -> None:
    address = with_webhook(stage_on_each)
    await stage_on_each.start()
    await is_set(stage_on_each)
    async with httpx.AsyncClient() as client:
        for number in range(5_000, 5_020):
            answer = await client.post(address, json=update(number), headers=HEADER)
            held = await stage_on_each.one(f"SELECT count(*) FROM inbox WHERE update_id = {number}")
            assert (answer.status_code, held) == (200, 1)
        again = await client.post(address, json=update(5_000), headers=HEADER)

    assert again.status_code == 200
    assert await stage_on_each.one("SELECT count(*) FROM inbox") == 20


async def test_update_that_cannot_be_kept_is_posted_again(
    stage: Stage, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = await stage.watched()
    await stage.start()
    await is_set(stage)
    keep, refusals = Receive.keep, iter(range(2))

    async def full_disk(self: Receive, updates: Any) -> set[str]:
        if next(refusals, None) is not None:
            raise StorageError("The database refused: disk full.")
        return await keep(self, updates)

    monkeypatch.setattr(Receive, "keep", full_disk)
    stage.double.publish(channel, "kabar")
    await stage.worked_off()

    assert [one.status for one in stage.double.deliveries] == [503, 503, 200]
    assert await stage.one("SELECT count(*) FROM posts") == 1


async def test_what_was_published_meanwhile_arrives_after_a_restart(
    stage: Stage, address: str
) -> None:
    channel = await stage.watched()
    await stage.start()
    await is_set(stage)
    await stage.stop()

    stage.double.publish(channel, "kabar")
    await stage.until(lambda: stage.double.deliveries)
    await stage.start()
    await stage.worked_off()

    assert stage.double.deliveries[0].status == 0
    assert await stage.rows("SELECT text FROM revisions") == [("kabar",)]


async def test_webhook_is_set_as_soon_as_telegram_can_be_reached(
    stage: Stage, address: str
) -> None:
    stage.double.fault("setWebhook", drop=True, times=1)
    await stage.start()

    await is_set(stage)

    assert len(stage.double.calls_of("setWebhook")) == 2


async def test_port_that_is_taken_ends_the_bot_with_a_sentence(stage: Stage, address: str) -> None:
    port = int(stage.settings.webhook_listen.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        await stage.start()
        await asyncio.wait({stage.task})
        with pytest.raises(SettingsError, match=r"WEBHOOK_LISTEN: 127.0.0.1:.* cannot be listened"):
            await stage.stop()


async def test_address_that_telegram_refuses_ends_the_bot_with_a_sentence(
    stage: Stage, address: str
) -> None:
    stage.double.fault("setWebhook", status=400, description="bad webhook: IP address is reserved")
    await stage.start()
    await asyncio.wait({stage.task})

    with pytest.raises(SettingsError, match=r"WEBHOOK_URL: Telegram refuses it: .*reserved"):
        await stage.stop()
