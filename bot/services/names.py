"""A channel under another name, or under none: kept track of, and told to admins once."""

from bot.domain.channel import Channel, ChannelRef, WatchState
from bot.ports import Clock
from bot.services.tell import tell_admins
from bot.storage.unit_of_work import UnitOfWork


async def learn_names(work: UnitOfWork, clock: Clock, channel: Channel, ref: ChannelRef) -> None:
    """Takes what Telegram now says of a channel. A changed public name changes every link."""
    await work.channels.learn(channel.id, ref)
    if not (channel.username and ref.username) or _key(channel) == ref.username.lower():
        return
    await work.audit.write("channel renamed", f"channel {channel.id}", clock.now())
    await tell_admins(
        work, clock, "told-channel-renamed", before=channel.name, channel=f"@{ref.username}"
    )


async def turned_private(work: UnitOfWork, clock: Clock, channel: Channel) -> None:
    """Without a public name it is no public channel any more: nothing of it is read."""
    if channel.state is not WatchState.WATCHING:
        return  # admins have been told, or it is not read anyway
    await work.channels.set_state(channel.id, WatchState.WAITING)
    await work.audit.write("channel private", f"channel {channel.id}", clock.now())
    await tell_admins(work, clock, "told-channel-private", channel=channel.name)


def _key(channel: Channel) -> str:
    return (channel.username or "").lower()
