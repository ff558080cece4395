"""The only place where parts are built and joined.

Tests and the sandbox call the same functions with other ends: another clock, another Bot API.
"""

import asyncio
import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from telegram.error import InvalidToken, TelegramError

from bot.chat.adding import AddChannels
from bot.chat.answering import Receipts
from bot.chat.commands import Commands
from bot.chat.courier import TelegramCourier
from bot.chat.desk import DeskButtons
from bot.chat.directory import TelegramDirectory
from bot.chat.explaining import Explaining
from bot.chat.inbox import PeopleWorker, PostWorker
from bot.chat.learning import Learning
from bot.chat.lull import Lull
from bot.chat.members import Members
from bot.chat.menus import Menus
from bot.chat.officers import Officers
from bot.chat.overview import Overview
from bot.chat.poller import Poller
from bot.chat.practice import Practice
from bot.chat.presses import Presses
from bot.chat.profile import Profile
from bot.chat.recipients import Recipients
from bot.chat.referring import Referring
from bot.chat.reversing import Reversing
from bot.chat.routes import Group
from bot.chat.sources import SourcesGroup
from bot.chat.staff import Staff
from bot.chat.telegram_bot import TelegramBot, telegram_bot
from bot.chat.uploads import Uploads
from bot.chat.watching import Watching
from bot.chat.webhook import Hook, Webhook
from bot.clock import SystemClock
from bot.domain.errors import SettingsError, TokenRefused
from bot.domain.referral import Sender
from bot.ports import Classifier, Clock, FileReader
from bot.render.documents.bundle import bundle
from bot.schedule.chore import Chore
from bot.schedule.pacing import Pace
from bot.schedule.post_office import PostOffice
from bot.schedule.rounds import Rounds
from bot.schedule.tick import Tick
from bot.services.account import Account
from bot.services.add_names import AddNames
from bot.services.adding import Adding
from bot.services.admit import Admit
from bot.services.answer import Answer
from bot.services.basis import Basis
from bot.services.board import NoticeBoard
from bot.services.call import CallAgain
from bot.services.chase import Chase
from bot.services.deal import Deal
from bot.services.decide import Decide
from bot.services.draw import Draw
from bot.services.enrol import Enrol
from bot.services.errands import Errands
from bot.services.expire import Expire
from bot.services.explain import Explain
from bot.services.fill import Fill
from bot.services.forward import Forward
from bot.services.heartbeat import Heartbeat
from bot.services.ingest import Ingest
from bot.services.join import Join
from bot.services.lapse import Lapse
from bot.services.last_look import LastLook
from bot.services.learn import Learn
from bot.services.learn_champion import Champion
from bot.services.learn_promote import Promote
from bot.services.learn_quality import Quality
from bot.services.learn_train import Train
from bot.services.leave_out import LeaveOut
from bot.services.month import ReportUp
from bot.services.nearest import Nearest
from bot.services.oversee import Oversee
from bot.services.part import Part
from bot.services.pause import Pause
from bot.services.picture import Picture
from bot.services.practise import Practise
from bot.services.receive import Receive
from bot.services.recheck import LookAgain
from bot.services.refer import Refer
from bot.services.reflect import Reflect
from bot.services.regroup import Regroup
from bot.services.rekind import Rekind
from bot.services.remind import Remind
from bot.services.report import Report
from bot.services.retain import Retain
from bot.services.reverse import Reverse
from bot.services.sample import Sample
from bot.services.scan import Scan
from bot.services.send import Send
from bot.services.source_states import SourceStates
from bot.services.sources import Sources
from bot.services.triage import Triage
from bot.services.turn import Turn
from bot.services.visit import Visit
from bot.services.watch import Watch
from bot.services.write import Bundle, House, Write
from bot.settings import Settings
from bot.sources.files import read_file
from bot.sources.practice import practice_samples
from bot.sources.preview.fetch import Fetch
from bot.sources.preview.site import PreviewSite
from bot.sources.sheet import read_sheet
from bot.storage.database import Database
from bot.texts.legal import read_legal_basis

