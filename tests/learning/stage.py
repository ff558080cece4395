"""Posts with scores of their own, for tests of the sample."""

import re
from collections.abc import Sequence
from random import Random

from bot.services.sample import Sample
from bot.services.triage import Triage
from classifiers import Prediction, Reason
from tests.factories import JAKARTA, Flow, post, prediction


class ScoredClassifier:
    """Reads the score off the text: `skor 37` is 0.37; 0.50 and above is flagged."""

    def __init__(self, version: str = "scored-1") -> None:
        self.version = version

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Prediction:
        found = re.search(r"skor (\d+)", text)
        score = int(found[1]) / 100 if found else 0.0
        return prediction(
            text,
            score=score,
            flagged=score >= 0.5,
            reasons=(Reason("skor", 1.0),),
            model_version=self.version,
        )


def sampling(flow: Flow, size: int = 10, seed: int = 1, version: str = "scored-1") -> Sample:
    """A sample service on the flow, whose posts are judged by their `skor` from now on."""
    classifier = ScoredClassifier(version)
    flow.triage = Triage(flow.database, flow.clock, classifier, flow.deal)
    return Sample(
        flow.database,
        flow.clock,
        classifier,
        flow.deal,
        size=size,
        timezone=JAKARTA,
        random=Random(seed),
    )


async def scores(flow: Flow, *written: int) -> None:
    """One post of each score, in words of its own: none is a near-identical copy of another."""
    words = Random(len(written))
    await flow.arrive(
        *(
            post(f"skor {score} " + " ".join(f"{words.random():.9f}" for _ in range(8)) + " kata")
            for score in written
        )
    )
