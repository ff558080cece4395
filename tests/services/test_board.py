"""What stands on the notice board, and when it is drawn anew."""

from datetime import timedelta

from tests.factories import Flow

GROUP = -4001


async def hung(flow: Flow) -> None:
    await flow.board.hang(await flow.admin(), GROUP, "Moderators")
    await flow.post_office()


async def test_counts_are_drawn_when_they_leave(flow: Flow) -> None:
    await hung(flow)
    await flow.flagged()

    flow.clock.advance(timedelta(minutes=1))
    await flow.board.refresh()
    await flow.flagged("FLAG dua")
    await flow.post_office()

    assert [chat for chat, _, _ in flow.courier.edited] == [GROUP]
    assert "Waiting for a look: 2" in flow.courier.edited[0][2].html
