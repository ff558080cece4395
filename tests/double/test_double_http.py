"""The outside of the double: tokens, bodies, unknown names, the conformity of its methods."""

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import InvalidToken

import sandbox.double
from sandbox.double import Base, Double
from sandbox.double.errors import CATALOGUE, unverified
from sandbox.double.methods import METHODS

ADDED_BY_PTB = {
    "self",
    "allow_sending_without_reply",
    "reply_to_message_id",
    "disable_web_page_preview",
    "filename",
    "read_timeout",
    "write_timeout",
    "connect_timeout",
    "pool_timeout",
    "api_kwargs",
}
FOR_THE_FIRST_OF_AN_ALBUM = {"caption", "parse_mode", "caption_entities"}  # PTB's own too


@pytest.mark.parametrize("name", [method.name for method in METHODS.values()])
def test_every_method_takes_exactly_the_fields_of_bot_api_10(name: str) -> None:
    snake = re.sub(r"(?<!^)([A-Z])", lambda match: "_" + match.group(1).lower(), name)

    documented = set(inspect.signature(getattr(Bot, snake)).parameters) - ADDED_BY_PTB
    if name == "sendMediaGroup":
        documented -= FOR_THE_FIRST_OF_AN_ALBUM

    assert METHODS[name.lower()].fields == documented


def test_every_error_text_names_its_source_and_some_are_marked_unverified() -> None:
    assert all(wording.source for wording in CATALOGUE)
    assert 0 < len(unverified()) < len(CATALOGUE) / 3


async def test_wrong_token_is_401_and_no_token_is_404(
    base: Base, connect: Callable[..., Bot]
) -> None:
    async with httpx.AsyncClient() as client:
        wrong = await client.get(f"{base.base_url}43:OTHER/getMe")
        nothing = await client.get(f"{base.base_url}nonsense/getMe")
        elsewhere = await client.get(f"{base.root}/")

    assert (wrong.status_code, wrong.json()) == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )
    assert nothing.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert elsewhere.status_code == 404
    stranger = connect(base, "43:OTHER")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def test_a_revoked_token_is_401_from_then_on(double: Double, bot: Bot) -> None:
    await bot.get_me()
    double.revoke_token()

    with pytest.raises(InvalidToken):
        await bot.get_me()


def test_the_double_knows_nothing_of_the_bot() -> None:
    files = list(Path(sandbox.double.__file__).parent.rglob("*.py"))
    trees = [ast.parse(file.read_text()) for file in files]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    names |= {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}

    assert "sandbox.double.world" in names
    assert {name.split(".")[0] for name in names} & {"bot", "classifiers", "telegram"} == set()


async def test_unknown_method_and_unknown_field_are_named(
    raw: httpx.AsyncClient, double: Double
) -> None:
    method = await raw.post("sendMesage", data={"chat_id": 1})
    field = await raw.post("sendMessage", data={"chat_id": 1, "text": "x", "txt": "y"})

    assert (method.status_code, field.status_code) == (404, 400)
    assert '"sendMesage"' in method.json()["description"]
    assert 'unknown field "txt" of sendMessage' in field.json()["description"]
    assert len(double.complaints) == 2


async def test_fields_come_by_query_form_multipart_and_json(
    raw: httpx.AsyncClient, double: Double
) -> None:
    double.say(double.person(7), "hi")

    await raw.get("sendMessage", params={"chat_id": 7, "text": "query"})
    await raw.post("sendmessage", data={"chat_id": 7, "text": "form & more"})
    await raw.post("sendMessage", json={"chat_id": 7, "text": "json", "protect_content": True})
    await raw.post("sendMessage", files={"chat_id": (None, "7"), "text": (None, "parts")})

    assert double.chat(7).texts == ["hi", "query", "form & more", "json", "parts"]
    assert {call.outcome for call in double.calls} == {"ok"}
    assert double.calls[0].params == {"chat_id": "7", "text": "query"}


async def test_unreadable_bodies_and_values_are_refused(raw: httpx.AsyncClient) -> None:
    async def says(**request: object) -> str:
        answer = await raw.post("getUpdates", **request)  # type: ignore[arg-type]
        assert answer.status_code == 400
        return str(answer.json()["description"])

    assert "JSON" in await says(content="{", headers={"content-type": "application/json"})
    assert "JSON" in await says(json=[1])
    assert "body" in await says(content="x", headers={"content-type": "text/plain"})
    assert '"limit" must be an integer' in await says(data={"limit": "many"})
    assert "allowed_updates" in await says(data={"allowed_updates": "["})


async def test_get_me_tells_who_the_bot_is(bot: Bot, leftovers: Callable[[Any], list[str]]) -> None:
    me = await bot.get_me()

    assert (me.id, me.username, me.is_bot) == (42, "double_bot", True)
    assert leftovers(me) == []
