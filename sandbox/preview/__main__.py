"""`python -m sandbox.preview`: the web preview alone, with a console to play channels in."""

import argparse
import asyncio

from sandbox.preview.console import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.preview", description=__doc__)
    parser.add_argument("--port", type=int, default=8082, help="loopback port (default 8082)")
    asyncio.run(run(parser.parse_args().port))


if __name__ == "__main__":
    main()
