"""What a page of the preview accounts for."""

from datetime import UTC, datetime

from bot.domain.channel import ChannelRef
from bot.domain.post import Post, SourceKind
from bot.domain.preview import PreviewPage

CHANNEL = ChannelRef(-1001000000042, "kabar_contoh", "Kabar Contoh")
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def post(*numbers: int, text: str = "Selamat pagi") -> Post:
    return Post(CHANNEL, numbers[0], NOON, SourceKind.PREVIEW, text, member_ids=numbers)


def test_a_page_accounts_for_albums_services_and_broken_blocks() -> None:
    page = PreviewPage(CHANNEL, (post(7, 8, 9), post(12)), service_ids=(10,), broken_ids=(6, 11))

    assert page.ids == (6, 7, 8, 9, 10, 11, 12)
    assert (page.lowest_id, page.highest_id) == (6, 12)


def test_a_page_without_blocks_has_no_numbers() -> None:
    page = PreviewPage(CHANNEL)

    assert (page.ids, page.lowest_id, page.highest_id, page.unreadable) == ((), None, None, 0)


def test_posts_without_words_are_counted_as_unreadable() -> None:
    assert PreviewPage(CHANNEL, (post(1), post(2, text=" "))).unreadable == 1
