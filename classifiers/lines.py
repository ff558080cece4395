"""JSON lines in, JSON lines out: the way other programs use a model."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from classifiers.model import Model

BATCH = 256  # lines predicted together: most of the speed of a large batch, little memory


def answers(model: Model, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """For each line that holds something, in order: its prediction, or {"error": sentence}."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while batch := list(islice(numbered, BATCH)):
        read = [_text_or_error(number, line) for number, line in batch]
        predictions = iter(model.predict([text for text, _ in read if text is not None]))
        for text, error in read:
            yield {"error": error} if text is None else asdict(next(predictions))


def _text_or_error(number: int, line: str) -> tuple[str | None, str]:
    """The text, or None and a sentence that names the line."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return None, f"line {number} is not JSON: {error}"
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return None, f'line {number} is not an object with a string under "text"'
    return value["text"], ""
