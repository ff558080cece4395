"""The end that the tests hold in their own hands: a judge by the script."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from classifiers import CodeScore, Prediction, Reason

FLAGGED = "armed"  # a text with this word is flagged as recruitment; "quoted" beside it as news


class ScriptedClassifier:
    """Flags by one word, so that a test says what is flagged. hold: a file; it waits while there.

    Who kills the bot while it waits has killed it between keeping a post and judging it.
    """

    version = "scripted-1"

    def __init__(self, hold: Path | None = None) -> None:
        self._hold = hold

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        while self._hold is not None and self._hold.exists():  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
        return [_predicted(text) for text in texts]


def _predicted(text: str) -> Prediction:
    is_flagged = FLAGGED in text
    is_readable = any(character.isalpha() for character in text)
    return Prediction(
        score=(0.93 if is_flagged else 0.02) if is_readable else 0.0,
        threshold=0.6,
        flagged=is_flagged,
        harm=(CodeScore("THREAT" if "tomorrow" in text else "RECRUIT", 0.8),) if is_flagged else (),
        purpose=CodeScore("NEWS", 0.7) if is_flagged and "quoted" in text else None,
        reasons=(Reason(FLAGGED, 1.2),) if is_flagged else (),
        readable=is_readable,
        known=True,
        model_version="scripted-1",
    )
