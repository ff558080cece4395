"""The digest for a printer and for a file: a cover with one plot, then a page an item.

Set by fpdf2, with HarfBuzz shaping the letters, in the fonts of `bot.render.fonts`.
"""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from PIL import Image

from bot.domain.referral import PRESERVED, Digest, ReferredItem
from bot.render.documents.record import (
    Frame,
    exemption_check,
    legal_basis,
    quote,
    reach,
    reason,
)
from bot.render.fonts import fonts, printable
from bot.render.lines import broken
from bot.render.times import local_time

_MARGIN = 18.0  # millimetres
_WIDTH = 210 - 2 * _MARGIN
_NAMES = 46.0  # the column of names
_QUOTE = 420  # letters; the capture below shows the rest
_NOTE = 900  # letters of a reason on a page
_LEAST_WIDTH = 105.0  # millimetres, below which a capture cannot be read
_INK, _QUIET, _ACCENT = (34, 49, 63), (93, 109, 126), (31, 111, 139)
_PALE, _WARN = (233, 239, 243), (181, 72, 42)


def booklet(digest: Digest, frame: Frame, pictures: Mapping[str, bytes]) -> bytes:
    """The digest as PDF, A4. pictures: PNG by SHA-256; an item without one says so."""
    pages = _Pages(digest, frame)
    pages.cover()
    for place, item in enumerate(digest.items, 1):
        pages.item(item, place, pictures.get(item.picture_sha256 or ""))
    return bytes(pages.output())


