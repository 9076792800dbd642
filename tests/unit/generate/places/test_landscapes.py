"""Land from styles and seeds: whole numbers everywhere, the same bytes again, and rules that hold."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.generate.places import STYLES, Landscape, TerrainSpec, make_landscape, poisson, rules_of, sow
from taixu.generate.places.erosion import accumulate, receivers, slide
from taixu.generate.places.noise import gradient_noise, worley
from taixu.generate.places.terrain_generator import write_ground
from taixu.generate.places.water import DRY, drain
from taixu.generate.places.water_mesh import water_model
from taixu.generate.places.words import parameters_of_words
from taixu.generate.prompts import MOST_LETTERS
from taixu.generate.request import Request
from taixu.navigation.areas import Area, paint

_SMALL = TerrainSpec(size_m=512.0, spacing_m=4.0, lake=True, river=True)
_HASH = """
import hashlib
from taixu.generate.places import TerrainSpec, make_landscape
land = make_landscape(TerrainSpec(style="alps", size_m=256.0, spacing_m=4.0, lake=True), 5)
print(hashlib.sha256(land.heights.tobytes() + land.weights.tobytes() + land.water.tobytes()).hexdigest())
"""


@cache
def _land(style: str, seed: int = 5) -> Landscape:
    return make_landscape(TerrainSpec.from_json({**_SMALL.to_json(), "style": style}), seed)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_whole(style: str) -> None:
    land = _land(style)
    for field in (land.heights, land.water, land.flow, land.weights, land.openness):
        assert np.isfinite(field).all()
    assert land.heights.shape == (129, 129)
    assert land.heights.dtype == np.float32
    assert float(np.ptp(land.heights)) > 3.0
    total = land.weights.sum(-1)
    assert land.weights.min() >= 0
    assert total.max() < 1.001


def test_the_same_seed_is_the_same_land_in_another_process() -> None:
    made = {
        subprocess.run([sys.executable, "-c", _HASH], check=True, capture_output=True, text=True).stdout for _ in range(2)
    }  # fmt: skip
    assert len(made) == 1
    assert len(made.pop().strip()) == 64


def test_another_seed_is_other_land() -> None:
    assert not np.array_equal(_land("hills").heights, _land("hills", 6).heights)


@pytest.mark.parametrize("seed", [0, -1, 2**63, 2**64 - 1, 10**30])
def test_seeds_of_any_kind(seed: int) -> None:
    land = make_landscape(TerrainSpec(style="plains", size_m=64.0, spacing_m=4.0), seed)
    assert np.isfinite(land.heights).all()


def test_specs_go_through_json_and_refuse_what_cannot_be() -> None:
    assert TerrainSpec.from_json(_SMALL.to_json()) == _SMALL
    for wrong, said in (
        ({"style": "moon"}, "style"), ({"size_m": float("nan")}, "size_m"), ({"size_m": 1e9}, "size_m"), ({"lake": 1}, "lake"),
        ({"spacing_m": 0.25, "size_m": 8192.0}, "heights along an edge"), ({"roads": 3}, "roads"), ([], "object"),
    ):  # fmt: skip
        with pytest.raises(TaixuError, match=said):
            TerrainSpec.from_json(wrong)


def test_words_in_two_languages() -> None:
    assert parameters_of_words("snowy alps with a lake") == {"style": "alps", "lake": True, "snow": 0.55}
    assert parameters_of_words("秋天的丘陵，有一条河") == {"style": "hills", "river": True, "season": "autumn"}
    assert parameters_of_words("沙漠 傍晚")["style"] == "desert"
    assert parameters_of_words("hills with pine woods") == {"style": "hills", "forest": 0.85, "trees": "pine"}
    assert parameters_of_words("白桦林，山丘") == {"style": "hills", "forest": 0.85, "trees": "birch"}
    huge = {"style": "volcanic", "time": "dusk", "size_m": 4096.0, "spacing_m": 2.0}
    assert parameters_of_words("a huge volcano at dusk") == huge
    with pytest.raises(TaixuError, match="no word says"):
        parameters_of_words("x" * MOST_LETTERS)


def test_woods_are_of_the_trees_that_are_asked_for() -> None:
    for trees, kinds in (("", {"oak", "birch", "pine"}), ("birch", {"birch"}), ("conifers", {"pine", "spruce", "birch"})):
        land = make_landscape(TerrainSpec("hills", size_m=64.0, trees=trees), 1)
        tall = {rule.kind for rule in rules_of(land)} - {"shrub", "grass", "flowers", "reeds", "rock"}
        assert tall == kinds


def test_water_sums_along_the_forest_of_flow() -> None:
    random = np.random.default_rng(2)
    heights = random.uniform(0, 1, (9, 11)).astype(np.float32)
    target, _, _ = receivers(heights)
    found = accumulate(target).ravel()
    expected = np.ones(heights.size)
    for cell in np.argsort(-heights.ravel(), kind="stable"):  # from the highest down
        to = int(target.ravel()[cell])
        if to != cell:
            expected[to] += expected[cell]
    assert np.allclose(found, expected)


def test_a_filled_landscape_drains() -> None:
    heights = np.random.default_rng(3).uniform(0, 5, (33, 33)).astype(np.float32)
    found = drain(heights, 1.0)
    assert (found.filled >= heights).all()
    below = found.filled.ravel()[found.target.ravel()]
    assert (below <= found.filled.ravel()).all()
    roots = found.target.ravel() == np.arange(heights.size)
    assert np.isclose(found.area_m2.ravel()[roots].sum(), heights.size)


def test_sliding_loses_nothing() -> None:
    heights = np.random.default_rng(4).uniform(0, 50, (40, 40)).astype(np.float32)
    after = slide(heights, spacing_m=1.0, talus=0.8, steps=200)
    assert abs(float(after.sum() - heights.sum())) < 1e-4 * float(heights.sum())
    assert np.abs(np.diff(after, axis=0)).max() < 2.0


def test_noise_that_has_a_period_repeats() -> None:
    z, x = np.meshgrid(np.linspace(0, 4, 17, dtype=np.float32), np.linspace(0, 4, 17, dtype=np.float32), indexing="ij")
    for made in (gradient_noise(x, z, 1, period=4), worley(x, z, 1, period=4)[0]):
        assert np.allclose(made[:, 0], made[:, -1], atol=1e-5)
        assert np.allclose(made[0], made[-1], atol=1e-5)


def test_poisson_keeps_its_distance() -> None:
    x, z, _ = poisson(60.0, 2.0, seed=9)
    gaps = np.hypot(x[:, None] - x, z[:, None] - z)
    np.fill_diagonal(gaps, 9.0)
    assert gaps.min() >= 2.0 - 1e-4
    assert len(x) > 0.25 * (60 / 2) ** 2


@pytest.mark.parametrize("style", ["alps", "islands", "hills", "canyon"])
def test_what_is_sown_stands_on_the_ground_and_keeps_its_rules(style: str) -> None:
    land = _land(style)
    counted = 0
    for number, rule in enumerate(rules_of(land)):
        sown = sow(land, rule, seed=100 + number)
        again = sow(land, rule, seed=100 + number)
        assert sown.places.tobytes() == again.places.tobytes()
        x, y, z, _, scale = sown.places.T
        counted += len(x)
        if not len(x):
            continue
        assert np.isfinite(sown.places).all()
        assert y.max() <= 0  # a foot is at the ground or in it, never above
        assert y.min() > -3.0
        assert ((scale >= rule.scale[0] - 1e-4) & (scale <= rule.scale[1] + 1e-4)).all()
        above = land.height_at(x, z) - land.water_at(x, z)
        assert (above > rule.shore_m[0] - 1e-3).all()
    assert counted > 100


def test_water_lies_level_and_over_wet_ground() -> None:
    land = _land("hills")
    model = water_model(land)
    assert model is not None
    have = model.meshes[0].primitives[0]
    points, depth = have.attributes["POSITION"], have.attributes["TEXCOORD_1"][:, 0]
    assert np.isfinite(points).all()
    assert np.allclose(points[:, 1] + 0.04 - depth, land.height_at(points[:, 0], points[:, 2]), atol=0.02)
    assert have.triangles().max() < len(points)
    assert float((depth > 0).mean()) > 0.3
    assert water_model(_land("desert")) is None or (land.water > DRY / 2).any()




def test_nobody_finds_a_way_over_the_bottom_of_the_sea(tmp_path: Path) -> None:
    spec = TerrainSpec(style="coast", size_m=512.0, spacing_m=4.0, texture_px=64)
    land = make_landscape(spec, 5)
    assert land.sea_m is not None
    _, entities = write_ground(Request("", 5, spec, tmp_path), land)
    at, area = entities["deep water"]["transform"]["position"], entities["deep water"]["navigation_area"]
    closed = Area(area["kind"], 1.0, (*at, 0.0, 0.0, 0.0, 1.0), tuple(area["size"]))
    x, z = (each.ravel() for each in np.meshgrid(np.linspace(-250, 250, 60), np.linspace(-250, 250, 60)))
    y = land.height_at(x.astype(np.float32), z.astype(np.float32))
    assert (y < land.sea_m - 1.0).any()
    np.testing.assert_array_equal(paint([closed], np.stack([x, y, z]))[1], y > land.sea_m - 0.5)
    assert "deep water" not in write_ground(Request("", 5, spec, tmp_path), _land("plains"))[1]
