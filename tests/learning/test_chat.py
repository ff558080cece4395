"""What admins write and press, against the double of the Bot API: pictures leave, presses count."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.request import HTTPXRequest

from bot.chat.courier import TelegramCourier
from bot.chat.telegram_bot import TelegramBot
from bot.domain.errors import TryLater, Undeliverable
from bot.domain.learning import TrainingState
from bot.ports import Attachment, Button, Letter
from bot.services import learn_train
from bot.services.learn_champion import Champion
from bot.services.learn_compare import compare, frozen_scores
from bot.services.learn_train import Train
from classifiers import Model, models
from sandbox.double import Base, Double
from tests.end_to_end.conftest import TOKEN, staged
from tests.end_to_end.nursery import Nursery
from tests.end_to_end.stage import Stage
from tests.learning.conftest import ScriptedTraining

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this python-telegram-bot warns each time it makes a RetryAfter."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def stage(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """The whole bot in this process, on SQLite."""
    shutil.copyfile(migrated_file, tmp_path / "saring.db")
    nursery = Nursery()
    async with staged(f"sqlite:///{tmp_path / 'saring.db'}", tmp_path, nursery) as stage:
        yield stage
    nursery.close()


async def test_quality_is_a_picture_with_words_in_the_admins_language(stage: Stage) -> None:
    channel = await stage.watched()
    await stage.start()
    assert await stage.says(stage.admin, "/quality") == "Belum ada unggahan yang dinilai."
    stage.double.publish(channel, "cuaca cerah hari ini")
    await stage.until_one("SELECT count(*) FROM verdicts", 1)

    said = await stage.says(stage.admin, "/quality")

    assert said.startswith("Mutu · model scripted-1\nBelum ada yang ditandai")
    picture = stage.letters(stage.admin)[-1]
    assert picture.document is not None
    assert picture.document.startswith(PNG)
    assert 20_000 < len(picture.document) < 300_000


async def test_learning_is_switched_by_source(stage: Stage) -> None:
    await stage.start()

    before = await stage.says(stage.admin, "/learning")
    switched = await stage.says(stage.admin, "/learning on bot")
    again = await stage.says(stage.admin, "/learning ON Bot")
    after = await stage.says(stage.admin, "/learning")
    wrong = await stage.says(stage.admin, "/learning on everything")

    assert "• bot (kanal yang diikuti bot): mati" in before
    assert switched == "✅ bot (kanal yang diikuti bot): menyala"
    assert again == "Memang sudah demikian."
    assert "Belajar dari 0 keputusan" in after
    assert wrong == "/learning on bot · /learning off export · /learning train"


async def test_moderator_is_refused_by_command_and_by_forged_button(stage: Stage) -> None:
    budi = await stage.moderator()
    await stage.start()
    await stage.on_duty(budi)

    assert "admin" in (await stage.says(budi, "/quality")).lower()
    assert "admin" in (await stage.says(budi, "/learning train")).lower()
    forged = stage.double.press(budi, stage.desk(budi), data="learn:1:promote")
    assert await stage.answer(forged) == "Only admins can do this."
    assert await stage.one("SELECT count(*) FROM trainings") == 0


async def test_asking_without_decisions_is_answered_with_a_sentence(stage: Stage) -> None:
    await stage.start()

    stage.double.say(stage.admin, "/learning train")

    await stage.told(stage.admin, "Model baru sedang dilatih.")
    await stage.told(stage.admin, "0 keputusan terlalu sedikit untuk dipelajari")
    assert await stage.one("SELECT state FROM trainings") == TrainingState.FAILED


async def test_button_under_the_picture_promotes(
    stage: Stage, seed_folder: Path, seed: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(seed_folder, stage.folder / "model")
    await waits_for_admins(stage, seed, monkeypatch)
    await stage.start()

    letter = await stage.told(stage.admin, "Model baru")
    assert letter.document is not None
    assert letter.document.startswith(PNG)
    press = stage.double.press(stage.admin, letter, "Naikkan")

    assert await stage.answer(press) == "Disepakati: model baru mulai dipakai."
    await stage.told(stage.admin, "sekarang dipakai")
    candidate = await stage.one("SELECT candidate FROM trainings")
    assert models.champion_version(stage.folder / "model") == candidate
    assert Champion(stage.folder / "model").load().version == candidate
    again = stage.double.press(stage.admin, letter, "Naikkan")
    assert await stage.answer(again) == "Perbandingan ini sudah selesai."


async def waits_for_admins(stage: Stage, seed: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison of a candidate, as the training job leaves it; the admin is known."""
    monkeypatch.setattr(learn_train, "train_apart", ScriptedTraining(seed))
    monkeypatch.setattr("bot.domain.learning.FEWEST_ROWS", 0)
    monkeypatch.setattr("bot.domain.learning.FEWEST_OF_A_KIND", 0)
    async with stage.database.work() as work:
        await work.learning.ask(None, stage.clock.now())
        await work.commit()
    await stage.hired(stage.admin)
    champion = Champion(stage.folder / "model")
    await Train(stage.database, stage.clock, champion, 0.05).run()


