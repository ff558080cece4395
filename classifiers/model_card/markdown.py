"""A model card as Markdown, for a terminal and for a repository: tables instead of plots."""

import re
from collections.abc import Sequence

from classifiers.model_card.parts import Part, Table
from classifiers.model_card.printable import printable

# What Markdown or the HTML inside it would read as more than a letter.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~$&!])")


def markdown(title: str, parts: Sequence[Part]) -> str:
    """The card; what comes from data is escaped, so it stays words."""
    blocks = [f"# {_data(title)}"]
    for part in parts:
        blocks.append(f"## {_data(part.title)}")
        blocks.extend(_data(sentence, 2000) for sentence in part.sentences)
        if part.table is not None:
            blocks.append(_table(part.table))
    return "\n\n".join(blocks) + "\n"


def _table(table: Table) -> str:
    lines = [table.header, ("---",) * len(table.header)]
    shown = [_line(table.header), "|" + "|".join(" --- " for _ in lines[1]) + "|"]
    shown += [_line(row) for row in table.rows]
    return "\n".join(shown)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_data(cell) for cell in cells) + " |"


def _data(text: str, length: int = 200) -> str:
    return _SPECIAL.sub(r"\\\1", printable(text, length))
