"""Hair and skirts of people hang on chains; what stands on the head does not."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.spec import AvatarSpec
from taixu.generate.avatars.swinging import Chain, hung_weights


def test_weights_go_from_the_bone_down_the_chain() -> None:
    chain = Chain("tail", "head", np.array(((0.0, 1.0, 0.0), (0.0, 0.8, 0.0), (0.0, 0.6, 0.0))))
    points = np.stack([np.zeros(6), np.array((1.3, 1.0, 0.9, 0.8, 0.7, 0.5)), np.zeros(6)], 1)
    joints, weights = hung_weights(points, [chain], 5)
    assert np.allclose(weights.sum(1), 1.0)
    share = {(row, int(joint)): weight for row in range(6) for joint, weight in zip(joints[row], weights[row], strict=True)
             if weight > 0}
    assert share == pytest.approx({(0, 5): 1.0, (1, 5): 0.5, (1, -1): 0.5, (2, -1): 1.0, (3, -1): 0.5, (3, -2): 0.5, (4, -2): 1.0,
                                   (5, -2): 1.0})


@pytest.mark.parametrize(("hair", "outfit", "names"), [
    ("ponytail", "dress", {"hair", "top"}), ("twin braids", "t-shirt and jeans", {"hair"}), ("long straight", "blouse and skirt",
                                                                                           {"hair", "skirt"}),
    ("short", "suit", set()),
])  # fmt: skip
def test_what_hangs_swings(hair: str, outfit: str, names: set[str]) -> None:
    model = make_avatar(AvatarSpec(masculinity=0.1, hair=hair, outfit=outfit))
    avatar, skin = model.avatar, model.skins[0]
    assert avatar is not None
    assert {spring.name.rsplit(" ", 1)[0] for spring in avatar.springs} == names
    used = set()
    for part in (part for mesh in model.meshes for part in mesh.primitives):
        joints, weights = part.attributes["JOINTS_0"], part.attributes["WEIGHTS_0"]
        assert np.allclose(weights.sum(1), 1.0, atol=1e-5)
        used |= set(np.unique(joints[weights > 0.3]).tolist())
    for spring in avatar.springs:
        heights = [-skin.inverse_bind_matrices[skin.joints.index(joint.node)][1, 3]
                   for joint in spring.joints[:-1]]
        assert heights == sorted(heights, reverse=True), "it hangs down"
        assert spring.collider_groups
        assert skin.joints.index(spring.joints[0].node) in used or "top" in spring.name or "skirt" in spring.name
