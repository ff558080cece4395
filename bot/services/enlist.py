"""One channel put under watch, or taken off it, within somebody's transaction."""

from bot.domain.adding import Addition, Outcome
from bot.domain.channel import Channel, ChannelRef, WatchState
from bot.domain.post import SourceKind
from bot.ports import Clock
from bot.storage.unit_of_work import UnitOfWork

_UNDER_WATCH = (WatchState.WATCHING, WatchState.WAITING)


async def enlist(
    work: UnitOfWork, clock: Clock, ref: ChannelRef, *, has_bot: bool, addition: Addition
) -> tuple[Outcome, str]:
    """What became of a public channel, and its name. has_bot: its owner has added the bot.

    Where the bot is not in it, the preview reads it if that is switched on.
    """
    channel = await work.channels.find(ref, for_update=True)
    if await work.left_out.has(_known(ref, channel)):
        return Outcome.LEFT_OUT, ref.name
    state = WatchState.WATCHING if has_bot else WatchState.WAITING
    if channel and channel.state in (state, WatchState.WATCHING):
        return Outcome.ALREADY, channel.name
    if channel and channel.state is WatchState.PAUSED:
        return Outcome.PAUSED, channel.name
    now = clock.now()
    if channel is None:
        channel = await work.channels.add(ref, state, addition.person_id, now)
    elif channel.state in _UNDER_WATCH:  # waited for, and the bot is there by now
        await work.channels.learn(channel.id, ref)
        await work.channels.set_state(channel.id, state)
        return Outcome.WATCHING, channel.name
    await work.channels.learn(channel.id, ref)
    await work.channels.change(
        channel.id,
        state=state,
        added_by=addition.person_id,
        reason=addition.reason,
        kind=addition.kind,
        wanted_by=addition.wanted_by,
        renewed_at=now,
        renewal_asked_at=None,
    )
    read_by_preview = not has_bot and await begin_preview(work, clock, channel.id)
    await work.audit.write(
        "channel added",
        f"channel {channel.id}",
        now,
        addition.person_id,
        {"state": state, "addition": addition.id, "kind": addition.kind, "for": addition.wanted_by},
    )
    answer = Outcome.PREVIEW if read_by_preview else Outcome(state.value)
    return answer, channel.name


async def begin_preview(work: UnitOfWork, clock: Clock, channel_id: int) -> bool:
    """Has the preview read a channel, if it is switched on; whether it is."""
    if not await work.sources.is_on(SourceKind.PREVIEW):
        return False
    await work.watches.begin(channel_id, clock.now())
    return True


async def take_off(work: UnitOfWork, clock: Clock, channel: Channel, by: int) -> None:
    """What was read of it stays."""
    now = clock.now()
    await work.channels.change(channel.id, state=WatchState.REMOVED, removed_at=now)
    await work.audit.write("channel removed", f"channel {channel.id}", now, by)


def _known(ref: ChannelRef, channel: Channel | None) -> ChannelRef:
    """All that identifies it: an owner may have asked under an earlier name."""
    if channel is None:
        return ref
    return ChannelRef(ref.chat_id or channel.chat_id, ref.username or channel.username)
