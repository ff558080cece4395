"""Every setting, read once from the environment or `.env`. `.env.example` explains each."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.codes import HarmCode
from bot.domain.desk import DeskRules
from bot.domain.errors import SettingsError
from bot.domain.retention import Terms
from bot.domain.targets import Targets
from bot.services.timetable import next_time
from bot.storage.database import parse_url
from bot.texts.legal import read_legal_basis

_HOOK_PORTS = (443, 80, 88, 8443)
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{3,}")


class Settings(BaseSettings):
    """Frozen; names are the environment's in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
    )

    bot_token: SecretStr | None = None
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    database_url: SecretStr = SecretStr("sqlite:///data/saring.db")
    model_dir: Path = Path("data/model")
    operator: str = "Saring"
    contact: str = ""
    sender_organisation: str = ""
    sender_role: str = ""
    sender_email: str = ""
    sender_phone: str = ""
    legal_basis: Path | None = None
    timezone: str = "Asia/Jakarta"
    digest_at: str = "0 8 * * *"
    show_score: bool = False
    spoiler: bool = True
    excerpt: int = 900
    settle_seconds: float = 1.0
    two_people_for: Annotated[frozenset[HarmCode], NoDecode] = frozenset()
    shift_cards: int = 50
    shift_pause_minutes: int = 15
    practice: int = 20
    target_first_look_minutes: int = 15
    target_urgent_hours: float = 2.0
    target_routine_hours: float = 24.0
    day_at: str = "0 7 * * *"
    sample_size: int = 10
    learn_at: str = "0 3 * * 1"
    flag_rate_limit: float = 0.05
    emergency_line: str = ""
    reversal_limit: float = 0.1
    reversal_least: int = 20
    keep_unflagged_days: int = 30
    keep_dismissed_days: int = 90
    keep_referred_days: int = 183
    undecided_days: int = 30
    retain_at: str = "30 3 * * *"
    bot_api_url: str = ""
    preview_url: str = "https://t.me"
    preview_rate: float = 0.5
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    webhook_listen: str = "127.0.0.1:8080"
    tick_seconds: float = 5.0
    log_level: str = "INFO"

    @field_validator("bot_token")
    @classmethod
    def _token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("no bot token: @BotFather writes it as 123456789:AA...")
        return token

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _ids(cls, written: object) -> object:
        if not isinstance(written, str):
            return written
        numbers = written.replace(",", " ").split()
        if not all(number.isdecimal() for number in numbers):
            raise ValueError("Telegram ids are numbers, with commas between: 1001,1002")
        return tuple(int(number) for number in numbers)

    @field_validator("database_url")
    @classmethod
    def _url(cls, url: SecretStr) -> SecretStr:
        parse_url(url.get_secret_value())
        return url

    @field_validator("webhook_url")
    @classmethod
    def _hook(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("an https address without ? or #: https://bot.example.org/updates")
        if url and (parts.port or 443) not in _HOOK_PORTS:
            raise ValueError("Telegram posts to the ports 443, 80, 88 and 8443 alone")
        return url

    @field_validator("webhook_listen")
    @classmethod
    def _listen(cls, written: str) -> str:
        host, _, port = written.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
            raise ValueError(
                "an address and a port: 127.0.0.1:8080, or 0.0.0.0:8080 in a container"
            )
        return written

    @model_validator(mode="after")
    def _secret(self) -> Self:
        secret = self.webhook_secret.get_secret_value()
        if self.webhook_url and not _SECRET.fullmatch(secret):
            raise ValueError(
                "WEBHOOK_SECRET: with WEBHOOK_URL it is needed, 16 to 256 letters, digits, _ or -"
            )
        return self

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone: write one such as Asia/Jakarta") from error
        return name

    @field_validator("legal_basis")
    @classmethod
    def _legal(cls, path: Path | None) -> Path | None:
        if path is not None:
            read_legal_basis(path)  # says what is wrong with the file
        return path

    @field_validator("digest_at", "day_at", "learn_at", "retain_at")
    @classmethod
    def _timetable(cls, crontab: str) -> str:
        next_time(crontab, "UTC", datetime.now(UTC))
        return crontab

    @field_validator("two_people_for", mode="before")
    @classmethod
    def _codes(cls, written: object) -> object:
        if not isinstance(written, str):
            return written
        codes = written.upper().replace(",", " ").split()
        if not set(codes) <= set(HarmCode):
            raise ValueError("harm codes with commas between, such as OFFICIAL,RECRUIT")
        return frozenset(HarmCode(code) for code in codes)

    @field_validator("excerpt")
    @classmethod
    def _excerpt(cls, characters: int) -> int:
        if not 200 <= characters <= 900:
            raise ValueError("between 200 and 900 characters")
        return characters

    @field_validator("settle_seconds")
    @classmethod
    def _settle(cls, seconds: float) -> float:
        if not 0 <= seconds <= 10:
            raise ValueError("between 0 (every press counts) and 10 seconds")
        return seconds

    @field_validator("shift_cards")
    @classmethod
    def _cards(cls, cards: int) -> int:
        if not 0 <= cards <= 1000:
            raise ValueError("between 0 (no pauses) and 1000 cards")
        return cards

    @field_validator("shift_pause_minutes")
    @classmethod
    def _pause(cls, minutes: int) -> int:
        if not 1 <= minutes <= 720:
            raise ValueError("between 1 and 720 minutes")
        return minutes

    @field_validator("practice")
    @classmethod
    def _practice(cls, cards: int) -> int:
        if not 0 <= cards <= 20:
            raise ValueError("between 0 (nobody has to practise) and 20 sample cards")
        return cards

    @field_validator("target_first_look_minutes", "target_urgent_hours", "target_routine_hours")
    @classmethod
    def _target(cls, time: float) -> float:
        if not 0 < time <= 1000:
            raise ValueError("above 0 and up to 1000")
        return time

    @field_validator("sample_size")
    @classmethod
    def _posts(cls, number: int) -> int:
        if not 0 <= number <= 1000:
            raise ValueError("between 0 (no sample) and 1000 posts a day")
        return number

    @field_validator("flag_rate_limit", "reversal_limit")
    @classmethod
    def _share(cls, share: float) -> float:
        if not 0 < share <= 1:
            raise ValueError("a share above 0 and up to 1: 0.05 is one in twenty")
        return share

    @field_validator("preview_url")
    @classmethod
    def _address(cls, written: str) -> str:
        if not re.fullmatch(r"https?://[^/?#\s]+", written):
            raise ValueError("an address without a path, such as https://t.me")
        return written

    @field_validator("preview_rate")
    @classmethod
    def _requests(cls, per_second: float) -> float:
        if not 0.01 <= per_second <= 10:
            raise ValueError("between 0.01 and 10 requests a second")
        return per_second

    @field_validator("reversal_least")
    @classmethod
    def _least(cls, number: int) -> int:
        if not 1 <= number <= 100_000:
            raise ValueError("between 1 and 100000 delivered posts")
        return number

    @field_validator(
        "keep_unflagged_days", "keep_dismissed_days", "keep_referred_days", "undecided_days"
    )
    @classmethod
    def _days(cls, number: int) -> int:
        if not 1 <= number <= 3650:
            raise ValueError("between 1 and 3650 days")
        return number

    @field_validator("emergency_line")
    @classmethod
    def _line(cls, words: str) -> str:
        if len(words) > 200:
            raise ValueError("at most 200 characters: a number, and who answers it")
        return words

    @property
    def terms(self) -> Terms:
        """How long words are kept."""
        return Terms(
            unflagged=timedelta(days=self.keep_unflagged_days),
            dismissed=timedelta(days=self.keep_dismissed_days),
            referred=timedelta(days=self.keep_referred_days),
        )

    @field_validator("tick_seconds")
    @classmethod
    def _seconds(cls, seconds: float) -> float:
        if not 0.05 <= seconds <= 60:
            raise ValueError("between 0.05 and 60 seconds")
        return seconds

    def desk_rules(self) -> DeskRules:
        """What is set about desks, as the inside takes it."""
        return DeskRules(
            timezone=self.timezone,
            shows_score=self.show_score,
            is_veiled=self.spoiler,
            excerpt=self.excerpt,
            settle=timedelta(seconds=self.settle_seconds),
            two_people_for=self.two_people_for,
            stretch=self.shift_cards,
            rest=timedelta(minutes=self.shift_pause_minutes),
            targets=Targets(
                first_look=timedelta(minutes=self.target_first_look_minutes),
                urgent=timedelta(hours=self.target_urgent_hours),
                routine=timedelta(hours=self.target_routine_hours),
            ),
            practice=self.practice,
        )


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError that names each wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            ": ".join([*(str(place).upper() for place in one["loc"][:1]), _reason(one["msg"])])
            for one in error.errors()
        ]
        raise SettingsError(
            "Settings (environment or .env): " + "; ".join(wrong) + ". See .env.example."
        ) from None


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")
