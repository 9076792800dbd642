"""Many matrices at once are as one at a time."""

from __future__ import annotations

import numpy as np

from taixu.math.affine import decompose, matrix_from_trs
from taixu.math.integers import are_distinct, distinct
from taixu.math.stacks import decompose_all, matrices_from_trs


def test_matrices_and_their_parts() -> None:
    chance = np.random.default_rng(2)
    places, scales = chance.normal(size=(50, 3)), chance.uniform(0.1, 3, (50, 3))
    turns = chance.normal(size=(50, 4))
    turns[:4] = np.eye(4)  # half turns, where each of the four ways to read a rotation is the best
    turns /= np.linalg.norm(turns, axis=1, keepdims=True)
    scales[5] = 0.0
    scales[6, 0] *= -1
    matrices = matrices_from_trs(places, turns, scales)
    np.testing.assert_allclose(matrices, [matrix_from_trs(*each) for each in zip(places, turns, scales, strict=True)], atol=1e-12)
    for number, parts in enumerate(zip(*decompose_all(matrices), strict=True)):
        for found, wanted in zip(parts, decompose(matrices[number]), strict=True):
            np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_sets_of_numbers() -> None:
    numbers = np.random.default_rng(1).integers(0, 50, 200).astype(np.uint64)
    assert distinct(numbers).tolist() == np.unique(numbers).tolist()
    assert not are_distinct(numbers)
    assert are_distinct(distinct(numbers))
    assert distinct(numbers[:0]).tolist() == []
    assert are_distinct(numbers[:1])
