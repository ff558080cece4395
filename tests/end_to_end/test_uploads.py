"""Files that people send to the bot: whose are read, what is answered, what is left behind."""

import json
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.chat import fetching
from bot.domain.people import Role
from sandbox.double import Message, Person
from sandbox.double.world import Media
from tests.end_to_end.scripted import FLAGGED
from tests.end_to_end.stage import CONTACT, Stage

SECRET = "Rahasia-4711"
FEW = [(1, "Selamat pagi"), (2, f"Join our {FLAGGED} group"), (3, "Cuaca cerah")]


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Path]]:
    """The folders with copies of files, of this process and of those that the stage starts.

    Asked for after the stage: its database server has temporary files of its own.
    """
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return lambda: list(folder.iterdir())


def export(posts: list[tuple[int, str]] = FEW) -> bytes:
    """A Telegram Desktop export of a public channel."""
    rows: list[dict[str, Any]] = [
        {"id": n, "type": "message", "date_unixtime": str(1_700_000_000 + n), "text": text}
        for n, text in posts
    ]
    rows.append({"id": 900, "type": "service", "date_unixtime": "1700000900", "text": ""})
    header = {"name": "Contoh", "type": "public_channel", "id": 1000000042}
    return json.dumps(header | {"messages": rows}, indent=1).encode()


def lines(posts: list[tuple[int, str]] = FEW, *more: str) -> bytes:
    """The same as newline JSON, with further lines."""
    rows = [
        {
            "_": "Message",
            "id": number,
            "peer_id": {"_": "PeerChannel", "channel_id": 1000000042},
            "date": "2023-11-14T22:13:20+00:00",
            "message": text,
            "post": True,
        }
        for number, text in posts
    ]
    return "\n".join([*map(json.dumps, rows), *more]).encode()


def sends(
    stage: Stage,
    person: Person,
    content: bytes,
    name: str = "result.json",
    caption: str | None = None,
    kind: str = "document",
) -> Message:
    file = stage.double.world.store(content, name, "application/json")
    details = {"file_name": name, "mime_type": "application/json"}
    return stage.double.say(person, caption, media=Media(kind, details, file))


async def answer(stage: Stage, person: Person, content: bytes, *more: str) -> str:
    """The text of the next letter after a file was sent."""
    before = len(stage.letters(person))
    sends(stage, person, content, *more)
    await stage.until(lambda: len(stage.letters(person)) > before)
    return stage.letters(person)[before].text


async def count(stage: Stage, table: str) -> int:
    return len(await stage.rows(f"SELECT 1 FROM {table}"))


async def test_admins_export_is_read_and_reported(
    stage_on_each: Stage, copies: Callable[[], list[Path]]
) -> None:
    stage = stage_on_each
    await stage.start()

    said = await answer(stage, stage.admin, export())

    assert said == (
        "result.json\n"
        "3 unggahan dibaca: 3 baru, 0 berubah, 0 sudah dikenal; 0 tanpa teks\n"
        "Ditandai: 1, kasus baru: 1\n"
        "Tidak dibaca: 1 (pesan layanan)"
    )
    assert [await count(stage, table) for table in ("posts", "cards")] == [3, 1]
    assert copies() == []


async def test_sent_twice_it_is_known_and_adds_nothing(stage_on_each: Stage) -> None:
    stage = stage_on_each
    await stage.start()
    await answer(stage, stage.admin, export())

    again = await answer(stage, stage.admin, export())

    assert "0 baru, 0 berubah, 3 sudah dikenal" in again
    assert "Ditandai: 0, kasus baru: 0" in again
    assert [await count(stage, table) for table in ("posts", "revisions", "cards")] == [3, 3, 1]


async def test_lines_are_told_by_content_and_damage_by_its_place(stage: Stage) -> None:
    dita = await stage.hired(stage.person(1010, "Dita", "en"), Role.ADMIN)
    group = {"_": "Message", "id": 5, "to_id": {"_": "PeerChat", "chat_id": 5}, "message": SECRET}
    bad = [f'{{"message": "{SECRET}' for _ in range(8)]
    await stage.start()

    said = await answer(
        stage, dita, lines(FEW, json.dumps(group), *bad), "foto.jpg", "@contoh_kanal"
    )

    assert said == (
        "foto.jpg\n"
        "3 posts read: 3 new, 0 changed, 0 known already; 0 without text\n"
        "Flagged: 1, new cases: 1\n"
        "Not read: 1 (in groups)\n"
        "⚠️ Damaged and left out: 8\n"
        + "".join(f"line {n}: This line is no valid JSON.\n" for n in range(5, 10))
        + "… and 3 more"
    )
    named = await stage.rows("SELECT username, chat_id, state FROM channels")
    assert named == [("contoh_kanal", -1001000000042, "scanned")]


async def test_flagged_post_of_a_file_comes_to_a_desk(stage: Stage) -> None:
    budi = await stage.moderator()
    await stage.start()
    await stage.on_duty(budi)

    sends(stage, stage.admin, export())

    await stage.desk_shows(budi, f"Join our {FLAGGED} group")


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 zip", b"%PDF-1.7", b"<html></html>", b"hello", b"[]", b'{"a": 1}', b"\x00\x01"],
)
async def test_another_kind_of_file_is_refused_with_what_to_do(
    content: bytes, stage: Stage, copies: Callable[[], list[Path]]
) -> None:
    await stage.start()

    said = await answer(stage, stage.admin, content, "<b>berkas</b>.json")

    assert said.startswith("✖️ <b>berkas</b>.json: ditolak, tidak ada pesan yang dapat saya baca.")
    assert "result.json" in said and tempfile.gettempdir() not in said
    assert copies() == []


