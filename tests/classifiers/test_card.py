"""The card on disk: whole, true to its figures, and closed to what data might smuggle in."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest

from classifiers.model_card.html import page as page_of
from classifiers.model_card.markdown import markdown
from classifiers.model_card.parts import parts
from classifiers.model_card.printable import printable
from classifiers.model_card.svg import inlined
from classifiers.model_card.writing import Measured, Recall, Scored, measure, write_card

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</bdi></table><iframe>",
    "]]></svg><!-- --> &amp;",
    "$x_{1$ \\frac",
    "price $5 and $6",
    "{title} {0} %s",
    "a|b\n# c `d`",
    "\x00\x1b[31m\u202egnp.exe\ud800",
    "أخبار",
    "😀 new",
    "long " * 60,
)


def measured(names: tuple[str, ...] = ("NEWS", "FAITH"), positives: bool = True) -> Measured:
    """Sixty rows per name; a third is propaganda, ranked well, unless there shall be none."""
    draws = np.random.default_rng(11)
    n = 60 * len(names)
    positive = (np.arange(n) % 3 == 0) & positives
    scores = np.clip(0.5 * positive + 0.5 * draws.random(n), 0, 1)
    return measure(
        Scored(
            model_version=f"linear-{names[0]}",
            data=f"rows of {names[-1]}",
            threshold=0.45,
            scores=scores,
            positive=positive,
            texts=["x" * (row % 90) for row in range(n)],
            axes={names[0]: [(names[row % len(names)],) for row in range(n)]},
            kinds=(names[0],),
            about={names[-1]: names[0]},
            recall_elsewhere=None if positives else Recall("the other rows", 45, 50),
        )
    )


class Reader(HTMLParser):
    """Collects tags, attributes and words, and checks that tags close in order."""

    VOID = ("meta", "img", "br", "hr", "link", "input")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend((name, value or "") for name, value in attrs)
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend((name, value or "") for name, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of harmless names."""
    return write_card(tmp_path_factory.mktemp("card"), measured())[1].read_text("utf-8")


def drawings(page: str) -> list[str]:
    return re.findall(r"<svg .*?</svg>", page, flags=re.DOTALL)


def test_card_is_written_as_markdown_and_as_page(tmp_path: Path) -> None:
    text, page = write_card(tmp_path / "new" / "card", measured())

    assert (text.name, page.name) == ("card.md", "card.html")
    assert sorted(path.name for path in text.parent.iterdir()) == ["card.html", "card.md"]
    assert text.read_text("utf-8").startswith("# Model card of linear-NEWS\n")
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_equal_figures_give_equal_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_card(tmp_path / "a", measured())]
    second = [path.read_bytes() for path in write_card(tmp_path / "b", measured())]

    assert first == second


def test_older_card_is_replaced(tmp_path: Path) -> None:
    write_card(tmp_path, measured(("AID",)))
    text, page = write_card(tmp_path, measured(("POLIT",)))

    assert "AID" not in text.read_text("utf-8") + page.read_text("utf-8")


def test_every_figure_stands_in_both_with_its_interval_and_n(tmp_path: Path) -> None:
    found = measured()
    precision, recall = found.figures.average_precision, found.points[0].recall
    assert precision is not None
    assert recall is not None

    text, page = (path.read_text("utf-8") for path in write_card(tmp_path, found))

    words = "".join(Reader(page).words)
    for estimate, n in ((precision, "120"), (recall, f"{recall.hits} of 40")):
        interval = f"{estimate.low:.3f} to {estimate.high:.3f}"
        assert f"| {estimate.value:.3f} | {interval} | {n} |" in text
        assert f"{estimate.value:.3f}{interval}{n}" in words


def test_benign_flag_rates_stand_beside_recall_at_the_same_threshold(tmp_path: Path) -> None:
    found = measured()
    news = next(kind for kind in found.kinds if kind.name == "NEWS")

    text = write_card(tmp_path, found)[0].read_text("utf-8")

    part = text.split("## Benign posts that are flagged")[1].split("\n## ")[0]
    for point, flagged in zip(found.points, news.rates, strict=True):
        assert point.recall is not None
        assert f"flagged at {point.threshold:.3f} ({point.name}), recall " in part
        assert f"{point.recall.value:.3f} (" in part
        assert f"| {flagged.hits}: {100 * flagged.value:.1f} %, below " in part


