"""How deep a page is nested, found out before it is parsed.

The HTML5 parser's time grows with the square of the depth, and elements that are opened again in
every paragraph multiply: 200,000 nested ones took minutes. A preview is some dozen levels deep.
"""

import re
from collections import defaultdict
from typing import Final

_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_EMPTY: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Drawings close their elements in ways that a count cannot see: some eighty a page look open.
_DEEPEST: Final = 500


def is_too_deep(html: str) -> bool:
    """Whether more elements are open at once than any preview has. Counted by name: an end tag
    that closes nothing cannot make up for a start tag of another name."""
    opened: defaultdict[str, int] = defaultdict(int)
    depth = 0
    for slash, name in _TAG.findall(html):
        if name in _EMPTY:
            continue
        if not slash:
            opened[name] += 1
            depth += 1
            if depth > _DEEPEST:
                return True
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return False
