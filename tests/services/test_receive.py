"""The inbox: what was kept is never asked for again, and nothing is kept twice."""

from tests.factories import Flow


async def test_offset_follows_the_newest_update(flow: Flow) -> None:
    assert await flow.receive.next_offset() is None

    await flow.receive.keep([{"update_id": 7, "message": {}}, {"update_id": 9, "message": {}}])

    assert await flow.receive.next_offset() == 10


async def test_update_that_comes_twice_is_kept_once(flow: Flow) -> None:
    await flow.receive.keep([{"update_id": 7, "message": {"text": "satu"}}])
    await flow.receive.keep([{"update_id": 7, "message": {"text": "dua"}}, {"odd": 1}])

    (row,) = await flow.rows("SELECT payload FROM inbox")
    assert "satu" in row.payload


async def test_posts_and_people_wait_apart_in_their_order(flow: Flow) -> None:
    await flow.receive.keep(
        [
            {"update_id": 3, "edited_channel_post": {}},
            {"update_id": 1, "channel_post": {"text": "\ud83d\x00"}},
            {"update_id": 2, "callback_query": {}},
            {"update_id": 4, "my_chat_member": {}},
        ]
    )

    async with flow.database.look() as work:
        posts = await work.inbox.waiting("post", 9)
        people = await work.inbox.waiting("people", 9)
        assert await work.inbox.count_waiting() == 4

    assert [one.update_id for one in posts] == [1, 3]
    assert [one.update_id for one in people] == [2, 4]
    assert posts[0].payload["channel_post"]["text"] == "\ud83d\x00"


async def test_update_that_could_not_be_handled_keeps_its_content(flow: Flow) -> None:
    await flow.receive.keep([{"update_id": 1, "message": {"odd": 1}}])
    async with flow.database.work() as work:
        await work.inbox.handled([1], flow.clock.now(), "TypeError('odd')")
        await work.commit()

    (row,) = await flow.rows("SELECT payload, problem FROM inbox")
    assert ("odd" in row.payload, row.problem) == (True, "TypeError('odd')")
