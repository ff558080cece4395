"""A model card as one HTML page that needs nothing else: no script, no outside asset."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from classifiers.model_card.parts import Part, Table
from classifiers.model_card.printable import printable

_CSS = """
:root { color-scheme: light }
body { font: 15px/1.5 system-ui, sans-serif; color: #24292e; background: #fff; margin: 0 auto;
  max-width: 60rem; padding: 1.5rem }
h1 { font-size: 1.5rem; margin: 0 0 1rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem }
p { max-width: 46rem; margin: .4rem 0 }
.wide { overflow-x: auto }
table { border-collapse: collapse; margin: .8rem 0; font-size: .87rem;
  font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0;
  border-bottom: 1px solid #e6e8ea }
thead th { font-weight: 600; border-bottom-color: #8a8f94; vertical-align: bottom }
tbody th { font-weight: 400; overflow-wrap: break-word; max-width: 18rem }
.figures td { white-space: nowrap }
figure { margin: .8rem 0 } svg { max-width: 100%; height: auto }
svg * { stroke-linejoin: round; stroke-linecap: butt }
nav ul { columns: 2; padding-left: 1.1rem; font-size: .9rem } a { color: #1f6f9f }
@media print { figure, tr { break-inside: avoid } nav { display: none } }
"""
# Should anything slip through the escaping, the browser is told to run and to fetch nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_PAGE = Markup("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<header><h1>{title}</h1></header>
<nav aria-label="Parts"><ul>
{contents}
</ul></nav>
<main>
{parts}
</main>
</body>
</html>
""")


def page(title: str, parts: Sequence[Part], plots: Mapping[str, str]) -> str:
    """The page. plots: SVG elements of our own drawing, by the name that a part gives."""
    item = Markup('<li><a href="#part-{}">{}</a></li>')
    contents = [item.format(number, _data(part.title)) for number, part in enumerate(parts)]
    return str(
        _PAGE.format(
            policy=_POLICY,
            title=printable(title),
            css=Markup(_CSS),  # noqa: S704 - a constant of this file
            contents=Markup("\n").join(contents),
            parts=Markup("\n").join(
                _section(number, part, plots) for number, part in enumerate(parts)
            ),
        )
    )


def _section(number: int, part: Part, plots: Mapping[str, str]) -> Markup:
    pieces = [Markup('<section id="part-{}">\n<h2>{}</h2>').format(number, _data(part.title))]
    pieces += [Markup("<p>{}</p>").format(sentence) for sentence in part.sentences]
    if part.plot in plots:
        pieces.append(_figure(plots[part.plot], part.plot_says))
    if part.table is not None:
        pieces.append(_table(part.table))
    return Markup("\n").join([*pieces, Markup("</section>")])


def _figure(svg: str, says: str) -> Markup:
    # The drawing is ours and its letters were escaped by the backend that wrote them.
    label = Markup('<svg role="img" aria-label="{}" ').format(printable(says, 200))
    drawing = Markup(svg.replace("<svg ", label, 1))  # noqa: S704
    return Markup("<figure>{}</figure>").format(drawing)


def _table(table: Table) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(_data(h)) for h in table.header)
    body = Markup("\n").join(_row(cells) for cells in table.rows)
    kind = "prose" if table.is_prose else "figures"
    return Markup(
        '<div class="wide"><table class="{}">\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody>\n'
        "</table></div>"
    ).format(kind, head, body)


def _row(cells: Sequence[str]) -> Markup:
    first = Markup('<th scope="row">{}</th>').format(_data(cells[0]))
    rest = Markup("").join(Markup("<td>{}</td>").format(_data(cell)) for cell in cells[1:])
    return Markup("<tr>{}{}</tr>").format(first, rest)


def _data(text: str) -> Markup:
    """Escaped, and apart in direction: an Arabic name must not turn the figures beside it."""
    return Markup("<bdi>{}</bdi>").format(escape(printable(text, 200)))
