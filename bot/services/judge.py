"""The classifier, asked off the event loop."""

import asyncio
from collections.abc import Sequence

from classifiers import Model, Prediction


class Judge:
    """A trained model behind the `Classifier` port. `Model.predict` may run in any thread."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def version(self) -> str:
        return self._model.version

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        return await asyncio.to_thread(self._model.predict, list(texts))
