"""The rules that the shipped examples keep, checked on every change of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from classifiers.codes import HARM_CODES, PURPOSE_CODES
from classifiers.normalise import normalise
from classifiers.table import Row, read_table

FUNCTIONAL_SUITE = Path(__file__).parent / "data" / "functional.csv"
STYLES = ("informal", "formal", "broadcast", "oneline")
FEWEST_BENIGN = 0.6  # share of benign lines, in the whole and in each language
FEWEST_LINES = {"id": 600, "en": 350, "ms": 150, "ar": 200, "ru+uk": 150}
FEWEST_IN_ALL = 1500
NEAR = 92.0  # similarity 0..100 of normalised texts above which two lines count as one


@dataclass(frozen=True)
class SeedReport:
    """findings: one sentence for each broken rule. lines: for each language its number of lines,
    of benign ones, and of lines by code and by style."""

    findings: tuple[str, ...]
    lines: dict[str, dict[str, int]]


def check_seed(rows: Sequence[Row], functional: Path | None = FUNCTIONAL_SUITE) -> SeedReport:
    """What the seed rows break. functional: the suite that must stay apart from training."""
    findings = [
        *_line_findings(rows),
        *_pair_findings(rows),
        *_coverage_findings(rows),
        *_near_findings(rows),
    ]
    if functional is not None:
        findings.extend(_leak_findings(rows, read_table(functional)))
    return SeedReport(tuple(findings), _counts(rows))


def _line_findings(rows: Sequence[Row]) -> Iterator[str]:
    seen: dict[str, Row] = {}
    for row in rows:
        first = seen.setdefault(row.name, row)
        if first is not row:
            yield f"{row.place}, column id: {row.name} is taken by {first.place}."
        if not row.name.startswith(f"{row.lang}-"):
            yield f"{row.place}, column id: {row.name} does not begin with its language {row.lang}."
        if not row.codes:
            column = "harm" if row.label else "purpose"
            yield f"{row.place}, column {column}: a code is missing."
        if row.style not in STYLES:
            yield f"{row.place}, column style: {row.style!r} is none of {', '.join(STYLES)}."


def _pair_findings(rows: Sequence[Row]) -> Iterator[str]:
    for name in sorted({row.pair for row in rows if row.pair}):
        labels = sorted(row.label for row in rows if row.pair == name)
        if labels != [0, 1]:
            yield f"pair {name}: {len(labels)} lines with labels {labels}; one of each is needed."


def _coverage_findings(rows: Sequence[Row]) -> Iterator[str]:
    if len(rows) < FEWEST_IN_ALL:
        yield f"{len(rows)} lines in all; at least {FEWEST_IN_ALL} are needed."
    for languages, fewest in FEWEST_LINES.items():
        count = sum(row.lang in languages.split("+") for row in rows)
        if count < fewest:
            yield f"{languages}: {count} lines; at least {fewest} are needed."
    for language in sorted({row.lang for row in rows}):
        chosen = [row for row in rows if row.lang == language]
        benign = sum(not row.label for row in chosen) / len(chosen)
        if benign < FEWEST_BENIGN:
            yield f"{language}: {benign:.0%} of the lines are benign; {FEWEST_BENIGN:.0%} needed."
        yield from _missing(language, chosen)


def _missing(language: str, rows: Sequence[Row]) -> Iterator[str]:
    codes = {code for row in rows for code in row.codes}
    for code in (*HARM_CODES, *PURPOSE_CODES):
        if code not in codes:
            yield f"{language}: no line has the code {code}."
    for label in (0, 1):
        for style in STYLES:
            if not any(row.label == label and row.style == style for row in rows):
                yield f"{language}: no line of label {label} is {style}."


def _near_findings(rows: Sequence[Row]) -> Iterator[str]:
    """Lines that say nearly the same, contrast partners aside."""
    texts = [normalise(row.text) for row in rows]
    likeness = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.uint8)
    for one, other in np.argwhere(np.triu(likeness, 1)).tolist():
        first, second = rows[one], rows[other]
        if not first.pair or first.pair != second.pair:
            kind = "" if first.label == second.label else ", with the other label"
            yield f"{second.place}: nearly the same text as {first.place}{kind}."


def _leak_findings(rows: Sequence[Row], apart: Sequence[Row]) -> Iterator[str]:
    likeness = process.cdist(
        [normalise(row.text) for row in rows],
        [normalise(row.text) for row in apart],
        scorer=fuzz.ratio,
        score_cutoff=NEAR,
        dtype=np.uint8,
    )
    for one, other in np.argwhere(likeness).tolist():
        yield f"{rows[one].place}: nearly the same text as {apart[other].place}, which is a test."


def _counts(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for language in sorted({row.lang for row in rows}):
        chosen = [row for row in rows if row.lang == language]
        found = Counter(code for row in chosen for code in row.codes)
        found.update(row.style for row in chosen)
        found.update(lines=len(chosen), benign=sum(not row.label for row in chosen))
        found.update(pairs=sum(bool(row.pair) for row in chosen) // 2)
        counts[language] = dict(found)
    return counts
