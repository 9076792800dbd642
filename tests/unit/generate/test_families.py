"""Every family of materials: in the ranges of real things, without a seam, repeatable, and with nodes of its own."""

from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.errors import TaixuError
from taixu.generate.graph import Graph
from taixu.generate.materials import MAPS, Age, families, family_named, material_graph, material_maps

ALL = sorted(families())
OLD = Age(wear=0.5, dirt=0.5, moss=0.5, wetness=0.7)


def seam_ratio(picture: np.ndarray) -> float:
    """The step over the edges beside the steepest line within: above 1 the edge would be seen."""
    ratios = []
    for axis in (0, 1):
        lines = np.abs(np.diff(picture, axis=axis)).mean(axis=tuple(a for a in range(picture.ndim) if a != axis))
        seam = np.abs(np.take(picture, 0, axis=axis) - np.take(picture, -1, axis=axis)).mean()
        ratios.append(float(seam / max(lines.max(), 1e-4)))
    return max(ratios)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("age", [None, OLD], ids=["new", "old"])
def test_maps_are_those_of_real_things(name: str, age: Age | None) -> None:
    made = material_maps(name, 256, seed=5, age=age, device=shared_device())
    maps = made.maps
    assert set(maps) == set(MAPS)
    for key, picture in maps.items():
        assert np.isfinite(picture).all(), key
        if key != "emission":
            assert picture.min() >= -1 and picture.max() <= 1, key
    metal = maps["metallic"][..., None]
    assert (maps["base_color"] >= 0.02 * (1 - metal) - 1e-6).all()
    assert (maps["base_color"] <= 0.9 + 0.1 * metal + 1e-6).all()
    assert maps["roughness"].min() >= 0.03 - 1e-6
    np.testing.assert_allclose(np.linalg.norm(maps["normal"], axis=-1), 1, atol=1e-3)
    assert maps["normal"][..., 2].min() > 0
    assert abs(maps["normal"][..., :2].mean()) < 0.05, "on the whole a surface faces outwards"
    assert maps["base_color"].std() + maps["roughness"].std() + maps["height"].std() > 0.01
    assert 0.02 < made.size_m < 20


@pytest.mark.parametrize("name", ALL)
def test_there_is_no_seam(name: str) -> None:
    maps = material_maps(name, 384, seed=2, device=shared_device()).maps
    for key in ("base_color", "height", "roughness"):
        assert seam_ratio(maps[key]) < 1.05, key


@pytest.mark.parametrize("name", ALL)
def test_numpy_makes_the_same(name: str) -> None:
    by_numpy, by_shader = material_maps(name, 96, seed=4), material_maps(name, 96, seed=4, device=shared_device())
    for key in MAPS:
        apart = np.abs(by_numpy.maps[key] - by_shader.maps[key]) > 4 / 255
        assert apart.mean() < 2e-3, f"{key}: {apart.mean():.2%} of the pixels differ"


@pytest.mark.parametrize("name", ALL)
def test_a_seed_is_a_picture_of_its_own(name: str) -> None:
    first, again, other = (material_maps(name, 64, seed=seed).maps["base_color"] for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_no_family_is_another_with_other_numbers() -> None:
    shapes: dict[tuple[str, ...], str] = {}
    own: dict[str, str] = {}
    for name in ALL:
        graph, _, _ = material_graph(name)
        kinds = tuple(node.kind.name + str(node.parameters.get("formula", "")) for node in graph.nodes.values())
        assert kinds not in shapes, f"{name} is {shapes[kinds]} with other numbers"
        shapes[kinds] = name
        for node in family_named(name).nodes:
            assert node in graph.nodes, f"{name} has no node {node}"
            assert node not in own, f"{name} and {own[node]} both call {node} their own"
            own[node] = name
        assert family_named(name).nodes and family_named(name).doc


@pytest.mark.parametrize("name", ALL)
def test_sliders_can_be_pushed_to_their_ends(name: str) -> None:
    found = family_named(name)
    for slider, item in found.sliders.items():
        for end in ("minimum", "maximum"):
            value = item.metadata.get(end)
            if value is None or isinstance(item.default, (str, tuple)):
                continue
            maps = material_maps(name, 32, **{slider: type(item.default)(value)}).maps
            assert all(np.isfinite(picture).all() for picture in maps.values()), f"{slider} at its {end}"


def test_what_is_out_of_range_is_refused() -> None:
    for given, said in (({"rows": 1000}, "from 2 to 64"), ({"colour": 1}, "has no 'colour'"), ({"color": (1, 2)}, "must be like"),
                        ({"gap": float("nan")}, "must be like")):  # fmt: skip
        with pytest.raises(TaixuError, match=said):
            family_named("bricks").build(Graph(), **given)
    with pytest.raises(TaixuError, match="no family"):
        family_named("unobtainium")
