"""Message catalogues in gettext's PO format, read by Babel.

A message is named by its key and may hold HTML of ours; every value that goes into it is escaped,
unless it is `Html` already. So no post, name or title can become markup.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup

Html = Markup

_FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted(path.stem for path in _FOLDER.glob("*.po")))
_FALLBACK = "en"


def closest_language(code: str | None) -> str:
    """One of `LANGUAGES` for what Telegram says of a person's app, as in `id` or `en-GB`."""
    spoken = (code or "").lower().split("-")[0]
    if spoken == "in":  # what Android called Indonesian for twenty years
        spoken = "id"
    return spoken if spoken in LANGUAGES else _FALLBACK


def say(language: str, key: str, **values: object) -> Html:
    """The message in a language, with its values escaped and filled in.

    A count chooses between words: `{posts} {posts:post waits|posts wait}`.
    Raises KeyError for a message that no catalogue has, or a value that it does not get.
    """
    counted = {
        name: _Count(value) if type(value) is int else value for name, value in values.items()
    }
    return Html(catalogue(language)[key]).format(**counted)


class _Count(int):
    """A number that says which of two words goes with it: the first with 1, the second else."""

    def __format__(self, words: str) -> str:
        one, choice, more = words.partition("|")
        if not choice:
            return super().__format__(words)
        return one if self == 1 else more


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every message of a language, by key."""
    with (_FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language, abort_invalid=True)
    return {str(message.id): str(message.string) for message in read if message.id}
