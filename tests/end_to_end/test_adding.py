"""Channels added by lists, forms and two admins; every button pressed as an admin would."""

from bot.domain.people import Role
from sandbox.double import Media, Person
from sandbox.double.world import StoredFile
from tests.end_to_end.stage import Stage


async def ready(stage: Stage) -> None:
    await stage.start()
    await stage.says(stage.admin, "/start")


def sends_file(stage: Stage, person: Person, content: bytes, name: str, caption: str = "") -> None:
    file: StoredFile = stage.double.world.store(content, name, "text/csv")
    media = Media("document", {"file_name": name, "mime_type": "text/csv"}, file)
    stage.double.say(person, caption or None, media=media)


async def test_list_is_pasted_over_several_messages_and_answered_in_a_file(
    stage_on_each: Stage,
) -> None:
    stage = stage_on_each
    await ready(stage)
    opened = await stage.says(stage.admin, "/addchannel")
    for part in range(3):
        names = "\n".join(f"https://t.me/kanal_{part}_{number}" for number in range(30))
        await stage.says(stage.admin, names)
    sends_file(stage, stage.admin, b"judul;username\nKabar;@kabar_satu\nLain;t.me/+x\n", "a.csv")
    form = await stage.told(stage.admin, "2 diterima, semuanya 92.")
    await stage.clicks(stage.admin, form, "Selesai")
    await stage.until(lambda: "Mengapa perlu dipantau?" in form.text)
    await stage.says(stage.admin, "ramai dibicarakan <b>di mana-mana</b>")
    form = stage.letters(stage.admin)[-1]
    assert "Alasan: ramai dibicarakan <b>di mana-mana</b>" in form.text
    await stage.clicks(stage.admin, form, "biasa")
    await stage.until(lambda: "Siapa yang meminta?" in form.text)
    await stage.clicks(stage.admin, form, "← Kembali")
    await stage.until(lambda: "Kanal jenis apa?" in form.text)
    await stage.clicks(stage.admin, form, "biasa")
    await stage.until(lambda: "Siapa yang meminta?" in form.text)
    await stage.clicks(stage.admin, form, "masyarakat")
    await stage.until(lambda: "Selesai: 92 nama" in form.text)
    await stage.until(lambda: stage.letters(stage.admin)[-1].document)

    assert opened.startswith("Tambah kanal")
    assert "91 – menunggu pemiliknya menambahkan bot" in form.text
    assert "1 – ditolak: privat" in form.text
    file = stage.letters(stage.admin)[-1]
    assert file.file_name == "kanal.csv"
    assert len((file.document or b"").splitlines()) == 93
    assert await stage.one("SELECT count(*) FROM channels WHERE reason LIKE 'ramai%'") == 91
    assert await stage.rows("SELECT * FROM addition_lines") == []

    await stage.clicks(stage.admin, form, "Tentang pratinjau web…")
    assert (await stage.told(stage.admin, "Sebelum Anda menyalakan pratinjau web")).text


