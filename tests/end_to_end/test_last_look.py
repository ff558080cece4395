"""A digest says what the posts' own pages say, asked over the wire just before it leaves."""

from bot.domain.channel import ChannelRef, WatchState
from bot.domain.post import SourceKind
from bot.services.sources import Sources
from sandbox.preview import Site
from tests.end_to_end.stage import Stage


async def test_digest_waits_for_the_pages_of_its_posts(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    site = Site(stage.clock)  # type: ignore[arg-type]
    channel = site.channel("contoh_kanal")
    channel.publish("join our armed group now")
    channel.publish("quite another thing: weapons and armed words of a second kind")
    channel.publish("words about the weather")
    async with site.serve() as address:
        update = {"preview_url": address, "preview_rate": 10.0}
        stage.settings = stage.settings.model_copy(update=update)
        await read_through_the_preview(stage, channel.username)
        await stage.start()
        await stage.on_duty(budi)
        for _ in range(2):
            await stage.confirms(budi)
        stage.later(seconds=61)
        await stage.until_one("SELECT count(*) FROM referrals", 2)
        channel.delete(2)

        await stage.says(stage.admin, "/digest now")

        digest = await stage.told(citra, "Digest 1")
        assert digest.text.count("In the channel: still there, ") == 1
        assert digest.text.count("In the channel: not found, asked once, ") == 1
        await stage.stop()


async def read_through_the_preview(stage: Stage, username: str) -> None:
    admin = await stage._join.person(stage.admin.id, "id")
    assert admin is not None
    stage.opened(stage.admin)
    async with stage.database.work() as work:
        ref = ChannelRef(username=username)
        await work.channels.add(ref, WatchState.WAITING, None, stage.clock.now())
        await work.commit()
    sources = Sources(stage.database, stage.clock)
    await sources.switch(admin, SourceKind.PREVIEW, on=True, legal_basis="Mandate")
