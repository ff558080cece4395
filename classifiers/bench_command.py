"""`python -m classifiers bench`: the benchmark as a table or as JSON."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table


@click.command("bench")
@click.option("--posts", type=click.IntRange(1), default=2000, show_default=True)
@click.option("--repeats", type=click.IntRange(1), default=5, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def bench_command(posts: int, repeats: int, as_json: bool) -> None:
    """Measure posts a second, raw text to score, on one core, beside the usual pipelines."""
    from classifiers.bench import bench  # scikit-learn takes a second to import

    waiting = Console(stderr=True)
    with waiting.status("making posts") as status:
        report = bench(posts, repeats, lambda name: status.update(f"measuring {name}"))
    if as_json:
        click.echo(json.dumps(report, indent=1, allow_nan=False))
    else:
        console = Console()
        _print(report, console if console.is_terminal else Console(width=140))


def _print(report: dict[str, Any], console: Console) -> None:
    machine, posts = report["machine"], report["posts"]
    libraries = ", ".join(f"{name} {found}" for name, found in machine["libraries"].items())
    for line in (
        f"{machine['processor']}, {machine['cores']} cores, of which one is used; "
        f"load at the start {machine['load']}",
        f"{machine['system']}, Python {machine['python']}, {libraries}",
        f"{posts['count']} posts of {posts['mean_signs']:.0f} signs on average, raw text to score; "
        "per second of processor time, the best of the repeats, in brackets the middle one",
    ):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(_table(report["speeds"]))
    for name in report["missing"]:
        console.print(f"Not installed, so not measured: {name}", markup=False, highlight=False)


def _table(speeds: list[dict[str, Any]]) -> Table:
    table = Table("contender")
    columns = ("batch, posts/s", "one by one, posts/s", "load, s", "first, s", "peak, MB", "AUC")
    for name in columns:
        table.add_column(name, justify="right")
    for speed in speeds:
        table.add_row(
            speed["name"],
            f"{speed['batch']:,.0f} ({speed['batch_median']:,.0f})",
            f"{speed['single']:,.0f} ({speed['single_median']:,.0f})",
            f"{speed['load_seconds']:.3f}",
            f"{speed['first_seconds']:.3f}",
            f"{speed['peak_megabytes']:.0f}",
            f"{speed['auc']:.3f}",
        )
    return table
