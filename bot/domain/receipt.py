"""What a recipient answers to a referral, and how an answer is written and pressed."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.codes import HarmCode

PAGE = 8  # items on one screen of the list that is answered
_MOST_NUMBERS = 500  # in one written answer
_LONGEST_NUMBER = 9  # digits


class ReplyCode(StrEnum):
    """A recipient's answer. "Actioned" says what the recipient did, not what the post is."""

    ACTIONED = "actioned"
    PARTLY = "partly"
    NOT_VIOLATING = "not_violating"
    BAD_URL = "bad_url"
    BAD_CAPTURE = "bad_capture"
    NEED_INFO = "need_info"
    ALREADY_GONE = "already_gone"
    DUPLICATE = "duplicate"


class Way(StrEnum):
    """How an answer came in."""

    BUTTON = "button"
    REPLY = "reply"
    SHEET = "sheet"


class DisputeState(StrEnum):
    """What a moderator says of a "not violating"; dropped when the recipient takes it back."""

    OPEN = "open"
    AGREED = "agreed"
    KEPT = "kept"
    DROPPED = "dropped"


@dataclass(frozen=True)
class AnswerableItem:
    """A referral in a delivered digest. number: the referral's. place: its own in the digest."""

    number: int
    place: int
    case_id: int
    harm: HarmCode
    link: str
    channel: str
    code: ReplyCode | None


@dataclass(frozen=True)
class AnswerableDigest:
    """A digest as its recipient answers it. received_at: None until somebody pressed Received."""

    id: int
    number: int
    recipient_id: int
    delivered_at: datetime
    received_at: datetime | None
    items: tuple[AnswerableItem, ...]

    @property
    def answered(self) -> int:
        return sum(item.code is not None for item in self.items)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.items) // PAGE))


@dataclass(frozen=True)
class Noted:
    """An answer that was kept: what it was given for, and what it says."""

    number: int
    place: int
    channel: str
    code: ReplyCode


@dataclass(frozen=True)
class OpenDigest:
    """A delivered digest that is not answered to the end, or that nobody acknowledged."""

    digest_id: int
    number: int
    delivered_at: datetime
    unanswered: int
    items: int
    is_received: bool


@dataclass(frozen=True)
class Unanswered:
    """What a recipient has not answered, oldest first. corrections: number, and since when."""

    digests: tuple[OpenDigest, ...] = ()
    corrections: tuple[tuple[int, datetime], ...] = ()


# --- presses --------------------------------------------------------------------------------

_RECEIVED = re.compile(r"(received|answers):([0-9]{1,18})")
_ANSWER = re.compile(r"answer:([0-9]{1,18}):([0-9]{1,4})(?::([0-9]{1,18}))?(?::([a-z_]{1,16}))?")
_DISPUTE = re.compile(r"dispute:([0-9]{1,18}):(agreed|kept)")


@dataclass(frozen=True)
class AnswerPress:
    """A button of the list: page `page` of a digest; one referral's codes; one referral's answer.

    referral: None for the list itself. code: None where the codes are to be shown.
    """

    digest_id: int
    page: int = 0
    referral: int | None = None
    code: ReplyCode | None = None

    def pack(self) -> str:
        packed = f"answer:{self.digest_id}:{self.page}"
        if self.referral is not None:
            packed += f":{self.referral}"
        return f"{packed}:{self.code}" if self.code else packed


def unpack_answer(data: str) -> AnswerPress | None:
    found = _ANSWER.fullmatch(data)
    if not found or (found[4] and (found[3] is None or found[4] not in set(ReplyCode))):
        return None
    referral = int(found[3]) if found[3] else None
    return AnswerPress(
        int(found[1]), int(found[2]), referral, ReplyCode(found[4]) if found[4] else None
    )


@dataclass(frozen=True)
class DigestPress:
    """A button under a digest: it was received, or its items are to be answered."""

    digest_id: int
    is_received: bool

    def pack(self) -> str:
        return f"{'received' if self.is_received else 'answers'}:{self.digest_id}"


def unpack_digest(data: str) -> DigestPress | None:
    found = _RECEIVED.fullmatch(data)
    return DigestPress(int(found[2]), found[1] == "received") if found else None


@dataclass(frozen=True)
class DisputePress:
    """A moderator's button under a "not violating"."""

    dispute_id: int
    state: DisputeState

    def pack(self) -> str:
        return f"dispute:{self.dispute_id}:{self.state}"


def unpack_dispute(data: str) -> DisputePress | None:
    found = _DISPUTE.fullmatch(data)
    return DisputePress(int(found[1]), DisputeState(found[2])) if found else None


# --- written answers ------------------------------------------------------------------------