async def test_recipients_wish_needs_a_second_admin(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi = await stage.hired(stage.person(1002, "Budi"), Role.ADMIN)
    await ready(stage)
    await stage.says(stage.admin, "/addchannel @kabar_satu @kabar_dua")
    await stage.says(stage.admin, "diminta regulator")
    form = stage.letters(stage.admin)[-1]
    await stage.clicks(stage.admin, form, "media")
    await stage.until(lambda: "Siapa yang meminta?" in form.text)
    await stage.clicks(stage.admin, form, "penerima")
    request = await stage.told(budi, "Admin asks for your agreement")
    await stage.until(lambda: "Menunggu admin kedua" in form.text)
    none_yet = await stage.one("SELECT count(*) FROM channels")

    own = stage.double.press(stage.admin, form, data=request.buttons[0][0][1])
    assert await stage.answer(own) == "Permintaan Anda sendiri perlu admin lain."
    listed = await stage.says(budi, "/channels")
    page = stage.letters(budi)[-1]
    await stage.clicks(budi, page, "Waiting for a second admin: 1")
    await stage.told(budi, "Admin asks for your agreement", times=2)
    await stage.clicks(budi, request, "Agree")
    await stage.told(stage.admin, "✅ Budi setuju; 2 nama sedang diperiksa.")
    await stage.until(lambda: "@kabar_dua: menunggu" in form.text)
    late = await stage.answer(stage.double.press(budi, request, data=f"add:no:{request.id and 1}"))

    await stage.clicks(budi, page, "Waiting for a second admin: 1")
    await stage.until(lambda: "Waiting for a second admin" not in str(page.buttons))

    assert none_yet == 0
    assert listed.startswith("No channel is watched yet.")
    assert (
        "Kind: media\nAsked for by: a recipient\nReason: diminta regulator" in request.versions[0]
    )
    assert request.text == "You agreed: 2 names are being looked up."
    assert late == "This has been settled already."
    assert await stage.one("SELECT count(*) FROM channels") == 2


async def test_refused_or_cancelled_adds_nothing(stage: Stage) -> None:
    budi = await stage.hired(stage.person(1002, "Budi"), Role.ADMIN)
    await ready(stage)
    await stage.says(stage.admin, "/addchannel @kabar_satu")
    await stage.clicks(stage.admin, stage.letters(stage.admin)[-1], "Batal")
    await stage.told(stage.admin, "Dibatalkan. Tidak ada yang ditambahkan.")
    await stage.says(stage.admin, "/addchannel @kabar_satu")
    await stage.says(stage.admin, "kata orang")
    form = stage.letters(stage.admin)[-1]
    await stage.clicks(stage.admin, form, "partai politik")
    await stage.until(lambda: "Siapa yang meminta?" in form.text)
    await stage.clicks(stage.admin, form, "kami sendiri")
    request = await stage.told(budi, "asks for your agreement")
    await stage.clicks(budi, request, "Refuse")
    await stage.told(stage.admin, "✖️ Budi menolak daftar kanal Anda.")

    assert await stage.rows("SELECT * FROM channels") == []
    assert await stage.rows("SELECT * FROM addition_lines") == []


async def test_files_that_are_no_list_are_answered_and_nothing_is_added(stage: Stage) -> None:
    await ready(stage)
    files = {
        b"": "Tidak ada nama di berkas ini.",
        b"PK\x03\x04\x00": "Ini bukan teks.",
        b"@kanal_satu\n" * 10_001: "Lebih dari 10000 nama sekaligus",
        b"x" * (2 * 1024 * 1024 + 1): "Berkas ini lebih besar dari 2 MB.",
    }
    for content, words in files.items():
        sends_file(stage, stage.admin, content, "daftar.csv", "/addchannel")
        await stage.told(stage.admin, words)
    sends_file(stage, stage.admin, b"judul,catatan\nKabar,ramai\n", "x.csv", "/addchannel")
    form = await stage.told(stage.admin, "Nama: 2")

    assert "Mengapa perlu dipantau?" in form.text
    assert await stage.rows("SELECT * FROM channels") == []


async def test_preview_is_switched_on_with_a_legal_basis_alone(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi = await stage.hired(stage.person(1002, "Budi"), Role.ADMIN)
    await ready(stage)
    await stage.adds("@kabar_satu")

    off = await stage.says(stage.admin, "/sources")
    terms = await stage.says(stage.admin, "/sources preview on")
    short = await stage.says(stage.admin, "ok")
    sure = await stage.says(stage.admin, "UU 1/2024 pasal 40, <i>Kepala Balai</i>")
    before = await stage.one("SELECT count(*) FROM sources WHERE is_on")
    form = stage.letters(stage.admin)[-1]
    await stage.clicks(stage.admin, form, "Ya, nyalakan")
    await stage.told(budi, "Admin switched the web preview on")
    await stage.until(lambda: "Pratinjau web menyala." in form.text)
    again = await stage.answer(stage.double.press(stage.admin, form, data="src:yes"))
    on = await stage.says(budi, "/sources")
    listed = await stage.says(budi, "/channels")
    already = await stage.says(budi, "/sources preview on")

    assert "preview (pratinjau web publik): mati" in off
    assert "telegram.org/tos/content-licensing" in terms
    assert short.startswith("Terlalu pendek")
    assert sure.startswith("Dasar hukum: UU 1/2024 pasal 40, <i>Kepala Balai</i>")
    assert before == 0
    assert "kini dibaca: 1" in form.text
    assert again == "Ini sudah terlalu lama: /sources preview on"
    assert "by Admin. Legal basis: UU 1/2024 pasal 40" in on
    assert "Telegram cannot be reached" in listed or "not visited yet" in listed
    assert already == "The web preview is on already: /sources"
    assert "source on" in str(await stage.rows("SELECT event FROM audit"))

    stage.double.say(budi, "/sources preview off")
    await stage.told(stage.admin, "Budi mematikan pratinjau web")
    await stage.told(budi, "Budi switched the web preview off")
    assert await stage.says(budi, "/sources preview off") == "The web preview is off."


async def test_no_leaves_the_preview_off(stage: Stage) -> None:
    await ready(stage)
    await stage.says(stage.admin, "/sources preview on")
    await stage.says(stage.admin, "UU 1/2024 pasal 40, Kepala Balai")
    form = stage.letters(stage.admin)[-1]

    await stage.clicks(stage.admin, form, "Tidak")

    await stage.until(lambda: form.text == "Pratinjau web tetap mati.")
    assert await stage.rows("SELECT * FROM sources") == []
    # The next words are no legal basis any more.
    assert (await stage.says(stage.admin, "UU 1/2024 pasal 40")).startswith("Sebagai admin")
