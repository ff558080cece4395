"""Open figures as a page for anybody: one file, no script, nothing from outside."""

from babel.numbers import format_decimal

from bot.domain.transparency import Hidden, OpenFigures, Shown, ShownGroup, ShownTable
from bot.render import plot
from bot.render.times import how_long, local_time
from bot.render.transparency import Publisher, cell_name, said
from bot.texts import Html, say

_STYLE = """
:root { color-scheme: light; --ink: #22313f; --line: #cfdbe1; --accent: #1f6f8b }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 64rem; color: var(--ink); background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word }
h1, h2, h3 { line-height: 1.2; margin: 0 0 .5rem }
h2 { margin-top: 2.5rem; padding-top: 1rem; border-top: 2px solid var(--accent) }
h3 { margin-top: 1.5rem; font-size: 1.05rem }
p { max-width: 44rem; margin: 0 0 .75rem }
.rule { border-inline-start: 4px solid var(--accent); padding: .5rem 1rem; background: #f2f6f8 }
.rule h2 { margin: 0 0 .5rem; padding: 0; border: 0; font-size: 1.1rem }
.both { display: grid; gap: 1rem; align-items: start }
.both > * { min-width: 0 }
@media (min-width: 45rem) { .both { grid-template-columns: 1fr 1fr } }
svg { display: block; width: 100%; height: auto; max-width: 30rem }
figure { margin: 0 }
table { border-collapse: collapse; width: 100% }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: start }
th[scope=row] { font-weight: normal }
td, th:last-child { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums }
tfoot th[scope=row], tfoot td { font-weight: bold }
"""
_PAGE = Html(
    '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    "<title>{title}, {span}</title>\n<style>{style}</style>\n</head>\n<body>\n<header>\n"
    "<h1>{title}</h1>\n<p><strong>{span}</strong></p>\n<p>{made}</p>\n<p>{intro}</p>\n"
    '<section class="rule"><h2>{rule_head}</h2><p>{rule}</p></section>\n</header>\n'
    "<main>\n{groups}\n</main>\n</body>\n</html>\n"
)
_GROUP = Html("<section>\n<h2>{head}</h2>\n<p>{about}</p>\n{tables}\n</section>")
_TABLE = Html(
    '<h3 id="{id}">{head}</h3>\n<div class="both">\n<table aria-labelledby="{id}">\n<thead><tr>'
    '<th scope="col">{what}</th><th scope="col">{count}</th></tr></thead>\n<tbody>\n{rows}\n'
    '</tbody>\n<tfoot><tr><th scope="row">{total_name}</th><td>{total}</td></tr></tfoot>\n'
    "</table>\n{picture}\n</div>"
)
_ROW = Html('<tr><th scope="row">{name}</th><td>{count}</td></tr>')
_FIGURE = Html('<figure role="img" aria-label="{words}">{svg}</figure>')


def figures_page(figures: OpenFigures, publisher: Publisher, language: str) -> bytes:
    """The page in a language; each plot has its table beside it."""
    period = figures.period
    made = local_time(figures.made_at, period.timezone, language)
    lines = [say(language, "open-made", operator=publisher.operator, when=made)]
    if publisher.contact:
        lines.append(say(language, "open-contact", contact=publisher.contact))
    page = _PAGE.format(
        language=language,
        title=say(language, "open-title"),
        span=say(language, "open-span", first=period.first, last=period.last, zone=period.timezone),
        style=Html(_STYLE),
        made=Html(" ").join(lines),
        intro=say(language, "open-intro"),
        rule_head=say(language, "open-rule-head"),
        rule=say(language, "open-rule"),
        groups=Html("\n").join(_group(one, figures, language) for one in figures.groups),
    )
    return page.encode()


def _group(group: ShownGroup, figures: OpenFigures, language: str) -> Html:
    tables = [_table(one, language) for one in group.tables]
    if group.name == "referred":
        tables.append(_waits(figures, language))
    return _GROUP.format(
        head=say(language, f"open-group-{group.name}"),
        about=say(language, f"open-about-{group.name}"),
        tables=Html("\n").join(tables),
    )


def _waits(figures: OpenFigures, language: str) -> Html:
    waits = figures.time_to_answer
    words = (
        say(
            language,
            "open-waits",
            median=how_long(waits.median, language),
            slowest=how_long(waits.slowest, language),
        )
        if waits
        else say(language, "open-waits-hidden")
    )
    return Html("<h3>{}</h3>\n<p>{}</p>").format(say(language, "open-waits-head"), words)


def _table(table: ShownTable, language: str) -> Html:
    names = {cell: cell_name(table.name, cell, language) for cell in table.cells}
    head = say(language, f"open-table-{table.name.replace('_', '-')}")
    rows = [
        _ROW.format(name=names[cell], count=_written(count, language))
        for cell, count in table.cells.items()
    ]
    return _TABLE.format(
        id=table.name,
        head=head,
        what=say(language, "open-what"),
        count=say(language, "open-count"),
        rows=Html("\n").join(rows),
        total_name=say(language, "open-total"),
        total=_written(table.total, language),
        picture=_picture(table, names, head, language),
    )


def _written(count: Shown, language: str) -> str:
    return count.value if isinstance(count, Hidden) else format_decimal(count, locale=language)


def _picture(table: ShownTable, names: dict[str, str], head: Html, language: str) -> Html:
    """Bars of what is not nought; nothing where there are fewer than two."""
    drawn = {names[cell]: count for cell, count in table.cells.items() if count != 0}
    if len(drawn) < 2 or all(isinstance(count, Hidden) for count in drawn.values()):
        return Html("")
    hidden = said(language, "open-hidden")
    bars = [
        (name, None, hidden)
        if isinstance(count, Hidden)
        else (name, count, _written(count, language))
        for name, count in drawn.items()
    ]
    svg = plot.slim_bars(bars, table.name)
    words = say(language, "open-plot", table=head)
    return _FIGURE.format(words=words, svg=Html(svg))
