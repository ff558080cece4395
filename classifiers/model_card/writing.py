"""A model card on disk: card.md to read in a repository, card.html with plots.

The card is about the figures of one model on one set of rows; `classifiers.measured` makes them.
"""

import os
from pathlib import Path

from classifiers.model_card.html import page
from classifiers.model_card.markdown import markdown
from classifiers.model_card.measured import Measured, Recall, Scored, measure
from classifiers.model_card.parts import parts
from classifiers.model_card.plots import plots

__all__ = ["Measured", "Recall", "Scored", "measure", "write_card"]


def write_card(directory: Path, measured: Measured) -> tuple[Path, Path]:
    """Write card.md and card.html into the directory (made where absent); their paths.

    Equal figures give equal bytes. An older card is replaced whole, never left half written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    title = f"Model card of {measured.model_version}"
    content = parts(measured)
    text, web = directory / "card.md", directory / "card.html"
    _replace(text, markdown(title, content))
    _replace(web, page(title, content, plots(measured)))
    return text, web


def _replace(path: Path, content: str) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(content, encoding="utf-8", newline="\n")
    os.replace(fresh, path)
