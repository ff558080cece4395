"""The log: to standard error, never with a token in it."""

import logging
import re

# httpx writes whole URLs at INFO, and the Bot API's URLs hold the token.
_NOISY = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite")
# No word boundary before it: in a URL `bot` stands right there, and the colon may be encoded.
_TOKEN = re.compile(r"\d{5,20}(?::|%3A)[A-Za-z0-9_-]{20,}", re.I)


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
