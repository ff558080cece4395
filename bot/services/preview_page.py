"""What every request to the preview shares: how the host answers, whose page came, what is kept."""

from datetime import datetime

from bot.domain.cursor import Turned
from bot.domain.preview import PreviewAnswer, PreviewPage, Reached
from bot.domain.watching import BASELINE_REACH, Watch
from bot.storage.posts import Kept
from bot.storage.unit_of_work import UnitOfWork

_WITH_PAGE = (Reached.PAGE, Reached.RENAMED)


async def tell_host(work: UnitOfWork, answer: PreviewAnswer, now: datetime) -> None:
    """Remembers how the host answered, so that a new start waits as long as the old one would."""
    before = await work.sources.host()
    after = before.after(answer.reached, answer.retry_after, now)
    if after != before:
        await work.sources.answered(after)


def page_in(answer: PreviewAnswer) -> PreviewPage | None:
    """The page that an answer carries, unless there is not one number on it."""
    if answer.reached not in _WITH_PAGE or answer.page is None or not answer.page.ids:
        return None
    return answer.page


def is_same_channel(watch: Watch, reached: Reached, page: PreviewPage) -> bool:
    """Whether the page is of the channel under watch: by its id, or else by its name."""
    if watch.chat_id is not None and page.ref.chat_id is not None:
        return watch.chat_id == page.ref.chat_id
    return reached is Reached.PAGE


async def keep_posts(work: UnitOfWork, watch: Watch, turned: Turned, now: datetime) -> Kept:
    """Keeps what is new or reads differently; what is from long before the watch, as history."""
    if not turned.posts:
        return Kept()
    await work.rechecks.stand(watch.channel_id, [post.message_id for post in turned.posts])
    return await work.posts.keep(
        watch.channel_id,
        turned.posts,
        now,
        noticed=turned.edited,
        marked=turned.marked,
        history_before=watch.began_at - BASELINE_REACH,
    )