_log = logging.getLogger(__name__)
_PAUSE = 5.0  # seconds between attempts to reach Telegram at the start


@dataclass
class Reading:
    """What reads posts and opens cases, with a bot or without one."""

    database: Database
    clock: Clock
    classifier: Classifier
    champion: Champion
    deal: Deal
    ingest: Ingest
    triage: Triage
    scan: Scan
    read_file: FileReader


def reading(
    settings: Settings, *, clock: Clock | None = None, classifier: Classifier | None = None
) -> Reading:
    """The reading half. Loads the model in use; trains the seed model where there is none."""
    clock = clock or SystemClock()
    database = Database(settings.database_url.get_secret_value())
    champion = Champion(settings.model_dir)
    if classifier is None:
        champion.load()
    judge = classifier or champion
    deal = Deal(database, clock, settings.desk_rules())
    ingest = Ingest(database, clock)
    triage = Triage(database, clock, judge, deal)
    return Reading(
        database=database,
        clock=clock,
        classifier=judge,
        champion=champion,
        deal=deal,
        ingest=ingest,
        triage=triage,
        scan=Scan(ingest, triage),
        read_file=read_file,
    )


def retaining(settings: Settings, database: Database, clock: Clock) -> Retain:
    """What forgets words whose time is over."""
    return Retain(
        database,
        clock,
        settings.terms,
        retain_at=settings.retain_at,
        timezone=settings.timezone,
    )


def spare_the_collector() -> None:
    """Has Python's garbage collector pass over what is loaded by now, for as long as we run.

    It is some 300,000 objects. To walk over them took more than a tenth of a second each
    time, during which nobody was answered.
    """
    gc.collect()
    gc.freeze()


@dataclass
class Running:
    """A bot whose parts are joined; `run` keeps it going until it is cancelled."""

    database: Database
    bot: TelegramBot
    receiver: Poller | Webhook
    posts: PostWorker
    people: PeopleWorker
    add_names: Chore
    post_office: PostOffice
    rounds: Rounds
    fetch: Fetch
    tick: Tick
    refer: Refer
    learn: Learn

    async def run(self) -> None:
        """Raises TokenRefused when Telegram does not know the token (any more), SettingsError
        when the webhook cannot be set up.
        """
        self.tick.start()
        try:
            async with asyncio.TaskGroup() as group:
                for part in (
                    self.receiver,
                    self.posts,
                    self.people,
                    self.add_names,
                    self.post_office,
                    self.rounds,
                ):
                    group.create_task(part.run())
        except* (TokenRefused, SettingsError) as refused:
            raise refused.exceptions[0] from refused
        finally:
            await self.tick.stop()

    async def close(self) -> None:
        await self.learn.close()
        await self.fetch.close()
        await self.bot.shutdown()
        await self.database.close()


