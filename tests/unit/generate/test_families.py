"""Every family of materials: in the ranges of real things, without a seam, repeatable, and with nodes of its own."""

from __future__ import annotations

import random
import zlib
from functools import cache
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from graph_shapes import apart, shape_of, shapes_below

from taixu.errors import TaixuError
from taixu.generate.graph import Graph, Ref, evaluate
from taixu.generate.materials import MAPS, Age, MaterialMaps, families, family_named, material_graph, material_maps
from taixu.generate.materials.library.metal import METALS

ALL = sorted(families())
EVERY = [(name, variant) for name in ALL for variant in families()[name].variants]
OLD = Age(wear=0.5, dirt=0.5, moss=0.5, wetness=0.7)


def seam_ratio(picture: np.ndarray) -> float:
    """The step over the edges beside the steepest line within: above 1 the edge would be seen."""
    ratios = []
    for axis in (0, 1):
        lines = np.abs(np.diff(picture, axis=axis)).mean(axis=tuple(a for a in range(picture.ndim) if a != axis))
        seam = np.abs(np.take(picture, 0, axis=axis) - np.take(picture, -1, axis=axis)).mean()
        ratios.append(float(seam / max(lines.max(), 1e-4)))
    return max(ratios)


def random_sliders(name: str, seed: int) -> dict[str, Any]:
    """Sliders anywhere in their ranges."""
    chance = random.Random(zlib.crc32(f"{name}/{seed}".encode()))
    given: dict[str, Any] = {}
    for slider, item in family_named(name).sliders.items():
        low, high = item.metadata.get("minimum"), item.metadata.get("maximum")
        if isinstance(item.default, str):
            given[slider] = chance.choice(item.metadata["choices"])
        elif isinstance(item.default, tuple):
            given[slider] = tuple(chance.random() for _ in range(3))
        elif isinstance(item.default, int):
            given[slider] = chance.randint(low, min(high, 3 * item.default + 6))
        else:
            given[slider] = chance.uniform(low, high)
    return given


def check_ranges(made: MaterialMaps) -> None:
    """What holds for every material."""
    maps = made.maps
    assert set(maps) == set(MAPS)
    for key, picture in maps.items():
        assert np.isfinite(picture).all(), key
        if key != "emission":
            assert picture.min() >= -1 and picture.max() <= 1, key
    metal = maps["metallic"][..., None]
    assert (maps["base_color"] >= 0.02 * (1 - metal) - 1e-6).all(), "nothing is darker than coal"
    assert (maps["base_color"] <= 0.9 + 0.1 * metal + 1e-6).all(), "nothing is paler than fresh snow"
    assert maps["roughness"].min() >= 0.03 - 1e-6
    assert maps["emission"].min() >= 0
    np.testing.assert_allclose(np.linalg.norm(maps["normal"], axis=-1), 1, atol=1e-3)
    assert maps["normal"][..., 2].min() > 0
    assert abs(maps["normal"][..., :2].mean()) < 0.05, "on the whole a surface faces outwards"
    assert 0.02 < made.size_m < 20
    assert 0 < made.relief_m < made.size_m


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("age", [None, OLD], ids=["new", "old"])
def test_maps_are_those_of_real_things(name: str, age: Age | None) -> None:
    made = material_maps(name, 128, seed=5, age=age, device=shared_device())
    check_ranges(made)
    maps = made.maps
    assert maps["base_color"].std() + maps["roughness"].std() + maps["height"].std() > 0.01


@cache
def look_of(name: str, variant: str) -> MaterialMaps:
    """A small picture of a variant."""
    return material_maps(name, 64, seed=3, variant=variant)


@pytest.mark.parametrize(("name", "variant"), EVERY)
def test_variants_are_those_of_real_things(name: str, variant: str) -> None:
    made = look_of(name, variant)
    check_ranges(made)


@pytest.mark.parametrize("name", ALL)
def test_any_sliders_stay_in_the_ranges(name: str) -> None:
    for seed in (1, 2):
        check_ranges(material_maps(name, 32, seed=seed, **random_sliders(name, seed)))


def test_every_family_has_variants_that_look_different() -> None:
    for name in ALL:
        variants = families()[name].variants
        assert len(variants) >= 3, name
        looks = {variant: look_of(name, variant) for variant in variants}
        names = list(looks)
        for i, first in enumerate(names):
            assert variants[first].chinese and variants[first].words, f"{name}: {first} has no words"
            for second in names[:i]:
                a, b = looks[first].maps, looks[second].maps
                far = max(
                    float(np.abs(a[key].mean(axis=(0, 1)) - b[key].mean(axis=(0, 1))).max()) / unit
                    + float(abs(a[key].std() - b[key].std())) / unit
                    + float(np.abs(a[key] - b[key]).mean()) / unit
                    for key, unit in (("base_color", 1.0), ("height", 2.0), ("roughness", 2.0), ("emission", 2.0))
                )
                assert far > 0.03, f"{name}: {first} and {second} look alike ({far:.3f})"


def test_variants_are_made_of_sliders_that_are_there() -> None:
    for name, variant in EVERY:
        family_named(name).build(Graph(), variant=variant)
    with pytest.raises(TaixuError, match="no variant 'baroque'"):
        family_named("bricks").build(Graph(), variant="baroque")
    own = family_named("bricks").variant("herringbone")
    assert own["bond"] == "herringbone"
    given, _, _ = material_graph("bricks", variant="herringbone", bond="stack")
    assert given.nodes["bricks"].parameters["bond"] == "stack", "what is given goes before the variant"


