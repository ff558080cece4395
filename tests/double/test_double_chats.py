"""Looking at chats, files and the bot's own card."""

import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, Chat, ChatMember
from telegram.error import BadRequest, Forbidden

from sandbox.double import Base, Double, Person
from sandbox.double.images import size_of
from sandbox.double.pictures import png


@pytest.fixture
def ani(double: Double) -> Person:
    ani = double.person(1001, "Ani")
    double.say(ani, "/start")
    return ani


async def test_get_chat_shows_public_channels_and_own_chats(
    double: Double,
    bot: Bot,
    ani: Person,
    leftovers: Callable[[Any], list[str]],
) -> None:
    foreign = double.channel("contoh_kanal", title="Contoh")
    private = double.private_channel("Tertutup")
    double.add_bot(private, by=ani)
    group = double.group("Moderator", ani)
    double.add_bot(group, by=ani)

    named = await bot.get_chat("@Contoh_Kanal")
    by_id = await bot.get_chat(foreign.id)
    others = [await bot.get_chat(id) for id in (private.id, group.id, ani.id)]

    assert (named.title, named.type, named.username) == ("Contoh", Chat.CHANNEL, "contoh_kanal")
    assert named.id == by_id.id == foreign.id
    assert others[0].invite_link
    assert [chat.type for chat in others] == ["channel", "group", "private"]
    assert leftovers([named, by_id, *others]) == []


async def test_get_chat_does_not_find_people_or_strangers_places(
    double: Double, bot: Bot, ani: Person
) -> None:
    double.person(9, username="some_body")
    private = double.private_channel("Tertutup")
    for chat_id in ("@some_body", "@nobody_here", private.id, -100123, 555):
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.get_chat(chat_id)

    double.add_bot(private, by=ani)
    double.remove_bot(private, by=ani)
    with pytest.raises(Forbidden, match="kicked from the channel chat"):
        await bot.get_chat(private.id)
    double.add_bot(private, by=ani)
    double.remove_bot(private, by=ani, status="left")
    with pytest.raises(Forbidden, match="not a member of the channel chat"):
        await bot.get_chat(private.id)


async def test_members_are_shown_where_the_bot_is(
    double: Double,
    bot: Bot,
    ani: Person,
    leftovers: Callable[[Any], list[str]],
) -> None:
    budi = double.person(1002, "Budi")
    channel = double.channel("contoh_kanal", owner=ani)
    await bot.get_chat("@contoh_kanal")
    with pytest.raises(BadRequest, match="Member list is inaccessible"):
        await bot.get_chat_member(channel.id, ani.id)
    with pytest.raises(BadRequest, match="Member list is inaccessible"):
        await bot.get_chat_administrators(channel.id)
    double.add_bot(channel, by=ani)

    owner = await bot.get_chat_member(channel.id, ani.id)
    itself = await bot.get_chat_member(channel.id, 42)
    private = await bot.get_chat_member(ani.id, ani.id)
    admins = await bot.get_chat_administrators(channel.id)
    count = await bot.get_chat_member_count(channel.id)

    assert [m.status for m in (owner, itself, private)] == [
        ChatMember.OWNER,
        ChatMember.ADMINISTRATOR,
        ChatMember.MEMBER,
    ]
    assert [admin.user.id for admin in admins] == [1001, 42]
    assert count == 1
    assert leftovers([owner, itself, private, *admins]) == []
    with pytest.raises(BadRequest, match="Participant_id_invalid"):
        await bot.get_chat_member(channel.id, budi.id)
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(channel.id, 77)
    with pytest.raises(BadRequest, match="no administrators in the private chat"):
        await bot.get_chat_administrators(ani.id)


async def test_leaving_is_told_and_ends_access(double: Double, bot: Bot, ani: Person) -> None:
    channel = double.channel("contoh_kanal")
    double.add_bot(channel, by=ani)

    assert await bot.leave_chat(channel.id)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.leave_chat(channel.id)
    with pytest.raises(BadRequest, match="private chats"):
        await bot.leave_chat(ani.id)

    last = (await bot.get_updates())[-1].my_chat_member
    assert last and last.new_chat_member.status == ChatMember.LEFT


