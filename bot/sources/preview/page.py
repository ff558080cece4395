"""What a page says: a channel's posts, one post, or which of the other answers it is.

Pure: text in, answer out. It raises nothing, whatever the text; a page that it does not know is
DRIFT, never an empty channel and never a deleted post.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.domain.channel import ChannelRef
from bot.domain.post import Post
from bot.domain.preview import PreviewAnswer, PreviewPage, Reached
from bot.sources.preview.block import Block, BlockError, block_of, post_in
from bot.sources.preview.figures import count, message_id
from bot.sources.preview.nesting import is_too_deep
from bot.sources.preview.words import words_of

_LONGEST_TITLE: Final = 255
_DRIFT: Final = PreviewAnswer(Reached.DRIFT)
_CHALLENGE: Final = (
    "#challenge-form, #challenge-running, #cf-challenge-running, .cf-turnstile, .g-recaptcha, "
    ".h-captcha, script[src*='/cdn-cgi/challenge-platform/']"
)
_CHALLENGE_TITLES: Final = ("just a moment", "attention required", "checking your browser")
_FRONT_PAGE: Final = ".tl_main_page_container, .tl_main_wrap"
_BEFORE: Final = re.compile(r"[?&]before=([0-9]{1,10})(?:&|$)")


def read_page(html: str, asked: str, before: int | None = None) -> PreviewAnswer:
    """The answer in the page of a channel's posts.

    asked: the name that was asked for. before: as it was asked for; a page with a post that is not
    below it is DRIFT, so that walking back always gets on.
    """
    if is_too_deep(html):
        return _DRIFT
    tree = LexborHTMLParser(html)
    blocks = _blocks(tree)
    if not blocks:
        return PreviewAnswer(_without_posts(tree))
    page = _page(tree, blocks, asked)
    if page is None or (before is not None and any(one >= before for one in _starts(page))):
        return _DRIFT
    reached = Reached.PAGE if _same(page.ref.username, asked) else Reached.RENAMED
    return PreviewAnswer(reached, page)


def read_post(html: str, asked: str, number: int) -> PreviewAnswer:
    """The answer in the page of one post, which may be the member of an album."""
    if is_too_deep(html):
        return _DRIFT
    tree = LexborHTMLParser(html)
    blocks = _blocks(tree)
    if not blocks:
        denied = tree.css_first(".tgme_widget_message_error")
        if denied is not None:
            return PreviewAnswer(_denial(denied.text()))
        return PreviewAnswer(_without_posts(tree))
    page = _page(tree, blocks, asked)
    if page is None or not _same(page.ref.username, asked) or number not in page.ids:
        return _DRIFT
    return PreviewAnswer(Reached.PAGE, replace(page, before=None))


def is_challenge(html: str) -> bool:
    """Whether a page without posts wants a browser or a person before it says anything."""
    return not is_too_deep(html) and _is_challenge(LexborHTMLParser(html))


def _blocks(tree: LexborHTMLParser) -> list[LexborNode]:
    return tree.css(".tgme_widget_message[data-post]")


def _denial(sentence: str) -> Reached:
    """What the page of a single post means by its error."""
    words = " ".join(sentence.lower().split())
    if words.startswith("post not found"):
        return Reached.NOT_FOUND
    if words.startswith("channel with username") and words.endswith("not found"):
        return Reached.UNKNOWN_NAME
    return Reached.NO_PREVIEW if "private" in words else Reached.DRIFT


def _without_posts(tree: LexborHTMLParser) -> Reached:
    if tree.css_first(".tme_no_messages_found") is not None:
        return Reached.EMPTY
    if _is_challenge(tree):
        return Reached.CHALLENGE
    if tree.css_first(_FRONT_PAGE) is not None or _title(tree) == "telegram messenger":
        return Reached.UNKNOWN_NAME
    if tree.css_first(".tgme_channel_info, .tgme_channel_history") is not None:
        return Reached.DRIFT
    return Reached.NO_PREVIEW if tree.css_first(".tgme_page") is not None else Reached.DRIFT


def _is_challenge(tree: LexborHTMLParser) -> bool:
    return _title(tree).startswith(_CHALLENGE_TITLES) or tree.css_first(_CHALLENGE) is not None


def _title(tree: LexborHTMLParser) -> str:
    title = tree.css_first("title")
    return " ".join(title.text().lower().split()) if title is not None else ""


def _page(tree: LexborHTMLParser, nodes: Sequence[LexborNode], asked: str) -> PreviewPage | None:
    """None where not one block can be read."""
    known = [block for node in nodes if (block := block_of(node))]
    blocks = _of_one_channel(known, asked)
    if not blocks:
        return None
    chat_id = next((one.view.chat_id for one in blocks if one.view.chat_id), None)
    ref = ChannelRef(chat_id, blocks[0].name, _channel_title(tree, blocks[0].node))
    posts, broken = _posts(blocks, ref)
    services = {block.number for block in blocks if block.is_service}
    if not posts and not services:
        return None
    followers = _subscribers(tree)
    page = PreviewPage(
        ref=ref,
        posts=tuple(posts),
        service_ids=tuple(sorted(services)),
        broken_ids=tuple(sorted(broken)),
        strange_blocks=len(nodes) - len(blocks),
        edited_ids=_edited(blocks, posts),
        subscribers=followers[0] if followers else None,
        subscribers_approx=bool(followers and followers[1]),
        rendered_at=min(
            (one.view.rendered_at for one in blocks if one.view.rendered_at), default=None
        ),
    )
    return replace(page, before=_earlier(tree, page))


def _of_one_channel(blocks: list[Block], asked: str) -> list[Block]:
    """The blocks of the channel that was asked for, or else of the one that most are of.

    Two channels never share a page; should they, no post may end up under the other's name.
    """
    names = Counter(block.name.lower() for block in blocks)
    if not names:
        return []
    name = asked.lower() if asked.lower() in names else names.most_common(1)[0][0]
    named = [block for block in blocks if block.name.lower() == name]
    ids = Counter(block.view.chat_id for block in named if block.view.chat_id)
    chat_id = ids.most_common(1)[0][0] if ids else None
    kept: dict[int, Block] = {}
    for block in named:
        if block.view.chat_id in (None, chat_id):
            kept.setdefault(block.number, block)
    return sorted(kept.values(), key=lambda block: block.number)


def _posts(blocks: list[Block], ref: ChannelRef) -> tuple[list[Post], set[int]]:
    posts, broken = list[Post](), set[int]()
    taken = {block.number for block in blocks}
    for block in blocks:
        if block.is_service:
            continue
        try:
            post = post_in(block, ref)
        except BlockError:
            broken.add(block.number)
            continue
        if taken & set(post.member_ids) - {block.number}:
            broken.add(block.number)  # an album that claims another block's number
        else:
            posts.append(post)
            taken |= set(post.member_ids)
    return sorted(posts, key=lambda post: post.message_id), broken


def _edited(blocks: list[Block], posts: list[Post]) -> frozenset[int]:
    marked = {block.number for block in blocks if block.is_edited}
    return frozenset(post.message_id for post in posts if marked & set(post.member_ids))


def _starts(page: PreviewPage) -> list[int]:
    """Each block's own number: an album that began below `before` may end above it."""
    return [*(post.message_id for post in page.posts), *page.service_ids, *page.broken_ids]


