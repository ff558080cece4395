"""What each code is alleged to fall under: texts that the operator edits in a TOML file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from bot.domain.codes import FORWARDABLE, HarmCode
from bot.domain.errors import SettingsError
from bot.texts.catalogue import LANGUAGES

_SHIPPED = Path(__file__).parent / "legal_basis.toml"
_LONGEST = 600  # characters
# By one of these a text says that it alleges.
_ALLEGES = {"en": "alleged", "id": "diduga"}

LegalBasis = Mapping[HarmCode, Mapping[str, str]]


def read_legal_basis(path: Path | None = None) -> LegalBasis:
    """The texts by code and language; the shipped ones where no file is named.

    A code or language that the file leaves out is empty. Raises SettingsError for a file that
    cannot be read, a code or language that there is not, and a text that asserts.
    """
    file = path or _SHIPPED
    try:
        read = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"LEGAL_BASIS: {file} cannot be read: {error}") from error
    basis: dict[HarmCode, dict[str, str]] = {}
    for code, texts in read.items():
        if code not in FORWARDABLE:
            raise SettingsError(f"LEGAL_BASIS: {code!r} is no code that is referred.")
        if not isinstance(texts, dict):
            raise SettingsError(f"LEGAL_BASIS: write [{code}], and below it a line a language.")
        basis[HarmCode(code)] = {
            language: _text(code, language, words) for language, words in texts.items()
        }
    return basis


def _text(code: str, language: str, words: object) -> str:
    if language not in LANGUAGES or not isinstance(words, str):
        raise SettingsError(f"LEGAL_BASIS: [{code}] {language}: no text in a language of the bot.")
    text = words.strip()
    if len(text) > _LONGEST:
        raise SettingsError(f"LEGAL_BASIS: [{code}] {language} has more than {_LONGEST} letters.")
    word = _ALLEGES.get(language, "")
    if text and word not in text.casefold():
        raise SettingsError(
            f"LEGAL_BASIS: [{code}] {language} asserts: a referral alleges, so write {word!r}."
        )
    return text
