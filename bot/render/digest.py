"""A digest as messages for a phone: a head, the items, as many parts as 4,096 characters ask for.

Wording alleges and never asserts; Saring refers, it never orders.
"""

from bot.domain.codes import HarmCode
from bot.domain.referral import Digest, ReferredItem
from bot.ports import Letter
from bot.render.desk import harm_name
from bot.render.paging import packed
from bot.render.times import local_time
from bot.texts import Html, say

_QUOTE = 400  # characters; the link leads to the rest


def digest_letters(digest: Digest, language: str, timezone: str) -> list[Letter]:
    """The digest in as many letters as needed, at least one, each headed by its number."""
    blocks = [_item(item, place, language, timezone) for place, item in enumerate(digest.items, 1)]
    parts = packed([_head(digest, language, timezone), *blocks, _foot(digest, language)])
    if len(parts) == 1:
        return [Letter(parts[0])]
    return [
        Letter(
            Html("{}\n\n{}").format(
                say(language, "digest-part", number=digest.number, part=i, parts=len(parts)), part
            )
        )
        for i, part in enumerate(parts, 1)
    ]


def _head(digest: Digest, language: str, timezone: str) -> Html:
    counts = {harm: sum(item.harm is harm for item in digest.items) for harm in HarmCode}
    return say(
        language,
        "digest-head",
        number=digest.number,
        made=local_time(digest.created_at, timezone, language),
        items=len(digest.items),
        codes=Html(", ").join(
            Html("{} {}").format(harm_name(harm, language), n) for harm, n in counts.items() if n
        ),
    )


def _item(item: ReferredItem, place: int, language: str, timezone: str) -> Html:
    return say(
        language,
        "digest-item",
        place=place,
        number=item.number,
        harm=harm_name(item.harm, language),
        channel=item.channel[:60],
        link=item.link,
        posted=local_time(item.posted_at, timezone, language),
        decided=local_time(item.decided_at, timezone, language),
        people=item.people,
        quote=_quote(item, language),
    )


def _quote(item: ReferredItem, language: str) -> Html:
    """The words; of instructions for an attack not one."""
    if item.harm is HarmCode.INSTRUCT:
        return say(language, "steps-removed")
    cut = " …" if len(item.text) > _QUOTE else ""
    return Html("{}{}").format(item.text[:_QUOTE], cut)


def _foot(digest: Digest, language: str) -> Html:
    return say(language, "digest-foot", hash=digest.audit_hash[:16])
