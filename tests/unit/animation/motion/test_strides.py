"""The moments of a stride that pictures of far people show."""

from __future__ import annotations

import numpy as np
from stick_figure import stick_figure

from taixu.animation.motion.figure import Figure
from taixu.animation.motion.strides import Strides, stride_palettes, strides_at
from taixu.assets.model import ModelData, Node, Skin
from taixu.ecs import World
from taixu.scene.impostors import STRIDES


def walker(turn_rad: float = 0.0) -> ModelData:
    """A figure with a skin that rests as its bones do."""
    model = stick_figure(hair=False, turn_rad=turn_rad)
    bones = list(model.avatar.humanoid.values())
    rests = []
    for bone in bones:
        matrix, place = np.eye(4), bone
        while place is not None:
            matrix = model.nodes[place].parent_from_local() @ matrix
            place = model.nodes[place].parent
        rests.append(np.linalg.inv(matrix))
    model.skins.append(Skin(joints=bones, inverse_bind_matrices=np.array(rests, np.float32)))
    model.nodes.append(Node(name="body", mesh=0, skin=0))
    return model


def ankles(model: ModelData, palettes: np.ndarray) -> np.ndarray:
    """Where both ankles are at all moments, [1 + STRIDES, 2, 3]."""
    joints = list(model.avatar.humanoid)
    found = []
    for side in ("left", "right"):
        row = joints.index(f"{side}Foot")
        rest = np.linalg.inv(model.skins[0].inverse_bind_matrices[row].astype(np.float64))[:, 3]
        found.append(palettes[:, row].reshape(-1, 3, 4) @ rest)
    return np.stack(found, 1)


def test_feet_go_forward_in_turn_and_the_first_moment_stands() -> None:
    model = walker()
    palettes = stride_palettes(Figure.of(model), model, len(model.nodes) - 1)
    assert palettes is not None
    assert palettes.shape == (1 + STRIDES, len(model.skins[0].joints), 12)
    feet = ankles(model, palettes)
    assert abs(feet[0, 0, 2] - feet[0, 1, 2]) < 0.1, "both below the body"
    ahead = feet[1:, 0, 2] - feet[1:, 1, 2]
    assert ahead[0] > 0.3 and ahead[STRIDES // 2] < -0.3, "the left foot strikes first, the right one half a stride later"
    np.testing.assert_allclose(ahead[STRIDES // 2 :], -ahead[: STRIDES // 2], atol=0.02)
    assert feet[1:, :, 1].max() > feet[0, :, 1].max() + 0.03, "feet leave the ground"
    other = walker(turn_rad=0.7)
    turned = stride_palettes(Figure.of(other), other, len(other.nodes) - 1)
    np.testing.assert_allclose(ankles(other, turned), feet, atol=1e-4, err_msg="however its bones rest")
    assert stride_palettes(Figure.of(model), model, 0) is None, "what has no skin"


def test_moments_are_the_nearest_and_only_news_are_told() -> None:
    phases = np.array([0.0, 0.06, 0.07, 0.5, 0.95, 0.3], np.float32)
    moments = strides_at(phases, np.array([1, 1, 1, 1, 1, 0], np.float32))
    assert moments.tolist() == [1, 1, 2, 5, 1, 0]
    world, strides = World(), Strides()
    world.spawn_batch(6, {})
    strides.show(world, np.arange(6), moments)
    tick = world.tick
    world.advance()
    strides.show(world, np.arange(6), moments)
    assert len(np.arange(6)[strides.changes.since(tick, 6)]) == 0
    strides.show(world, np.array([5]), np.array([3], np.uint32))
    assert np.arange(6)[strides.changes.since(tick, 6)].tolist() == [5]