# --- the courier ------------------------------------------------------------------------------


@pytest.fixture
async def double() -> Double:
    return Double(TOKEN)


@pytest.fixture
async def courier(double: Double) -> AsyncIterator[TelegramCourier]:
    async with double.serve() as base, connected(base) as bot:
        yield TelegramCourier(bot)


def connected(base: Base) -> TelegramBot:
    plain = {"verify": False}  # plain HTTP: no certificates to read
    return TelegramBot(
        base.token,
        base_url=base.base_url,
        request=HTTPXRequest(read_timeout=5, httpx_kwargs=plain),
        get_updates_request=HTTPXRequest(read_timeout=5, httpx_kwargs=plain),
    )


def picture(seed: Model) -> bytes:
    from bot.render.comparison import comparison_picture

    said = frozen_scores(seed, seed)
    return comparison_picture(compare(seed, seed, said, said, 0.05), "en")


async def test_picture_arrives_with_caption_and_buttons(
    courier: TelegramCourier, double: Double, seed: Model
) -> None:
    ani = double.person(1001, "Ani")
    double.say(ani, "/start")
    content = picture(seed)
    letter = Letter(
        "<b>Kata</b>", ((Button("Naikkan", "learn:1:promote"),),),
        attachment=Attachment("comparison.png", content),
    )  # fmt: skip

    message_id = await courier.send(ani.id, Letter.from_json(letter.as_json()))

    shown = double.chat(ani).messages[-1]
    assert (shown.id, shown.text, shown.document) == (message_id, "Kata", content)
    assert shown.buttons == [[("Naikkan", "learn:1:promote")]]


async def test_other_file_arrives_as_a_document_under_its_name(
    courier: TelegramCourier, double: Double
) -> None:
    ani = double.person(1001, "Ani")
    double.say(ani, "/start")

    await courier.send(ani.id, Letter("kata", attachment=Attachment("isi.csv", b"a,b\n")))

    shown = double.chat(ani).messages[-1]
    assert (shown.file_name, shown.document) == ("isi.csv", b"a,b\n")


async def test_picture_that_telegram_refuses_is_given_up_and_a_wait_is_kept(
    courier: TelegramCourier, double: Double
) -> None:
    ani = double.person(1001, "Ani")
    double.say(ani, "/start")
    broken = Letter("kata", attachment=Attachment("kaput.png", b"no picture"))

    with pytest.raises(Undeliverable):
        await courier.send(ani.id, broken)
    double.fault("sendDocument", retry_after=7)
    with pytest.raises(TryLater) as later:
        await courier.send(ani.id, Letter("kata", attachment=Attachment("isi.csv", b"a")))

    assert later.value.after_seconds == 7


def test_letter_without_attachment_is_kept_as_before() -> None:
    letter = Letter("kata", ((Button("ya", "x"),),), protected=True)

    assert "attachment" not in letter.as_json()
    assert Letter.from_json(letter.as_json()) == letter