class _Pages(FPDF):
    def __init__(self, digest: Digest, frame: Frame) -> None:
        super().__init__("portrait", "mm", "A4")
        self._digest, self._frame = digest, frame
        self.set_margins(_MARGIN, 16, _MARGIN)
        self.set_auto_page_break(True, 16)
        self.alias_nb_pages()
        first, *others = fonts()
        for font in fonts():
            self.add_font(font.name, "", font.regular)
            self.add_font(font.name, "B", font.bold)
        self._family = first.name
        self._widths: dict[tuple[str, float, str], float] = {}
        self.set_font(first.name, size=10)
        self.set_fallback_fonts([font.name for font in others], exact_match=False)
        self.set_text_shaping(True)
        self.set_title(self._said("booklet-title", number=digest.number))
        self.set_author(frame.sender.organisation)
        self.set_lang(frame.language)
        self.set_creation_date(digest.created_at)

    def _said(self, key: str, **values: object) -> str:
        return self._frame.said(key, **values)

    # --- what every page has ------------------------------------------------------------------

    def header(self) -> None:
        if not self._digest.is_test:
            return
        self._letters(9, _WARN, bold=True)
        self.cell(
            _WIDTH,
            6,
            self._said("booklet-test"),
            align=Align.C,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        self.ln(1)

    def footer(self) -> None:
        self.set_y(-12)
        self._letters(8, _QUIET)
        words = self._said(
            "booklet-page", number=self._digest.number, page=self.page_no(), pages="{nb}"
        )
        self.cell(_WIDTH, 5, words, align=Align.C)

    def _letters(self, size: float, color: tuple[int, int, int], *, bold: bool = False) -> None:
        self.set_font(self._family, "B" if bold else "", size)
        self.set_text_color(*color)

    def _paragraph(
        self, text: str, height: float = 5.0, *, left: float = 0.0, width: float = _WIDTH
    ) -> None:
        """Lines of a text, each in its own direction. left: millimetres from the margin.

        Broken here and not by fpdf2, which shapes a line anew for each letter that it tries.
        """
        for line in broken(printable(text), width, self._measured):
            self.set_x(_MARGIN + left)
            align = Align.R if line.is_right else Align.L
            words = line.marked if line.is_right else line.text
            self.cell(width, height, words, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _measured(self, piece: str) -> float:
        key = (piece, self.font_size_pt, self.font_style)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(piece)
        return self._widths[key]

    def _facts(self, facts: list[tuple[str, str]]) -> None:
        """Two columns without lines: what it is, and what is known of it."""
        for name, value in facts:
            self.ln(0.7)
            if self.get_y() > 297 - 16 - 12:
                self.add_page()
            top, page = self.get_y(), self.page_no()
            self._letters(9, _QUIET)
            self._paragraph(name, 4.8, width=_NAMES - 2)
            below = self.get_y() if self.page_no() == page else top
            self.set_y(top)
            self._letters(9, _INK)
            self._paragraph(value, 4.8, left=_NAMES, width=_WIDTH - _NAMES)
            if self.page_no() == page:
                self.set_y(max(below, self.get_y()))

    def _when(self, moment: datetime) -> str:
        return local_time(moment, self._frame.timezone, self._frame.language)

    # --- the cover ----------------------------------------------------------------------------

    def cover(self) -> None:
        digest = self._digest
        self.add_page()
        self.set_fill_color(*_ACCENT)
        self.rect(0, 0, 7, 297, style="F")
        self.ln(14)
        self._letters(10, _QUIET)
        self._paragraph(self._frame.sender.organisation)
        self._letters(26, _INK, bold=True)
        self._paragraph(self._said("booklet-title", number=digest.number), 13)
        self._letters(11, _QUIET)
        self._paragraph(self._when(digest.created_at), 7)
        self.ln(4)
        self._letters(10.5, _INK)
        self._paragraph(self._said("booklet-what"), 5.8)
        self.ln(5)
        self._facts(self._cover_facts())
        self.ln(6)
        self._plot()
        self.ln(6)
        self._letters(8.5, _QUIET)
        self._paragraph(self._said("good-faith"), 4.6)
        self.ln(1)
        self._paragraph(self._said("remedy", contact=self._frame.contact), 4.6)

    def _cover_facts(self) -> list[tuple[str, str]]:
        digest, sender = self._digest, self._frame.sender
        to = self._when(digest.created_at)
        period = (
            f"{self._when(digest.since)} – {to}"
            if digest.since
            else self._said("booklet-first", to=to)
        )
        none = self._said("booklet-none")
        waiting = none
        if digest.waiting and digest.waiting_since:
            since = self._when(digest.waiting_since)
            waiting = self._said("booklet-waiting-since", count=digest.waiting, since=since)
        who = [sender.organisation, sender.role, sender.email, sender.phone]
        return [
            (self._said("about-sender"), " · ".join(filter(None, who))),
            (self._said("about-recipient"), digest.recipient),
            (self._said("booklet-period"), period),
            (self._said("booklet-items"), str(len(digest.items))),
            (self._said("booklet-by-two"), str(digest.by_two)),
            (self._said("booklet-withdrawn"), str(digest.withdrawn) if digest.withdrawn else none),
            (self._said("booklet-waiting"), waiting),
            (self._said("booklet-previous"), _hash(digest.previous_sha256) or none),
            (self._said("about-audit"), _hash(digest.audit_hash)),
        ]

    def _plot(self) -> None:
        """How many items carry each code, as bars."""
        self._letters(10, _INK, bold=True)
        self._paragraph(self._said("booklet-plot"), 6)
        self.ln(1)
        most = max(self._digest.counts.values(), default=1)
        self._letters(9, _INK)
        for harm, count in self._digest.counts.items():
            y = self.get_y()
            self.cell(_NAMES, 7, self._said(f"harm-{harm.lower()}"))
            self.set_fill_color(*(_WARN if harm == "THREAT" else _ACCENT))
            long = max(1.0, (_WIDTH - _NAMES - 14) * count / most)
            self.rect(_MARGIN + _NAMES, y + 1.4, long, 4.2, style="F")
            self.set_x(_MARGIN + _NAMES + long + 2)
            self.cell(12, 7, str(count), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    # --- an item ------------------------------------------------------------------------------

    def item(self, item: ReferredItem, place: int, picture: bytes | None) -> None:
        self.add_page()
        urgency = self._said(f"urgency-{self._digest.urgency(item).replace('_', '-')}")
        self._letters(16, _INK, bold=True)
        self._paragraph(self._said("booklet-item", place=place, number=item.number), 9)
        self._letters(10.5, _WARN if item.harm == "THREAT" else _ACCENT, bold=True)
        self._paragraph(f"{self._said(f'harm-{item.harm.lower()}')} · {urgency}", 6)
        self._letters(10, _ACCENT)
        self._link(item.link)
        self.ln(1.5)
        self._quote(item)
        self.ln(1.5)
        self._facts(self._item_facts(item))
        self.ln(2)
        self._capture(item, picture)

    def _link(self, address: str) -> None:
        self.cell(_WIDTH, 6, address, link=address, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _quote(self, item: ReferredItem) -> None:
        words = " ".join(quote(item, self._frame, _QUOTE).split())
        self._letters(10, _INK)
        lines = broken(printable(words), _WIDTH - 8, self._measured)
        self.set_fill_color(*_PALE)
        self.rect(_MARGIN, self.get_y(), _WIDTH, 5.4 * len(lines) + 4, style="F")
        self.ln(2)
        self._paragraph(words, 5.4, left=4, width=_WIDTH - 8)
        self.ln(2)

    def _item_facts(self, item: ReferredItem) -> list[tuple[str, str]]:
        frame, said = self._frame, self._said
        facts = [
            (
                said("column-channel"),
                f"{item.channel} · {item.title}" if item.title else item.channel,
            ),
            (said("column-reason"), reason(item, frame)[:_NOTE]),
            (said("column-legal"), legal_basis(item, frame) or said("not-stated")),
            (said("column-exemption"), next(iter(exemption_check(item, frame).values()))),
            (said("label-posted"), self._when(item.posted_at)),
            *([(said("label-flagged"), self._when(item.flagged_at))] if item.flagged_at else []),
            (said("label-decided"), self._when(item.decided_at)),
            (said("label-by"), self._people(item)),
            (said("label-automation"), _model(item, frame)),
            (said("label-reach"), reach(item, frame) or said("not-known")),
            (said("column-live"), self._live(item)),
        ]
        if item.edited_at:
            facts.insert(5, (said("label-edited"), self._when(item.edited_at)))
        if item.copies:
            urls = " ".join(item.copy_links[:5])
            facts.append(
                (said("label-copies"), f"{said('copies-others', count=item.copies)} {urls}")
            )
        if item.media:
            facts.append((said("label-attached"), ", ".join(item.media[:10])))
        if item.forwarded_from:
            facts.append((said("label-forwarded"), item.forwarded_from[:80]))
        if item.statement.entity:
            facts.append((said("column-entity"), item.statement.entity))
        if item.statement.ratings:
            facts.append((said("label-ratings"), self._ratings(item)))
        if item.statement.warnings:
            named = ", ".join(said(f"caution-{one}") for one in item.statement.warnings)
            facts.append((said("column-warnings"), named))
        facts.append((said("label-evidence"), self._evidence(item)))
        return facts

    def _people(self, item: ReferredItem) -> str:
        names = ", ".join(item.reviewers)
        words = self._said("people-confirmed", people=item.people, names=names)
        return words + (self._said("people-dissent") if item.has_dissent else "")

    def _live(self, item: ReferredItem) -> str:
        words = self._said(f"live-{item.live_status.replace('_', '-')}")
        return f"{words}, {self._when(item.live_checked_at)}" if item.live_checked_at else words

    def _ratings(self, item: ReferredItem) -> str:
        return ", ".join(
            f"{self._said(f'factor-{factor}')}: {self._said(f'rating-{rating}')}"
            for factor, rating in item.statement.ratings.items()
        )

    def _evidence(self, item: ReferredItem) -> str:
        until = self._when(item.decided_at + PRESERVED)
        kept = self._said("label-keep-until", date=until)
        return f"{_hash(item.capture_sha256) or self._said('booklet-none')}, {kept}"

    @property
    def _room(self) -> float:
        """Millimetres of height that a picture may take on this page."""
        return 297 - 16 - self.get_y() - 8

    def _capture(self, item: ReferredItem, picture: bytes | None) -> None:
        """The picture in what is left of the page, or on a page of its own."""
        if picture is None:
            self._letters(9, _QUIET)
            self._paragraph(self._said("booklet-no-capture"))
            return
        with Image.open(BytesIO(picture)) as opened:
            wide, high = opened.size
        if self._room * wide / high < _LEAST_WIDTH:
            self.add_page()
        width = min(_WIDTH, self._room * wide / high)
        self._letters(8.5, _QUIET)
        if item.captured_at:
            self._paragraph(self._said("booklet-capture", when=self._when(item.captured_at)), 5)
        y = self.get_y() + 1
        self.image(BytesIO(picture), x=_MARGIN, y=y, w=width)
        self.set_draw_color(*_PALE)
        self.rect(_MARGIN, y, width, width * high / wide)


def _model(item: ReferredItem, frame: Frame) -> str:
    if item.threshold is None:
        return frame.said("model-unscored", model=item.model_version)
    threshold = f"{item.threshold:.0%}"
    return frame.said("model-said", model=item.model_version, threshold=threshold)


def _hash(sha256: str | None) -> str:
    return sha256[:32] if sha256 else ""