async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    classifier: Classifier | None = None,
    bundle: Bundle = bundle,
) -> Running:
    """The whole bot, known to Telegram by its name. Raises TokenRefused for a bad token.

    bundle: draws a digest's documents.
    """
    assert settings.bot_token is not None  # the caller runs something else without one
    bot = telegram_bot(settings.bot_token.get_secret_value(), settings.bot_api_url or None)
    await _introduce(bot)
    half = await asyncio.to_thread(reading, settings, clock=clock, classifier=classifier)
    database, clock, deal = half.database, half.clock, half.deal
    join = Join(database, clock, settings.admin_ids, settings.timezone, settings.digest_at)
    directory = TelegramDirectory(bot)
    watch = Watch(database, clock)
    adding = Adding(database, clock)
    add_names = AddNames(database, clock, directory, bot.username)
    oversee = Oversee(database, clock, directory)
    lapse = Lapse(database, clock)
    sources = SourcesGroup(
        Basis(database, clock, Sources(database, clock)),
        SourceStates(database, clock, oversee),
        settings.timezone,
    )
    add_channels = AddChannels(bot, adding, add_names)
    board = NoticeBoard(
        database, clock, f"https://t.me/{bot.username}?start=desk", settings.timezone
    )
    admit = Admit(database, clock, board, settings.timezone, settings.digest_at)
    pause = Pause(database, clock, limit=settings.reversal_limit, least=settings.reversal_least)
    answer = Answer(database, clock, pause)
    reverse = Reverse(database, clock, deal, pause)
    call_again = CallAgain(database, clock, settings.emergency_line)
    retain = retaining(settings, database, clock)
    picture = Picture(database, clock)
    house = _house(settings)
    last_look = LastLook(database, clock)
    write = Write(database, clock, picture, house, last_look, bundle)
    refer = Refer(database, clock, write)
    enrol = Enrol(database, clock)
    explaining = Explaining(Explain(database, clock))
    part = Part(database, clock, deal, settings.admin_ids)
    train = Train(database, clock, half.champion, settings.flag_rate_limit)
    learn = Learn(database, clock, train, learn_at=settings.learn_at, timezone=settings.timezone)
    promote = Promote(database, clock, half.champion)
    uploads = Uploads(bot, half.scan, half.read_file)
    uploads.clear()
    receipts = Receipts(bot, answer, reverse, read_sheet, ReportUp(database, clock, house))
    practice = Practice(
        Practise(database, clock, deal, practice_samples()), Reflect(database, clock, deal)
    )
    reversing = Reversing(reverse, retain, settings.timezone)
    watching = Watching(
        watch,
        oversee,
        LeaveOut(database, clock),
        lapse,
        adding,
        Rekind(database, clock),
        settings.timezone,
    )
    groups: tuple[Group, ...] = (  # in the order of the menu
        add_channels,
        watching,
        sources,
        Overview(Report(database, half.classifier), Account(database, clock), settings.timezone),
        Staff(part, join, bot.username),
        Referring(refer, pause, enrol),
        Recipients(enrol),
        explaining,
        Learning(Quality(database, clock), learn, promote, settings.timezone),
        DeskButtons(
            deal,
            Turn(database, deal),
            Decide(database, clock, deal),
            Regroup(database, clock, deal),
            practice,
        ),
        practice,
        reversing,
        receipts,
    )
    menus = Menus(bot, groups)
    await menus.set_up()
    contact = settings.contact or settings.operator
    profile = Profile(bot, enrol, clock, settings.operator, contact)
    lull = Lull()
    posts = PostWorker(bot, database, clock, half.ingest, half.triage, lull)
    people = PeopleWorker(
        bot,
        database,
        clock,
        Commands(
            join,
            groups,
            (sources, watching, add_channels, explaining, reversing, receipts, uploads),
            menus,
            contact,
            bot.username,
        ),
        Presses(join, admit, groups),
        Members(bot, join, watch, board, admit, deal),
        Officers(bot, admit, groups, receipts, menus),
        lull,
    )
    draw = Draw(database, clock, deal, Nearest(database))
    courier = TelegramCourier(bot)
    forward = Forward(database, clock, courier)
    send = Send(database, clock, courier, deal, draw, refer, board, forward)
    sample = Sample(
        database,
        clock,
        half.classifier,
        deal,
        size=settings.sample_size,
        timezone=settings.timezone,
    )
    heartbeat = Heartbeat(
        database,
        clock,
        oversee,
        half.classifier,
        day_at=settings.day_at,
        timezone=settings.timezone,
        undecided_days=settings.undecided_days,
    )
    jobs = {
        "look at what leaves soon": last_look.ahead,
        "refer what can no longer be undone": refer.past_undo,
        "send what does not wait": refer.at_once,
        "call again for what nobody acknowledged": call_again.due,
        "ask for what keeps referrals back": Chase(database, clock).due,
        "owe corrections": reverse.correct,
        "draw the captures of what was confirmed": picture.confirmed,
        "make the digests whose time has come": refer.due_digests,
        "deal cards that became free": deal.wake_desks,
        "redraw the notice board": board.refresh,
        "leave groups that nobody spoke for": admit.overdue,
        "say who runs the bot": profile.keep_true,
        "call about targets": Remind(database, clock, deal).due,
        "end watches that found nothing": lapse.due,
        "end requests for a second admin": Expire(database, clock).due,
        "tell admins how the day was": heartbeat.due,
        "have people look at a few unflagged posts": sample.daily,
        "train on what was decided": learn.go_on,
        "take the promoted model": promote.settle,
        "tell those who confirmed of answers": answer.tell,
        "leave attack know-how in its capture alone": retain.seal,
        "forget what is over": retain.nightly,
    }

    calls = {"post": posts.called, "people": people.called}

    def on_received(kinds: set[str]) -> None:
        for kind in kinds:
            calls[kind].set()

    fetch = Fetch(clock, contact, base_url=settings.preview_url)
    return Running(
        database=database,
        bot=bot,
        receiver=_receiver(settings, bot, Receive(database, clock), on_received, lull),
        posts=posts,
        people=people,
        add_names=Chore("channels to be added", add_names.work_off, add_names.called),
        post_office=PostOffice(database, clock, send, Pace()),
        rounds=_rounds(settings, half, fetch, posts.called.set),
        fetch=fetch,
        tick=Tick(jobs, settings.tick_seconds),
        refer=refer,
        learn=learn,
    )


