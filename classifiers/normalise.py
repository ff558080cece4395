"""The one normalisation that training and serving share.

It undoes what people do to hide a word from a filter (invisible signs, look-alike letters, spaced
or dotted letters, digits for letters, emoji inside a word) and what differs without changing the
meaning (case, links, mentions, vowel signs). It looks no word up in any list.
"""

import re
import unicodedata

import numpy as np

from classifiers.disguise import join_pulled_apart
from classifiers.leet import read_leet, shorten_leet
from classifiers.letters import FOLDED
from classifiers.lookalikes import OLD_LETTERS, fold_capitals, fold_mixed_words

# The words that stand for what was there; corpora that mask such things use the same ones.
PLACEHOLDERS = frozenset({"", "url", "email", "user", "phone"})
_LINK = re.compile(r"(?:https?|tg)://\S*|(?<![\w@.])(?:www\.|t\.me/|telegram\.me/)\S+")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,24}){1,4}(?!\w)")
_MENTION = re.compile(r"(?<![\w@])@[a-z]\w{3,31}\b|\[username\]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_LETTER_RUN = re.compile(r"([^\W\d_])\1{2,}")
_INVISIBLE_BETWEEN_BLANKS = re.compile(
    r" [\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]+ "
)
_MARK_RUN = re.compile(r"([^\w\s])\1{2,}")


def normalise(text: str) -> str:
    """The text as the model reads it: lower case, single blanks, tricks undone.

    Any string is taken, lone surrogates and control characters included. A text without a visible
    sign gives "". The time grows linearly with the length.
    """
    text = text.replace("\\n", " ")  # some archives escape line ends twice
    plain = text.isascii()
    if plain:
        text = _name_addresses(_CONTROL.sub("", text).lower())
    else:
        text = fold_capitals(unicodedata.normalize("NFKC", text.translate(OLD_LETTERS))).lower()
        text = _INVISIBLE_BETWEEN_BLANKS.sub(" ", text).translate(FOLDED)
        text = _name_addresses(text)
    text = join_pulled_apart(_without_runs(text))
    if not plain:
        text = fold_mixed_words(text)
    text = _without_runs(read_leet(text))
    return " ".join(text.split())


def _without_runs(text: str) -> str:
    """A letter that stands three times or more once, a mark twice; once where it is a letter."""
    if _has_run_of_three(text):
        text = shorten_leet(text)
        text = _LETTER_RUN.sub(r"\1", text)
        text = _MARK_RUN.sub(r"\1\1", text)
    return text


def _name_addresses(text: str) -> str:
    """Links, mail addresses and mentions by one word each: who is named must not decide."""
    if "://" in text or "www." in text or "t.me/" in text or "telegram.me/" in text:
        text = _LINK.sub(" url ", text)
    if "@" in text or "[username]" in text:
        text = _MAIL.sub(" email ", text)
        text = _MENTION.sub(" user ", text)
    return text


def _has_run_of_three(text: str) -> bool:
    """Whether any sign but a blank stands three times in a row; far quicker than a pattern."""
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    same = signs[1:] == signs[:-1]
    return bool((same[1:] & same[:-1] & (signs[2:] != 32)).any())
