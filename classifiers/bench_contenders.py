"""Who runs in the benchmark: this model in its two ways, scikit-learn's usual pipelines, fastText.

All but fastText read the same features: words, pairs of words, windows of two and of four signs
inside words. A contender is made from rows and kept in a folder, so that loading can be measured
too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from classifiers.artefact import load
from classifiers.compiled import CompiledModel, fastest, reference
from classifiers.ngrams import SHORT_BITS, WINDOW_BITS, WORD_BITS
from classifiers.normalise import normalise
from classifiers.prediction import Prediction
from classifiers.seed import fit_seed
from classifiers.table import Row

Scores = NDArray[np.float64]
Scorer = Callable[[Sequence[str]], Scores]

_KEPT = "pipeline.joblib"
_FASTTEXT = "fasttext.bin"


@dataclass(frozen=True)
class Contender:
    """prepare: learns from rows, writes into a folder. load: a function from raw texts to scores.
    libraries: what it needs beyond the project's own."""

    name: str
    prepare: Callable[[Sequence[Row], Path], None]
    load: Callable[[Path], Scorer]
    libraries: tuple[str, ...] = ()

    def is_installed(self) -> bool:
        return all(find_spec(library) for library in self.libraries)

    def import_libraries(self) -> None:
        """Ahead of the clock: loading a model is measured, not importing a library."""
        for library in self.libraries:
            import_module(library)


def _train_own(rows: Sequence[Row], folder: Path) -> None:
    fit_seed(list(rows), lambda sentence: None).model.save(folder)


def _own_scores(folder: Path) -> Scorer:
    return reference(load(folder)).scores


def _own_predictions(folder: Path) -> Scorer:
    return _scores_of_predictions(reference(load(folder)).predict)


def _compiled_scores(folder: Path) -> Scorer:
    model = _compiled(folder)

    def scores(texts: Sequence[str]) -> Scores:
        model.warm_up()  # so that the first prediction pays for it
        return model.scores(texts)

    return scores


def _compiled_predictions(folder: Path) -> Scorer:
    model = _compiled(folder)

    def predict(texts: Sequence[str]) -> Sequence[Prediction]:
        model.warm_up()
        return model.predict(texts)

    return _scores_of_predictions(predict)


def _compiled(folder: Path) -> CompiledModel:
    model = fastest(load(folder))
    assert isinstance(model, CompiledModel)
    return model


def _scores_of_predictions(predict: Callable[[Sequence[str]], Sequence[Prediction]]) -> Scorer:
    def scores(texts: Sequence[str]) -> Scores:
        return np.array([prediction.score for prediction in predict(texts)])

    return scores


def _normalised(texts: Sequence[str]) -> list[str]:
    return [normalise(text) for text in texts]


def _tfidf_vectors(*, lowercase: bool) -> FeatureUnion:
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), lowercase=lowercase),
        *(
            TfidfVectorizer(analyzer="char_wb", ngram_range=(signs, signs), lowercase=lowercase)
            for signs in (2, 4)
        ),
    )


def _hashed_vectors() -> FeatureUnion:
    shared = {"lowercase": False, "alternate_sign": False, "norm": None}
    return make_union(
        make_pipeline(
            HashingVectorizer(ngram_range=(1, 2), n_features=2**WORD_BITS, **shared),
            TfidfTransformer(),
        ),
        *(
            make_pipeline(
                HashingVectorizer(
                    analyzer="char_wb", ngram_range=(signs, signs), n_features=2**bits, **shared
                ),
                TfidfTransformer(),
            )
            for signs, bits in ((2, SHORT_BITS), (4, WINDOW_BITS))
        ),
    )


def _train_tfidf(rows: Sequence[Row], folder: Path) -> None:
    first = FunctionTransformer(_normalised)
    _keep(rows, folder, make_pipeline(first, _tfidf_vectors(lowercase=False), _machine()))


def _train_hashed(rows: Sequence[Row], folder: Path) -> None:
    first = FunctionTransformer(_normalised)
    _keep(rows, folder, make_pipeline(first, _hashed_vectors(), _machine()))


def _train_lower_case(rows: Sequence[Row], folder: Path) -> None:
    _keep(rows, folder, make_pipeline(_tfidf_vectors(lowercase=True), _machine()))


def _machine() -> LinearSVC:
    return LinearSVC(random_state=0)


def _keep(rows: Sequence[Row], folder: Path, pipeline: Pipeline) -> None:
    pipeline.fit([row.text for row in rows], [row.label for row in rows])
    joblib.dump(pipeline, folder / _KEPT)


def _pipeline_scores(folder: Path) -> Scorer:
    pipeline = joblib.load(folder / _KEPT)

    def scores(texts: Sequence[str]) -> Scores:
        return np.asarray(pipeline.decision_function(texts))

    return scores


def _one_line(text: str) -> str:
    """fastText reads lines; a lone surrogate cannot be handed over."""
    return " ".join(text.lower().split()).encode("utf-8", "replace").decode()


def _train_fasttext(rows: Sequence[Row], folder: Path) -> None:
    """Words, pairs and four-sign parts; its size set to that of our artefact."""
    fasttext = import_module("fasttext")
    examples = folder / "examples.txt"
    lines = [f"__label__{row.label} {_one_line(row.text)}\n" for row in rows]
    examples.write_text("".join(lines), encoding="utf-8")
    model = fasttext.train_supervised(
        str(examples), wordNgrams=2, minn=4, maxn=4, dim=16, bucket=2**18, epoch=25, lr=0.5,
        thread=1, seed=0, verbose=0,
    )  # fmt: skip
    model.save_model(str(folder / _FASTTEXT))


def _fasttext_scores(folder: Path) -> Scorer:
    model = import_module("fasttext").load_model(str(folder / _FASTTEXT))

    def scores(texts: Sequence[str]) -> Scores:
        labels, shares = model.predict([_one_line(text) for text in texts], k=1)
        return np.array(
            [
                float(share[0]) if label[0] == "__label__1" else 1 - float(share[0])
                for label, share in zip(labels, shares, strict=True)
            ]
        )

    return scores


CONTENDERS = (
    Contender("saring: scores", _train_own, _own_scores),
    Contender("saring: predictions with reasons and codes", _train_own, _own_predictions),
    Contender("saring compiled: scores", _train_own, _compiled_scores, ("numba",)),
    Contender(
        "saring compiled: predictions with reasons and codes",
        _train_own,
        _compiled_predictions,
        ("numba",),
    ),
    Contender("scikit-learn: TF-IDF + LinearSVC", _train_tfidf, _pipeline_scores),
    Contender("scikit-learn: hashing + LinearSVC", _train_hashed, _pipeline_scores),
    Contender("scikit-learn: TF-IDF, lower case only", _train_lower_case, _pipeline_scores),
    Contender("fastText, lower case only", _train_fasttext, _fasttext_scores, ("fasttext",)),
)