def test_benign_rows_alone_name_where_recall_was_measured(tmp_path: Path) -> None:
    text, page = write_card(tmp_path, measured(positives=False))

    words = " ".join(text.read_text("utf-8").split())
    assert "recall 0.900 (0.782 to 0.967) of 50 propaganda rows, measured on the other" in words
    assert "| recall at 0.450 (in use), on the other rows | 0.900 | 0.782 to 0.967 | 45" in words
    assert "| precision at 0.450 (in use) | - | - | 0 |" in words
    assert "Precision at each recall" not in words
    assert "recall there: 0.900, n = 50" in page.read_text("utf-8")


def test_upper_bound_is_never_printed_below_itself() -> None:
    draws = np.full(316, 0.1)  # 0 of 316: at most 0.9435 %, which must not become "below 0.9 %"
    scored = Scored(
        "m", "d", 0.5, draws, draws > 1, ["t"] * 316, {"kind": [("k",)] * 316}, ("kind",)
    )

    assert "| k | 316 | 0: 0.0 %, below 1.0 % |" in markdown("t", parts(measure(scored)))


def test_unknown_recall_is_said(tmp_path: Path) -> None:
    found = measure(
        Scored(
            "m",
            "d",
            0.5,
            np.full(4, 0.1),
            np.full(4, False),
            list("abcd"),
            {"kind": [("k",)] * 4},
            ("kind",),
        )
    )

    text, page = write_card(tmp_path, found)

    assert "recall is unknown, because no row here is propaganda" in text.read_text("utf-8")
    assert "recall there: unknown" in page.read_text("utf-8")


def test_page_needs_no_script_and_nothing_from_outside(page: str) -> None:
    reader = Reader(page)
    assert not {"script", "img", "link", "iframe", "object", "embed", "form"} & set(reader.tags)
    for name, value in reader.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "srcset", "data", "action")
        if name in ("href", "xlink:href"):
            assert value.startswith("#")
        if "url(" in value:
            assert "url(#" in value
    assert "@import" not in page
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
            "form-action 'none'") in reader.attributes  # fmt: skip


def test_ids_are_single_and_every_reference_is_met(page: str) -> None:
    attributes = Reader(page).attributes
    ids = [value for name, value in attributes if name == "id"]
    wanted = {v[1:] for name, v in attributes if name in ("href", "xlink:href")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", page))
    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)
    assert len(wanted) > 20


def test_plots_are_well_formed_and_labelled(page: str) -> None:
    found = drawings(page)

    assert len(found) == 6  # curve, reliability, scores, two axes, one axis of benign kinds
    for drawing in found:
        root = ElementTree.fromstring(drawing)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_from_data_stay_words(page: str, name: str) -> None:
    plain, content = Reader(page), parts(measured((name, "B")))

    html = page_of(name, content, {})

    reader = Reader(html)
    assert set(reader.tags) <= set(plain.tags)
    assert {key for key, _ in reader.attributes} <= {key for key, _ in plain.attributes}
    assert "".join(reader.words).count(printable(name, 30)[:20]) > 5
    assert not set(html + markdown(name, content)) & set("\x00\x1b\u202e\ud800")


def test_names_from_data_stay_letters_in_plots(tmp_path: Path, page: str) -> None:
    html = write_card(tmp_path, measured(HOSTILE))[1].read_text("utf-8")

    assert set(Reader(html).tags) == set(Reader(page).tags)
    drawn = "".join("".join(ElementTree.fromstring(one).itertext()) for one in drawings(html))
    for name in HOSTILE:
        assert printable(name, 34)[:30] in drawn


def test_markdown_table_keeps_its_columns_whatever_the_names() -> None:
    text = markdown("title", parts(measured(HOSTILE)))

    for block in re.findall(r"(?:^\|.*\n?)+", text, flags=re.MULTILINE):
        columns = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(columns) == 1, block
    assert "<script>" not in text


def test_drawing_leaves_the_settings_of_matplotlib_alone(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)

    write_card(tmp_path, measured())

    assert dict(mpl.rcParams) == before


def test_inlined_drawing_owns_its_ids() -> None:
    document = (
        '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg width="1"><metadata>m</metadata>'
        '<g id="a" clip-path="url(#b)"><use xlink:href="#a"/><text>id="a" #b</text></g></svg>\n'
    )

    assert inlined(document, "p").strip() == (
        '<svg width="1"><g id="p-a" clip-path="url(#p-b)"><use xlink:href="#p-a"/>'
        '<text>id="a" #b</text></g></svg>'
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb\tc  d", "a b c d"),
        ("\u202eabc\x07", "\ufffdabc\ufffd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("abcdefghijk", "abcdefghi…"),
        ("", ""),
    ],
)
def test_printable_shows_what_is_unseen_and_cuts_what_is_long(text: str, shown: str) -> None:
    assert printable(text, 10) == shown
