"""Channels put under watch, reached, lost, refused."""

import pytest

from bot.domain.people import Role
from sandbox.double import Chat, Person
from tests.end_to_end.stage import Stage


async def admin_on_stage(stage: Stage) -> None:
    """The admin has said hello, so that the bot may write to them."""
    await stage.start()
    await stage.says(stage.admin, "/start")


async def test_each_name_gets_its_own_answer(stage_on_each: Stage) -> None:
    stage = stage_on_each
    inside = stage.double.channel("sudah_di_dalam")
    inside.bot_status, inside.is_known = "administrator", True
    stage.double.channel("belum_di_dalam")
    stage.double.supergroup("Grup", username="grup_umum")
    await stage.watched("sudah_dipantau")
    await admin_on_stage(stage)

    said = await stage.adds(
        "@sudah_di_dalam https://t.me/belum_di_dalam @sudah_dipantau t.me/+rahasia "
        "https://t.me/c/1234/5 @grup_umum @nama! @ab @tak_dikenal karena ramai",
    )

    assert said.splitlines() == [
        "✅ @sudah_di_dalam: dipantau",
        "⏳ @belum_di_dalam: menunggu pemiliknya menambahkan bot",
        "• @sudah_dipantau: sudah ada",
        "✖️ t.me/+rahasia: ditolak karena privat. Hanya kanal publik yang dipantau.",
        "✖️ https://t.me/c/1234/5: ditolak karena privat. Hanya kanal publik yang dipantau.",
        "✖️ @grup_umum: ditolak karena grup atau orang. Hanya kanal publik yang dipantau.",
        "✖️ @nama!: bukan nama kanal. Tulis @nama atau https://t.me/nama",
        "✖️ @ab: bukan nama kanal. Tulis @nama atau https://t.me/nama",
        "⏳ @tak_dikenal: menunggu pemiliknya menambahkan bot",
        "✖️ “karena ramai”: bukan nama kanal. Tulis @nama atau https://t.me/nama",
        "Untuk yang menunggu: mintalah pemilik kanal menambahkan @saring_test_bot sebagai "
        "administrator; tanpa izin apa pun. Saya akan tahu sendiri dan mengabari Anda.",
    ]
    assert await stage.rows("SELECT username, state FROM channels ORDER BY username") == [
        ("belum_di_dalam", "waiting"),
        ("sudah_di_dalam", "watching"),
        ("sudah_dipantau", "watching"),
        ("tak_dikenal", "waiting"),
    ]


async def test_waiting_channel_is_watched_once_the_owner_adds_the_bot(
    stage_on_each: Stage,
) -> None:
    stage = stage_on_each
    channel = stage.double.channel("contoh_kanal")
    await admin_on_stage(stage)
    await stage.adds("@Contoh_Kanal")

    stage.double.add_bot(channel, by=stage.admin)
    await stage.told(stage.admin, "✅ Bot kini ada di @contoh_kanal; kanal ini dipantau.")
    stage.double.publish(channel, "words")
    await stage.worked_off()

    assert await stage.one("SELECT count(*) FROM posts") == 1


async def test_bot_thrown_out_of_a_channel_says_so(stage: Stage) -> None:
    channel = await stage.watched()
    await admin_on_stage(stage)

    stage.double.remove_bot(channel, by=stage.admin)
    await stage.told(stage.admin, "⚠️ Bot tidak lagi ada di @contoh_kanal.")

    assert await stage.one("SELECT state FROM channels") == "waiting"


async def test_channel_that_nobody_asked_for_is_told_and_not_read(stage: Stage) -> None:
    channel = stage.double.channel("lain_kanal")
    await admin_on_stage(stage)

    stage.double.add_bot(channel, by=stage.admin)
    await stage.told(stage.admin, "@lain_kanal")
    stage.double.publish(channel, "words")
    await stage.worked_off()

    assert await stage.rows("SELECT * FROM channels") == []
    assert await stage.rows("SELECT * FROM posts") == []


