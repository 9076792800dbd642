"""Thrift: bones of small people are posed now and then; nothing else depends on who looks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from street_of_figures import NEAR, Street

from taixu.scene import Transform


def changes(poses: list[np.ndarray]) -> np.ndarray:
    """How often each person's pose was another than in the frame before, [n]."""
    return sum((np.abs(b - a).max((0, 1)) > 0.0).astype(int) for a, b in pairwise(poses))


def test_small_people_are_posed_now_and_then_and_all_else_goes_on() -> None:
    sparing, lavish = Street(thrift=True), Street(thrift=False)
    shown, exact = sparing.run(41), lavish.run(41)
    far = sparing.far
    assert far.sum() == 6
    posed = changes(shown[8:])
    assert (posed[~far] == 32).all()
    assert (posed[far] == 4).all(), "every eighth frame"
    np.testing.assert_array_equal(shown[-1][:, :, ~far], exact[-1][:, :, ~far])
    for name in ("phases", "clocks", "speeds", "states", "since", "places"):
        np.testing.assert_array_equal(getattr(sparing.people.crowd, name), getattr(lavish.people.crowd, name), err_msg=name)
    for name in ("locks", "shifts"):
        mine, theirs = getattr(sparing.people.crowd, name), getattr(lavish.people.crowd, name)
        np.testing.assert_array_equal(mine[..., ~far], theirs[..., ~far], err_msg=name)
        assert np.abs(mine - theirs).max() < 0.1, "feet of small ones stand nearly where they would"
    behind = np.abs(shown[-1][:, :, far] - exact[-1][:, :, far]).max()
    assert 0.0 < behind < 0.5, "a few frames"


@pytest.mark.parametrize("case", ["nobody looks", "nobody asked"])
def test_everybody_is_posed_otherwise(case: str) -> None:
    street = Street(thrift=case != "nobody asked")
    posed = changes(street.run(12, looks=case != "nobody looks"))
    assert (posed == 11).all()


def test_who_comes_near_or_gazes_is_posed_at_once() -> None:
    street = Street(thrift=True, gazes=True)
    assert (changes(street.run(12)) == 11).all(), "heads that turn are not left half turned"
    walking = Street(thrift=True)
    walking.run(12)
    far = walking.people.crowd.handles[walking.far]
    walking.app.world.scatter(far, Transform, "translation", np.tile(np.float32([[0], [0], [NEAR]]), (1, len(far))))
    walking.run(2)
    assert (changes(walking.run(6)) == 5).all()
    assert not len(walking.people.small)
