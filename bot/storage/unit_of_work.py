"""One transaction and the stores that work in it."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.additions import AdditionStore
from bot.storage.audit import AuditStore
from bot.storage.basis_drafts import BasisDraftStore
from bot.storage.board import BoardStore
from bot.storage.captures import CaptureStore
from bot.storage.cards import CardStore
from bot.storage.cases import CaseStore
from bot.storage.channels import ChannelStore
from bot.storage.desks import DeskStore
from bot.storage.digest_calls import DigestCallStore
from bot.storage.digests import DigestStore
from bot.storage.disputes import DisputeStore
from bot.storage.doorsteps import DoorstepStore
from bot.storage.evidence import EvidenceStore
from bot.storage.examples import ExampleStore
from bot.storage.files import FileStore
from bot.storage.gaps import GapStore
from bot.storage.heartbeats import HeartbeatStore
from bot.storage.holds import HoldStore
from bot.storage.inbox import InboxStore
from bot.storage.kind_changes import KindChangeStore
from bot.storage.last_looks import LastLookStore
from bot.storage.learning import LearningStore
from bot.storage.left_out import LeftOutStore
from bot.storage.months import MonthStore
from bot.storage.near_duplicates import NearDuplicateStore
from bot.storage.originals import OriginalStore
from bot.storage.outbox import OutboxStore
from bot.storage.people import PeopleStore
from bot.storage.posts import PostStore
from bot.storage.practice import PracticeStore
from bot.storage.quality import QualityStore
from bot.storage.queue import QueueStore
from bot.storage.receipts import ReceiptStore
from bot.storage.rechecks import RecheckStore
from bot.storage.recipients import RecipientStore
from bot.storage.referrals import ReferralStore
from bot.storage.retention import RetentionStore
from bot.storage.reversals import ReversalStore
from bot.storage.reviews import ReviewStore
from bot.storage.samples import SampleStore
from bot.storage.sources import SourceStore
from bot.storage.statements import StatementStore
from bot.storage.stats import StatsStore
from bot.storage.transparency import TransparencyStore
from bot.storage.verdicts import VerdictStore
from bot.storage.watches import WatchStore


class UnitOfWork:
    """The stores of one transaction. `commit()` keeps it all; leaving without it keeps nothing."""

    def __init__(self, connection: AsyncConnection, on_letters_owed: Callable[[], None]) -> None:
        self.connection = connection
        self._on_letters_owed = on_letters_owed
        self.inbox = InboxStore(connection)
        self.people = PeopleStore(connection)
        self.recipients = RecipientStore(connection)
        self.doorsteps = DoorstepStore(connection)
        self.channels = ChannelStore(connection)
        self.additions = AdditionStore(connection)
        self.kind_changes = KindChangeStore(connection)
        self.left_out = LeftOutStore(connection)
        self.basis_drafts = BasisDraftStore(connection)
        self.heartbeats = HeartbeatStore(connection)
        self.posts = PostStore(connection)
        self.sources = SourceStore(connection)
        self.watches = WatchStore(connection)
        self.gaps = GapStore(connection)
        self.rechecks = RecheckStore(connection)
        self.last_looks = LastLookStore(connection)
        self.verdicts = VerdictStore(connection)
        self.near_duplicates = NearDuplicateStore(connection)
        self.captures = CaptureStore(connection)
        self.cases = CaseStore(connection)
        self.cards = CardStore(connection)
        self.queue = QueueStore(connection)
        self.reviews = ReviewStore(connection)
        self.statements = StatementStore(connection)
        self.desks = DeskStore(connection)
        self.board = BoardStore(connection)
        self.practice = PracticeStore(connection)
        self.referrals = ReferralStore(connection)
        self.digests = DigestStore(connection)
        self.originals = OriginalStore(connection)
        self.outbox = OutboxStore(connection)
        self.files = FileStore(connection)
        self.receipts = ReceiptStore(connection)
        self.disputes = DisputeStore(connection)
        self.reversals = ReversalStore(connection)
        self.digest_calls = DigestCallStore(connection)
        self.evidence = EvidenceStore(connection)
        self.months = MonthStore(connection)
        self.retention = RetentionStore(connection)
        self.holds = HoldStore(connection)
        self.samples = SampleStore(connection)
        self.quality = QualityStore(connection)
        self.stats = StatsStore(connection)
        self.transparency = TransparencyStore(connection)
        self.learning = LearningStore(connection)
        self.examples = ExampleStore(connection)
        self.audit = AuditStore(connection)

    async def commit(self) -> None:
        await self.connection.commit()
        if self.outbox.owes_more:
            self._on_letters_owed()