async def test_empty_export_is_no_fault(stage: Stage) -> None:
    await stage.start()

    assert "0 unggahan dibaca" in await answer(stage, stage.admin, export([]))


async def test_private_channels_are_counted_and_not_read(stage: Stage) -> None:
    await stage.start()

    said = await answer(
        stage, stage.admin, export().replace(b'"public_channel"', b'"private_channel"')
    )

    assert "Tidak dibaca: 4 (dalam kanal privat)" in said
    assert await count(stage, "posts") == await count(stage, "channels") == 0


async def test_private_link_in_the_caption_is_refused(stage: Stage) -> None:
    await stage.start()

    said = await answer(stage, stage.admin, lines(), "a.ndjson", "https://t.me/+AbCdEf123")

    assert "privat" in said or "pribadi" in said
    assert await count(stage, "posts") == 0


async def test_too_large_a_file_is_refused_before_it_is_fetched(stage: Stage) -> None:
    await stage.start()

    said = await answer(stage, stage.admin, bytes(20 * 1024 * 1024 + 1))

    assert said.startswith("✖️ result.json: ditolak, lebih besar dari 20 MB")
    assert stage.double.calls_of("getFile") == []


async def test_file_of_someone_else_is_not_fetched(stage: Stage) -> None:
    budi = await stage.moderator()
    eka = stage.person(1005, "Eka")
    await stage.start()

    to_moderator = await answer(stage, budi, export())
    to_stranger = await answer(stage, eka, export())

    assert to_moderator.startswith("As a moderator")
    assert to_stranger.endswith(f"To contest a decision: {CONTACT}")
    assert stage.double.calls_of("getFile") == []
    assert await count(stage, "posts") == 0


async def test_film_that_comes_as_a_document_too_is_greeted(stage: Stage) -> None:
    await stage.start()
    stage.double.say(stage.admin, media="animation")

    said = await stage.told(stage.admin, "Sebagai admin")

    assert "result.json" in said.text  # where one learns that files can be sent


async def test_file_is_fetched_again_when_telegram_stumbles(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_PAUSES", (0.01, 0.01))
    await stage.start()
    stage.double.fault("getFile", status=502, times=2)

    assert "3 unggahan dibaca" in await answer(stage, stage.admin, export())


async def test_file_that_cannot_be_fetched_is_asked_for_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, copies: Callable[[], list[Path]]
) -> None:
    monkeypatch.setattr(fetching, "_PAUSES", (0.01, 0.01))
    await stage.start()
    stage.double.fault("getFile", status=502, times=3)

    said = await answer(stage, stage.admin, export())

    assert said == "✖️ result.json: Telegram tidak menyerahkan berkasnya. Silakan kirim lagi."
    assert copies() == []


async def test_copy_is_private_and_gone_when_the_bot_stops(
    stage: Stage, copies: Callable[[], list[Path]]
) -> None:
    await stage.start()
    stage.hold.touch()  # the judge waits, and the scan with it
    sends(stage, stage.admin, export())
    await stage.until(lambda: [file for one in copies() for file in one.iterdir()])

    (folder,) = copies()
    mode = folder.stat().st_mode & 0o777
    await stage.stop()

    assert mode == 0o700
    assert copies() == []


async def test_sender_is_served_while_the_file_is_read(stage: Stage) -> None:
    await stage.start()
    stage.hold.touch()
    sends(stage, stage.admin, export())
    await stage.until(lambda: stage.double.calls_of("getFile"))

    said = await stage.says(stage.admin, "/channels")
    stage.hold.unlink()

    assert said.startswith("Belum ada kanal")
    await stage.told(stage.admin, "3 unggahan dibaca")


async def test_bot_killed_while_it_reads_begins_anew_and_answers_once(
    stage_on_each: Stage, copies: Callable[[], list[Path]]
) -> None:
    stage = stage_on_each
    stage.opened(stage.admin)
    await stage.start_process()
    stage.hold.touch()
    sends(stage, stage.admin, export())
    await stage.until_one("SELECT count(*) FROM posts", 3)
    stage.kill()
    was_left = copies()
    stage.hold.unlink()

    await stage.start_process()
    said = await stage.told(stage.admin, "3 unggahan dibaca")

    await stage.worked_off()
    assert "3 sudah dikenal" in said.text and "kasus baru" in said.text
    assert len([one for one in stage.letters(stage.admin) if "dibaca" in one.text]) == 1
    tables = ("posts", "revisions", "verdicts", "cards", "cases")
    assert [await count(stage, table) for table in tables] == [3, 3, 3, 1, 1]
    assert len(was_left) == 1  # what a kill leaves behind
    assert copies() == []
    assert "Join our" not in stage.log


async def test_nothing_of_a_file_is_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.INFO, logger="httpx")  # a command's log may have quietened it
    await stage.start()
    stage.double.fault("getFile", status=502)

    await answer(stage, stage.admin, lines([(1, SECRET)], f'{{"x": "{SECRET}', SECRET), SECRET)
    await answer(stage, stage.admin, f"<html>{SECRET}".encode(), SECRET)

    assert caplog.records and SECRET not in caplog.text
