"""Maps out of a picture, judged by surfaces whose maps are known: our families, lit as a photograph is."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from taixu.generate.materials import families, material_maps
from taixu.generate.pictures import MapParameters, maps_of_picture, seam_ratio, seamless
from taixu.generate.pictures.albedo import flattened
from taixu.generate.pictures.filters import blur, luminance, resize
from taixu.generate.pictures.joints import has_light_joints
from taixu.generate.pictures.reading import encoded, linear_of
from taixu.generate.pictures.relief import height_of_normals, normals_of, with_grain
from taixu.generate.pictures.seamless import folded, repeats

PX = 128
KEPT = MapParameters(tiling="keep")


@cache
def truth(name: str) -> dict[str, np.ndarray]:
    """A family's own maps."""
    return dict(material_maps(name, PX, seed=1).maps)


def photograph(maps: dict[str, np.ndarray]) -> np.ndarray:
    """Its colours in the light of a lamp at one side, with the shade of its hollows and slopes."""
    y, x = np.mgrid[-0.5:0.5:PX * 1j, -0.5:0.5:PX * 1j]
    lamp = np.exp(0.6 * x - 0.4 * y - 0.6 * (x * x + y * y))
    light = np.array((-0.4, 0.4, 0.82)) / np.linalg.norm((-0.4, 0.4, 0.82))
    shaded = np.maximum(maps["normal"] @ light, 0.05) * maps["occlusion"] * lamp
    return np.clip(maps["base_color"] * shaded[..., None], 0, 1).astype(np.float32)


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's correlation; 0 where one is even."""
    a, b = a - a.mean(), b - b.mean()
    length = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / length if length > 1e-6 else 0.0


def errors(picture: np.ndarray, right: np.ndarray) -> float:
    """How far brightness is from right, as a mean of logarithms, whatever the exposure."""
    away = np.log(luminance(picture) + 0.01) - np.log(luminance(right) + 0.01)
    return float(np.abs(away - np.median(away)).mean())


def test_heights_and_colours_are_nearer_to_the_truth_than_brightness_is() -> None:
    rows = []
    for name in sorted(families()):
        maps = truth(name)
        seen = photograph(maps)
        bright = encoded(luminance(seen))
        made = maps_of_picture(seen, MapParameters(tiling="none")).maps
        plain = normals_of(bright, 0.02, wraps=False)
        rows.append(
            (
                likeness(made["height"], maps["height"]) - likeness(bright, maps["height"]),
                np.mean([likeness(made["normal"][..., i], maps["normal"][..., i]) - likeness(plain[..., i], maps["normal"][..., i])
                         for i in (0, 1)]),
                likeness(made["roughness"], maps["roughness"]) - likeness(1 - bright, maps["roughness"]),
                errors(seen, maps["base_color"]) - errors(made["base_color"], maps["base_color"]),
            )
        )  # fmt: skip
    gains = np.array(rows)
    better = (gains > 0).mean(axis=0)
    assert (better > (0.6, 0.5, 0.45, 0.9)).all(), better
    assert (gains.mean(axis=0) > (0.08, 0.01, 0.03, 0.05)).all(), gains.mean(axis=0)


def test_on_evenly_lit_pictures_joints_are_the_gain() -> None:
    gains = [
        likeness(maps_of_picture(truth(name)["base_color"], KEPT).maps["height"], truth(name)["height"])
        - likeness(encoded(luminance(truth(name)["base_color"])), truth(name)["height"])
        for name in ("bricks", "planks", "gravel", "cobbles", "terrazzo", "hull panels")
    ]
    assert min(gains) > -0.02
    assert np.mean(gains) > 0.15


def test_pale_mortar_lies_low() -> None:
    y, x = np.mgrid[0:128, 0:128]
    row = y // 16
    mortar = (y % 16 < 3) | ((x + 16 * (row % 2)) % 32 < 3)
    wall = np.where(mortar[..., None], 0.6, (0.25, 0.08, 0.05)).astype(np.float32)
    assert has_light_joints(encoded(luminance(wall)), wraps=True)
    assert not has_light_joints(1 - encoded(luminance(wall)), wraps=True), "dark mortar is no light joint"
    for picture in (wall, 0.7 - wall):
        height = maps_of_picture(picture, KEPT).maps["height"]
        assert height[~mortar].mean() > height[mortar].mean() + 0.3
    inverted = maps_of_picture(wall, MapParameters(tiling="keep", invert=True)).maps["height"]
    assert inverted[mortar].mean() > inverted[~mortar].mean() + 0.3


