"""Takes each guard out of the code, one at a time, and asks whether a test goes red.

`make mutants` runs it: minutes, not seconds, so it is no test itself. `guards.toml` lists the
guards; `test_guards.py` sees to it that each can still be found. Each is tried in a fork of a
process that has imported what we depend on, and nothing of ours.
"""

import importlib
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "data", "__pycache__", ".*_cache", ".hypothesis"
)
_OURS = ("bot", "classifiers", "sandbox", "tests")
_OPTIONS = (  # one database is enough, and what was imported before is not rewritten
    *("-q", "-x", "-p", "no:cacheprovider", "-k", "not postgresql"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
_TIMEOUT = 300.0  # seconds for one guard's tests: a mutant that hangs is seen too


@dataclass(frozen=True)
class Guard:
    """name: what it guards. find: a passage that stands once in `file`, put in place of `put`.

    tests: where a test must go red, as pytest takes it.
    """

    name: str
    file: str
    find: str
    put: str
    tests: tuple[str, ...]


def guards() -> list[Guard]:
    with Path(__file__).with_name("guards.toml").open("rb") as file:
        listed = tomllib.load(file)["guard"]
    return [Guard(**{**one, "tests": tuple(one["tests"])}) for one in listed]


def is_seen(guard: Guard, tree: Path) -> bool:
    """Whether the tests go red in a tree whose guard was taken out; the tree is mended after.

    Raises RuntimeError where they could not be run.
    """
    path, said = tree / guard.file, tree / "said"
    whole = path.read_text("utf-8")
    path.write_text(whole.replace(guard.find, guard.put), "utf-8")
    fork = multiprocessing.get_context("fork").Process(target=_test, args=(tree, guard.tests, said))
    try:
        fork.start()
        fork.join(_TIMEOUT)
        if fork.is_alive():
            fork.kill()
            fork.join()
            return True
    finally:
        path.write_text(whole, "utf-8")
    if fork.exitcode not in (0, 1):
        raise RuntimeError(f"{guard.name}: pytest said {said.read_text('utf-8')[-2000:]}")
    return fork.exitcode == 1


def _test(tree: Path, tests: tuple[str, ...], said: Path) -> None:
    """Runs tests in the tree; the process ends with pytest's word."""
    os.chdir(tree)
    sys.path[:] = [str(tree), *(one for one in sys.path if one not in ("", str(ROOT)))]
    with said.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os._exit(pytest.main([*_OPTIONS, *tests]))


def _import_what_we_depend_on() -> None:
    sys.dont_write_bytecode = True
    for name in ("bot.compose", "tests.factories", "tests.end_to_end.stage"):
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] in _OURS]:
        del sys.modules[name]


def main() -> int:
    wanted = sys.argv[1:]
    listed = [one for one in guards() if not wanted or any(word in one.name for word in wanted)]
    missed = []
    _import_what_we_depend_on()
    with tempfile.TemporaryDirectory(prefix="saring-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=_LEFT_OUT)
        for guard in listed:
            started = time.monotonic()
            seen = is_seen(guard, tree)
            missed += [] if seen else [guard.name]
            took = time.monotonic() - started
            print(f"{'seen  ' if seen else 'MISSED'} {took:5.1f} s  {guard.name}", flush=True)
    print(f"{len(listed) - len(missed)} of {len(listed)} guards are held by a test.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