async def left(stage: Stage, chat: Chat, words: str, by: Person | None = None) -> None:
    """The bot, added to the chat, leaves it, tells the admin, and keeps nothing."""
    stage.double.add_bot(chat, by=by or stage.admin)
    await stage.until(lambda: not chat.has_bot)
    await stage.told(stage.admin, words)
    await stage.worked_off()

    assert [call.status for call in stage.double.calls_of("leaveChat")] == [200]
    (farewell,) = [m for m in chat.messages if m.sender is stage.double.bot]
    assert "read nothing" in farewell.text or "tidak membaca apa pun" in farewell.text
    for table in ("channels", "posts"):
        assert await stage.rows(f"SELECT * FROM {table}") == []
    assert words not in str(await stage.rows("SELECT * FROM inbox"))


async def test_private_channel_is_left_and_nothing_is_kept(stage_on_each: Stage) -> None:
    await admin_on_stage(stage_on_each)
    chat = stage_on_each.double.private_channel("Rahasia kami", owner=stage_on_each.admin)
    await left(stage_on_each, chat, "Rahasia kami")


async def test_group_of_others_is_left_and_nothing_is_kept(stage: Stage) -> None:
    await admin_on_stage(stage)
    eka = stage.person(1005, "Eka")
    await left(stage, stage.double.group("Keluarga", eka), "Keluarga", by=eka)


async def test_public_group_is_left_whoever_added_the_bot(stage: Stage) -> None:
    await admin_on_stage(stage)
    group = stage.double.supergroup("Warga", stage.admin, username="warga_umum")
    await left(stage, group, "warga_umum")


async def test_removed_channel_is_read_no_more(stage: Stage) -> None:
    channel = await stage.watched()
    await admin_on_stage(stage)

    removed = await stage.says(stage.admin, "/removechannel @contoh_kanal @tak_dikenal")
    stage.double.publish(channel, "words")
    await stage.worked_off()
    listed = await stage.says(stage.admin, "/channels")
    again = await stage.adds("@contoh_kanal")
    stage.double.publish(channel, "more words")
    await stage.worked_off()

    assert removed == (
        "✅ @contoh_kanal: tidak dipantau lagi\n✖️ @tak_dikenal: tidak sedang dipantau"
    )
    assert listed == "Belum ada kanal yang dipantau. Mulai dengan /addchannel @nama"
    assert again == "✅ @contoh_kanal: dipantau"
    assert await stage.rows("SELECT text FROM revisions") == [("more words",)]


async def test_renamed_channel_stays_itself_and_admins_hear_it_once(stage_on_each: Stage) -> None:
    stage = stage_on_each
    channel = await stage.watched()
    await admin_on_stage(stage)
    stage.double.publish(channel, "before")
    await stage.worked_off()

    channel.username = "nama_baru"
    service = {"message_id": 900, "date": 1_790_000_000, "chat": chat_object(channel)}
    stage.double.raw_update({"channel_post": service | {"new_chat_title": "Contoh"}})
    stage.double.publish(channel, "after")
    told = await stage.told(stage.admin, "@nama_baru")
    await stage.worked_off()

    assert told.text == "@contoh_kanal kini bernama @nama_baru. Kanal ini tetap dipantau."
    assert len([m for m in stage.letters(stage.admin) if "nama_baru" in m.text]) == 1
    assert await stage.rows("SELECT username, state FROM channels") == [("nama_baru", "watching")]
    assert await stage.one("SELECT count(*) FROM posts") == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("kicked", "tidak lagi ada"),
        ("left", "tidak lagi ada"),
        ("member", "bukan lagi administrator"),
        ("restricted", "bukan lagi administrator"),
    ],
)
async def test_lost_place_or_rights_are_told_once_and_come_back(
    stage: Stage, status: str, words: str
) -> None:
    channel = await stage.watched()
    await admin_on_stage(stage)

    for _ in range(2):
        stage.double.remove_bot(channel, by=stage.admin, status=status)
    await stage.told(stage.admin, words)
    await stage.worked_off()
    lost = await stage.one("SELECT state FROM channels")
    stage.double.add_bot(channel, by=stage.admin)
    stage.double.add_bot(channel, by=stage.admin)  # only its rights there change
    await stage.told(stage.admin, "Bot kini ada di @contoh_kanal")
    await stage.worked_off()

    assert lost == "waiting"
    assert len([m for m in stage.letters(stage.admin) if words in m.text]) == 1
    assert len([m for m in stage.letters(stage.admin) if "kini ada di" in m.text]) == 1


