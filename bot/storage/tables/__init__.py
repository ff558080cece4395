"""Every table, a file a step of the flow. What must never happen is refused here, not only in code.

Promise 1 stands in `referrals`: its foreign keys name a confirming review of that very post and
revision which has not been undone. Promise 3 stands in `cards.is_forwardable` and the same keys.
"""

from bot.storage.tables.adding import (
    addition_lines,
    additions,
    basis_drafts,
    heartbeats,
    kind_changes,
    left_out,
)
from bot.storage.tables.answering import (
    corrections,
    digest_calls,
    disputes,
    holds,
    pauses,
    receipts,
    received,
    reopenings,
    retention_days,
    withdrawals,
)
from bot.storage.tables.arriving import inbox
from bot.storage.tables.base import metadata
from bot.storage.tables.deciding import (
    bands,
    calls,
    cards,
    cases,
    desks,
    practice_answers,
    reviews,
    sightings,
    statements,
    wordings,
)
from bot.storage.tables.judging import captures, verdicts
from bot.storage.tables.learning import (
    learning_sources,
    sample_days,
    samples,
    training_votes,
    trainings,
)
from bot.storage.tables.leaving import digest_files, digests, files, outbox, referrals
from bot.storage.tables.people import (
    board,
    doorsteps,
    invites,
    people,
    recipient_codes,
    recipients,
    roles,
)
from bot.storage.tables.recording import audit, audit_head
from bot.storage.tables.visiting import gaps, rechecks, sources, watches
from bot.storage.tables.watching import channels, post_members, posts, revisions

__all__ = [
    "addition_lines",
    "additions",
    "audit",
    "audit_head",
    "bands",
    "basis_drafts",
    "board",
    "calls",
    "captures",
    "cards",
    "cases",
    "channels",
    "corrections",
    "desks",
    "digest_calls",
    "digest_files",
    "digests",
    "disputes",
    "doorsteps",
    "files",
    "gaps",
    "heartbeats",
    "holds",
    "inbox",
    "invites",
    "kind_changes",
    "learning_sources",
    "left_out",
    "metadata",
    "outbox",
    "pauses",
    "people",
    "post_members",
    "posts",
    "practice_answers",
    "receipts",
    "received",
    "rechecks",
    "recipient_codes",
    "recipients",
    "referrals",
    "reopenings",
    "retention_days",
    "reviews",
    "revisions",
    "roles",
    "sample_days",
    "samples",
    "sightings",
    "sources",
    "statements",
    "training_votes",
    "trainings",
    "verdicts",
    "watches",
    "withdrawals",
    "wordings",
]
