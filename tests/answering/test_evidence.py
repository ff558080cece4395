"""A case leaves as a ZIP that can be checked without us, and that cannot be changed unseen."""

import asyncio
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text as sql

from bot.cli import commands
from bot.domain.codes import HarmCode
from bot.domain.errors import EvidenceError
from bot.domain.receipt import ReplyCode
from bot.render.evidence import check_zip
from bot.services.evidence import Gather
from tests.answering.conftest import Deliver, Sent
from tests.factories import Flow


async def pack(flow: Flow, sent: Sent, *, with_sealed: bool = False) -> bytes:
    case_id = (await flow.card(sent.cards[0])).case_id
    gathered, _ = await Gather(flow.database, flow.clock).case(case_id, with_sealed=with_sealed)
    return gathered


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return stream.getvalue()


async def test_pack_holds_decisions_answers_and_entries_under_pseudonyms(
    flow: Flow, deliver: Deliver
) -> None:
    sent = await deliver()
    await flow.answer.one(sent.regulator, sent.referrals[0], ReplyCode.PARTLY)

    content = await pack(flow, sent)

    record = json.loads(opened(content)["case.json"])
    assert [one["choice"] for one in record["decisions"]] == ["confirm"]
    assert record["decisions"][0]["by"].startswith("M")
    assert [one["code"] for one in record["referrals"][0]["answers"]] == ["partly"]
    events = [json.loads(line)["event"] for line in opened(content)["audit.jsonl"].splitlines()]
    assert {"card opened", "reviewed", "referred", "digest made", "answered"} <= set(events)
    assert b"Budi" not in b"".join(opened(content).values())
    checked = check_zip(content)
    assert checked.entries == len(events)
    assert "evidence taken" in await flow.audited()


async def test_every_change_to_a_pack_is_found(flow: Flow, deliver: Deliver) -> None:
    contents = opened(await pack(flow, await deliver()))
    check_zip(packed(contents))

    for name, content in contents.items():
        changed = content.replace(b"confirm", b"dismiss").replace(b"1", b"2") + b" "
        forged = contents | {name: changed}
        with pytest.raises(EvidenceError):
            check_zip(packed(forged))
        with pytest.raises(EvidenceError):
            check_zip(packed({other: kept for other, kept in contents.items() if other != name}))
    with pytest.raises(EvidenceError, match="does not name it"):
        check_zip(packed(contents | {"more.txt": b""}))


async def test_entry_that_was_rewritten_with_its_manifest_is_found(
    flow: Flow, deliver: Deliver
) -> None:
    """Whoever mends the manifest too still cannot mend an entry's own hash and stay in the log."""
    contents = opened(await pack(flow, await deliver()))
    contents["audit.jsonl"] = contents["audit.jsonl"].replace(b'"confirm"', b'"dismiss"')
    manifest = json.loads(contents["manifest.json"])
    for one in manifest["files"]:
        one["sha256"] = hashlib.sha256(contents[one["name"]]).hexdigest()
    contents["manifest.json"] = json.dumps(manifest).encode()

    with pytest.raises(EvidenceError, match="does not have the hash"):
        check_zip(packed(contents))


@pytest.mark.parametrize("content", [b"", b"PK", b"hello" * 100, packed({"a": b"b"})])
def test_what_is_no_pack_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceError):
        check_zip(content)


@pytest.mark.parametrize("harm", [HarmCode.INCITE, HarmCode.INSTRUCT])
async def test_sealed_words_leave_only_when_asked_for(
    flow: Flow, deliver: Deliver, harm: HarmCode
) -> None:
    sent = await deliver(1, harm)
    revision = (await flow.card(sent.cards[0])).revision_id
    async with flow.database.work() as work:
        await work.connection.execute(sql("DELETE FROM captures"))
        await work.connection.execute(
            sql(
                "INSERT INTO captures (revision_id, taken_at, content, sha256)"
                " SELECT id, seen_at, 'the words', :sha256 FROM revisions WHERE id = :id"
            ),
            {"id": revision, "sha256": hashlib.sha256(b"the words").hexdigest()},
        )
        await work.commit()

    plain, sealed = await pack(flow, sent), await pack(flow, sent, with_sealed=True)

    name = f"captures/{revision}.json"
    assert (name in opened(plain)) == (harm is HarmCode.INCITE)
    assert opened(sealed)[name] == b"the words"
    check_zip(plain)
    check_zip(sealed)


async def test_commands_write_and_check_a_pack(
    flow: Flow, deliver: Deliver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = (await flow.card((await deliver()).cards[0])).case_id
    monkeypatch.setenv("DATABASE_URL", flow.database.url.render_as_string(hide_password=False))
    file = str(tmp_path / "case.zip")

    async def said(*words: str) -> tuple[int, str]:
        """In a thread: a command runs an event loop of its own."""
        result = await asyncio.to_thread(CliRunner().invoke, commands, ["evidence", *words])
        return result.exit_code, result.output or str(result.exception)

    code, output = await said(str(case_id), "--out", file)
    again, refused = await said(str(case_id), "--out", file)
    checked = await said("verify", file)

    sha256 = output.strip()[-64:]
    assert (code, again, checked[0]) == (0, 1, 0)
    assert "is there already" in refused
    assert checked[1].strip().endswith(sha256)


async def test_case_that_there_is_not_is_refused(flow: Flow) -> None:
    with pytest.raises(EvidenceError, match="no case 99"):
        await Gather(flow.database, flow.clock).case(99)
