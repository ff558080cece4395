"""Whatever a bot sends, the double answers as the Bot API answers, and never breaks."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.constants import FileSizeLimit, InlineKeyboardMarkupLimit, MessageLimit

from sandbox.double import Double
from sandbox.double.dispatch import dispatch
from sandbox.double.fields import Fields, Upload
from sandbox.double.keyboards import MAX_BUTTONS, MAX_ROW
from sandbox.double.methods import METHODS, composing, files

PLAIN = ["", "0", "-1", "7", "x", "true", "HTML", "@contoh_kanal", "null", "[", "typing"]
KEYS = ["type", "text", "inline_keyboard", "callback_data", "chat_id", "command", "message_id"]
KEYS += ["user", "offset", "length", "url", "description"]
WORDS = ["x", "bold", "chat", "default", "text_mention"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=6,
)
TEXTS = st.sampled_from(PLAIN) | VALUES.map(json.dumps)
KNOWN = {200, 400, 403, 404, 409}


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    method = draw(st.sampled_from([m for m in METHODS.values() if m.name != "getUpdates"]))
    fields = (
        draw(st.lists(st.sampled_from(sorted(method.fields)), unique=True)) if method.fields else []
    )
    values = {field: draw(TEXTS) for field in fields}
    if "chat_id" in method.fields and draw(st.booleans()):
        values["chat_id"] = "7"
    return method.name, values


@settings(max_examples=150, deadline=None)
@given(requests(), st.booleans())
async def test_any_values_of_known_fields_get_an_answer(
    request: tuple[str, dict[str, str]], with_file: bool
) -> None:
    double = Double()
    person = double.person(7)
    double.say(person, "/start")
    double.add_bot(double.channel("contoh_kanal"), by=person)
    name, values = request
    uploads = {"document": Upload("x", None, b"x")} if with_file and name == "sendDocument" else {}

    answer = await dispatch(double.station, name, Fields(values, uploads))

    body: dict[str, Any] = answer.body or {}
    assert answer.status in KNOWN
    assert json.dumps(body)
    assert body["ok"] is (answer.status == 200)


def test_the_limits_are_those_that_python_telegram_bot_documents() -> None:
    assert composing.MAX_TEXT == MessageLimit.MAX_TEXT_LENGTH
    assert composing.MAX_CAPTION == MessageLimit.CAPTION_LENGTH
    assert MAX_BUTTONS == InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER
    assert MAX_ROW == InlineKeyboardMarkupLimit.BUTTONS_PER_ROW
    assert files.MAX_DOWNLOAD_BYTES >= FileSizeLimit.FILESIZE_DOWNLOAD
    assert files.MAX_UPLOAD_BYTES >= FileSizeLimit.FILESIZE_UPLOAD
