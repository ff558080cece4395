"""The learning services, joined as `bot.compose` joins them, on a directory of models."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.learning import Training, TrainingState
from bot.domain.people import Person
from bot.domain.post import SourceKind
from bot.ports import Letter
from bot.services import learn_train
from bot.services.learn import Learn
from bot.services.learn_champion import Champion
from bot.services.learn_process import Job, TrainingFailed
from bot.services.learn_promote import Promote
from bot.services.learn_train import Train
from classifiers import Model, seed_model
from classifiers.artefact import versioned
from classifiers.table import read_table
from tests.factories import JAKARTA, Flow, post

MONDAY_AT_THREE = "0 3 * * 1"


@pytest.fixture(scope="session")
def seed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the seed model, trained once."""
    folder = tmp_path_factory.mktemp("seed") / "model"
    seed_model(folder)
    return folder


@pytest.fixture(scope="session")
def seed(seed_folder: Path) -> Model:
    return seed_model(seed_folder)


@dataclass
class Classroom:
    """The services of one process; `again` is what a process that starts anew has."""

    flow: Flow
    directory: Path

    def __post_init__(self) -> None:
        self.champion = Champion(self.directory)
        self.train = Train(self.flow.database, self.flow.clock, self.champion, 0.05)
        self.learn = Learn(
            self.flow.database,
            self.flow.clock,
            self.train,
            learn_at=MONDAY_AT_THREE,
            timezone=JAKARTA,
        )
        self.promote = Promote(self.flow.database, self.flow.clock, self.champion)

    def again(self) -> "Classroom":
        return Classroom(self.flow, self.directory)

    async def taught(self, propaganda: int = 10, benign: int = 30) -> Person:
        """Decisions to learn from, of a source that is on; the admin who switched it on."""
        admin = await self.flow.admin()
        moderator = await self.flow.moderator()
        posts = [post(f"FLAG serangan nomor {n} {n * n}") for n in range(propaganda + benign)]
        await self.flow.arrive(*posts)
        for number in range(propaganda + benign):
            on_desk = (await self.flow.desk(moderator)).card_id
            assert on_desk is not None
            card = await self.flow.card(on_desk)
            if number < propaganda:
                await self.flow.confirm(moderator, card, HarmCode.INCITE)
            else:
                await self.flow.dismiss(moderator, card, PurposeCode.NEWS)
        await self.flow.deal.duty(moderator, on=False, chat_id=moderator.telegram_id)
        await self.learn.switch(admin, SourceKind.BOT, on=True)
        return admin

    async def trained(self) -> Training:
        """Lets the tick carry out what is owed; the newest training afterwards."""
        await self.learn.go_on()
        await self.learn.finished()
        return await self.newest()

    async def newest(self) -> Training:
        async with self.flow.database.look() as work:
            found = await work.learning.newest()
        assert found is not None
        return found

    async def letters(self, admin: Person) -> list[Letter]:
        """What an admin was sent, pictures included, after everything owed has left."""
        await self.flow.post_office()
        sent = self.flow.courier.sent
        return [letter for chat, _, letter in sent if chat == admin.telegram_id]

    async def states(self) -> list[TrainingState]:
        rows = await self.flow.rows("SELECT state FROM trainings ORDER BY id")
        return [TrainingState(str(row.state)) for row in rows]


@pytest.fixture
def classroom(flow: Flow, seed_folder: Path, tmp_path: Path) -> Classroom:
    shutil.copytree(seed_folder, tmp_path / "model")
    return Classroom(flow, tmp_path / "model")


class ScriptedTraining:
    """Stands in for the training process: gives the seed model again, or fails.

    number: each gives a version of its own. threshold: of the model. known, fresh: the tables that
    it was given last. on_folds: the candidate's and the champion's score of a benign row.
    """

    def __init__(self, seed: Model) -> None:
        self._seed = seed
        self.runs = 0
        self.fails = False
        self.threshold = seed.threshold
        self.number = 1
        self.known: list[str] = []
        self.fresh: list[str] = []
        self.on_folds = (0.1, 0.1)

    async def __call__(self, job: Job) -> None:
        self.runs += 1
        if self.fails:
            raise TrainingFailed("the disk is full")
        self.known, self.fresh = _texts(job.known), _texts(job.fresh)
        about = dict(self._seed.about) | {"number": self.number}
        about.pop("seed_sha256")
        versioned(replace(self._seed, about=about, threshold=self.threshold)).save(job.candidate)
        ours, theirs = self.on_folds
        contest = {
            "positive": [True, False] * 50,
            "purpose": [None, "NEWS"] * 50,
            "candidate": [0.9, ours] * 50,
            "champion": [0.9, theirs] * 50,
        }
        job.contest.write_text(json.dumps(contest))


def _texts(table: Path) -> list[str]:
    return [row.text for row in read_table(table)] if table.exists() else []


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, seed: Model) -> ScriptedTraining:
    training = ScriptedTraining(seed)
    monkeypatch.setattr(learn_train, "train_apart", training)
    return training
