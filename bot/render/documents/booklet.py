"""The digest for a printer and for a file: a cover with one plot, then a page an item."""

from collections.abc import Mapping
from io import BytesIO

from fpdf.enums import Align, XPos, YPos
from PIL import Image

from bot.domain.referral import PRESERVED, Digest, ReferredItem
from bot.render.documents.columns import numbers
from bot.render.documents.paper import ACCENT, INK, MARGIN, PALE, QUIET, WARN, WIDTH, Paper
from bot.render.documents.record import (
    Frame,
    answers,
    entity,
    exemption_check,
    language,
    legal_basis,
    live,
    model,
    people,
    quote,
    ratings,
    reach,
    reason,
    sender_line,
    shown_number,
    translation,
    warnings,
)
from bot.render.fonts import printable
from bot.render.lines import broken

_QUOTE = 420  # letters; the capture below shows the rest
_NOTE = 900  # letters of a reason on a page
_TRANSLATION = 600
_LEAST_WIDTH = 105.0  # millimetres, below which a capture cannot be read


def booklet(digest: Digest, frame: Frame, pictures: Mapping[str, bytes]) -> bytes:
    """The digest as PDF, A4. pictures: PNG by SHA-256; an item without one says so."""
    pages = _Pages(digest, frame)
    pages.cover()
    for place, item in enumerate(digest.items, 1):
        pages.item(item, place, pictures.get(item.picture_sha256 or ""))
    return bytes(pages.output())


