"""The other commands: what they find, what they say, and how they exit."""

import logging
import re
import sqlite3
from pathlib import Path

import pytest
from telegram import WebhookInfo

from bot.cli import main
from bot.cli.doctor import Finding, examine, look_at_webhook
from bot.cli.logs import start_log
from bot.cli.scan import SAMPLE
from bot.domain.errors import SaringError, SettingsError
from bot.settings import read_settings
from tests.cli.conftest import Run

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"


@pytest.fixture
def findings(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Finding]:
    """What the doctor finds offline, by what it is about."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return {finding.about: finding for finding in examine(offline=True)}


def test_doctor_names_a_schema_that_is_not_there(findings: dict[str, Finding]) -> None:
    assert not findings["database"].is_good
    assert "migrate" in findings["database"].words
    assert findings["model"].is_good
    assert findings["settings"].is_good
    assert "token" not in findings


def test_doctor_is_content_after_migrating(run: Run) -> None:
    assert run("migrate").exit_code == 0

    result = run("doctor", "--offline")

    assert result.exit_code == 0, result.output
    assert "!!" not in result.output


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("TIMEZONE", "Asia/Atlantis", "TIMEZONE"),
        ("DIGEST_AT", "sometimes", "DIGEST_AT"),
        ("ADMIN_IDS", "me", "ADMIN_IDS"),
        ("DATABASE_URL", "mysql://u:geheim@h/n", "DATABASE_URL"),
        ("BOT_TOKEN", "geheim", "BOT_TOKEN"),
        ("TICK_SECONDS", "0", "TICK_SECONDS"),
    ],
)
def test_doctor_names_the_wrong_setting_and_repeats_no_secret(
    run: Run, setting: str, value: str, says: str
) -> None:
    result = run("doctor", "--offline", **{setting: value})

    assert result.exit_code == 1
    assert says in result.output
    assert "geheim" not in result.output


def test_doctor_asks_for_an_admin_and_a_contact(run: Run) -> None:
    run("migrate")

    nobody = run("doctor", "--offline", BOT_TOKEN=TOKEN)
    mute = run("doctor", "--offline", BOT_TOKEN=TOKEN, ADMIN_IDS="1")
    good = run("doctor", "--offline", BOT_TOKEN=TOKEN, ADMIN_IDS="1,2", CONTACT="@contact")

    assert [one.exit_code for one in (nobody, mute, good)] == [1, 1, 0]
    assert "ADMIN_IDS" in nobody.output
    assert "CONTACT" in mute.output
    assert TOKEN not in nobody.output + mute.output + good.output


def test_doctor_says_that_a_token_is_missing(run: Run) -> None:
    run("migrate")

    result = run("doctor")

    assert result.exit_code == 1
    assert "@BotFather" in result.output


def test_doctor_says_that_telegram_cannot_be_reached(run: Run) -> None:
    more = {"BOT_TOKEN": TOKEN, "ADMIN_IDS": "1", "CONTACT": "@c"}
    run("migrate")

    result = run("doctor", BOT_API_URL="http://127.0.0.1:9/bot", **more)

    assert result.exit_code == 1
    assert "cannot be reached" in " ".join(result.output.split())
    assert TOKEN not in result.output


def test_doctor_finds_a_model_that_was_tampered_with(run: Run, tmp_path: Path) -> None:
    run("migrate")
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "model.json").write_text("{}")

    result = run("doctor", "--offline", MODEL_DIR=str(odd))

    assert result.exit_code == 1
    assert "model" in result.output


def test_audit_of_a_scan_adds_up(run: Run) -> None:
    run("scan", SAMPLE)

    result = run("audit", "verify")

    assert result.exit_code == 0, result.output
    assert re.search(r"[1-9]\d* entries", result.output)
    assert re.search(r"\b[0-9a-f]{64}\b", result.output)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET subject = 'card 99' WHERE seq = 2",
        "UPDATE audit SET details = '{}' WHERE seq = 2",
        "UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
        "DELETE FROM audit",
        "UPDATE audit SET hash = 'x' WHERE seq = (SELECT max(seq) FROM audit)",
    ],
)
def test_tampered_audit_is_found(run: Run, tmp_path: Path, tampering: str) -> None:
    run("scan", SAMPLE)
    with sqlite3.connect(tmp_path / "cli.db") as connection:
        connection.execute(tampering)
    connection.close()

    result = run("audit", "verify")

    assert result.exit_code != 0 or isinstance(result.exception, Exception), result.output


def test_wrong_setting_is_one_sentence_and_exit_code_two(
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TIMEZONE", "Asia/Atlantis")
    monkeypatch.setattr("sys.argv", ["saring", "migrate"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("saring: ")
    assert "TIMEZONE" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        f"token {TOKEN}",
        f"HTTP Request: POST https://api.telegram.org/bot{TOKEN}/getUpdates",
        f"https://api.telegram.org/file/bot{TOKEN}/photo.jpg",
        f"https://api.telegram.org/bot{TOKEN.replace(':', '%3A')}/getMe",
        f"{{'BOT_TOKEN': '{TOKEN}'}}",
        f"x{TOKEN}x",
    ],
)
def test_log_never_holds_a_token(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        start_log("DEBUG")
        logging.getLogger("bot.test").info(line)
        logging.getLogger("bot.test").info("%s", line)
        logging.getLogger("httpx").info(line)
        try:
            raise ValueError(line)
        except ValueError:
            logging.getLogger("bot.test").exception("failed")
        told = capsys.readouterr().err
    finally:
        logging.getLogger().handlers[:] = before[0]
        logging.getLogger().setLevel(before[1])

    secret = TOKEN.split(":")[1]
    assert "failed" in told
    assert secret not in told
    assert told.count("[token]") >= 3


def test_times_of_day_are_no_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        start_log("INFO")
        logging.getLogger("bot.test").info("made at 12:30:15, channel -1001234567890: fine")
        told = capsys.readouterr().err
    finally:
        logging.getLogger().handlers[:] = before[0]
        logging.getLogger().setLevel(before[1])

    assert "12:30:15, channel -1001234567890: fine" in told


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"WEBHOOK_URL": "http://bot.example.org/x"}, "WEBHOOK_URL: an https address"),
        ({"WEBHOOK_URL": "https://bot.example.org:8080/x"}, "ports 443, 80, 88 and 8443"),
        ({"WEBHOOK_URL": "https://bot.example.org/x?a=1"}, "without ? or #"),
        ({"WEBHOOK_URL": "https://bot.example.org/x"}, "WEBHOOK_SECRET: with WEBHOOK_URL"),
        (
            {"WEBHOOK_URL": "https://bot.example.org/x", "WEBHOOK_SECRET": "short"},
            "16 to 256 letters",
        ),
        ({"WEBHOOK_LISTEN": "8080"}, "WEBHOOK_LISTEN: an address and a port"),
        ({"WEBHOOK_LISTEN": "127.0.0.1:99999"}, "WEBHOOK_LISTEN: an address and a port"),
    ],
)
def test_wrong_webhook_setting_is_named(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, more: dict[str, str], words: str
) -> None:
    for name, value in (settings | more).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        read_settings()

    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("hook", "wanted", "words"),
    [
        (WebhookInfo("https://a.example/x", False, 0), "", "so its updates go there"),
        (WebhookInfo("", False, 0), "https://a.example/x", "`run` sets it"),
        (
            WebhookInfo("https://a.example/x", False, 7, last_error_message="502 Bad Gateway"),
            "https://a.example/x",
            "502 Bad Gateway. 7 updates wait.",
        ),
    ],
)
def test_doctor_says_where_updates_go(hook: WebhookInfo, wanted: str, words: str) -> None:
    with pytest.raises(SaringError, match=re.escape(words)):
        look_at_webhook(hook, wanted)

    look_at_webhook(WebhookInfo("", False, 0), "")
    look_at_webhook(WebhookInfo("https://a.example/x", False, 0), "https://a.example/x")