def _earlier(tree: LexborHTMLParser, page: PreviewPage) -> int | None:
    """The cursor to earlier posts; never above the lowest number that was just seen."""
    more = tree.css_first(".tme_messages_more[data-before]")
    told = message_id(more.attributes.get("data-before")) if more is not None else None
    if told is None:
        link = tree.css_first("link[rel='prev'][href]")
        found = _BEFORE.search(link.attributes.get("href") or "") if link is not None else None
        told = message_id(found[1]) if found else None
    if told is None or page.lowest_id is None or page.lowest_id <= 1:
        return None
    return min(told, page.lowest_id)


def _channel_title(tree: LexborHTMLParser, block: LexborNode) -> str:
    shown = tree.css_first(".tgme_channel_info_header_title") or block.css_first(
        ".tgme_widget_message_owner_name"
    )
    return " ".join(words_of(shown)[0].split())[:_LONGEST_TITLE] if shown is not None else ""


def _subscribers(tree: LexborHTMLParser) -> tuple[int, bool] | None:
    for counter in tree.css(".tgme_channel_info_counter"):
        kind = counter.css_first(".counter_type")
        value = counter.css_first(".counter_value")
        if kind is not None and value is not None and kind.text().strip().startswith("subscriber"):
            return count(value.text())
    header = tree.css_first(".tgme_header_counter")
    return count(header.text().partition("subscriber")[0]) if header is not None else None


def _same(name: str | None, asked: str) -> bool:
    return name is not None and name.lower() == asked.lower()
