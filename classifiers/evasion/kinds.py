"""The kinds of spelling trick, in the order in which they are applied to a word."""

from enum import StrEnum


class Kind(StrEnum):
    """First those that put other letters for letters, then those that put signs between them.

    Published descriptions: Hosseini et al. 2017 (arXiv:1702.08138: spaced, dotted, repeated
    letters), Li et al. 2019 (TextBugger, arXiv:1812.05271: look-alikes), Eger et al. 2019 (VIPER,
    arXiv:1903.11508: accents), Roettger et al. 2021 (HateCheck, arXiv:2012.15606: spaced letters,
    leet), Boucher et al. 2022 (Bad Characters, arXiv:2106.09898: invisible signs, homoglyphs),
    Brody and Diakopoulos 2011 (elongation).
    """

    LEET = "leet"
    HOMOGLYPH = "homoglyph"
    MIXED_SCRIPT = "mixed_script"
    STYLED = "styled"
    ELONGATED = "elongated"
    ACCENTED = "accented"
    ZERO_WIDTH = "zero_width"
    DOTTED = "dotted"
    EMOJI = "emoji"
    SPACED = "spaced"
