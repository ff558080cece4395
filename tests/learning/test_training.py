"""Trainings: owed, carried out apart from the bot, compared, and answered by admins."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import TryLater
from bot.domain.learning import Answer, LearningPress, TrainingState, Voted
from bot.domain.people import Person, Role
from bot.domain.post import SourceKind
from bot.services import learn_process, learn_train
from bot.services.learn_champion import Champion
from bot.services.learn_process import Job, TrainingFailed, train_apart
from classifiers import Model, models
from classifiers.artefact import versioned
from tests.learning.conftest import Classroom, ScriptedTraining

COMPARED, KEPT = TrainingState.COMPARED, TrainingState.KEPT

# Of the models and their pictures, which take seconds; the others ask both databases the same.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def say(classroom: Classroom, admin: Person, answer: Answer = Answer.PROMOTE) -> Voted:
    """An admin answers the newest comparison."""
    newest = await classroom.newest()
    return await classroom.promote.vote(admin, LearningPress(newest.id, answer))


async def compared(classroom: Classroom) -> Person:
    """A comparison that waits for the only admin."""
    admin = await classroom.taught()
    assert await classroom.learn.ask(admin)
    assert (await classroom.trained()).state is COMPARED
    return admin


def left_behind(directory: Path) -> list[str]:
    return [path.name for path in (directory / "training").glob("*")]


# --- the process ------------------------------------------------------------------------------


@on_one_database
async def test_real_training_runs_apart_while_the_bot_keeps_answering(
    classroom: Classroom,
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)
    await classroom.learn.go_on()
    before = (await classroom.champion.current()).version

    turns = await turns_meanwhile(classroom)

    training = await classroom.newest()
    assert training.state in (COMPARED, KEPT)
    assert training.champion == before
    assert training.candidate not in (None, before)
    letter = (await classroom.letters(admin))[-1]
    assert letter.attachment is not None
    assert letter.attachment.content.startswith(b"\x89PNG")
    assert "40 decisions: 10 propaganda, 30 not" in letter.html
    assert bool(letter.buttons) == (training.state is COMPARED)
    assert left_behind(classroom.directory) == []
    assert models.champion_version(classroom.directory) is None
    assert turns > 10  # in the loop itself it would leave none


async def turns_meanwhile(classroom: Classroom) -> int:
    """How often the event loop came to do something else until the training was over."""
    waiting, turns = asyncio.create_task(classroom.learn.finished()), 0
    while not waiting.done():
        await asyncio.sleep(0.01)
        turns += 1
    await waiting
    return turns


async def test_process_that_fails_says_why_in_one_sentence(tmp_path: Path, seed: Model) -> None:
    job = Job(tmp_path)
    seed.save(job.champion)
    job.fresh.write_text("text,label\nkata,vielleicht\n")

    with pytest.raises(TrainingFailed, match=r"fresh.csv, row 2, column label"):
        await train_apart(job)

    assert not (job.candidate / "model.json").exists()


async def test_cancelled_training_ends_its_process(tmp_path: Path, seed: Model) -> None:
    job = Job(tmp_path)
    seed.save(job.champion)
    job.fresh.write_text("text,label\nkata lain,1\n")
    task = asyncio.create_task(train_apart(job))
    await asyncio.sleep(0.5)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.2)

    assert not running_with(tmp_path)


def running_with(folder: Path) -> list[str]:
    """Processes whose command line names a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = path.read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        if str(folder).encode() in said:
            found.append(said.decode(errors="replace"))
    return found


def test_process_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "1:secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@host/name")

    assert "secret" not in str(learn_process._environment())


# --- what it gives ----------------------------------------------------------------------------


