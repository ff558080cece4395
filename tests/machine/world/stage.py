"""The real services on one database file beside the oracle, and what both are made of."""

import contextlib
import sqlite3
from collections import namedtuple
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.domain.channel import ChannelRef
from bot.domain.codes import HarmCode
from bot.domain.desk import DeskRules
from bot.domain.people import Person, Role
from bot.domain.post import Post
from bot.ports import Letter
from bot.services.practise import Practise
from bot.services.reflect import Reflect
from bot.sources.practice import practice_samples
from bot.storage.database import Database
from classifiers import Prediction
from tests.factories import (
    CHANNEL,
    JAKARTA,
    NOON,
    Flow,
    FrozenClock,
    RecordingCourier,
    ScriptedClassifier,
    prediction,
)
from tests.machine.oracle.oracle import Oracle
from tests.machine.oracle.state import Rules

# What is in one family reads nearly the same. The second and the last say the same in another
# order, which is a resemblance and no copy; the third is longer than what a card shows.
FAMILIES = (
    "mari berkumpul malam ini bersama kawan lama di lapangan dekat pasar",
    "sumbangan untuk pasukan dikirim lewat rekening baru kami, tulis nama samaran, lalu simpan "
    "bukti kiriman",
    "pelatihan gelombang ketiga dibuka untuk siapa saja yang sanggup, daftarkan diri sebelum akhir "
    "pekan melalui panitia setempat, bawa perlengkapan sendiri dan datang tanpa teman",
    "simpan bukti kiriman, tulis nama samaran: sumbangan untuk pasukan dikirim lewat rekening baru "
    "kami",
)
LONG = 2  # of the families: the one that may fill two screens
ALIKE = frozenset({frozenset({1, 3})})
KINDS = {
    "flagged": "FLAG",
    "sure": "FLAG SURE",
    "urgent": "FLAG THREAT",
    "news": "FLAG NEWS",
    "calm": "",
}
EXCERPT = 170  # characters
TIRING = DeskRules(
    timezone=JAKARTA, excerpt=EXCERPT, stretch=6, two_people_for=frozenset({HarmCode.RECRUIT})
)
HASTY = DeskRules(timezone=JAKARTA, excerpt=EXCERPT, stretch=0)
FEW = ChannelRef(-1001234567891, "kabar_kecil", "Kabar Kecil")
SUBSCRIBERS = {CHANNEL: 0, FEW: 300}
ADMIN = 1  # the Telegram id of the one whom the settings name
FIRST_MESSAGE = 1000  # a post's number in its channel counts from here
VETERANS = ("M0", "M1", "M2")


class Screens(RecordingCourier):
    """What stands on people's screens: the newest letter of every message."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[tuple[int, int], Letter] = {}

    async def send(self, chat_id: int, letter: Letter) -> int:
        message_id = await super().send(chat_id, letter)
        self.shown[chat_id, message_id] = letter
        return message_id

    async def edit(self, chat_id: int, message_id: int, letter: Letter) -> None:
        await super().edit(chat_id, message_id, letter)
        self.shown[chat_id, message_id] = letter


class SurerClassifier(ScriptedClassifier):
    """SURE scores higher."""

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return [
            replace(prediction(text), score=0.97) if "SURE" in text else prediction(text)
            for text in texts
        ]


async def prepare(file: Path) -> None:
    """People, a recipient, a stranger to its digests, and two channels; once for many runs."""
    database, clock = Database(f"sqlite:///{file}"), FrozenClock()
    flow = Flow(database, clock, HASTY)
    practise = Practise(database, clock, flow.deal, practice_samples())
    for name in (*VETERANS, "New"):
        person = await flow.person(Role.MODERATOR, name=name)
        if name != "New":
            while (sample := (await practise.stand(person)).sample) is not None:
                await practise.answer(person, sample.id, is_propaganda=sample.is_propaganda)
            await flow.deal.duty(person, on=True, chat_id=person.telegram_id)
    await flow.recipient()
    await flow.person(Role.RECIPIENT, name="Elsewhere")
    for ref in SUBSCRIBERS:
        await flow.watched(ref)
    await flow.post_office()
    await database.close()
    with contextlib.closing(sqlite3.connect(file)) as raw, raw:
        for ref, subscribers in SUBSCRIBERS.items():
            raw.execute(
                "UPDATE channels SET subscribers = ? WHERE chat_id = ?", (subscribers, ref.chat_id)
            )


class Stage:
    """people: three moderators and one who is new; after them the recipient's, and a stranger's.

    texts: of posts by number, as they read now, with their families.
    """

    def __init__(self, file: Path, rules: DeskRules) -> None:
        self.file, self.rules = file, rules
        self.clock = FrozenClock()
        self.screens = Screens()
        self._raw = sqlite3.connect(file)
        self.people: list[Person] = []
        self.officer: Person
        self.stranger: Person
        self.texts: dict[int, tuple[Post, int]] = {}
        self._letters = 0  # the newest row of the outbox that was looked at
        self._open()
        self._oracle = Oracle(
            Rules(
                excerpt=rules.excerpt,
                stretch=rules.stretch,
                rest=rules.rest,
                practice=rules.practice,
                two_for=frozenset(code.value for code in rules.two_people_for),
            ),
            NOON,
            alike=ALIKE,
            pause_at=0.5,
            pause_least=4,
        )

    def _open(self) -> None:
        self.database = Database(f"sqlite:///{self.file}")
        self.flow = Flow(self.database, self.clock, self.rules)
        self.flow.send._courier = self.screens
        self.flow.courier = self.screens
        self.flow.triage._classifier = SurerClassifier()
        self.lessons = Practise(self.database, self.clock, self.flow.deal, practice_samples())
        self.reflect = Reflect(self.database, self.clock, self.flow.deal)

    @property
    def oracle(self) -> Oracle:
        """It knows what time it is."""
        self._oracle.now = self.clock.now()
        return self._oracle

    async def close(self) -> None:
        self._raw.close()
        await self.database.close()

    def rows(self, statement: str) -> list[Any]:
        """What the file itself says; times are text in it."""
        found = self._raw.execute(statement)
        names = [column[0] for column in found.description]
        return list(map(namedtuple("Row", names, rename=True)._make, found))

    def revision_id(self, card: int, number: int) -> int:
        rows = self.rows(
            "SELECT revisions.id FROM revisions JOIN cards ON cards.post_id = revisions.post_id "
            f"WHERE cards.id = {card} AND number = {number}"
        )
        return int(rows[0].id) if rows else 0


def moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if kept else None
