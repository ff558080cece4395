"""answerCallbackQuery: a press is answered once."""

from typing import Any

from sandbox.double import errors
from sandbox.double.errors import Refusal
from sandbox.double.fields import Fields
from sandbox.double.methods.access import refuse_unmodelled
from sandbox.double.methods.registry import method
from sandbox.double.station import Station

MAX_ANSWER = 200  # documented


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
def answer_callback_query(station: Station, fields: Fields) -> Any:
    refuse_unmodelled(fields, "url")
    query = station.world.queries.get(fields.text("callback_query_id"))
    if query is None or not query.is_open:
        raise Refusal(errors.QUERY_TOO_OLD)
    if len(fields.text("text")) > MAX_ANSWER:
        raise Refusal(errors.ANSWER_TOO_LONG)
    fields.integer("cache_time")
    query.is_open = False
    query.answer = {
        "text": fields.text("text"),
        "show_alert": fields.boolean("show_alert"),
    }
    station.note(
        "answer",
        query.message.chat,
        message_id=query.message.id,
        detail={"person": query.person.id, **query.answer},
    )
    return True
