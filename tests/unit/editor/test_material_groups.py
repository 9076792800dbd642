"""Which parameters of a material change nothing, and why; the preview's cloth."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("imgui_bundle")

from taixu.ecs import component_type
from taixu.scene import Material
from taixu_editor.panels.material_ball import cloth
from taixu_editor.panels.material_groups import GROUPS, NO_GLOW, NO_LIGHT, NO_MASK, NO_TEXTURE, idle_reasons


def test_every_field_is_in_one_group() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(fld.name for fld in component_type(Material).fields)


def test_what_changes_nothing_says_why() -> None:
    assert idle_reasons({}) == {
        "alpha_cutoff": NO_MASK, "emissive_strength": NO_GLOW, "emissive_texture": NO_GLOW, "texture_scale": NO_TEXTURE
    }
    whole = {"alpha_mode": "mask", "emissive": [0, 0.5, 0], "normal_texture": "a.png"}
    assert idle_reasons(whole) == {}
    assert set(idle_reasons(whole | {"unlit": True}).values()) == {NO_LIGHT}
    assert "base_color" not in idle_reasons({"unlit": True})


def test_cloth_has_two_sides_whose_normals_look_away_from_them() -> None:
    made = cloth()
    points, normals = made.attributes["POSITION"], made.attributes["NORMAL"]
    triangles = np.asarray(made.indices).reshape(-1, 3)
    faces = np.cross(points[triangles[:, 1]] - points[triangles[:, 0]], points[triangles[:, 2]] - points[triangles[:, 0]])
    assert (np.einsum("ij,ij->i", faces, normals[triangles].mean(1)) > 0).mean() > 0.99
    half = len(normals) // 2
    np.testing.assert_allclose(normals[:half], -normals[half:], atol=1e-6)
