"""A recipient is confirmed by a press, reasons are ticked, and the digest comes with its files."""

import json
from io import BytesIO

from openpyxl import load_workbook

from bot.render.documents.bundle import bundle
from tests.end_to_end.stage import Stage


async def test_whole_line_from_the_link_to_the_documents(stage: Stage) -> None:
    stage.bundle = bundle
    budi = await stage.moderator()
    citra = stage.person(1009, "Citra")
    await stage.start()
    channel = await stage.watched()
    stage.opened(stage.admin)
    link = await stage.says(stage.admin, "/invite recipient")
    stage.double.say(citra, f"/start {link.rsplit('start=', 1)[1].split()[0]}")
    await stage.told(stage.admin, "Citra")
    await stage.presses(stage.admin, "▫️ aktif")
    await stage.told(citra, "confirmed you")

    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group now")
    await stage.confirms(budi)
    await stage.presses(budi, "Reasons…")
    await stage.told(budi, "why?")
    await stage.presses(budi, "invites to join")
    await stage.until(lambda: "☑️ invites to join" in labels(stage, budi))
    stage.double.say(budi, "Repeated three times.", reply_to=stage.desk(budi))
    await stage.until(lambda: "Repeated three times." in stage.desk(budi).text)
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", 1)
    await stage.says(stage.admin, "/digest now")

    digest = await stage.told(citra, "Digest 1")
    assert "invite its readers to join a violent group. Repeated three times." in digest.text
    assert "⧉ 1" in labels(stage, citra)
    await stage.until_one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'leased')", 0)
    files = {m.media.file.name: m.media.file.content for m in stage.letters(citra) if m.media}
    names = ["digest-1.pdf", "digest-1.xlsx", "digest-1.csv", "digest-1.json"]
    assert list(files) == [*names, "digest-1.manifest.json"]
    assert files["digest-1.pdf"].startswith(b"%PDF-")
    assert load_workbook(BytesIO(files["digest-1.xlsx"])).worksheets[0]["B2"].value == 1
    assert len(json.loads(files["digest-1.manifest.json"])["files"]) == 4


def labels(stage: Stage, person: object) -> list[str]:
    """What the buttons of the person's newest message with buttons say."""
    return [label for row in stage.desk(person).buttons for label, _ in row]  # type: ignore[arg-type]
