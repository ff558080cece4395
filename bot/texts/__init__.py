"""What people read, in their language. To add one: copy `en.po` to its code and translate."""

from bot.texts.catalogue import LANGUAGES, Html, closest_language, say

__all__ = ["LANGUAGES", "Html", "closest_language", "say"]
