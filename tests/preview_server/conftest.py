"""A site, and plain HTTP to it inside this process."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.preview import Channel, Site


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def channel(site: Site) -> Channel:
    return site.channel("kabar_contoh", title="Kabar Contoh")


@pytest.fixture
async def web(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(site.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://preview") as client:
        yield client
