"""What the sandbox's server answers, and whom it does not."""

import json
from typing import Any

import httpx
import pytest

from sandbox.double import Message
from tests.sandbox.conftest import Served

HOSTILE = "<img src=x onerror=alert(1)> <b>bold?</b> &amp; \u202egnp.exe"


def ask(served: Served, path: str, **headers: str) -> httpx.Response:
    return httpx.get(served.address + path, headers=headers)


def order(served: Served, name: str, body: Any, **headers: str) -> httpx.Response:
    own = {"Origin": served.address.rstrip("/")}
    return httpx.post(f"{served.address}api/{name}", json=body, headers=own | headers)


def chat_of(served: Served, key: str) -> list[Any]:
    told = ask(served, "api/state").json()
    found: list[Any] = told["messages"][key]
    return found


def test_page_may_load_and_run_nothing_but_its_own(served: Served) -> None:
    page = ask(served, "")

    policy = page.headers["content-security-policy"]
    assert page.status_code == 200
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "http" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in page.text and "style=" not in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_host_or_site_is_not_answered(served: Served, headers: dict[str, str]) -> None:
    assert ask(served, "api/state", **headers).status_code == 403


def test_order_without_an_origin_or_as_a_form_is_not_obeyed(served: Served) -> None:
    body = {"who": "admin", "chat": "admin", "text": "/status"}
    before = len(chat_of(served, "admin"))

    anonymous = httpx.post(f"{served.address}api/say", json=body)
    form = order(served, "say", None, **{"Content-Type": "text/plain"})

    assert (anonymous.status_code, form.status_code) == (403, 415)
    assert len(chat_of(served, "admin")) == before


def test_it_listens_on_loopback_only(served: Served) -> None:
    assert served.address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("say", {"who": "nobody", "chat": "admin", "text": "x"}, 409),
        ("say", {"who": "admin", "chat": "nowhere", "text": "x"}, 409),
        ("say", {"who": "admin", "chat": "admin", "text": ""}, 400),
        ("say", {"who": "admin", "chat": "admin", "text": "x", "more": 1}, 400),
        ("say", {"who": "owner", "chat": "moderators", "text": "x"}, 409),
        ("say", {"who": "admin", "chat": "admin", "text": "x", "reply_to": 999_999}, 409),
        ("press", {"who": "admin", "chat": "admin", "message": 999_999, "data": "x"}, 409),
        ("publish", {"channel": "odd_sandbox", "text": " "}, 409),
        ("publish", {"channel": "odd_sandbox", "text": "x", "media": "hologram"}, 409),
        ("touch", {"channel": "odd_sandbox", "message": 999_999}, 409),
        ("clock", {"by": -5}, 400),
        ("clock", {"tomorrow": "8"}, 400),
        ("clock", {"tomorrow": "99:00"}, 409),
        ("pace", {"pace": 10_000}, 409),
        ("bot", {"do": "promote"}, 400),
        ("language", {"language": "<script>"}, 400),
        ("start", {"who": "admin", "token": "a b"}, 400),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    served: Served, name: str, body: Any, status: int
) -> None:
    answer = order(served, name, body)

    assert answer.status_code == status
    assert answer.json()["done"] is False and answer.json()["why"]


def test_press_takes_only_what_stands_on_a_button(served: Served) -> None:
    desk = next(m for m in reversed(chat_of(served, "moderator")) if m["rows"])
    forged = {"who": "moderator", "chat": "moderator", "message": desk["id"], "data": "z:1:1"}

    answer = order(served, "press", forged)

    assert (answer.status_code, answer.json()["why"]) == (409, "The button is gone.")


def test_text_goes_out_as_it_is_with_its_entities_apart(served: Served) -> None:
    number = order(served, "publish", {"channel": "odd_sandbox", "text": HOSTILE}).json()["result"]

    (post,) = [m for m in chat_of(served, "@odd_sandbox") if m["id"] == number]
    assert post["text"] == HOSTILE
    assert post["entities"] == []


