"""The model in use, behind the `Classifier` port; another one takes its place while posts go on."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from bot.services.judge import Judge
from classifiers import Model, ModelError, Prediction, models, seed_model

_log = logging.getLogger(__name__)


class Champion:
    """directory: of the models. It is read when a model is first needed, or by `load`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._chosen: str | None = None
        self._model: Model | None = None

    def load(self) -> Model:
        """The model in use. Takes a moment at first, or seconds where the seed model is trained.

        A promoted model that cannot be used is logged as an error, and the seed model is taken.
        """
        if self._model is not None:
            return self._model
        try:
            self._chosen = models.champion_version(self.directory)
            model = models.champion(self.directory)
        except ModelError as problem:
            _log.error("the promoted model cannot be used, the seed model is: %s", problem)
            model = seed_model(self.directory)
        self._model = model
        return model

    async def current(self) -> Model:
        """The model in use, loaded off the event loop where it has to be."""
        return await asyncio.to_thread(self.load) if self._model is None else self._model

    @property
    def version(self) -> str:
        return self.load().version

    async def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """By one model for all of them, even if another is promoted meanwhile."""
        return await Judge(await self.current()).predict(texts)

    async def refresh(self) -> bool:
        """Takes the model that the directory names now; whether it is another one.

        One that cannot be loaded is said once, and the present model stays.
        """
        if self._model is None:
            return False
        before = self._model.version
        try:
            chosen = await asyncio.to_thread(models.champion_version, self.directory)
            if chosen == self._chosen:
                return False
            self._chosen = chosen
            self._model = await asyncio.to_thread(models.champion, self.directory)
        except ModelError as problem:
            _log.error("the model stays %s: %s", before, problem)
            return False
        _log.info("model %s takes over from %s", self._model.version, before)
        return True