async def test_commands_and_descriptions_are_kept_by_scope_and_language(
    double: Double,
    bot: Bot,
    raw: httpx.AsyncClient,
    ani: Person,
    leftovers: Callable[[Any], list[str]],
) -> None:
    scope = BotCommandScopeChat(ani.id)
    await bot.set_my_commands([("start", "Begin")])
    await bot.set_my_commands([BotCommand("mulai", "Mulai")], scope=scope, language_code="id")
    await bot.set_my_description("What it does")
    await bot.set_my_short_description("Ringkas", language_code="id")

    default = await bot.get_my_commands()
    special = await bot.get_my_commands(scope=scope, language_code="id")
    description = await bot.get_my_description(language_code="ar")
    short = await bot.get_my_short_description(language_code="id")
    assert double.commands_for(ani) == [("start", "Begin")]
    ani.language_code = "id"
    assert double.commands_for(ani) == [("mulai", "Mulai")]
    await bot.delete_my_commands()

    assert [c.command for c in default] == ["start"]
    assert [c.command for c in special] == ["mulai"]
    assert (description.description, short.short_description) == ("What it does", "Ringkas")
    assert leftovers([default, special, description, short]) == []
    assert await bot.get_my_commands() == ()
    for commands in ([("Start!", "x")], [("start", "")], [("start", "x")] * 101):
        with pytest.raises(BadRequest):
            await bot.set_my_commands(commands)
    with pytest.raises(BadRequest, match="too long"):
        await bot.set_my_short_description("x" * 121)
    wrong = await raw.post("setMyCommands", data={"commands": "[", "scope": '{"type":"moon"}'})
    assert wrong.status_code == 400


async def test_a_document_is_stored_and_can_be_fetched_again(
    double: Double,
    bot: Bot,
    base: Base,
    ani: Person,
    leftovers: Callable[[Any], list[str]],
) -> None:
    sent = await bot.send_document(
        ani.id,
        io.BytesIO(b"a;b\n"),
        filename="laporan é.csv",
        caption="<b>c</b>",
        parse_mode="HTML",
    )
    assert sent.document is not None
    again = await bot.send_document(ani.id, sent.document.file_id)
    file = await bot.get_file(sent.document.file_id)

    assert leftovers([sent, again, file]) == []
    assert (sent.document.file_name, sent.document.file_size) == ("laporan é.csv", 4)
    assert sent.document.mime_type == "text/csv"
    assert bytes(await file.download_as_bytearray()) == b"a;b\n"
    assert double.chat(ani).messages[1].html == "<b>c</b>"
    assert double.chat(ani).last.document == b"a;b\n"
    async with httpx.AsyncClient(verify=False) as client:
        assert (await client.get(f"{base.base_file_url}42:TEST/files/none")).status_code == 404
        assert (await client.get(f"{base.base_file_url}1:X/files/none")).status_code == 401


async def test_a_persons_photo_can_be_fetched(double: Double, bot: Bot, ani: Person) -> None:
    double.say(ani, "look", media="photo")

    message = (await bot.get_updates())[-1].message
    assert message is not None
    small, large = message.photo
    content = await (await bot.get_file(large.file_id)).download_as_bytearray()

    assert (large.width, large.height) == (320, 180)
    assert content.startswith(b"\x89PNG")
    assert (await bot.get_file(small.file_id)).file_path


async def test_photos_are_checked_and_measured(
    double: Double,
    bot: Bot,
    ani: Person,
    leftovers: Callable[[Any], list[str]],
) -> None:
    sent = await bot.send_photo(ani.id, png(40, 30), caption="plot")

    assert leftovers(sent) == []
    assert (sent.photo[-1].width, sent.photo[-1].height) == (40, 30)
    assert double.chat(ani).last.text == "plot"
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(ani.id, b"no picture")
    with pytest.raises(BadRequest, match="too big for a photo"):
        await bot.send_photo(ani.id, b"x" * (10 * 1024 * 1024 + 1))
    with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
        await bot.send_photo(ani.id, png(2100, 100))


async def test_wrong_files_are_refused(bot: Bot, raw: httpx.AsyncClient, ani: Person) -> None:
    nothing = await raw.post("sendDocument", data={"chat_id": ani.id})

    assert nothing.json()["description"] == "Bad Request: there is no document in the request"
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(ani.id, b"", filename="x")
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_document(ani.id, "unknown-id")
    with pytest.raises(BadRequest, match="not modelled"):
        await bot.send_document(ani.id, "https://example.org/x.pdf")
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("unknown-id")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(ani.id, b"x", filename="x", caption="x" * 1025)


async def test_the_largest_files_have_limits(double: Double, bot: Bot, ani: Person) -> None:
    mebibyte = 1024 * 1024
    sent = await bot.send_document(ani.id, b"x" * (21 * mebibyte), filename="x.bin")
    assert sent.document is not None

    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(sent.document.file_id)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(7, 5), (7, 5)),
        (b"GIF89a" + bytes([7, 0, 5, 0]), (7, 5)),
        (
            b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x11\x08\x00\x05\x00\x07\x03",
            (7, 5),
        ),
        (b"\xff\xd8\xff\xd9", None),
        (b"\x89PNG", None),
        (b"", None),
    ],
)
def test_the_size_of_a_picture_stands_in_its_first_bytes(
    content: bytes, size: tuple[int, int] | None
) -> None:
    assert size_of(content) == size