# As people write them, in both languages; the longest that fits counts.
_WORDS: dict[str, ReplyCode] = {
    "actioned": ReplyCode.ACTIONED,
    "done": ReplyCode.ACTIONED,
    "removed": ReplyCode.ACTIONED,
    "blocked": ReplyCode.ACTIONED,
    "ditindak": ReplyCode.ACTIONED,
    "ditindaklanjuti": ReplyCode.ACTIONED,
    "sudah ditindak": ReplyCode.ACTIONED,
    "selesai": ReplyCode.ACTIONED,
    "diblokir": ReplyCode.ACTIONED,
    "dihapus": ReplyCode.ACTIONED,
    "partly": ReplyCode.PARTLY,
    "partly actioned": ReplyCode.PARTLY,
    "partial": ReplyCode.PARTLY,
    "sebagian": ReplyCode.PARTLY,
    "sebagian ditindak": ReplyCode.PARTLY,
    "not violating": ReplyCode.NOT_VIOLATING,
    "no violation": ReplyCode.NOT_VIOLATING,
    "tidak melanggar": ReplyCode.NOT_VIOLATING,
    "bukan pelanggaran": ReplyCode.NOT_VIOLATING,
    "bad url": ReplyCode.BAD_URL,
    "bad link": ReplyCode.BAD_URL,
    "tautan salah": ReplyCode.BAD_URL,
    "link salah": ReplyCode.BAD_URL,
    "url salah": ReplyCode.BAD_URL,
    "bad capture": ReplyCode.BAD_CAPTURE,
    "tangkapan buruk": ReplyCode.BAD_CAPTURE,
    "tangkapan tidak jelas": ReplyCode.BAD_CAPTURE,
    "need info": ReplyCode.NEED_INFO,
    "need more": ReplyCode.NEED_INFO,
    "need more information": ReplyCode.NEED_INFO,
    "perlu info": ReplyCode.NEED_INFO,
    "perlu keterangan": ReplyCode.NEED_INFO,
    "butuh info": ReplyCode.NEED_INFO,
    "already gone": ReplyCode.ALREADY_GONE,
    "gone": ReplyCode.ALREADY_GONE,
    "sudah hilang": ReplyCode.ALREADY_GONE,
    "sudah tidak ada": ReplyCode.ALREADY_GONE,
    "duplicate": ReplyCode.DUPLICATE,
    "duplikat": ReplyCode.DUPLICATE,
    "ganda": ReplyCode.DUPLICATE,
}
_ALL = frozenset({"all", "semua"})
_LINE = re.compile(
    r"\s*((?:[#\d\s,;.&–-]|\bdan\b|\band\b|\ball\b|\bsemua\b)+?)\s*[:=]?\s+(\D+?)\s*"
)
_RANGE = re.compile(r"(#?)(\d+)(?:\s*[-–]\s*#?(\d+))?")


@dataclass(frozen=True)
class Written:
    """One line of a written answer. places: in the digest that was replied to; numbers: written
    with `#`, the referrals' own. is_all: everything in that digest.
    """

    code: ReplyCode
    places: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    is_all: bool = False


def named_code(words: str) -> ReplyCode | None:
    """The answer that some words name, in either language; a code's own name too."""
    plain = " ".join(words.casefold().replace("_", " ").replace("-", " ").split()).strip(" .!")
    return _WORDS.get(plain)


def read_answers(text: str) -> list[Written] | None:
    """The answers in a message such as "3 7 9 actioned", a line each.

    None where it is no answer at all. Raises ValueError with the first line that is not
    understood, where another line is.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    read = [_read_line(line) for line in lines]
    if not any(read):
        return None
    for line, one in zip(lines, read, strict=True):
        if one is None:
            raise ValueError(line)
    return [one for one in read if one is not None]


def _read_line(line: str) -> Written | None:
    found = _LINE.fullmatch(line.casefold())
    code = named_code(found[2]) if found else None
    if found is None or code is None:
        return None
    if set(found[1].split()) & _ALL:
        return Written(code, is_all=True)
    places, numbers = list[int](), list[int]()
    for mark, first, last in _RANGE.findall(found[1]):
        if max(len(first), len(last)) > _LONGEST_NUMBER:
            return None
        run = range(int(first), int(last or first) + 1)
        if not run or len(run) + len(places) + len(numbers) > _MOST_NUMBERS:
            return None
        (numbers if mark else places).extend(run)
    if not places and not numbers:
        return None
    return Written(code, tuple(dict.fromkeys(places)), tuple(dict.fromkeys(numbers)))


# Headings of a digest's spreadsheet, in small letters, in both languages.
NUMBER_HEADS = frozenset({"item_ref", "item", "butir", "number", "nomor", "referral", "rujukan"})
OUTCOME_HEADS = frozenset({"reply_code", "outcome", "hasil", "answer", "jawaban"})


@dataclass(frozen=True)
class SheetRow:
    """A line of a spreadsheet that came back. number: the referral's."""

    number: int
    code: ReplyCode


def asks_for_a_look(code: ReplyCode) -> bool:
    """Whether a moderator has to say what they think of this answer."""
    return code is ReplyCode.NOT_VIOLATING


def reversal_share(withdrawn_or_disputed: int, delivered: int) -> float:
    """The share of what was delivered that was taken back or answered "not violating"; 0..1."""
    return withdrawn_or_disputed / delivered if delivered else 0.0


def is_too_many(reversed_: int, delivered: int, *, limit: float, least: int) -> bool:
    """Whether sending has to pause. least: deliveries below which a share says nothing."""
    return delivered >= least and reversal_share(reversed_, delivered) > limit