def test_light_from_one_side_is_taken_out_and_paint_stays() -> None:
    even = truth("bricks")["base_color"]
    y, x = np.mgrid[-0.5:0.5:PX * 1j, -0.5:0.5:PX * 1j]
    lit = (even * np.exp(x + 0.5 * y)[..., None] * 0.6).astype(np.float32)
    flat = flattened(lit, 1.0, highlights=0.0)
    left, right = (float(np.log(luminance(part)).mean()) for part in (flat[:, : PX // 4], flat[:, -PX // 4 :]))
    assert abs(left - right) < 0.1, "it was 0.75"
    assert errors(flat, even) < 0.35 * errors(lit, even)
    np.testing.assert_array_equal(flattened(lit, 0.0, highlights=0.0), lit)


def test_highlights_come_down_and_white_paint_does_not() -> None:
    grain = 1 + 0.1 * np.random.default_rng(2).random((96, 96, 1), np.float32)
    base = np.full((96, 96, 3), (0.3, 0.05, 0.05), np.float32) * grain
    base[40:44, 40:44] = 0.95
    shown = flattened(base, 0.0, highlights=1.0)
    assert luminance(shown)[42, 42] < 0.6 * luminance(base)[42, 42]
    np.testing.assert_allclose(shown[:20], base[:20], rtol=1e-4)


@pytest.mark.parametrize("name", ["bricks", "gravel", "grass", "marble", "planks", "leather"])
def test_a_piece_of_a_surface_is_made_to_repeat(name: str) -> None:
    piece = truth(name)["base_color"][7:170, 11:150]
    y, x = np.mgrid[-0.5:0.5:piece.shape[0] * 1j, -0.5:0.5:piece.shape[1] * 1j]
    lit = np.clip(piece * np.exp(0.5 * x + 0.4 * y)[..., None], 0, 1).astype(np.float32)
    made = maps_of_picture(lit, MapParameters(tiling="make")).maps
    for key in ("base_color", "height", "roughness", "normal", "occlusion"):
        assert seam_ratio(made[key]) <= 1.05, key
    closed = seamless(encoded(piece))
    assert closed.shape[0] == piece.shape[0] - round(0.2 * piece.shape[0])
    steepest = [np.abs(np.diff(part, axis=1)).mean(axis=(0, 2)).max() for part in (closed, encoded(piece))]
    assert steepest[0] < 1.2 * steepest[1], "where edges lie over each other it is no rougher"
    assert abs(float(closed.std()) / float(encoded(piece).std()) - 1) < 0.25, "nor flatter"


def test_what_was_made_with_a_margin_round_it_repeats() -> None:
    chance = np.random.default_rng(4)
    ring = blur(chance.random((60, 48, 3)).astype(np.float32), 1.5, wraps=True)
    wide = np.pad(ring, ((8, 8), (8, 8), (0, 0)), mode="wrap")
    np.testing.assert_allclose(folded(wide, 8), ring, atol=1e-6)
    leaning = wide + np.linspace(0, 1, wide.shape[1], dtype=np.float32)[None, :, None]
    assert seam_ratio(leaning[8:-8, 8:-8]) > 3
    assert seam_ratio(folded(leaning, 8)) <= 1.05


def test_what_repeats_is_left_whole() -> None:
    tile = truth("bricks")["base_color"]
    assert repeats(encoded(tile)) and not repeats(encoded(tile[5:150, 9:130]))
    assert maps_of_picture(tile).maps["height"].shape == tile.shape[:2]
    assert maps_of_picture(tile, MapParameters(tiling="make")).maps["height"].shape != tile.shape[:2]


def test_maps_are_those_of_real_things() -> None:
    chance = np.random.default_rng(9)
    for colors in (
        chance.random((48, 90, 3)).astype(np.float32), np.zeros((16, 16, 3), np.float32), np.ones((33, 17, 3), np.float32),
        (chance.random((64, 64, 3)) > 0.99).astype(np.float32), np.full((20, 20, 3), 1e-5, np.float32),
    ):  # fmt: skip
        for tiling in ("auto", "make", "none"):
            made = maps_of_picture(colors, MapParameters(tiling=tiling, height_strength=3.0))
            maps = made.maps
            for key, values in maps.items():
                assert np.isfinite(values).all() and values.dtype == np.float32, key
            assert 0.02 - 1e-6 <= maps["base_color"].min() and maps["base_color"].max() <= 0.9 + 1e-6
            assert 0.03 <= maps["roughness"].min() and maps["roughness"].max() <= 1.0
            assert 0 <= maps["height"].min() and maps["height"].max() <= 1.0 and not maps["metallic"].any()
            np.testing.assert_allclose(np.linalg.norm(maps["normal"], axis=2), 1.0, atol=1e-4)
            assert made.relief_m >= 0.0


def test_sliders_do_what_they_say() -> None:
    colors = truth("gravel")["base_color"]

    def made(**settings: object) -> dict[str, np.ndarray]:
        return dict(maps_of_picture(colors, MapParameters(tiling="keep", **settings)).maps)  # type: ignore[arg-type]

    plain = made()
    assert made(roughness=0.2)["roughness"].mean() < 0.35 < plain["roughness"].mean()
    assert made(roughness_range=0.0)["roughness"].std() < 1e-6
    assert made(metallic=1.0)["metallic"].min() == 1.0
    assert made(height_strength=0.0)["normal"][..., 2].min() > 0.9999
    steep = made(height_strength=3.0)
    assert steep["normal"][..., 2].mean() < plain["normal"][..., 2].mean()
    assert steep["occlusion"].mean() < plain["occlusion"].mean()
    grain = [np.abs(np.diff(made(detail=detail)["height"], axis=1)).mean() for detail in (0.0, 1.0)]
    assert grain[0] < 0.8 * grain[1]
    assert luminance(made(exposure=1.0)["base_color"]).mean() > 1.7 * luminance(plain["base_color"]).mean()
    assert made(shade=1.0)["base_color"].mean() > made(shade=0.0)["base_color"].mean()


def test_normals_give_their_height_back() -> None:
    height = truth("cobbles")["height"]
    for wraps in (True, False):
        normal = normals_of(blur(height, 1.0, wraps=True), 0.02, wraps=wraps)
        found, relief = height_of_normals(normal, wraps=wraps)
        assert likeness(found, height) > 0.95
        assert 0.008 < relief < 0.025
    given = maps_of_picture(truth("cobbles")["base_color"], KEPT, given={"normal": truth("cobbles")["normal"]})
    assert likeness(given.maps["height"], height) > 0.8


def test_normals_that_know_nothing_fine_come_nearer_with_a_little_grain() -> None:
    gains = []
    for name in ("bricks", "leather", "cobbles", "gravel", "moss", "lava", "sandstone"):
        right = truth(name)["normal"]
        coarse = blur(right, 2.0, wraps=True)
        coarse /= np.linalg.norm(coarse, axis=2, keepdims=True)
        grained = with_grain(coarse, photograph(truth(name)), 2.0, wraps=False)
        near = [np.arccos(np.clip((each * right).sum(axis=2), -1, 1)).mean() for each in (coarse, grained)]
        gains.append(1 - near[1] / near[0])
    assert np.mean(gains) > 0.02 and np.mean(np.array(gains) > 0) > 0.6, gains


def test_maps_that_are_known_are_taken() -> None:
    colors = truth("bricks")["base_color"]
    rough = np.full((50, 50), 0.31, np.float32)
    maps = maps_of_picture(colors, KEPT, given={"roughness": rough, "height": truth("bricks")["height"]}).maps
    np.testing.assert_allclose(maps["roughness"], 0.31, atol=1e-6)
    np.testing.assert_allclose(maps["height"], truth("bricks")["height"])


def test_filters_keep_what_is_even() -> None:
    even = np.full((37, 23, 3), 0.4, np.float32)
    for sigma in (0.5, 1.9, 2.1, 9.0, 400.0):
        for wraps in (True, False):
            np.testing.assert_allclose(blur(even, sigma, wraps=wraps), 0.4, atol=1e-5)
    for size in ((5, 7), (37, 23), (80, 90), (1, 1)):
        np.testing.assert_allclose(resize(even, *size), 0.4, atol=1e-5)
    values = np.random.default_rng(1).random((60, 44)).astype(np.float32)
    assert abs(float(resize(values, 20, 11).mean()) - float(values.mean())) < 1e-4
    np.testing.assert_allclose(linear_of(encoded(values)), values, atol=1e-5)
