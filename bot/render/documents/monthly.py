"""A recipient's month as PDF: its digests, what became of their items, times, corrections."""

from datetime import date, timedelta

from babel.dates import format_date

from bot.domain.month import MonthDigest, MonthReport
from bot.domain.reversal import Restored
from bot.render.documents.paper import INK, QUIET, Paper
from bot.render.documents.record import Frame
from bot.render.times import how_long


def monthly(report: MonthReport, frame: Frame) -> bytes:
    """A4: a cover with figures and two plots, then every digest and every correction."""
    pages = _Pages(report, frame)
    pages.cover()
    pages.digests()
    pages.corrections()
    return bytes(pages.output())


class _Pages(Paper):
    def __init__(self, report: MonthReport, frame: Frame) -> None:
        first = date(report.month.year, report.month.month, 1)
        self._named = format_date(first, "MMMM y", locale=frame.language)
        key = "monthly-title-so-far" if report.is_so_far else "monthly-title"
        self._title = frame.said(key, month=self._named)
        super().__init__(frame, self._title, report.made_at)
        self._report = report

    def footer(self) -> None:
        words = self.said("monthly-page", title=self._title, page=self.page_no(), pages="{nb}")
        self.foot(words)

    def cover(self) -> None:
        report = self._report
        made = "monthly-made-so-far" if report.is_so_far else "monthly-made"
        self.cover_head(
            self._title,
            self.said(made, when=self.when(report.made_at)),
            self.said("monthly-what"),
        )
        self.facts(self._figures())
        for head, counts in (
            (
                "monthly-answers",
                {self.said(f"reply-{c.replace('_', '-')}"): n for c, n in report.answers.items()},
            ),
            (
                "monthly-codes",
                {self.said(f"harm-{harm.lower()}"): n for harm, n in report.codes.items()},
            ),
        ):
            if counts:
                self.ln(6)
                self.bars(self.said(head), counts)

    def _figures(self) -> list[tuple[str, str]]:
        report, none = self._report, self.said("booklet-none")
        outcomes = [one.outcome for one in report.corrections]
        restored = none
        if outcomes:
            restored = self.said(
                "monthly-restored",
                restored=outcomes.count(Restored.RESTORED),
                other=outcomes.count(Restored.NOT_RESTORED),
                unanswered=outcomes.count(None),
            )
        return [
            (self.said("about-recipient"), report.recipient),
            (self.said("about-sender"), self._frame.sender.organisation),
            (self.said("monthly-digests"), str(len(report.digests))),
            (self.said("monthly-at-once"), str(sum(one.is_at_once for one in report.digests))),
            (self.said("booklet-items"), str(report.items)),
            (
                self.said("monthly-answered"),
                self.said("monthly-of", answered=report.answered, items=report.items),
            ),
            (self.said("monthly-to-receive"), self._long(report.time_to_receive)),
            (self.said("monthly-to-answer"), self._long(report.time_to_answer)),
            (self.said("monthly-corrections"), restored),
        ]

    def _long(self, span: timedelta | None) -> str:
        return how_long(span, self._frame.language) if span else self.said("booklet-none")

    def digests(self) -> None:
        self._head("monthly-digests")
        if not self._report.digests:
            self._nothing()
            return
        heads = [
            self.said(f"monthly-head-{name}")
            for name in ("number", "sent", "items", "received", "answered")
        ]
        rows = [
            [
                self._numbered(one),
                self.when(one.delivered_at),
                str(one.items),
                self._long(one.received_at - one.delivered_at if one.received_at else None),
                self.said("monthly-of", answered=one.answered, items=one.items),
            ]
            for one in self._report.digests
        ]
        self.rows((3, 5, 2, 4, 3), heads, rows)

    def _numbered(self, one: MonthDigest) -> str:
        return self.said("monthly-urgent", number=one.number) if one.is_at_once else str(one.number)

    def corrections(self) -> None:
        self._head("monthly-corrections")
        if not self._report.corrections:
            self._nothing()
            return
        heads = [
            self.said(f"monthly-head-{name}") for name in ("number", "item", "sent", "outcome")
        ]
        rows = [
            [
                str(one.number),
                self.said("monthly-item", number=one.referral, digest=one.digest),
                self.when(one.sent_at) if one.sent_at else self.said("monthly-unsent"),
                self._outcome(one.outcome),
            ]
            for one in self._report.corrections
        ]
        self.rows((2, 5, 5, 4), heads, rows)

    def _outcome(self, outcome: Restored | None) -> str:
        if outcome is None:
            return self.said("answer-none")
        return self.said(f"button-correction-{outcome.replace('_', '-')}")

    def _head(self, key: str) -> None:
        if self.page_no() == 1 or self.get_y() > 230:
            self.add_page()
        else:
            self.ln(8)
        self.letters(16, INK, bold=True)
        self.paragraph(self.said(key), 10)
        self.ln(2)

    def _nothing(self) -> None:
        self.letters(10, QUIET)
        self.paragraph(self.said("booklet-none"))
