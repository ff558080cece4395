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
Flags = NDArray[np.bool_]

_MOST_STEPS = 5000  # text converges within some dozens


def log_count_ratio(
    features: sparse.csr_matrix, positive: Flags, alpha: float, balance: float = 1.0
) -> F64:
    """ln of how much oftener a positive row holds each feature; 0 for one that no row holds.

    features: (n, k), presence is what counts; positive: n; alpha: added to each count, > 0.
    balance: 1 compares shares of rows, which favours what is rare in the smaller class; 0 compares
    bare counts.
    """
    present = sparse.csr_matrix(
        (np.ones_like(features.data), features.indices, features.indptr), shape=features.shape
    )
    with_it = np.asarray(present[positive].sum(axis=0)).ravel()
    without_it = np.asarray(present[~positive].sum(axis=0)).ravel()
    seen = with_it + without_it > 0
    positives = int(positive.sum())
    ratio = np.log((with_it + alpha) / (without_it + alpha))
    ratio -= balance * np.log(positives / (len(positive) - positives))
    return np.where(seen, ratio, 0.0)


def machine(features: sparse.csr_matrix, positive: Flags, strength: float) -> tuple[F64, float]:
    """Weights and constant of a support vector machine over non-negative features.

    It is fitted on the columns that occur, because a hashed space is mostly empty; the others weigh
    nothing.
    """
    used = np.flatnonzero(np.bincount(features.indices, minlength=features.shape[1]))
    place = np.zeros(features.shape[1], dtype=np.int32)
    place[used] = np.arange(len(used))
    narrow = sparse.csr_matrix(
        (features.data, place[features.indices], features.indptr),
        shape=(features.shape[0], max(1, len(used))),
    )
    fitted = LinearSVC(C=strength, max_iter=_MOST_STEPS, random_state=0)
    fitted.fit(narrow, positive.astype(int))
    weights = np.zeros(features.shape[1])
    weights[used] = fitted.coef_.ravel()[: len(used)]
    return weights, float(fitted.intercept_[0])


def ratio_machine(
    features: sparse.csr_matrix, positive: Flags, strength: float, alpha: float, balance: float
) -> tuple[F64, float]:
    """As `machine`, fitted on the features times their log-count ratio; weights of the features."""
    ratio = log_count_ratio(features, positive, alpha, balance)
    scaled = sparse.csr_matrix(
        (features.data * ratio[features.indices], features.indices, features.indptr),
        shape=features.shape,
    )
    weights, constant = machine(scaled, positive, strength)
    return weights * ratio, constant


class MeanOfMargins(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Binary linear classifier over non-negative sparse features.

    C: strength of fit of the plain machine; ratio_C: of the one on ratio-weighted features;
    alpha, balance: of the ratios, see `log_count_ratio`. The defaults were chosen on five folds of
    the training parts of four corpora.

    After `fit`: classes_ (2), coef_ (1, k), intercept_ (1), n_features_in_.
    """

    def __init__(
        self,
        C: float = 0.3,  # noqa: N803 - scikit-learn's own name
        ratio_C: float = 0.3,  # noqa: N803
        alpha: float = 0.3,
        balance: float = 1.0,
    ) -> None:
        self.C = C
        self.ratio_C = ratio_C
        self.alpha = alpha
        self.balance = balance

    def fit(self, X: Any, y: ArrayLike) -> Self:  # noqa: N803
        """X: (n, k) non-negative, sparse or dense; y: n labels of two kinds."""
        checked, y = validate_data(self, X, y, accept_sparse="csr")
        self.classes_ = _two_classes(np.asarray(y))
        check_non_negative(checked, type(self).__name__)
        features = sparse.csr_matrix(checked, dtype=np.float64)
        positive = np.asarray(y == self.classes_[1])
        plain, plain_constant = machine(features, positive, self.C)
        scaled, scaled_constant = ratio_machine(
            features, positive, self.ratio_C, self.alpha, self.balance
        )
        self.coef_ = ((plain + scaled) / 2).reshape(1, -1)
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
