"""`python -m sandbox.bench`: measures and prints; nothing is kept and nobody is asked.

With numbers behind it, it looks for copies among so many flagged posts, and does nothing else;
with `postgresql` behind these, in a server of its own instead of an SQLite file. With `digests` it
draws the digests of 500 items, for some minutes, with `desks` it plays desks, and nothing else.
"""

import asyncio
import sys

from sandbox.bench import copies, desks, digests, pages, visits


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:] if size.isdecimal()]
    if sizes:
        _print(asyncio.run(copies.measure(sizes, on_postgresql="postgresql" in sys.argv)))
        return
    if "digests" in sys.argv[1:]:
        _print(digests.measure())
        return
    if "desks" in sys.argv[1:]:
        _print(asyncio.run(desks.measure()))
        return
    _print(asyncio.run(pages.measure()))
    _print(asyncio.run(visits.measure()))
    _print(asyncio.run(copies.measure()))
    _print(asyncio.run(desks.measure()))


def _print(lines: list[str]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
