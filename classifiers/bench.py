"""How fast a text becomes a prediction here, beside the usual ways to do it.

Each contender learns from the seed corpus, is written to disk, and is then measured in a process of
its own on one core: raw text in, score out, on posts of about 300 signs joined from seed lines of
one language. What is fast and wrong shows too: the area under the ROC curve on the functional suite
stands beside the speed.
"""

import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sklearn.metrics import roc_auc_score

from classifiers.bench_contenders import CONTENDERS, Contender
from classifiers.seed import seed_rows
from classifiers.table import Row, read_table

POST_SIGNS = 300
FUNCTIONAL_SUITE = Path(__file__).parent / "data" / "functional.csv"
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "numba", "fasttext")
_THREADS = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMBA")

Begin = Callable[[str], None]


@dataclass(frozen=True)
class Speed:
    """One contender. batch, single: posts a second of one core, all at once and one by one, the
    best of the repeats; batch_median, single_median: the middle one. load_seconds: from disk until
    the first prediction can be asked for; first_seconds: that first prediction, which may load
    compiled code (both by the wall clock). peak_megabytes: of its process. auc: on the functional
    suite, 0..1.
    """

    name: str
    batch: float
    batch_median: float
    single: float
    single_median: float
    load_seconds: float
    first_seconds: float
    peak_megabytes: float
    auc: float


def bench(
    posts: int = 2000,
    repeats: int = 5,
    begin: Begin = lambda name: None,
    contenders: Sequence[Contender] = CONTENDERS,
) -> dict[str, Any]:
    """Measure every contender that is installed; `begin` hears the name of each before its turn.

    Returns {"machine", "posts", "speeds", "missing"}, ready for JSON.
    """
    rows = seed_rows()
    texts = made_posts(rows, posts)
    about = machine()
    speeds: list[Speed] = []
    with tempfile.TemporaryDirectory() as place, _one_thread():
        for contender in filter(Contender.is_installed, contenders):
            begin(contender.name)
            folder = Path(place) / str(len(speeds))
            _apart(_prepare, contender.name, rows, folder)
            speeds.append(_apart(_measure, contender.name, folder, texts, repeats))
    return {
        "machine": about,
        "posts": {"count": len(texts), "mean_signs": statistics.mean(map(len, texts))},
        "speeds": [asdict(speed) for speed in speeds],
        "missing": [each.name for each in contenders if not each.is_installed()],
    }


def made_posts(rows: Sequence[Row], count: int) -> list[str]:
    """Posts of about POST_SIGNS signs, each of lines of one language, the same in every run."""
    draws = random.Random(0)  # noqa: S311 - nothing secret
    by_lang: dict[str, list[str]] = {}
    for row in rows:
        by_lang.setdefault(row.lang, []).append(row.text)
    posts = []
    for _ in range(count):
        lines = by_lang[draws.choice(rows).lang]
        post = draws.choice(lines)
        while len(post) < POST_SIGNS - 20:
            post += " " + draws.choice(lines)
        posts.append(post[: POST_SIGNS + 20])
    return posts


def machine() -> dict[str, Any]:
    """What was measured on, and how busy it was with other things."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes begun inside use one thread in every numeric library."""
    names = [f"{library}_NUM_THREADS" for library in _THREADS]
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's answer from a fresh process, so that memory and loading are its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def _prepare(name: str, rows: Sequence[Row], folder: Path) -> None:
    folder.mkdir()
    _named(name).prepare(rows, folder)


def _measure(name: str, folder: Path, posts: list[str], repeats: int) -> Speed:
    contender = _named(name)
    contender.import_libraries()
    start = time.perf_counter()
    scores = contender.load(folder)
    loaded = time.perf_counter()
    scores(posts[:1])
    first = time.perf_counter()
    batch = _rates(lambda: scores(posts), len(posts), repeats)
    some = posts[: max(1, len(posts) // 4)]
    single = _rates(lambda: [scores([post]) for post in some], len(some), repeats)
    suite = read_table(FUNCTIONAL_SUITE)
    return Speed(
        name=name,
        batch=max(batch),
        batch_median=statistics.median(batch),
        single=max(single),
        single_median=statistics.median(single),
        load_seconds=loaded - start,
        first_seconds=first - loaded,
        peak_megabytes=_peak_megabytes(),
        auc=float(roc_auc_score([row.label for row in suite], scores([row.text for row in suite]))),
    )


def _named(name: str) -> Contender:
    return next(contender for contender in CONTENDERS if contender.name == name)


def _rates(work: Callable[[], object], posts: int, repeats: int) -> list[float]:
    """Posts a second of processor time, for each repeat after one that does not count.

    What else the machine does then changes the figure little; on an idle one it is the wall clock.
    """
    rates = []
    for _ in range(repeats + 1):
        start = time.process_time()
        work()
        rates.append(posts / (time.process_time() - start))
    return rates[1:]


def _peak_megabytes() -> float:
    """Of this process alone; `getrusage` would count what its parent held before it."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    import resource

    unit = 1024 * 1024 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
