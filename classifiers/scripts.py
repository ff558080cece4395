"""Which writing systems a text uses, counted in letters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# First code point of each stretch and the script it belongs to; "" is digits, marks and symbols.
_STRETCHES: tuple[tuple[int, str], ...] = (
    (0x0000, ""), (0x0041, "Latin"), (0x005B, ""), (0x0061, "Latin"), (0x007B, ""),
    (0x00AA, "Latin"), (0x00AB, ""), (0x00B5, "Latin"), (0x00B6, ""), (0x00C0, "Latin"),
    (0x02B0, ""), (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0530, "Armenian"), (0x0590, "Hebrew"),
    (0x0600, "Arabic"), (0x0700, "Syriac"), (0x0750, "Arabic"), (0x0780, "Thaana"), (0x07C0, "Nko"),
    (0x0860, "Arabic"), (0x0900, "Devanagari"), (0x0980, "Bengali"), (0x0A00, "Gurmukhi"),
    (0x0A80, "Gujarati"), (0x0B00, "Odia"), (0x0B80, "Tamil"), (0x0C00, "Telugu"),
    (0x0C80, "Kannada"), (0x0D00, "Malayalam"), (0x0D80, "Sinhala"), (0x0E00, "Thai"),
    (0x0E80, "Lao"), (0x0F00, "Tibetan"), (0x1000, "Myanmar"), (0x10A0, "Georgian"),
    (0x1100, "Hangul"), (0x1200, "Ethiopic"), (0x13A0, "other"), (0x1780, "Khmer"),
    (0x1800, "Mongolian"), (0x18B0, "other"), (0x1C80, "Cyrillic"), (0x1C90, "Georgian"),
    (0x1CC0, "other"), (0x1D00, "Latin"), (0x1DC0, ""), (0x1E00, "Latin"), (0x1F00, "Greek"),
    (0x2000, ""), (0x2C00, "other"), (0x2C60, "Latin"), (0x2C80, "other"), (0x2DE0, "Cyrillic"),
    (0x2E00, ""), (0x2E80, "Han"), (0x2FE0, ""), (0x3041, "Kana"), (0x3100, "Bopomofo"),
    (0x3130, "Hangul"), (0x3190, ""), (0x3400, "Han"), (0x4DC0, ""), (0x4E00, "Han"),
    (0xA000, "other"), (0xA640, "Cyrillic"), (0xA6A0, "other"), (0xA720, "Latin"),
    (0xA800, "other"),
    (0xAC00, "Hangul"), (0xD7B0, ""), (0xF900, "Han"), (0xFB00, "Latin"), (0xFB13, "Armenian"),
    (0xFB1D, "Hebrew"), (0xFB50, "Arabic"), (0xFE00, ""), (0xFE70, "Arabic"), (0xFEFF, ""),
    (0x1_0000, "other"), (0x1_F000, ""), (0x2_0000, "Han"), (0x3_2000, ""),
)  # fmt: skip
STARTS = np.array([start for start, _ in _STRETCHES], dtype=np.uint32)
SCRIPTS: tuple[str, ...] = tuple(sorted({name for _, name in _STRETCHES if name}))
NUMBER = np.array([SCRIPTS.index(name) + 1 if name else 0 for _, name in _STRETCHES])


def letters_by_script(texts: Sequence[str]) -> NDArray[np.int64]:
    """(n texts, len(SCRIPTS)) counts of letters; columns in the order of SCRIPTS."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    signs = np.frombuffer(joined, dtype=np.uint32)
    number = NUMBER[np.searchsorted(STARTS, signs, side="right") - 1]
    row = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    width = len(SCRIPTS) + 1
    counts = np.bincount(row * width + number, minlength=len(texts) * width)
    return counts.reshape(len(texts), width)[:, 1:]