def _rounds(settings: Settings, half: Reading, fetch: Fetch, on_kept: Callable[[], None]) -> Rounds:
    """What visits channels through the preview. It asks nothing until an admin switches that on."""
    database, clock, preview = half.database, half.clock, PreviewSite(fetch)
    errands = Errands(
        database,
        clock,
        Visit(database, clock, preview, Random()),  # noqa: S311 - no secret
        Fill(database, clock, preview),
        LookAgain(database, clock, preview, half.deal),
        settings.preview_rate,
    )
    return Rounds(clock, errands, settings.preview_rate, on_kept)


def _receiver(
    settings: Settings,
    bot: TelegramBot,
    receive: Receive,
    on_received: Callable[[set[str]], None],
    lull: Lull,
) -> Poller | Webhook:
    if not settings.webhook_url:
        return Poller(bot, receive, on_received, lull)
    host, _, port = settings.webhook_listen.rpartition(":")
    secret = settings.webhook_secret.get_secret_value()
    hook = Hook(settings.webhook_url, secret, host.strip("[]"), int(port))
    return Webhook(bot, receive, on_received, hook)


def _house(settings: Settings) -> House:
    """What the operator says of itself to recipients."""
    sender = Sender(
        settings.sender_organisation or settings.operator,
        settings.sender_role,
        settings.sender_email,
        settings.sender_phone,
    )
    contact = settings.contact or settings.operator
    return House(sender, read_legal_basis(settings.legal_basis), contact)


async def _introduce(bot: TelegramBot) -> None:
    """Waits until Telegram has told the bot's name. Raises TokenRefused for a bad token."""
    try:
        while not await _is_known(bot):  # noqa: ASYNC110 - Telegram sets no event of ours
            await asyncio.sleep(_PAUSE)
    except (TokenRefused, asyncio.CancelledError):
        await bot.hang_up()
        raise


async def _is_known(bot: TelegramBot) -> bool:
    try:
        await bot.initialize()
    except InvalidToken as error:
        raise TokenRefused from error
    except TelegramError as error:
        _log.warning(
            "Telegram cannot be reached (%s), trying again in %.0f s",
            type(error).__name__,
            _PAUSE,
        )
        return False
    return True