@pytest.mark.parametrize(("name", "variant"), [*EVERY, *((name, "") for name in ALL)])
def test_there_is_no_seam(name: str, variant: str) -> None:
    # Where joints of tiles lie on the edge chance may make its step the greatest of many alike; a true seam is there always.
    least = dict.fromkeys(("base_color", "height", "roughness"), np.inf)
    for seed in (2, 3, 4, 5, 6, 7):
        maps = material_maps(name, 384, seed=seed, variant=variant, device=shared_device()).maps
        least = {key: min(ratio, seam_ratio(maps[key])) for key, ratio in least.items()}
        if max(least.values()) < 1.05:
            return
    pytest.fail(f"edges can be seen: {least}")


@pytest.mark.parametrize("name", ALL)
def test_numpy_makes_the_same(name: str) -> None:
    by_numpy, by_shader = material_maps(name, 96, seed=4), material_maps(name, 96, seed=4, device=shared_device())
    for key in MAPS:
        far = np.abs(by_numpy.maps[key] - by_shader.maps[key])
        # Where a hard edge falls between two pixels, rounding decides: these are few, and counted.
        assert (far > 1 / 255).mean() < 4e-3, f"{key}: {(far > 1 / 255).mean():.2%} of the pixels differ"
        assert np.median(far) < 1e-4, key


@pytest.mark.parametrize("name", ALL)
def test_a_seed_is_a_picture_of_its_own(name: str) -> None:
    first, again, other = (material_maps(name, 64, seed=seed).maps["base_color"] for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_no_family_is_another_with_other_numbers() -> None:
    graphs = {name: material_graph(name)[0] for name in ALL}
    shapes = {name: shape_of(graph) for name, graph in graphs.items()}
    near = {(a, b): apart(shapes[a], shapes[b]) for i, a in enumerate(ALL) for b in ALL[:i]}
    alike = {pair: round(far, 2) for pair, far in near.items() if far < 0.6}
    assert not alike


def test_variants_are_one_family() -> None:
    """The measure sees what is alike: colours and numbers alone are no distance."""
    for name, variant in (("marble", "verde"), ("grass", "dry"), ("rust", "corten"), ("velvet", "plain")):
        assert apart(shape_of(material_graph(name)[0]), shape_of(material_graph(name, variant=variant)[0])) < 0.05


def test_the_nodes_that_families_call_their_own_are() -> None:
    graphs = {name: material_graph(name)[0] for name in ALL}
    below = {name: shapes_below(graph) for name, graph in graphs.items()}
    owners: dict[str, str] = {}
    for name in ALL:
        found = family_named(name)
        assert found.nodes and found.doc
        for node in found.nodes:
            assert node in graphs[name].nodes, f"{name} has no node {node}"
            assert node in graphs[name].needed(), f"nothing reads {node} of {name}"
            assert node not in owners, f"{name} and {owners[node]} both call {node} their own"
            owners[node] = name
        formulas = [node for node in found.nodes if "formula" in graphs[name].nodes[node].kind.name]
        for node in formulas:
            others = [other for other in ALL if other != name and below[name][node] in below[other].values()]
            assert not others, f"{node} of {name} is in {others} as well"


@pytest.mark.parametrize("name", ALL)
def test_sliders_can_be_pushed_to_their_ends(name: str) -> None:
    for end in ("minimum", "maximum"):
        given = {
            slider: type(item.default)(item.metadata[end])
            for slider, item in family_named(name).sliders.items()
            if item.metadata.get(end) is not None and not isinstance(item.default, (str, tuple))
        }
        check_ranges(material_maps(name, 32, **given))


def test_metals_reflect_what_was_measured() -> None:
    """The mean of what is metal is near the measured colour: darker where it is dull, never brighter."""
    device = shared_device()
    for metal, measured in METALS.items():
        maps = material_maps("brushed metal", 64, metal=metal, device=device).maps
        assert maps["metallic"].min() > 0.99
        seen = maps["base_color"].mean(axis=(0, 1))
        np.testing.assert_allclose(seen, np.minimum(measured, 1.0), atol=0.09, err_msg=metal)
        assert (seen <= np.asarray(measured) * 1.03).all(), metal


def test_what_is_out_of_range_is_refused() -> None:
    for given, said in (({"rows": 1000}, "from 2 to 64"), ({"colour": 1}, "has no 'colour'"), ({"color": (1, 2)}, "must be like"),
                        ({"gap": float("nan")}, "must be like"), ({"bond": "none"}, "one of running")):  # fmt: skip
        with pytest.raises(TaixuError, match=said):
            family_named("bricks").build(Graph(), **given)
    with pytest.raises(TaixuError, match="no family"):
        family_named("unobtainium")


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3, 0.5, 0.8])
def test_a_share_of_the_second_is_what_it_says(share: float) -> None:
    graph, _, _ = material_graph("concrete", seed=3, second=("moss", share))
    over = evaluate(graph, 96, also=[Ref("blend", "value")])["@blend.value"]
    assert float(over.mean()) == pytest.approx(share, abs=0.03 + 0.1 * share)
