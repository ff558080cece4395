"""A preview that is a table: channels with numbered posts, and faults on request. No HTML, no net.

For tests of single rules. What really comes over the wire is played by `sandbox.preview`.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.domain.channel import ChannelRef
from bot.domain.post import Post, SourceKind
from bot.domain.preview import PreviewAnswer, PreviewPage, Reached
from bot.ports import Clock

PER_PAGE = 20


@dataclass
class Place:
    """A channel as the world has it. posts by number; service: numbers that are no posts."""

    ref: ChannelRef
    posts: dict[int, Post] = field(default_factory=dict)
    service: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    edited: set[int] = field(default_factory=set)
    subscribers: int | None = 1200
    newest: int = 0


class World:
    """Implements `bot.ports.Preview`. asked: every request, as (name, before or -number)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.places: dict[str, Place] = {}
        self.faults: list[PreviewAnswer] = []
        self.asked: list[tuple[str, int | None]] = []
        self.lateness = timedelta()  # pages are rendered so long ago

    def channel(
        self, username: str = "kabar_contoh", chat_id: int | None = -1001234567890
    ) -> Place:
        place = Place(ChannelRef(chat_id, username, "Kabar Contoh"))
        self.places[username.lower()] = place
        return place

    def publish(self, place: Place, text: str = "Cuaca cerah", **more: object) -> Post:
        place.newest += 1
        said = {
            "channel": place.ref,
            "message_id": place.newest,
            "posted_at": self._clock.now(),
            "source": SourceKind.PREVIEW,
            "text": text,
            "views": 17,
        }
        post = Post(**(said | more))  # type: ignore[arg-type]
        place.posts[post.message_id] = post
        place.newest = max(place.newest, *post.member_ids)
        return post

    def edit(self, place: Place, number: int, text: str) -> None:
        place.posts[number] = replace(place.posts[number], text=text)
        place.edited.add(number)

    def fails(self, *reached: Reached, retry_after: timedelta | None = None) -> None:
        """The next requests are answered so, one each."""
        self.faults += [PreviewAnswer(one, retry_after=retry_after) for one in reached]

    async def page(self, username: str, before: int | None = None) -> PreviewAnswer:
        self.asked.append((username, before))
        if self.faults:
            return self.faults.pop(0)
        place = self.places.get(username.lower())
        if place is None:
            return PreviewAnswer(Reached.UNKNOWN_NAME)
        numbers = sorted({*place.posts, *place.service})
        below = [number for number in numbers if before is None or number < before]
        return self._answer(place, username, below[-PER_PAGE:], below[:-PER_PAGE])

    async def post(self, username: str, message_id: int) -> PreviewAnswer:
        self.asked.append((username, -message_id))
        if self.faults:
            return self.faults.pop(0)
        place = self.places.get(username.lower())
        if place is None:
            return PreviewAnswer(Reached.UNKNOWN_NAME)
        there = [n for n, post in place.posts.items() if message_id in post.member_ids]
        if not there and message_id not in place.service:
            return PreviewAnswer(Reached.NOT_FOUND)
        return self._answer(place, username, there or [message_id], [])

    def _answer(
        self, place: Place, username: str, shown: list[int], earlier: list[int]
    ) -> PreviewAnswer:
        if not shown:
            return PreviewAnswer(Reached.EMPTY)
        page = PreviewPage(
            ref=place.ref,
            posts=tuple(
                place.posts[n] for n in shown if n in place.posts and n not in place.broken
            ),
            service_ids=tuple(n for n in shown if n in place.service),
            broken_ids=tuple(n for n in shown if n in place.broken),
            edited_ids=frozenset(place.edited & set(shown)),
            subscribers=place.subscribers,
            before=shown[0] if earlier else None,
            rendered_at=self._clock.now() - self.lateness,
        )
        same = place.ref.username is not None and place.ref.username.lower() == username.lower()
        return PreviewAnswer(Reached.PAGE if same else Reached.RENAMED, page)
