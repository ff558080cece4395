"""Long answers in as many messages as Telegram's limit asks for."""

from collections.abc import Sequence

from bot.texts import Html

_PART = 3600  # UTF-16 units of visible text; Telegram's limit is 4,096


def packed(blocks: Sequence[Html], between: str = "\n\n") -> list[Html]:
    """Blocks joined into parts that each fit a message, none of them torn. blocks: at least one,
    each of them short enough for a message of its own.
    """
    parts, room = [blocks[0]], _PART - _units(blocks[0])
    for block in blocks[1:]:
        needed = _units(block) + len(between)
        if needed > room:
            parts.append(block)
            room = _PART - needed
        else:
            parts[-1] = Html(between).join([parts[-1], block])
            room -= needed
    return parts


def _units(block: Html) -> int:
    # Tags are counted too: a part may come out shorter than it could be, never longer.
    return len(block.unescape().encode("utf-16-le", "surrogatepass")) // 2
