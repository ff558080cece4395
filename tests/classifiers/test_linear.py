"""The estimator keeps scikit-learn's contract, by scikit-learn's own checks."""

import numpy as np
from scipy import sparse
from sklearn.utils.estimator_checks import check_estimator

from classifiers.linear import MeanOfMargins, log_count_ratio


def test_estimator_passes_the_checks_of_scikit_learn() -> None:
    results = check_estimator(MeanOfMargins(), on_skip=None)

    assert {result["status"] for result in results} <= {"passed", "skipped"}
    assert sum(result["status"] == "passed" for result in results) > 40


def test_ratio_is_positive_where_the_positive_rows_hold_the_feature() -> None:
    features = sparse.csr_matrix(np.array([[1, 0, 1, 0], [2, 0, 1, 0], [0, 3, 1, 0], [0, 1, 1, 0]]))

    ratio = log_count_ratio(features, np.array([True, True, False, False]), alpha=1)

    assert ratio[0] == -ratio[1] > 0
    assert ratio[2] == 0
    assert ratio[3] == 0
