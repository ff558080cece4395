"""What every document of ours looks like: A4, its fonts and colours, paragraphs, facts, bars.

Set by fpdf2, with HarfBuzz shaping the letters, in the fonts of `bot.render.fonts`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from bot.render.documents.record import Frame
from bot.render.fonts import fonts, printable
from bot.render.lines import broken
from bot.render.times import local_time

MARGIN = 18.0  # millimetres
WIDTH = 210 - 2 * MARGIN
NAMES = 46.0  # the column of names
INK, QUIET, ACCENT = (34, 49, 63), (93, 109, 126), (31, 111, 139)
PALE, WARN = (233, 239, 243), (181, 72, 42)

Color = tuple[int, int, int]


class Paper(FPDF):
    """title: the file's, as readers show it. made_at: kept in the file."""

    def __init__(self, frame: Frame, title: str, made_at: datetime) -> None:
        super().__init__("portrait", "mm", "A4")
        self._frame = frame
        self.set_margins(MARGIN, 16, MARGIN)
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
        self.set_title(title)
        self.set_author(frame.sender.organisation)
        self.set_lang(frame.language)
        self.set_creation_date(made_at)

    def said(self, key: str, **values: object) -> str:
        return self._frame.said(key, **values)

    def when(self, moment: datetime) -> str:
        return local_time(moment, self._frame.timezone, self._frame.language)

    def foot(self, words: str) -> None:
        """A line at the foot of a page."""
        self.set_y(-12)
        self.letters(8, QUIET)
        self.cell(WIDTH, 5, words, align=Align.C)

    def letters(self, size: float, color: Color, *, bold: bool = False) -> None:
        self.set_font(self._family, "B" if bold else "", size)
        self.set_text_color(*color)

    def paragraph(
        self, text: str, height: float = 5.0, *, left: float = 0.0, width: float = WIDTH
    ) -> None:
        """Lines of a text, each in its own direction. left: millimetres from the margin.

        Broken here and not by fpdf2, which shapes a line anew for each letter that it tries.
        """
        for line in broken(printable(text), width, self.measured):
            self.set_x(MARGIN + left)
            align = Align.R if line.is_right else Align.L
            words = line.marked if line.is_right else line.text
            self.cell(width, height, words, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def measured(self, piece: str) -> float:
        key = (piece, self.font_size_pt, self.font_style)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(piece)
        return self._widths[key]

    def facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Two columns without lines: what it is, and what is known of it."""
        for name, value in facts:
            self.ln(0.7)
            if self.get_y() > 297 - 16 - 12:
                self.add_page()
            top, page = self.get_y(), self.page_no()
            self.letters(9, QUIET)
            self.paragraph(name, 4.8, width=NAMES - 2)
            below = self.get_y() if self.page_no() == page else top
            self.set_y(top)
            self.letters(9, INK)
            self.paragraph(value, 4.8, left=NAMES, width=WIDTH - NAMES)
            if self.page_no() == page:
                self.set_y(max(below, self.get_y()))

    def cover_head(self, title: str, below: str, what: str) -> None:
        """The top of a cover: who sends it, what it is, when it was made."""
        self.add_page()
        self.set_fill_color(*ACCENT)
        self.rect(0, 0, 7, 297, style="F")
        self.ln(14)
        self.letters(10, QUIET)
        self.paragraph(self._frame.sender.organisation)
        self.letters(26, INK, bold=True)
        self.paragraph(title, 13)
        self.letters(11, QUIET)
        self.paragraph(below, 7)
        self.ln(4)
        self.letters(10.5, INK)
        self.paragraph(what, 5.8)
        self.ln(5)

    def bars(self, head: str, counts: Mapping[str, int], warned: str | None = None) -> None:
        """How many there are of each, by name. warned: the name whose bar stands out."""
        self.letters(10, INK, bold=True)
        self.paragraph(head, 6)
        self.ln(1)
        most = max(counts.values(), default=1)
        self.letters(9, INK)
        for name, count in counts.items():
            if self.get_y() > 297 - 16 - 8:
                self.add_page()
            y = self.get_y()
            self.cell(NAMES, 7, name)
            self.set_fill_color(*(WARN if name == warned else ACCENT))
            long = max(1.0, (WIDTH - NAMES - 14) * count / most)
            self.rect(MARGIN + NAMES, y + 1.4, long, 4.2, style="F")
            self.set_x(MARGIN + NAMES + long + 2)
            self.cell(12, 7, str(count), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rows(
        self, widths: Sequence[float], heads: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> None:
        """Rows under headings, which come again on each page. widths: shares of the whole."""
        columns = [WIDTH * width / sum(widths) for width in widths]
        self._row(columns, heads, QUIET, bold=True)
        for row in rows:
            if self.get_y() > 297 - 16 - 10:
                self.add_page()
                self._row(columns, heads, QUIET, bold=True)
            self._row(columns, row, INK)

    def _row(
        self, columns: Sequence[float], cells: Sequence[str], color: Color, *, bold: bool = False
    ) -> None:
        self.letters(8.5, color, bold=bold)
        top = self.get_y()
        left, below = 0.0, top
        for width, words in zip(columns, cells, strict=True):
            self.set_y(top)
            self.paragraph(words, 4.6, left=left, width=width - 2)
            left, below = left + width, max(below, self.get_y())
        self.set_draw_color(*PALE)
        self.line(MARGIN, below + 0.8, MARGIN + WIDTH, below + 0.8)
        self.set_y(below + 1.8)
