"""What is left of a digest whose words were forgotten: its items by number, link and answer."""

import csv
from collections.abc import Sequence
from io import StringIO

from bot.domain.receipt import AnswerableDigest, AnswerableItem
from bot.ports import Attachment, Letter
from bot.render.codes import harm_name
from bot.render.documents.sheet import delimiter, neutral
from bot.render.paging import packed
from bot.render.receipts import code_name
from bot.texts import Html, say


def remains_letters(digest: AnswerableDigest, language: str) -> list[Letter]:
    """A calm word that the text is no longer kept, a line an item, and the same as CSV."""
    blocks = [say(language, "remains-head", number=digest.number, items=len(digest.items))]
    blocks += [
        say(
            language,
            "remains-line",
            place=item.place,
            number=item.number,
            harm=harm_name(item.harm, language),
            link=item.link,
            said=_said(item, language),
        )
        for item in digest.items
    ]
    name = f"saring-digest-{digest.number}-remains.csv"
    caption = say(language, "remains-file", number=digest.number)
    file = Attachment(name, remains_csv(digest.items, language))
    return [*(Letter(part) for part in packed(blocks, "\n")), Letter(caption, attachment=file)]


def remains_csv(items: Sequence[AnswerableItem], language: str) -> bytes:
    """UTF-8 with a byte order mark, parted as a digest's CSV is; "text no longer kept" as quote."""
    text = StringIO()
    writer = csv.writer(text, delimiter=delimiter(language))
    columns = ("place", "number", "harm", "url", "outcome", "quote")
    writer.writerow([say(language, f"column-{key}").unescape() for key in columns])
    gone = say(language, "remains-gone").unescape()
    for item in items:
        harm, said = harm_name(item.harm, language), _said(item, language)
        cells = (item.place, item.number, harm.unescape(), item.link, said.unescape(), gone)
        writer.writerow([neutral(cell) for cell in cells])
    return text.getvalue().encode("utf-8-sig", "replace")


def _said(item: AnswerableItem, language: str) -> Html:
    return code_name(item.code, language) if item.code else say(language, "answer-none")
