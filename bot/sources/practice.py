"""Reads the sample cards that ship with the project."""

import csv
from functools import cache
from pathlib import Path

from bot.domain.codes import HarmCode, PurposeCode
from bot.domain.practice import Sample

_FILE = Path(__file__).parent / "samples" / "practice.csv"


@cache
def practice_samples() -> tuple[Sample, ...]:
    """Every sample, in every language; the file is ours, and a test reads it through."""
    with _FILE.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Sample(
                id=row["id"],
                language=row["language"],
                text=row["text"],
                harm=HarmCode(row["harm"]) if row["harm"] else None,
                purpose=PurposeCode(row["purpose"]) if row["purpose"] else None,
                why=row["why"],
            )
            for row in csv.DictReader(stream)
        )