async def test_watched_channel_that_turns_private_is_kept_and_not_read(stage: Stage) -> None:
    channel = await stage.watched()
    await admin_on_stage(stage)

    channel.username = None
    stage.double.add_bot(channel, by=stage.admin)
    await stage.told(stage.admin, "tidak lagi publik")
    stage.double.publish(channel, "words")
    await stage.worked_off()
    private = await stage.rows("SELECT state FROM channels")
    channel.username = "contoh_kanal"
    stage.double.publish(channel, "words again")
    await stage.worked_off()

    assert private == [("waiting",)]
    assert channel.has_bot
    assert len([m for m in stage.letters(stage.admin) if "tidak lagi publik" in m.text]) == 1
    assert await stage.rows("SELECT text FROM revisions") == [("words again",)]


def chat_object(channel: Chat) -> dict[str, object]:
    return {
        "id": channel.id,
        "type": "channel",
        "title": channel.title,
        "username": channel.username,
    }


async def test_every_button_of_a_channel(stage_on_each: Stage) -> None:
    stage = stage_on_each
    channel = await stage.watched()
    await admin_on_stage(stage)
    stage.double.publish(channel, "our armed words")
    stage.double.publish(channel, None, media="photo")
    await stage.worked_off()

    listed = await stage.says(stage.admin, "/channels")
    page = stage.letters(stage.admin)[-1]

    async def press(button: str, words: str) -> None:
        await stage.clicks(stage.admin, page, button)
        await stage.until(lambda: words in page.text)

    await press("✅ @contoh_kanal", "Ditandai mulai ambang model")
    detail = page.text
    await press("Jeda", "⏸ Dijeda")
    await press("Lanjutkan", "▶️ Dilanjutkan.")
    await press("Perpanjang", "diperpanjang 90 hari")
    await press("Ambang…", "Mulai skor berapa")
    await press("70%", "Ditandai mulai skor 70% (khusus kanal ini)")
    await press("Ambang…", "Mulai skor berapa")
    await press("Milik model", "Ditandai mulai ambang model")
    await press("Ambang…", "Mulai skor berapa")
    await press("← Kembali", "Berakhir")
    off = await stage.clicks(stage.admin, page, "Pratinjau web")
    await press("Keluarkan", "tidak dipantau lagi")
    await press("Urungkan", "Dipantau lagi.")
    await press("← Kembali", "Kanal: 1")

    assert listed == (
        "Kanal: 1\n\n✅ @contoh_kanal · dibaca oleh bot, seketika\n"
        "2 unggahan, 1 tanpa teks, 1 ditandai (50.0%)\n" + listed.splitlines()[-1]
    )
    assert "dibaca oleh bot, seketika" in detail
    assert off == "Pratinjau web dimatikan: /sources preview on"
    assert await stage.rows("SELECT state, threshold FROM channels") == [("watching", None)]


async def test_pages_turn_in_place(stage: Stage) -> None:
    await admin_on_stage(stage)
    await stage.adds(" ".join(f"@kanal_{number:02}" for number in range(8)))

    await stage.says(stage.admin, "/channels")
    page = stage.letters(stage.admin)[-1]
    first = page.text
    await stage.clicks(stage.admin, page, "▶")
    await stage.until(lambda: "halaman 2 dari 2" in page.text)
    second = page.text
    await stage.clicks(stage.admin, page, "⏳ @kanal_07")
    await stage.until(lambda: "Alasan: uji coba" in page.text)
    await stage.clicks(stage.admin, page, "← Kembali")
    await stage.until(lambda: page.text == second)
    await stage.clicks(stage.admin, page, "◀")
    await stage.until(lambda: page.text == first)

    assert "⚠️ 8 – menunggu pemiliknya menambahkan bot" in first


