"""The classifier proper: the mean of two linear support vector machines, folded into one.

One machine sees the features as they are, the other sees them times their log-count ratio (Wang and
Manning 2012). Both decision values are linear in the features, so their mean is one weight vector.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import LinearSVC
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

F64 = NDArray[np.float64]

_MOST_STEPS = 5000  # text converges within some dozens


def log_count_ratio(features: sparse.csr_matrix, positive: NDArray[np.bool_], alpha: float) -> F64:
    """ln of how much oftener a positive row holds each feature; 0 for one that no row holds.

    features: (n, k), presence is what counts; positive: n; alpha: added to each count, > 0.
    """
    present = sparse.csr_matrix(
        (np.ones_like(features.data), features.indices, features.indptr), shape=features.shape
    )
    with_it = np.asarray(present[positive].sum(axis=0)).ravel()
    without_it = np.asarray(present[~positive].sum(axis=0)).ravel()
    seen = with_it + without_it > 0
    positives = int(positive.sum())
    ratio = np.log((with_it + alpha) / positives)
    ratio -= np.log((without_it + alpha) / (len(positive) - positives))
    return np.where(seen, ratio, 0.0)


class MeanOfMargins(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Binary linear classifier over non-negative sparse features.

    C: strength of fit of the plain machine; ratio_C: of the one on ratio-weighted features;
    alpha: smoothing of the ratios. Defaults were chosen on five folds of the training parts of four
    corpora (docs/classifier.md).

    After `fit`: classes_ (2), coef_ (1, k), intercept_ (1), n_features_in_.
    """

    def __init__(
        self,
        C: float = 0.3,  # noqa: N803 - scikit-learn's own name
        ratio_C: float = 0.3,  # noqa: N803
        alpha: float = 0.3,
    ) -> None:
        self.C = C
        self.ratio_C = ratio_C
        self.alpha = alpha

    def fit(self, X: Any, y: ArrayLike) -> Self:  # noqa: N803
        """X: (n, k) non-negative, sparse or dense; y: n labels of two kinds."""
        checked, y = validate_data(self, X, y, accept_sparse="csr")
        self.classes_ = _two_classes(np.asarray(y))
        check_non_negative(checked, type(self).__name__)
        features = sparse.csr_matrix(checked, dtype=np.float64)
        positive = np.asarray(y == self.classes_[1])
        ratio = log_count_ratio(features, positive, self.alpha)
        plain, plain_constant = self._machine(self.C, features, positive)
        scaled, scaled_constant = self._machine(
            self.ratio_C, sparse.csr_matrix(features.multiply(ratio)), positive
        )
        self.coef_ = ((plain + scaled * ratio) / 2).reshape(1, -1)
        self.intercept_ = np.array([(plain_constant + scaled_constant) / 2])
        return self

    def decision_function(self, X: Any) -> F64:  # noqa: N803
        """Signed distance for each row, above 0 for classes_[1]."""
        check_is_fitted(self)
        checked = validate_data(self, X, accept_sparse="csr", reset=False)
        decision: F64 = np.asarray(checked @ self.coef_.ravel()).ravel() + self.intercept_[0]
        return decision

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """The likelier class of each row."""
        likely = (self.decision_function(X) > 0).astype(int)
        return np.asarray(self.classes_[likely])

    def _machine(
        self, strength: float, features: sparse.csr_matrix, positive: NDArray[np.bool_]
    ) -> tuple[F64, float]:
        machine = LinearSVC(C=strength, max_iter=_MOST_STEPS, random_state=0)
        machine.fit(features, positive.astype(int))
        return machine.coef_.ravel(), float(machine.intercept_[0])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        tags.classifier_tags.multi_class = False
        return tags


def _two_classes(labels: NDArray[Any]) -> NDArray[Any]:
    """The two kinds of label, sorted; ValueError, worded as scikit-learn does, for any other."""
    check_classification_targets(labels)
    kind = type_of_target(labels, input_name="y", raise_unknown=True)
    if kind != "binary":
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {kind}."
        )
    classes = np.unique(labels)
    if len(classes) != 2:
        raise ValueError(f"Two classes are needed, but y holds {len(classes)} class.")
    return classes
