"""The log: to standard error, never with a token in it."""

import logging
import re

# httpx writes whole URLs at INFO, and the Bot API's URLs hold the token.
_NOISY = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite")
_TOKEN = re.compile(r"\b\d{5,20}:[A-Za-z0-9_-]{20,}")


class _Redacting(logging.Formatter):
    """Takes anything that looks like a token out of the finished line, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub("[token]", super().format(record))


def start_log(level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
