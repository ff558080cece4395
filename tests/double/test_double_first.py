"""The whole round: a post in, a desk out, a press, the answer, an edit, a document."""

import io

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.double import Double


async def test_post_card_press_answer_and_document_make_a_round(double: Double, bot: Bot) -> None:
    admin = double.person(1001, first_name="Ani", language_code="id")
    channel = double.channel("contoh_kanal", title="Contoh")
    double.say(admin, "/start abc")
    double.add_bot(channel, by=admin)
    post = double.publish(channel, "a post")

    updates = await bot.get_updates(timeout=5)
    sent = await bot.send_message(
        1001,
        "<b>Card</b> &amp; text",
        parse_mode="HTML",
        reply_markup=InlineKeyboardMarkup(
            [[InlineKeyboardButton("Confirm ✅", callback_data="c:1")]]
        ),
    )
    press = double.press(admin, double.chat(admin).last, "Confirm")
    (update,) = await bot.get_updates(offset=updates[-1].update_id + 1, timeout=5)
    assert update.callback_query is not None
    await bot.answer_callback_query(update.callback_query.id, text="Noted", show_alert=True)
    await bot.edit_message_text("done", 1001, sent.message_id)
    await bot.send_document(1001, io.BytesIO(b"\x00bytes"), filename="d.bin", caption="digest")

    assert [u.channel_post.text for u in updates if u.channel_post] == ["a post"]
    assert updates[0].message and updates[0].message.entities[0].type == "bot_command"
    assert updates[1].my_chat_member and updates[1].my_chat_member.new_chat_member.status == (
        "administrator"
    )
    assert post.id == 1
    reply = await press.answer
    assert (reply.text, reply.show_alert) == ("Noted", True)
    _, card, digest = double.chat(admin).messages
    assert (card.text, card.edited, card.buttons) == ("done", True, [])
    assert card.versions == ["<b>Card</b> &amp; text"]
    assert (digest.text, digest.document, digest.file_name) == ("digest", b"\x00bytes", "d.bin")
    assert double.complaints == []
