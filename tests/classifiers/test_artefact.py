"""A stored model is whole, ours and unchanged, or it is refused with what to do."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers import Model, ModelError, load
from tests.classifiers.conftest import examples


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "model")
    return tmp_path / "model"


def test_loaded_model_predicts_as_the_saved_one(model: Model, saved: Path) -> None:
    texts = [row.text for row in examples()]

    loaded = load(saved).predict(texts)  # perhaps on the compiled path, which adds up otherwise
    for one, other in zip(loaded, model.predict(texts), strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-9)
        assert (one.flagged, one.known, one.readable) == (
            other.flagged,
            other.known,
            other.readable,
        )
        assert [reason.words for reason in one.reasons] == [r.words for r in other.reasons]


def test_loading_is_quick_and_the_artefact_small(saved: Path) -> None:
    load(saved)
    start = time.process_time()

    load(saved)

    assert time.process_time() - start < 0.1
    assert sum(path.stat().st_size for path in saved.iterdir()) < 20_000_000


def test_same_rows_give_the_same_version_and_bytes(model: Model, saved: Path) -> None:
    before = {path.name: path.read_bytes() for path in saved.iterdir()}

    load(saved).save(saved)

    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before
    assert load(saved).version == model.version


def test_missing_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Train it again"):
        load(tmp_path)


@pytest.mark.parametrize("offset", [100, -100])
def test_changed_byte_in_the_arrays_is_refused(saved: Path, offset: int) -> None:
    (weights,) = saved.glob("*.npz")
    content = bytearray(weights.read_bytes())
    content[offset] ^= 1
    weights.write_bytes(content)

    with pytest.raises(ModelError, match="was changed"):
        load(saved)


def test_changed_threshold_in_the_manifest_is_refused(saved: Path) -> None:
    path = saved / "model.json"
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"threshold": 0.01}))

    with pytest.raises(ModelError, match="was changed"):
        load(saved)


def test_unknown_schema_is_refused_by_number(saved: Path) -> None:
    path = saved / "model.json"
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {"schema": 99}))

    with pytest.raises(ModelError, match="schema 99"):
        load(saved)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"schema": 1}'])
def test_broken_manifest_is_refused(saved: Path, content: str) -> None:
    (saved / "model.json").write_text(content)

    with pytest.raises(ModelError):
        load(saved)


def test_missing_arrays_are_named(saved: Path) -> None:
    (weights,) = saved.glob("*.npz")
    weights.unlink()

    with pytest.raises(ModelError, match=weights.name):
        load(saved)


def test_saving_over_an_older_model_leaves_one_pair_of_files(model: Model, saved: Path) -> None:
    other = replace(model, coef=model.coef * np.float32(2), version="other")

    other.save(saved)

    assert len(list(saved.iterdir())) == 2
    assert load(saved).version == "other"


def test_artefact_holds_no_training_text(saved: Path) -> None:
    manifest = (saved / "model.json").read_text()

    assert not any(row.text in manifest for row in examples())
    with np.load(next(saved.glob("*.npz")), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fi" for name in arrays)
