"""Versions of models on disk, and which of them is the champion.

A directory of models holds the seed model itself, as before, and beside it

    versions/<version>/   each further model, complete, put there by one rename
    champion.json         which version is in use, and which were before it

Without `champion.json` the seed model is the champion. Every change is one rename: a crash leaves
the old state or the new one.
"""

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import click

from classifiers.artefact import MANIFEST, load, manifest
from classifiers.errors import ModelError
from classifiers.model import Model
from classifiers.refusing import refusals
from classifiers.seed import seed_model

CHAMPION = "champion.json"
VERSIONS = "versions"
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # it becomes a folder's name
_MOST_REMEMBERED = 100  # champions to go back through


@dataclass(frozen=True)
class KeptModel:
    """A model on disk. rows, positives: what it was trained on. problem: why it cannot be used."""

    version: str
    folder: Path
    is_champion: bool
    is_seed: bool
    rows: int | None = None
    positives: int | None = None
    problem: str | None = None


def list_models(directory: Path) -> list[KeptModel]:
    """The seed model, if it has been trained, then the others by name."""
    chosen = champion_version(directory)
    folders = sorted(path for path in (directory / VERSIONS).glob("*") if _is_version(path))
    kept = [_kept(path, is_champion=path.name == chosen) for path in folders]
    if (directory / MANIFEST).exists():
        kept.insert(0, _kept(directory, is_champion=chosen is None, is_seed=True))
    return kept


def champion_version(directory: Path) -> str | None:
    """The promoted version; None where the seed model is in use."""
    return _history(directory)[-1] if _history(directory) else None


def champion_folder(directory: Path) -> Path:
    """Where the model in use lies."""
    chosen = champion_version(directory)
    return directory / VERSIONS / chosen if chosen else directory


def champion(directory: Path) -> Model:
    """The model in use; the seed model is trained first where it is needed and missing.

    Raises ModelError where a promoted model cannot be loaded: `models rollback` leaves it.
    """
    chosen = champion_version(directory)
    return load(directory / VERSIONS / chosen) if chosen else seed_model(directory)


def keep(directory: Path, trained: Path) -> str:
    """Moves a trained model from its folder among the versions; its version.

    trained: on the same disk. Raises ModelError where it holds no usable model.
    """
    version = load(trained).version
    place = _place(directory, version)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():  # equal versions have equal content
        shutil.rmtree(trained)
    else:
        trained.rename(place)
    return version


def promote(directory: Path, version: str) -> None:
    """Makes a kept version the champion; twice changes nothing. Raises ModelError if unusable."""
    if champion_version(directory) == version:
        return
    load(_place(directory, version))
    _remember(directory, [*_history(directory), version][-_MOST_REMEMBERED:])


def rollback(directory: Path) -> str | None:
    """Goes back to the champion before this one; its version, None for the seed model.

    Raises ModelError where there is nothing to go back from, or the earlier one is unusable.
    """
    history = _history(directory)
    if not history:
        raise ModelError("No model was promoted: the seed model is in use, and none was before it.")
    before = history[:-1]
    if before:
        load(_place(directory, before[-1]))
    _remember(directory, before)
    return before[-1] if before else None


def discard(directory: Path, version: str) -> None:
    """Removes a kept version that was not chosen; never the champion or one before it."""
    if version not in _history(directory):
        shutil.rmtree(_place(directory, version), ignore_errors=True)


def _place(directory: Path, version: str) -> Path:
    if not _VERSION.fullmatch(version):
        raise ModelError(f"{version[:64]!r} is no name of a version: see `models list`.")
    return directory / VERSIONS / version


def _is_version(path: Path) -> bool:
    return path.is_dir() and _VERSION.fullmatch(path.name) is not None


def _kept(folder: Path, *, is_champion: bool, is_seed: bool = False) -> KeptModel:
    try:
        facts = manifest(folder)
    except ModelError as error:
        return KeptModel(folder.name, folder, is_champion, is_seed, problem=str(error))
    about = facts["about"]
    return KeptModel(
        str(facts["version"]),
        folder,
        is_champion,
        is_seed,
        about.get("rows"),
        about.get("positives"),
    )


def _history(directory: Path) -> list[str]:
    """Champions that were promoted, the present one last; none: the seed model."""
    path = directory / CHAMPION
    try:
        kept = json.loads(path.read_bytes())
        found = [str(version) for version in kept["champions"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} cannot be read ({error}). Remove it to use the seed model, then promote."
        ) from error
    for version in found:
        _place(directory, version)
    return found


def _remember(directory: Path, champions: list[str]) -> None:
    draft = directory / f".{CHAMPION}.{os.getpid()}.part"
    try:
        with draft.open("w", encoding="utf-8") as stream:
            json.dump({"champions": champions}, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(directory / CHAMPION)
    finally:
        draft.unlink(missing_ok=True)


# --- the command line -------------------------------------------------------------------------


_In = click.option(
    "--in",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Directory of the models, as in MODEL_DIR.",
)


@click.group("models")
def models() -> None:
    """Versions of models in a directory: which there are, and which is in use."""


@models.command("list")
@_In
def list_command(directory: Path) -> None:
    """One line a model; `*` marks the one in use."""
    with refusals():
        found = list_models(directory)
    if not found:
        click.echo(f"There is no model in {directory}.")
    for one in found:
        mark = "*" if one.is_champion else " "
        kind = " (seed)" if one.is_seed else ""
        said = one.problem or f"{one.rows} rows, {one.positives} positive"
        click.echo(f"{mark} {one.version}{kind}: {said}")


@models.command("promote")
@_In
@click.argument("version")
def promote_command(directory: Path, version: str) -> None:
    """Puts a version into use. A bot that is running takes it with its next tick."""
    with refusals():
        promote(directory, version)
    click.echo(f"{version} is in use now.")


@models.command("rollback")
@_In
def rollback_command(directory: Path) -> None:
    """Goes back to the model that was in use before."""
    with refusals():
        version = rollback(directory)
    click.echo(f"{version or 'The seed model'} is in use again.")
