"""The measurement measures; what it measures is not judged here."""

import re

from sandbox.bench import copies


async def test_it_builds_looks_up_and_prints_what_it_measured() -> None:
    head, size, fresh, copy, joined = await copies.measure(sizes=[60], probes=5)

    assert "Near-identical copies" in head
    assert "60 posts, 30% of them of 50 templates" in size
    for line, count in ((fresh, 5), (copy, 25)):
        assert re.search(rf"look-up of .* ms, 95th .* ms of the processor \(n = {count}\)$", line)
    assert joined.count("1.000") == len(copies.CHANGES)
