"""Nobody's name or number, and no token, stands where it must not: in the log, in the audit log, in
what recipients get."""

import io
import logging
import zipfile
from collections.abc import Iterator

import pytest

from bot.cli.logs import start_log
from bot.domain.people import Role
from bot.render.documents.bundle import bundle
from sandbox.double import Person
from tests.end_to_end.stage import Stage

STAFF = {771_234_501: "Xqvorbudi", 771_234_502: "Xqvordewi", 771_234_503: "Xqvorfajar"}


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """The bot's own log, at its most talkative; what loggers were set to before comes back."""
    root, quiet = logging.getLogger(), [*logging.root.manager.loggerDict]
    before = {name: logging.getLogger(name).level for name in quiet}
    handlers, level = root.handlers[:], root.level
    start_log("debug")
    yield capsys
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in before.items():
        logging.getLogger(name).setLevel(was)


def words_of(content: bytes) -> str:
    """Everything readable in a file, whatever is packed in it."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    return content.decode("utf-8", "replace")


async def whole_flow(stage: Stage) -> tuple[Person, list[Person]]:
    """From a post to a withdrawal, with presses that are refused; the recipient and the staff."""
    budi, dewi = [await stage.moderator(id, STAFF[id]) for id in (771_234_501, 771_234_502)]
    fajar = await stage.hired(stage.person(771_234_503, STAFF[771_234_503]), Role.ADMIN)
    citra = await stage.recipient()
    channel = await stage.watched()
    stage.bundle = bundle
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    await stage.presses(budi, "Undo the last one")
    await stage.confirms(budi)
    await stage.on_duty(dewi)
    stage.double.press(dewi, stage.desk(dewi), data="h:1:1:RECRUIT")
    stage.double.raw_update({"message": {"from": {"id": budi.id, "first_name": budi.first_name}}})
    stage.double.publish(channel, "quite another thing: weapons and armed words of a second kind")
    await stage.desk_shows(budi, "Case 2")
    await stage.presses(budi, "Unsure")
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", 1)
    stage.double.say(fajar, "/digest now")
    await stage.until_one("SELECT state FROM referrals", "delivered")
    stage.double.say(budi, "/withdraw 1 it was a quotation")
    await stage.told(dewi, "quotation")
    await stage.answer(stage.double.press(dewi, stage.desk(dewi), data="withdraw:1:agree"))
    await stage.told(citra, "quotation")
    stage.double.say(fajar, "/people")
    await stage.answer(
        stage.double.press(fajar, await stage.told(fajar, "People"), data="remove:3:moderator")
    )
    stage.double.block(budi)
    await stage.told(stage.admin, STAFF[budi.id])
    await stage.worked_off()
    return citra, [budi, dewi, fajar]


async def test_no_name_number_or_token_stands_where_it_must_not(
    stage: Stage, log: pytest.CaptureFixture[str]
) -> None:
    citra, staff = await whole_flow(stage)
    await stage.until(lambda: sum(m.document is not None for m in stage.letters(citra)) >= 4)
    secrets = [*STAFF.values(), *map(str, STAFF), stage.base.token]

    audited = await stage.rows("SELECT * FROM audit")
    letters = stage.letters(citra)
    files = {m.file_name: words_of(m.document) for m in letters if m.document}
    places = {
        "log": log.readouterr().err,
        "audit": "\n".join(map(str, audited)),
        "letters": "\n".join(f"{m.text} {m.buttons} {m.versions}" for m in letters),
    } | files

    assert "refused" in places["log"] or "set aside" in places["log"]
    assert len(audited) > 10
    assert any(name and name.endswith(".csv") for name in files)
    for place, words in places.items():
        assert words
        for secret in secrets:
            assert secret.lower() not in words.lower(), f"{secret} stands in {place}"
    told = [m.text for one in staff for m in stage.letters(one)]
    assert any(STAFF[771_234_501] in text for text in told)  # colleagues do see it
