"""The preview of the sandbox shows what its channels show, under the same numbers."""

from pathlib import Path

import httpx
import pytest

from sandbox.app.clock import MovedClock
from sandbox.app.public import PublicSide
from sandbox.double import Chat, Double
from sandbox.double.pictures import KINDS


@pytest.fixture
def double() -> Double:
    return Double()


@pytest.fixture
def channel(double: Double) -> Chat:
    return double.channel("contoh_kanal", "Contoh <b>")


async def page_of(double: Double, channel: Chat, folder: Path) -> str:
    """The channel's page, after everything that happened."""
    side = PublicSide(double, [channel], MovedClock(folder / "clock"))
    for change in double.station.changes:
        side.show(change)
    transport = httpx.ASGITransport(side.site.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://preview") as client:
        return (await client.get("/s/contoh_kanal")).text


async def test_posts_stand_under_their_numbers_and_edits_and_deletions_show(
    double: Double, channel: Chat, tmp_path: Path
) -> None:
    first, second = double.publish(channel, "one & <i>"), double.publish(channel, "two")
    double.edit(first, "one, changed")
    double.delete(second)
    double.publish(double.channel("kanal_lain"), "elsewhere")
    double.publish(channel, "three", forward_from=channel)

    page = await page_of(double, channel, tmp_path)

    assert 'data-post="contoh_kanal/1"' in page and "one, changed" in page
    assert "two" not in page.partition("tgme_channel_history")[2]
    assert "three" in page and "elsewhere" not in page


async def test_every_kind_of_media_and_an_album_has_its_place(
    double: Double, channel: Chat, tmp_path: Path
) -> None:
    for kind in KINDS:
        double.publish(channel, "words", media=kind)
    album = double.album(channel, ["caption", None, None])
    last = double.publish(channel, "after the album")

    page = await page_of(double, channel, tmp_path)

    assert f'data-post="contoh_kanal/{album[0].id}"' in page
    assert f'data-post="contoh_kanal/{last.id}"' in page