class _Pages(Paper):
    def __init__(self, digest: Digest, frame: Frame) -> None:
        super().__init__(
            frame,
            frame.said("booklet-title", number=shown_number(digest, frame)),
            digest.created_at,
        )
        self._digest = digest
        self._number = shown_number(digest, frame)

    # --- what every page has ------------------------------------------------------------------

    def header(self) -> None:
        for key, is_on in (
            ("booklet-preview", self._digest.is_preview),
            ("booklet-test", self._digest.is_test),
        ):
            if is_on:
                self.letters(9, WARN, bold=True)
                self.cell(
                    WIDTH, 6, self.said(key), align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT
                )
                self.ln(1)

    def footer(self) -> None:
        self.foot(self.said("booklet-page", number=self._number, page=self.page_no(), pages="{nb}"))

    # --- the cover ----------------------------------------------------------------------------

    def cover(self) -> None:
        digest = self._digest
        self.cover_head(
            self.said("booklet-title", number=self._number),
            self.when(digest.created_at),
            self.said("booklet-what"),
        )
        self.facts(self._cover_facts())
        self.ln(6)
        counts = {self.said(f"harm-{harm.lower()}"): n for harm, n in digest.counts.items()}
        self.bars(self.said("booklet-plot"), counts, self.said("harm-threat"))
        self.ln(6)
        self.letters(8.5, QUIET)
        self.paragraph(self.said("request-assess"), 4.6)
        self.ln(1)
        self.paragraph(self.said("good-faith"), 4.6)
        self.ln(1)
        self.paragraph(self.said("booklet-answers", answers=answers(self._frame)), 4.6)
        self.ln(1)
        self.paragraph(self.said("remedy", contact=self._frame.contact), 4.6)

    def _cover_facts(self) -> list[tuple[str, str]]:
        digest = self._digest
        to = self.when(digest.created_at)
        period = (
            f"{self.when(digest.since)} – {to}"
            if digest.since
            else self.said("booklet-first", to=to)
        )
        none = self.said("booklet-none")
        waiting = none
        if digest.waiting and digest.waiting_since:
            since = self.when(digest.waiting_since)
            waiting = self.said("booklet-waiting-since", count=digest.waiting, since=since)
        return [
            (self.said("about-sender"), sender_line(self._frame)),
            (self.said("about-recipient"), digest.recipient),
            (self.said("booklet-period"), period),
            (self.said("booklet-items"), str(len(digest.items))),
            (self.said("booklet-by-two"), str(digest.by_two)),
            (self.said("booklet-withdrawn"), str(digest.withdrawn) if digest.withdrawn else none),
            (self.said("booklet-waiting"), waiting),
            (self.said("booklet-previous"), _hash(digest.previous_sha256) or none),
            (self.said("about-audit"), _hash(digest.audit_hash) or none),
        ]

    # --- an item ------------------------------------------------------------------------------

    def item(self, item: ReferredItem, place: int, picture: bytes | None) -> None:
        self.add_page()
        urgency = self.said(f"urgency-{self._digest.urgency(item).replace('_', '-')}")
        self.letters(16, INK, bold=True)
        self.paragraph(self.said("booklet-item", place=place, number=item.number), 9)
        self.letters(10.5, WARN if item.harm == "THREAT" else ACCENT, bold=True)
        self.paragraph(f"{self.said(f'harm-{item.harm.lower()}')} · {urgency}", 6)
        self.letters(10, ACCENT)
        self._link(item.link)
        self.ln(1.5)
        self._quote(item)
        self.ln(1.5)
        self.facts(self._item_facts(item))
        self.ln(2)
        self._capture(item, picture)

    def _link(self, address: str) -> None:
        self.cell(WIDTH, 6, address, link=address, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _quote(self, item: ReferredItem) -> None:
        words = " ".join(quote(item, self._frame, _QUOTE).split())
        self.letters(10, INK)
        lines = broken(printable(words), WIDTH - 8, self.measured)
        self.set_fill_color(*PALE)
        self.rect(MARGIN, self.get_y(), WIDTH, 5.4 * len(lines) + 4, style="F")
        self.ln(2)
        self.paragraph(words, 5.4, left=4, width=WIDTH - 8)
        self.ln(2)

    def _item_facts(self, item: ReferredItem) -> list[tuple[str, str]]:
        frame, said = self._frame, self.said
        facts = [
            (
                said("column-channel"),
                f"{item.channel} · {item.title}" if item.title else item.channel,
            ),
            (said("column-message"), numbers(item)),
            (said("column-language"), language(item, frame)),
            (said("column-translation"), translation(item, frame, _TRANSLATION)),
            (said("column-reason"), reason(item, frame)[:_NOTE]),
            (said("column-legal"), legal_basis(item, frame)),
            (said("column-exemption"), next(iter(exemption_check(item, frame).values()))),
            (said("column-entity"), entity(item, frame)),
            (said("label-ratings"), ratings(item, frame)),
            *self._moments(item),
            (said("label-by"), people(item, frame)),
            (said("label-automation"), model(item, frame)),
            (said("label-reach"), reach(item, frame) or said("not-known")),
            (said("column-live"), live(item, frame)),
        ]
        if item.copies:
            urls = " ".join(item.copy_links[:5])
            facts.append(
                (said("label-copies"), f"{said('copies-others', count=item.copies)} {urls}")
            )
        if item.media:
            facts.append((said("label-attached"), ", ".join(item.media[:10])))
        if item.forwarded_from:
            facts.append((said("label-forwarded"), item.forwarded_from[:80]))
        if item.statement.warnings:
            facts.append((said("column-warnings"), warnings(item, frame)))
        facts.append((said("label-evidence"), self._evidence(item)))
        return facts

    def _moments(self, item: ReferredItem) -> list[tuple[str, str]]:
        moments = [
            ("label-posted", item.posted_at),
            ("label-edited", item.edited_at),
            ("label-flagged", item.flagged_at),
            ("label-decided", item.decided_at),
        ]
        return [(self.said(key), self.when(at)) for key, at in moments if at is not None]

    def _evidence(self, item: ReferredItem) -> str:
        until = self.when(item.decided_at + PRESERVED)
        kept = self.said("label-keep-until", date=until)
        return f"{_hash(item.capture_sha256) or self.said('booklet-none')}, {kept}"

    @property
    def _room(self) -> float:
        """Millimetres of height that a picture may take on this page."""
        return 297 - 16 - self.get_y() - 8

    def _capture(self, item: ReferredItem, picture: bytes | None) -> None:
        """The picture in what is left of the page, or on a page of its own."""
        if picture is None:
            self.letters(9, QUIET)
            self.paragraph(self.said("booklet-no-capture"))
            return
        with Image.open(BytesIO(picture)) as opened:
            wide, high = opened.size
        if self._room * wide / high < _LEAST_WIDTH:
            self.add_page()
        width = min(WIDTH, self._room * wide / high)
        self.letters(8.5, QUIET)
        if item.captured_at:
            self.paragraph(self.said("booklet-capture", when=self.when(item.captured_at)), 5)
        y = self.get_y() + 1
        self.image(BytesIO(picture), x=MARGIN, y=y, w=width)
        self.set_draw_color(*PALE)
        self.rect(MARGIN, y, width, width * high / wide)


def _hash(sha256: str | None) -> str:
    return sha256[:32] if sha256 else ""
