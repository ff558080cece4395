"""What is counted openly: the groups in reading order, their tables, and every cell of each."""

from collections.abc import Mapping

from bot.domain.adding import WantedBy
from bot.domain.channel import WatchState
from bot.domain.codes import FORWARDABLE, HarmCode, PurposeCode
from bot.domain.cursor import GapReason
from bot.domain.language import LANGUAGES_TOLD
from bot.domain.receipt import ReplyCode
from bot.domain.referral import ReferralState
from bot.domain.reversal import Restored, WithdrawalState

UNANSWERED, TAKEN_BACK = "unanswered", "withdrawn"
NO_ANSWERS = (TAKEN_BACK, UNANSWERED)  # the outcomes that are none
UNRECORDED = "unrecorded"  # of cards from before languages were kept
_LANGUAGES = (*LANGUAGES_TOLD, UNRECORDED)

CELLS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "posts": {
        "reading": (
            "nothing_to_read",
            "not_judged",
            "history",
            "not_flagged",
            "outside_known",
            "not_decided",
            "decided",
        ),
        "decisions": (*HarmCode, *PurposeCode, "none"),
        "languages": _LANGUAGES,
    },
    "referred": {
        "referred_codes": tuple(code for code in HarmCode if code in FORWARDABLE),
        "referred_languages": _LANGUAGES,
        "outcomes": (*ReplyCode, *NO_ANSWERS),
    },
    "undelivered": {
        "undelivered": (
            ReferralState.OWED,
            ReferralState.LEASED,
            ReferralState.FAILED,
            ReferralState.WITHDRAWN,
        )
    },
    "corrections": {"corrections": (*Restored, "no_answer", "not_sent")},
    "withdrawn": {"withdrawn": (WithdrawalState.AGREED,)},
    "watches": {
        "askers": tuple(WantedBy),
        "watches": tuple(state for state in WatchState if state is not WatchState.SCANNED),
    },
    "gaps": {"gaps": tuple(GapReason)},
}
# Tables that are parts of one cell of their group's first table, and of which one.
PART_OF = {"decisions": "decided", "languages": "decided"}
