"""The measurement measures; what it measures is not judged here."""

import re

import pytest

from bot.domain.preview import Reached
from sandbox.bench import pages


async def test_it_reads_and_fetches_real_pages_and_prints_what_it_measured() -> None:
    head, read, fetched = await pages.measure(pages=2)

    assert re.match(r"Web preview: a page of 20 messages, \d+ kB, \d+ kB packed", head)
    for what, line in (("read", read), ("fetch and read", fetched)):
        assert re.match(rf"  {what} +\d+ pages/s of one core, +\d+ on the clock \(n = 2\)", line)


async def test_what_is_no_page_is_not_measured() -> None:
    async def fail() -> Reached:
        return Reached.DRIFT

    with pytest.raises(RuntimeError, match="no page"):
        await pages._timed("read", fail, 1)
