"""Keeps the notice board: hangs it up, redraws its counts, calls moderators to threats."""

from bot.domain.board import Board
from bot.domain.people import Person
from bot.ports import Clock, Letter
from bot.render.board import draw_board, draw_call
from bot.services.tell import tell_admins
from bot.storage.database import Database
from bot.storage.unit_of_work import UnitOfWork
from bot.texts import say


class NoticeBoard:
    """desk_link: opens the bot's chat, where the reader's desk is."""

    def __init__(self, database: Database, clock: Clock, desk_link: str, timezone: str) -> None:
        self._database = database
        self._clock = clock
        self._desk_link = desk_link
        self._timezone = timezone

    async def hang(self, admin: Person, chat_id: int, title: str) -> None:
        """A group becomes the board; the bot leaves the group that was it before."""
        now = self._clock.now()
        async with self._database.work() as work:
            await work.audit.hold()
            before = await work.board.get()
            if before is not None and before.chat_id == chat_id:
                return
            _, newest = await work.board.threats_after(0)
            await work.board.hang(chat_id, title, admin.language, newest)
            await work.audit.write("board hung", f"chat {chat_id}", now, admin.id)
            await tell_admins(work, self._clock, "told-board-hung", title=title)
            if before is not None:
                farewell = Letter(say(before.language, "board-moved"), is_last=True)
                await work.outbox.owe_notice(before.chat_id, farewell, now)
            await self._redraw(work)
            await work.commit()

    async def lost(self, chat_id: int) -> bool:
        """The bot is no longer in a group; whether that was the board."""
        async with self._database.work() as work:
            await work.audit.hold()
            board = await work.board.get()
            if board is None or board.chat_id != chat_id:
                return False
            await take_down(work, self._clock, board)
            await work.commit()
        return True

    async def moved(self, old_chat_id: int, new_chat_id: int) -> None:
        """The group became a supergroup: another id, and its messages cannot be edited any more."""
        async with self._database.work() as work:
            await follow(work, old_chat_id, new_chat_id)
            await work.commit()

    async def refresh(self) -> None:
        """Redraws counts that have changed, and calls out threats that are new."""
        async with self._database.look() as work:
            board = await work.board.get()
            if board is None:
                return
            notices = await work.board.notices()
            threats, newest = await work.board.threats_after(board.called_card_id)
        if not threats and not board.is_due(notices, self._clock.now()):
            return
        async with self._database.work() as work:
            if await work.board.get() is None:
                return
            await self._redraw(work)
            if threats:
                await work.board.change(called_card_id=newest)
                call = draw_call(threats, self._desk_link, board.language)
                await work.outbox.owe_notice(board.chat_id, call, self._clock.now())
            await work.commit()

    async def _redraw(self, work: UnitOfWork) -> None:
        board = await work.board.get()
        assert board is not None  # the caller has seen it
        now = self._clock.now()
        shown = (await work.board.notices()).as_json()
        await work.board.change(shown=shown, shown_at=now)
        await work.outbox.owe_board(board.chat_id, now)

    async def draw(self) -> tuple[Letter, int | None] | None:
        """The board as it stands now, and the message that shows it; None where there is none."""
        async with self._database.look() as work:
            board = await work.board.get()
            if board is None:
                return None
            notices = await work.board.notices()
        letter = draw_board(notices, self._desk_link, board.language, self._timezone)
        return letter, board.message_id


async def take_down(work: UnitOfWork, clock: Clock, board: Board) -> None:
    """There is no board any more, and admins are told."""
    await work.board.take_down()
    await work.audit.write("board lost", f"chat {board.chat_id}", clock.now())
    await tell_admins(work, clock, "told-board-lost", title=board.title)


async def follow(work: UnitOfWork, old_chat_id: int, new_chat_id: int) -> None:
    """What was meant for a chat goes to the one that it became."""
    await work.outbox.chat_moved(old_chat_id, new_chat_id)
    await work.recipients.moved(old_chat_id, new_chat_id)
    await work.doorsteps.leave(new_chat_id)
    board = await work.board.get()
    if board is not None and board.chat_id == old_chat_id:
        await work.board.change(chat_id=new_chat_id, message_id=None)
