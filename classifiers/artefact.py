"""A model on disk: `model.json` and one `.npz` of plain arrays. No pickle, no training text.

`model.json` names the arrays' file and its SHA-256 and carries a seal over its own content, so a
changed byte in either is noticed. Writing ends with one rename of `model.json`: a crash leaves the
old model or the new one.
"""

import hashlib
import io
import json
import os
import zipfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Sigmoid
from classifiers.compiled import fastest
from classifiers.errors import ModelError
from classifiers.familiarity import Familiarity
from classifiers.heads import Heads, no_heads
from classifiers.model import Model
from classifiers.ngrams import BUCKETS

# Goes up when the meaning of the arrays, the hash keys or the normalisation changes.
SCHEMA = 3
MANIFEST = "model.json"
_LIBRARIES = ("numpy", "scipy", "scikit-learn")
_AGAIN = "Train it again (python -m classifiers train) or restore the directory from a copy."


def save_model(model: Model, directory: Path) -> None:
    """Write the model into the directory, which is made if needed; replaces what was there."""
    directory.mkdir(parents=True, exist_ok=True)
    arrays = _packed(model)
    digest = hashlib.sha256(arrays).hexdigest()
    name = f"weights-{digest[:12]}.npz"
    facts = _facts(model) | {"arrays": {"file": name, "sha256": digest}, "version": model.version}
    _write(directory / name, arrays)
    sealed = json.dumps(facts | {"seal": _seal(facts)}, indent=1, sort_keys=True)
    _write(directory / MANIFEST, sealed.encode())
    for old in directory.glob("weights-*.npz"):
        if old.name != name:
            old.unlink(missing_ok=True)


def versioned(model: Model) -> Model:
    """The model under a version made from its content."""
    facts = json.dumps(_facts(model), sort_keys=True).encode()
    digest = hashlib.sha256(facts + _packed(model)).hexdigest()
    return replace(model, version=f"linear-{digest[:12]}")


def load(directory: Path) -> Model:
    """The model that was saved there, on the compiled path where numba is installed.

    Raises ModelError, with what to do, for a missing or changed file or another schema.
    """
    facts = manifest(directory)
    arrays = _arrays(directory, facts)
    try:
        return fastest(_unpacked(facts, arrays))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The model in {directory} is incomplete ({error}). {_AGAIN}") from error


def manifest(directory: Path) -> dict[str, Any]:
    """The content of `model.json`, checked for schema and seal."""
    path = directory / MANIFEST
    try:
        facts = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ModelError(
            f"There is no model in {directory}: {MANIFEST} is missing. {_AGAIN}"
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read ({error}). {_AGAIN}") from error
    schema = facts.get("schema") if isinstance(facts, dict) else None
    if schema != SCHEMA:
        raise ModelError(
            f"The model in {directory} has schema {schema!r}; this program reads {SCHEMA}. "
            "Train it again (python -m classifiers train) or use the program that wrote it."
        )
    seal = facts.pop("seal", None)
    if seal != _seal(facts):
        raise ModelError(f"{path} was changed after it was written. {_AGAIN}")
    return dict(facts)


def _arrays(directory: Path, facts: dict[str, Any]) -> dict[str, NDArray[Any]]:
    path = directory / Path(str(facts["arrays"]["file"])).name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} is missing or cannot be read. {_AGAIN}") from error
    if hashlib.sha256(content).hexdigest() != facts["arrays"]["sha256"]:
        raise ModelError(f"{path} was changed after it was written. {_AGAIN}")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return dict(stored)
    except (ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} is no file of arrays ({error}). {_AGAIN}") from error


def _facts(model: Model) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "labels": list(model.labels),
        "threshold": model.threshold,
        "constant": model.constant,
        "sigmoid": [model.sigmoid.slope, model.sigmoid.offset],
        "scripts": list(model.familiarity.scripts),
        "rarest": list(model.familiarity.rarest),
        "texts_seen": model.texts_seen,
        "heads": _head_facts(model.heads),
        "about": model.about,
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _head_facts(heads: Heads) -> list[dict[str, Any]]:
    columns = zip(
        heads.codes,
        heads.constants.tolist(),
        heads.slopes.tolist(),
        heads.offsets.tolist(),
        heads.thresholds.tolist(),
        strict=True,
    )
    names = ("code", "constant", "slope", "offset", "threshold")
    return [dict(zip(names, values, strict=True)) for values in columns]


def _packed(model: Model) -> bytes:
    arrays: dict[str, NDArray[Any]] = {"idf": model.idf, "coef": model.coef}
    if model.heads.codes:
        arrays["head_columns"] = model.heads.columns
        arrays["head_weights"] = model.heads.weights.astype(np.float16)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpacked(facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    for name in ("idf", "coef"):
        if arrays[name].shape != (BUCKETS,) or arrays[name].dtype != np.float32:
            raise ValueError(f"array {name} has another shape")
    return Model(
        version=str(facts["version"]),
        threshold=float(facts["threshold"]),
        idf=arrays["idf"],
        coef=arrays["coef"],
        constant=float(facts["constant"]),
        sigmoid=Sigmoid(*map(float, facts["sigmoid"])),
        familiarity=Familiarity(tuple(facts["scripts"]), tuple(map(float, facts["rarest"]))),
        texts_seen=int(facts["texts_seen"]),
        heads=_heads(facts["heads"], arrays),
        labels=(str(facts["labels"][0]), str(facts["labels"][1])),
        about=dict(facts["about"]),
    )


def _heads(rows: list[dict[str, Any]], arrays: dict[str, NDArray[Any]]) -> Heads:
    if not rows:
        return no_heads()
    columns = arrays["head_columns"]
    weights = arrays["head_weights"].astype(np.float32)
    if weights.shape != (len(columns), len(rows)):
        raise ValueError("array head_weights has another shape")
    return Heads(
        tuple(str(row["code"]) for row in rows),
        columns,
        weights,
        *(
            np.array([row[name] for row in rows])
            for name in ("constant", "slope", "offset", "threshold")
        ),
    )


def _seal(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, on the disk before the name points there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