def test_listener_hears_of_a_post_an_edit_and_a_deletion(served: Served) -> None:
    after = ask(served, "api/state").json()["number"]
    made = order(served, "publish", {"channel": "odd_sandbox", "text": "first words"})
    touched = {"channel": "odd_sandbox", "message": made.json()["result"]}
    order(served, "touch", touched | {"text": "other words"})
    order(served, "touch", touched)

    heard = []
    with httpx.stream("GET", f"{served.address}api/events?after={after}", timeout=10) as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                heard.append(json.loads(line.removeprefix("data: ")))
                break

    # All of it came in one piece, and a message that is gone is not told any more.
    assert heard[0]["gone"] == [{"chat": "@odd_sandbox", "id": made.json()["result"]}]
    assert "first words" not in json.dumps(heard) and "other words" not in json.dumps(heard)


def test_page_of_a_play_that_is_over_is_told_so(served: Served) -> None:
    own = ask(served, "api/state").json()["play"]

    other = ask(served, "api/events?play=0000&after=7")

    assert own != "0000"
    assert 'data: {"over": true}' in other.text


def test_upload_reaches_the_chat_and_a_file_comes_back_to_be_kept(served: Served) -> None:
    name = 'odd "name"\u202e.json'
    answer = httpx.post(
        f"{served.address}api/upload",
        data={"who": "admin", "chat": "admin"},
        files={"file": (name, b"<script>alert(1)</script>", "text/html")},
        headers={"Origin": served.address.rstrip("/")},
    )

    (sent,) = [m for m in chat_of(served, "admin") if m["id"] == answer.json()["result"]]
    kept = ask(served, f"file/{sent['media']['file']}")
    assert kept.content == b"<script>alert(1)</script>"
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment;")
    assert ask(served, "file/Nothing").status_code == 404


def test_words_and_a_file_reply_to_a_message_that_is_still_there(served: Served) -> None:
    asked = next(m for m in chat_of(served, "admin") if m["from"]["key"] == "bot")
    body = {"who": "admin", "chat": "admin", "text": "thank you", "reply_to": asked["id"]}
    form = {"who": "admin", "chat": "admin", "reply_to": str(asked["id"])}
    own = {"Origin": served.address.rstrip("/")}
    file = {"file": ("answers.bin", b"x")}

    said = order(served, "say", body).json()["result"]
    sent = httpx.post(f"{served.address}api/upload", data=form, files=file, headers=own)
    odd = form | {"reply_to": "the first"}
    refused = httpx.post(f"{served.address}api/upload", data=odd, files=file, headers=own)
    served.do(lambda: served.stage.double.delete(_message(served, said)))
    gone = order(served, "say", body | {"reply_to": said})

    admin = {message["id"]: message for message in chat_of(served, "admin")}
    assert _message(served, said).reply_to is _message(served, asked["id"])
    assert admin[sent.json()["result"]]["reply"]["id"] == asked["id"]
    assert (refused.status_code, gone.status_code) == (409, 409)
    assert gone.json()["why"] == "The message that you answer is gone."


def _message(served: Served, number: int) -> Message:
    found = served.stage.cast.chat(served.stage.double, "admin").all_messages[number]
    assert isinstance(found, Message)
    return found


def test_older_messages_come_when_asked_for(served: Served) -> None:
    channel = served.stage.cast.channel("zapiski_sandbox")
    served.do(lambda: [served.stage.double.publish(channel, f"post {n}") for n in range(120)])

    first = chat_of(served, "@zapiski_sandbox")
    older = ask(served, f"api/messages?chat=@zapiski_sandbox&before={first[0]['id']}").json()

    assert (len(first), first[-1]["text"]) == (80, "post 119")
    assert [m["id"] for m in older] == list(range(1, first[0]["id"]))
    assert ask(served, "api/messages?chat=nowhere&before=x").status_code == 400
