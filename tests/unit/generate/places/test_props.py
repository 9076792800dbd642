"""Props and rocks are closed, stand on the ground, and are small."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.generate.places.props import PROPS, PropSpec, prop_model
from taixu.generate.places.props.catalogue import put_together
from taixu.generate.places.props.generator import parameters_of_words
from taixu.generate.places.props.solids import Solid, ball, box, lathe, prism, ring, rod
from taixu.generate.places.rocks import FORMS, RockSpec, rock_hull, rock_model
from taixu.generate.places.rocks.generator import parameters_of_words as rock_words
from taixu.generate.places.rocks.making import rock_solids


def is_closed(solid: Solid) -> bool:
    """Every edge between two triangles that run along it both ways, and more inside than outside."""
    _, weld = np.unique(solid.points.round(7), axis=0, return_inverse=True)
    triangles = weld.ravel()[solid.triangles]
    triangles = triangles[(triangles != np.roll(triangles, 1, 1)).all(1)]
    edges: Counter[tuple[int, int]] = Counter()
    for a, b, c in triangles.tolist():
        for p, q in ((a, b), (b, c), (c, a)):
            edges[p, q] += 1
            edges[q, p] -= 1
    corners = solid.points[solid.triangles]
    volume = float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum())
    return volume > 0 and not any(edges.values())


@pytest.mark.parametrize("name", sorted(PROPS))
def test_a_prop_is_closed_stands_on_the_ground_and_is_small(name: str) -> None:
    bench = put_together(name, 1)
    solids = [solid for parts in bench.parts.values() for solid in parts]
    assert all(is_closed(solid) for solid in solids)
    low = min(float(solid.points[:, 1].min()) for solid in solids)
    assert low < 0.12 or name == "wall_torch"
    assert sum(len(solid.triangles) for solid in solids) < 8000


def test_there_are_many() -> None:
    assert len(PROPS) >= 70


def test_bodies_are_closed_whatever_their_size() -> None:
    solids = [box(1, 2, 3), box(0.1, 0.1, 5, bevel=0), box(1, 1, 1, taper=0.5), ball(2), ring(1, 0.2),
        rod((0, 0, 0), (1, 2, 3), 0.1),
              lathe([(0.2, 0), (0.3, 1), (0.1, 1), (0.1, 0.2), (0, 0.2)]),
              prism([(0, 0), (2, 0), (2, 1), (1, 0.4), (0, 1)], 0.3)]  # fmt: skip
    assert all(is_closed(solid) for solid in solids)


def bytes_of(model: Any) -> list[bytes]:
    """Of all arrays and pictures."""
    arrays = [values.tobytes() for mesh in model.meshes for part in mesh.primitives for values in part.attributes.values()]
    return arrays + [bytes(image.data) for image in model.images]


def test_models_have_unit_normals_and_are_the_same_every_time() -> None:
    model, lamps = prop_model(PropSpec("lamp_post", texture_px=32), 4)
    for part in model.meshes[0].primitives:
        assert np.allclose(np.linalg.norm(part.attributes["NORMAL"], axis=1), 1, atol=1e-4)
    assert len(lamps) == 1 and lamps[0][0][1] > 2.5
    assert bytes_of(model) == bytes_of(prop_model(PropSpec("lamp_post", texture_px=32), 4)[0])


@pytest.mark.parametrize("spec", [PropSpec("barrle"), PropSpec(scale=float("nan")), PropSpec(texture_px=1)])
def test_bad_props_are_told(spec: PropSpec) -> None:
    with pytest.raises(TaixuError, match="prop"):
        prop_model(spec, 1)


def test_words_name_props() -> None:
    assert parameters_of_words("a big market stall") == {"kind": "market_stall", "scale": 1.4}
    assert parameters_of_words("two lobster pots")["kind"] == "lobster_pot"
    assert parameters_of_words("一口水井")["kind"] == "well"
    with pytest.raises(TaixuError, match="no word names a prop"):
        parameters_of_words("happiness")


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_rock_is_closed_and_sunk(form: str) -> None:
    solids = rock_solids(RockSpec(form), 5, detail=6)
    assert all(is_closed(solid) for solid in solids)
    assert all(float(solid.points[:, 1].min()) < 0 for solid in solids)
    assert len(rock_hull(RockSpec(form), 5)) > 20


def test_a_rock_has_levels_and_is_the_same_every_time() -> None:
    model = rock_model(RockSpec("boulder", texture_px=32), 5)
    counts = [len(mesh.primitives[0].indices) for mesh in model.meshes]
    assert [node.name for node in model.nodes] == ["lod0", "lod1", "lod2"] and counts[0] > counts[1] > counts[2]
    assert bytes_of(model) == bytes_of(rock_model(RockSpec("boulder", texture_px=32), 5))
    assert rock_words("a huge mossy sandstone cliff") == {"form": "cliff", "stone": "sandstone", "moss": 0.7, "size_m": 6.0}
    with pytest.raises(TaixuError):
        rock_model(RockSpec(size_m=float("inf")), 1)
