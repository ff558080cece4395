"""`python -m sandbox.double`: the double alone, with a console to play people in."""

import argparse
import asyncio

from sandbox.double.console import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.double", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="loopback port (default 8081)")
    parser.add_argument("--token", default="42:TEST", help="invented token (default 42:TEST)")
    options = parser.parse_args()
    asyncio.run(run(options.token, options.port))


if __name__ == "__main__":
    main()
