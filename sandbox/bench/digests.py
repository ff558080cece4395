"""What a large digest costs: pictures, message and each document, in time, bytes and memory.

Each way of sending is measured in a process of its own, so that its peak of memory is its own.
"""

import hashlib
import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from random import Random
from typing import Final

from bot.domain.capture import SCHEMA, Capture, sealed
from bot.domain.codes import FORWARDABLE
from bot.domain.referral import Digest, ReferredItem, Sender
from bot.domain.statement import Statement, offered
from bot.render.digest import digest_letters
from bot.render.documents.booklet import booklet
from bot.render.documents.record import Frame, digest_json
from bot.render.documents.sheet import digest_csv, digest_xlsx
from bot.render.picture import capture_picture
from bot.texts.legal import read_legal_basis

_MADE: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_LINE: Final = (
    "kami semua malam hari kota jalan besar kecil baru lama datang pergi orang rumah pagi "
    "siang tempat waktu nanti sudah belum akan dari untuk dengan kepada antara setiap"
)
_FRAME: Final = Frame(
    "id",
    "Asia/Jakarta",
    Sender("Yayasan Contoh", "Unit Rujukan", "rujukan@example.org", "+62 21 000"),
    read_legal_basis(),
    "rujukan@example.org",
)


@dataclass
class Cost:
    """Of one step, all digests together; the processor's time. peak: of the process by then."""

    step: str
    seconds: float = 0.0
    size: int = 0
    peak: int = 0

    def of(self, draw: Callable[[], bytes]) -> bytes:
        began = time.process_time()
        drawn = draw()
        self.seconds += time.process_time() - began
        self.size += len(drawn)
        self.peak = _peak()
        return drawn

    def __str__(self) -> str:
        return (
            f"    {self.step:<8} {self.seconds:6.1f} s {self.size / 1e6:7.2f} MB, "
            f"peak of memory {self.peak / 1e6:4.0f} MB"
        )


def measure(items: int = 500, caps: tuple[int, ...] = (500, 100)) -> list[str]:
    """The report's lines. caps: the most items in a digest; each is measured by itself."""
    load = os.getloadavg()[0]
    lines = [f"Digests of {items} items, a picture for each (load of the machine {load:.1f})"]
    context = multiprocessing.get_context("spawn")
    for cap in caps:
        ours, theirs = context.Pipe()
        process = context.Process(target=_send, args=(theirs, items, cap), daemon=True)
        process.start()
        costs: list[Cost] = ours.recv()
        process.join()
        lines.append(f"  {-(-items // cap)} of {cap}")
        lines += [str(cost) for cost in costs]
    return lines


def _send(theirs: Connection, items: int, cap: int) -> None:
    theirs.send(costs(items, cap))


def costs(items: int, cap: int) -> list[Cost]:
    """Of each step in this process: drawing so many items, then digests of at most `cap`."""
    start, pictures = Cost("start", peak=_peak()), Cost("pictures")
    steps = {name: Cost(name) for name in ("message", "pdf", "xlsx", "csv", "json")}
    chance = Random(4)  # noqa: S311 - no secret
    drawn: dict[str, bytes] = {}
    referred = [_item(number, chance, pictures, drawn) for number in range(1, items + 1)]
    for number, first in enumerate(range(0, items, cap), 1):
        some = tuple(referred[first : first + cap])
        digest = Digest(number, "Direktorat Contoh", _MADE, some, "ab" * 32)
        _write(
            digest,
            {one.picture_sha256 or "": drawn[one.picture_sha256 or ""] for one in some},
            steps,
        )
    return [start, pictures, *steps.values()]


def _write(digest: Digest, pictures: Mapping[str, bytes], steps: Mapping[str, Cost]) -> None:
    steps["message"].of(lambda: _message(digest))
    steps["pdf"].of(lambda: booklet(digest, _FRAME, pictures))
    steps["xlsx"].of(lambda: digest_xlsx(digest, _FRAME))
    steps["csv"].of(lambda: digest_csv(digest, _FRAME))
    steps["json"].of(lambda: digest_json(digest, _FRAME))


def _message(digest: Digest) -> bytes:
    return b"".join(letter.html.encode() for letter in digest_letters(digest, _FRAME, "cd" * 32))


def _item(number: int, chance: Random, cost: Cost, drawn: dict[str, bytes]) -> ReferredItem:
    """A made-up post of 50 to 1,500 letters, half of them under 400; its picture is drawn."""
    text = " ".join(chance.choices(_LINE.split(), k=round(10 * 30 ** chance.random())))
    harm = sorted(FORWARDABLE)[number % len(FORWARDABLE)]
    capture = _capture(number, text)
    hides = harm == "INSTRUCT"
    picture = cost.of(lambda: capture_picture(capture, hides_words=hides))
    sha256 = hashlib.sha256(picture).hexdigest()
    drawn[sha256] = picture
    return ReferredItem(
        number=number,
        harm=harm,
        link=f"https://t.me/kabar_contoh/{number}",
        channel="@kabar_contoh",
        text=text,
        posted_at=_MADE - timedelta(hours=9),
        decided_at=_MADE - timedelta(hours=2),
        people=1,
        score=0.9,
        model_version="1",
        title="Kabar Contoh",
        message_ids=(number,),
        reviewers=("M3",),
        views=1200,
        subscribers=5400,
        captured_at=_MADE - timedelta(hours=8),
        capture_sha256=capture.sha256,
        picture_sha256=sha256,
        statement=Statement(offered(harm)[:2]),
    )


def _capture(number: int, text: str) -> Capture:
    posted = (_MADE - timedelta(hours=9)).isoformat()
    facts = {
        "schema": SCHEMA,
        "taken_at": posted,
        "url": f"https://t.me/kabar_contoh/{number}",
        "channel": {"id": -1, "username": "kabar_contoh", "title": "Kabar Contoh"},
        "posted_at": posted,
        "edited_at": None,
        "forwarded_from": None,
        "views": 1200,
        "views_approx": False,
        "text": text,
        "media": ["photo"],
    }
    content, sha256 = sealed(facts)
    return Capture(number, _MADE, content, sha256)


def _peak() -> int:
    """Bytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
