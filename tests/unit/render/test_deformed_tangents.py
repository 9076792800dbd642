from __future__ import annotations

import numpy as np
import pytest
from textured_card import TexturedCard, card

from taixu.animation.morphs import MorphWeights
from taixu.assets.model import Material, Primitive, TextureRef

SLOPE = np.array([[(210, 128, 220)]], np.uint8)  # a normal map that leans to +X
BUMPY = Material(metallic=1.0, roughness=0.6, double_sided=True, normal_texture=TextureRef(0))


def turned(angle: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions and normals of the card turned about Y."""
    flat = card().attributes
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32)
    return flat["POSITION"] @ turn.T, flat["NORMAL"] @ turn.T


def lights(scene: TexturedCard) -> list[float]:
    """What it sends to the camera of light from several sides."""
    found = []
    for x in (-1.0, -0.4, 0.0, 0.4, 1.0):
        scene.light_from((x, 0.1, 1))
        found.append(float(scene.draw(24, metres=1.5)[..., 0].sum()))
    return found


@pytest.mark.parametrize("angle", [-0.6, 0.6])
def test_tangents_follow_a_morph_that_says_nothing_of_them(angle: float) -> None:
    positions, normals = turned(angle)
    flat = card()
    target = {"POSITION": positions - flat.attributes["POSITION"], "NORMAL": normals - flat.attributes["NORMAL"]}
    morphing = Primitive(flat.attributes, flat.indices, targets=[target])
    moved = TexturedCard([SLOPE], BUMPY, primitive=morphing)
    moved.scene.world.insert_resource(MorphWeights())
    moved.scene.world.resource(MorphWeights).add(moved.scene.world, moved.card, np.ones(1, np.float32))
    made = TexturedCard(
        [SLOPE], BUMPY, primitive=Primitive({**flat.attributes, "POSITION": positions, "NORMAL": normals}, flat.indices)
    )
    expected = lights(made)
    assert lights(moved) == pytest.approx(expected, rel=0.02, abs=0.05)
    assert max(expected) > 3 * min(expected), "the light's side tells"