async def test_owner_is_left_out_and_let_in_again(stage_on_each: Stage) -> None:
    stage = stage_on_each
    await stage.watched()
    await admin_on_stage(stage)

    none = await stage.says(stage.admin, "/leaveout")
    how = await stage.says(stage.admin, "/leaveout @contoh_kanal")
    left = await stage.says(stage.admin, "/leaveout @contoh_kanal surat pemilik, 3 Maret")
    refused = await stage.adds("@contoh_kanal")
    await stage.says(stage.admin, "/leaveout")
    shown = stage.letters(stage.admin)[-1]
    lifted = await stage.clicks(stage.admin, shown, "Hapus @contoh_kanal dari daftar")
    again = await stage.adds("@contoh_kanal")

    assert none.startswith("Tidak ada kanal yang dikecualikan.")
    assert how.startswith("Sebutkan siapa yang meminta")
    assert left.endswith("Sampai sekarang dipantau.")
    assert refused.startswith("✖️ @contoh_kanal: ditolak, pemiliknya minta tidak dipantau")
    assert "surat pemilik, 3 Maret" in shown.text
    assert lifted == "@contoh_kanal boleh ditambahkan lagi."
    assert again == "✅ @contoh_kanal: dipantau"


async def test_renewal_is_asked_and_given_by_button(stage: Stage) -> None:
    await stage.watched()
    await stage.watched("kanal_dua")
    await admin_on_stage(stage)
    stage.later(days=84)

    question = await stage.told(stage.admin, "Apakah kanal ini tetap dipantau?")
    one = await stage.clicks(stage.admin, question, "Perpanjang @kanal_dua")
    all_ = await stage.clicks(stage.admin, question, "Perpanjang semuanya")

    assert one == "@kanal_dua: diperpanjang 90 hari."
    assert all_ == "Diperpanjang: 1"


async def test_message_of_the_day_comes_at_its_time(stage: Stage) -> None:
    stage.settings = stage.settings.model_copy(update={"day_at": "0 7 * * *"})
    await stage.watched()
    await admin_on_stage(stage)
    await stage.until_one("SELECT count(*) FROM heartbeats", 1)
    stage.later(days=1)

    day = await stage.told(stage.admin, "Pesan ini datang tiap hari.")

    assert "Kanal: 1, bermasalah: 0" in day.text


async def test_kind_is_changed_from_the_channels_page_with_a_reason_in_reply(stage: Stage) -> None:
    await stage.watched()
    await admin_on_stage(stage)
    other = await stage.hired(stage.person(1003, "Rina"), Role.ADMIN)
    await stage.says(stage.admin, "/channels")
    page = stage.letters(stage.admin)[-1]

    await stage.clicks(stage.admin, page, "✅ @contoh_kanal")
    await stage.until(lambda: any("Jenis…" in row[0][0] for row in page.buttons))
    await stage.clicks(stage.admin, page, "Jenis…")
    await stage.until(lambda: "tercatat sebagai “biasa”" in page.text)
    await stage.clicks(stage.admin, page, "media")
    question = await stage.told(stage.admin, "setelah admin kedua setuju")
    stage.double.say(stage.admin, "milik sebuah koran", reply_to=question)
    await stage.until(lambda: "admin lain sudah ditanya" in question.text)
    request = await stage.told(other, "from “ordinary” to “media”")
    await stage.clicks(other, request, "Agree")
    await stage.told(stage.admin, "Rina setuju")

    assert "milik sebuah koran" in request.text or "You agreed" in request.text
    assert await stage.one("SELECT kind FROM channels") == "media"