async def test_nothing_to_learn_is_one_sentence_and_the_champion_stays(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught(propaganda=5, benign=5)
    await classroom.learn.ask(admin)

    training = await classroom.trained()

    assert training.state is TrainingState.FAILED
    assert scripted.runs == 0
    said = (await classroom.letters(admin))[-1].html
    assert said == (
        "No new model: 10 decisions are too few to learn from; 30 are needed.\n"
        "The present model stays."
    )


async def test_one_kind_of_decision_is_one_sentence(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught(propaganda=0, benign=35)
    await classroom.learn.ask(admin)

    assert (await classroom.trained()).state is TrainingState.FAILED

    assert "0 decisions say propaganda and 35 say it is not" in (
        (await classroom.letters(admin))[-1].html
    )


@on_one_database
async def test_failed_process_is_one_sentence_and_leaves_nothing(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)
    scripted.fails = True

    assert (await classroom.trained()).state is TrainingState.FAILED

    assert "training did not succeed" in (await classroom.letters(admin))[-1].html
    assert left_behind(classroom.directory) == []
    assert models.list_models(classroom.directory)[0].is_champion


@on_one_database
async def test_candidate_that_flags_too_much_is_not_offered(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)
    scripted.threshold = 0.01

    assert (await classroom.trained()).state is KEPT

    letter = (await classroom.letters(admin))[-1]
    assert letter.buttons == ()
    assert "Against the new one: flags too much: news" in letter.html
    assert [one.is_seed for one in models.list_models(classroom.directory)] == [True]
    assert await say(classroom, admin) is Voted.CLOSED


@on_one_database
async def test_same_model_again_is_said_and_not_offered(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await compared(classroom)
    assert await say(classroom, admin) is Voted.PROMOTED

    await classroom.learn.ask(admin)
    assert (await classroom.trained()).state is KEPT

    assert "there is nothing new to learn" in (await classroom.letters(admin))[-1].html


@on_one_database
async def test_comparison_speaks_each_admins_language(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught()
    other = await classroom.flow.person(Role.ADMIN, name="Dewi", language="id")
    await classroom.learn.ask(admin)

    await classroom.trained()

    assert "Nothing speaks against it" in (await classroom.letters(admin))[-1].html
    letter = (await classroom.letters(other))[-1]
    assert "Tidak ada yang menentangnya" in letter.html
    assert [button.label for button in letter.buttons[0]] == ["Naikkan", "Tetap yang sekarang"]


# --- what the champion knows ------------------------------------------------------------------


@on_one_database
async def test_seed_model_is_asked_about_every_decision_itself(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)

    await classroom.trained()

    assert (len(scripted.known), len(scripted.fresh)) == (0, 40)


async def test_decisions_that_taught_the_champion_are_told_apart_from_later_ones(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await compared(classroom)
    assert await say(classroom, admin) is Voted.PROMOTED
    classroom.flow.clock.advance(timedelta(days=1))
    for number in range(3):
        card = await classroom.flow.flagged(f"FLAG baru {number} {number * number}")
        person = await classroom.flow.moderator()
        await classroom.flow.dismiss(person, card)
        await classroom.flow.deal.duty(person, on=False, chat_id=person.telegram_id)
    await classroom.learn.ask(admin)

    await classroom.trained()

    assert len(scripted.known) == 40
    assert [text.split()[:3] for text in scripted.fresh] == [
        ["FLAG", "baru", str(number)] for number in range(3)
    ]


@on_one_database
async def test_champion_from_elsewhere_may_have_learnt_from_everything(
    classroom: Classroom, scripted: ScriptedTraining, seed: Model
) -> None:
    foreign = versioned(replace(seed, about={"rows": 1, "positives": 1}))
    foreign.save(classroom.directory / "incoming")
    models.promote(
        classroom.directory, models.keep(classroom.directory, classroom.directory / "incoming")
    )
    admin = await classroom.taught()
    await classroom.learn.ask(admin)

    await classroom.again().trained()

    assert (len(scripted.known), len(scripted.fresh)) == (40, 0)


@on_one_database
async def test_candidate_worse_on_the_folds_is_not_offered(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)
    scripted.on_folds = (0.95, 0.1)

    assert (await classroom.trained()).state is KEPT

    said = (await classroom.letters(admin))[-1].html
    assert "may be worse on training rows" in said
    assert "flags too much: news" in said


# --- promoting --------------------------------------------------------------------------------


async def test_only_admin_promotes_and_the_running_bot_takes_the_model(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await compared(classroom)
    before = await classroom.champion.current()

    assert await say(classroom, admin) is Voted.PROMOTED

    newest = await classroom.newest()
    assert newest.state is TrainingState.PROMOTED
    assert classroom.champion.version == newest.candidate != before.version
    assert (await classroom.champion.predict(["halo"]))[0].model_version == newest.candidate
    assert Champion(classroom.directory).load().version == newest.candidate
    audited = await classroom.flow.audited()
    assert audited[-3:] == ["promotion wanted", "candidate promoted", "model in use"]


async def test_two_admins_promote_where_there_are_two(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    other = await classroom.flow.person(Role.ADMIN, name="Dewi")
    admin = await compared(classroom)

    assert await say(classroom, admin) is Voted.SECOND_NEEDED
    assert await say(classroom, admin) is Voted.SECOND_NEEDED
    assert models.champion_version(classroom.directory) is None
    assert await say(classroom, other) is Voted.PROMOTED

    assert models.champion_version(classroom.directory) == (await classroom.newest()).candidate


@on_one_database
async def test_admin_who_left_does_not_count(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    gone = await classroom.flow.person(Role.ADMIN, name="Dewi")
    await classroom.flow.person(Role.ADMIN, name="Rina")
    admin = await compared(classroom)
    assert await say(classroom, gone) is Voted.SECOND_NEEDED
    async with classroom.flow.database.work() as work:
        await work.people.leave(gone.id, Role.ADMIN)
        await work.commit()

    assert await say(classroom, admin) is Voted.SECOND_NEEDED


@on_one_database
async def test_one_admin_is_enough_to_keep_the_champion(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    other = await classroom.flow.person(Role.ADMIN, name="Dewi")
    admin = await compared(classroom)
    await say(classroom, admin)

    assert await say(classroom, other, Answer.KEEP) is Voted.KEPT

    assert await say(classroom, admin) is Voted.CLOSED
    assert models.champion_version(classroom.directory) is None
    assert "Dewi decided to keep" in (await classroom.letters(admin))[-1].html


async def test_two_presses_at_once_promote_once(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    other = await classroom.flow.person(Role.ADMIN, name="Dewi")
    admin = await compared(classroom)

    voted = await asyncio.gather(say(classroom, admin), say(classroom, other))

    assert sorted(voted) == [Voted.PROMOTED, Voted.SECOND_NEEDED]
    assert (await classroom.flow.audited()).count("candidate promoted") == 1


async def test_agreed_candidate_is_promoted_by_the_next_process_after_a_crash(
    classroom: Classroom, scripted: ScriptedTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await compared(classroom)

    async def crash() -> None:
        raise OSError("the power is gone")

    monkeypatch.setattr(classroom.promote, "settle", crash)
    with pytest.raises(OSError, match="power"):
        await say(classroom, admin)
    after = classroom.again()
    await after.promote.settle()

    assert await classroom.states() == [TrainingState.PROMOTED]
    assert after.champion.version == (await classroom.newest()).candidate


@on_one_database
async def test_candidate_compared_with_another_champion_is_not_promoted(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await compared(classroom)
    first = (await classroom.newest()).candidate
    assert first is not None
    await say(classroom, admin)
    scripted.number = 2
    await classroom.learn.ask(admin)
    assert (await classroom.trained()).state is COMPARED
    models.rollback(classroom.directory)

    await say(classroom, admin)

    assert (await classroom.newest()).state is KEPT
    assert models.champion_version(classroom.directory) is None
    assert "another model has come into use" in (await classroom.letters(admin))[-1].html


@on_one_database
async def test_running_bot_takes_a_rollback_from_the_command_line(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await compared(classroom)
    seed = (await classroom.champion.current()).version
    await say(classroom, admin)

    models.rollback(classroom.directory)
    await classroom.promote.settle()

    assert classroom.champion.version == seed
    assert (await classroom.flow.audited()).count("model in use") == 2


@on_one_database
async def test_damaged_champion_stops_nobody(
    classroom: Classroom, scripted: ScriptedTraining, caplog: pytest.LogCaptureFixture
) -> None:
    admin = await compared(classroom)
    seed = (await classroom.champion.current()).version
    await say(classroom, admin)
    promoted = classroom.champion.version
    (models.champion_folder(classroom.directory) / "model.json").write_text("{}")

    await classroom.promote.settle()
    after_restart = classroom.again().champion.load()

    assert classroom.champion.version == promoted  # what runs goes on
    assert after_restart.version == seed
    assert "cannot be used, the seed model is" in caplog.text


@on_one_database
async def test_newer_comparison_closes_the_one_that_waits(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await compared(classroom)
    first = await classroom.newest()
    scripted.number = 2
    await classroom.learn.ask(admin)
    second = await classroom.trained()

    assert await classroom.states() == [KEPT, COMPARED]
    kept = [one.version for one in models.list_models(classroom.directory) if not one.is_seed]
    assert kept == [second.candidate]
    press = LearningPress(first.id, Answer.PROMOTE)
    assert await classroom.promote.vote(admin, press) is Voted.CLOSED


# --- when -------------------------------------------------------------------------------------


async def test_timetable_trains_once_a_week_and_only_where_something_teaches(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    clock = classroom.flow.clock  # a Monday, noon in Jakarta
    await classroom.learn.go_on()
    clock.advance(timedelta(days=7))
    await classroom.learn.go_on()
    assert await classroom.states() == []

    await classroom.taught()
    clock.advance(timedelta(days=6, hours=14))  # Monday, two in the morning
    await classroom.learn.go_on()
    assert await classroom.states() == []
    clock.advance(timedelta(hours=2))
    await classroom.trained()
    await classroom.trained()
    clock.advance(timedelta(days=3))
    await classroom.trained()

    assert clock.now() > datetime(2026, 3, 15, tzinfo=UTC)
    assert await classroom.states() == [COMPARED]


async def test_second_request_is_told_that_one_is_under_way(classroom: Classroom) -> None:
    admin = await classroom.taught(0, 1)

    assert await classroom.learn.ask(admin)
    assert not await classroom.learn.ask(admin)


async def test_switching_is_audited_and_only_when_something_changes(
    classroom: Classroom,
) -> None:
    admin = await classroom.flow.admin()

    changes = [
        await classroom.learn.switch(admin, SourceKind.EXPORT, on=on)
        for on in (False, True, True, False)
    ]

    assert changes == [False, True, False, True]
    assert (await classroom.flow.audited())[-2:] == ["learning on", "learning off"]


# --- interrupted ------------------------------------------------------------------------------


async def test_interrupted_training_leaves_nothing_and_is_begun_anew(
    classroom: Classroom, scripted: ScriptedTraining, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)
    await killed_while_training(classroom, monkeypatch)
    assert left_behind(classroom.directory) != []
    monkeypatch.setattr(learn_train, "train_apart", scripted)

    after = classroom.again()
    training = await after.trained()

    assert (training.state, training.attempts) == (COMPARED, 2)
    assert left_behind(classroom.directory) == []


async def killed_while_training(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a SIGKILL leaves: the row says running, and files lie about."""

    async def die(job: Job) -> None:
        (job.folder / "weights.part").touch()
        raise KilledError

    monkeypatch.setattr(learn_train, "train_apart", die)
    with monkeypatch.context() as dead:
        dead.setattr(learn_train.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KilledError):
            await classroom.train.run()


class KilledError(BaseException):
    """Nothing of ours catches it."""


@on_one_database
async def test_training_that_is_always_interrupted_is_given_up(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)
    for _ in range(3):
        await killed_while_training(classroom, monkeypatch)

    assert (await classroom.again().trained()).state is TrainingState.FAILED

    assert "interrupted three times" in (await classroom.letters(admin))[-1].html


@on_one_database
async def test_stopping_the_bot_ends_the_training_and_cleans_up(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await classroom.taught()
    await classroom.learn.ask(admin)
    started = asyncio.Event()

    async def hang(job: Job) -> None:
        started.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(learn_train, "train_apart", hang)
    await classroom.learn.go_on()
    await started.wait()

    await classroom.learn.close()

    assert left_behind(classroom.directory) == []
    assert await classroom.states() == [TrainingState.RUNNING]


async def test_files_of_an_orphaned_process_are_removed_by_the_next_tick(
    classroom: Classroom,
) -> None:
    late = classroom.directory / "training" / "abc" / "candidate"
    await asyncio.to_thread(late.mkdir, parents=True)

    await classroom.learn.go_on()

    assert left_behind(classroom.directory) == []


@on_one_database
async def test_comparison_that_could_not_be_sent_goes_out_again_with_its_picture(
    classroom: Classroom, scripted: ScriptedTraining
) -> None:
    admin = await classroom.taught()
    await classroom.letters(admin)
    await classroom.learn.ask(admin)
    classroom.flow.courier.fails(admin.telegram_id, TryLater("later", 30))
    await classroom.trained()

    before = await classroom.letters(admin)
    classroom.flow.clock.advance(timedelta(minutes=5))
    after = await classroom.letters(admin)

    assert len(after) == len(before) + 1
    attachment = after[-1].attachment
    assert attachment is not None
    assert attachment.content.startswith(b"\x89PNG")
