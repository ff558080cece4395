"""`python -m sandbox.bench`: measures and prints; nothing is kept and nobody is asked."""

import asyncio

from sandbox.bench import pages


def main() -> None:
    for line in asyncio.run(pages.measure()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
