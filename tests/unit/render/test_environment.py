from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from PIL import Image as Pillow
from render_world import SmallWorld

from taixu.render import Renderer, ViewCamera, equirect
from taixu.render.disk_cache import cached_array
from taixu.render.environment import make_environment
from taixu.render.lobes import ggx_lobe
from taixu.render.octahedron import (
    Tile,
    atlas_layout,
    direction_from_octahedron,
    level_roughnesses,
    octahedron_from_direction,
    tile_directions,
)
from taixu.render.skies import read_sky
from taixu.render.sky import make_atmosphere, make_studio
from taixu.scene import Environment


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path))


def random_directions(count: int) -> np.ndarray:
    d = np.random.default_rng(7).normal(size=(count, 3))
    return d / np.linalg.norm(d, axis=1, keepdims=True)


def sky_with_lamps() -> np.ndarray:
    d = equirect.directions(256, 128)
    sky = np.repeat(0.3 + 0.2 * d[..., 1:2], 3, -1)
    for towards, width, color in (((0.5, 0.7, 0.3), 60, (30, 26, 20)), ((-0.8, 0.2, -0.4), 30, (4, 6, 9))):
        axis = np.array(towards) / np.linalg.norm(towards)
        sky = sky + np.exp(width * (d @ axis - 1))[..., None] * color
    return sky.astype(np.float32)


def read_tile(atlas: np.ndarray, tile: Tile, d: np.ndarray) -> np.ndarray:
    at = octahedron_from_direction(d) * tile.size + (tile.x + 0.5, tile.y + 0.5)
    low = np.floor(at).astype(int)
    fx, fy = (at - low).T[..., None]
    x, y = low.T
    top = atlas[y, x] * (1 - fx) + atlas[y, x + 1] * fx
    return top * (1 - fy) + (atlas[y + 1, x] * (1 - fx) + atlas[y + 1, x + 1] * fx) * fy


def test_directions_of_the_sky() -> None:
    """u = atan2(z, x) / 2pi + 1/2, v = acos(y) / pi: facing -Z shows u = 1/4."""
    sky = np.zeros((64, 128, 3))
    sky[32, 32] = 1.0
    assert equirect.lookup(sky, np.array([0.0, 0.0, -1.0])).max() > 0.2
    assert equirect.lookup(sky, np.array([0.0, 0.0, 1.0])).max() == 0
    assert equirect.solid_angles(128, 64).sum() * 128 == pytest.approx(4 * np.pi)


def test_octahedron_goes_there_and_back() -> None:
    d = random_directions(2000)
    assert np.abs(direction_from_octahedron(octahedron_from_direction(d)) - d).max() < 1e-12


def test_borders_repeat_what_lies_over_the_fold() -> None:
    d = tile_directions(16)
    assert np.allclose(d[0, 1:-1], d[1, 1:-1][::-1])
    assert np.allclose(d[1:-1, -1], d[1:-1, -2][::-1])


@pytest.mark.parametrize("height", [64, 512, 1000, 4096])
def test_tiles_fit_and_do_not_overlap(height: int) -> None:
    layout = atlas_layout(height)
    used = np.zeros(layout.size[::-1], int)
    for tile in (layout.mirror, *layout.levels, layout.irradiance, *layout.sheen):
        used[tile.y : tile.y + tile.size + 2, tile.x : tile.x + tile.size + 2] += 1
        assert tile.x + tile.size + 2 <= layout.size[0]
        assert tile.y + tile.size + 2 <= layout.size[1]
    assert used.max() == 1
    assert layout.mirror.x + layout.mirror.size + 2 == layout.size[0], "shaders take the mirror's size from the width"


def test_irradiance_within_a_percent_of_the_integral() -> None:
    sky, normals = sky_with_lamps(), random_directions(60)
    maps = make_environment(shared_device(), sky)
    found = read_tile(maps.atlas.read().astype(np.float64)[..., :3], atlas_layout(128).irradiance, normals)
    weight = equirect.solid_angles(256, 128)[:, None]
    cosine = np.maximum(np.einsum("hwc,nc->nhw", equirect.directions(256, 128), normals), 0.0)
    exact = np.einsum("nhw,hwc->nc", cosine * weight, sky.astype(np.float64)) / np.pi
    assert (np.abs(found - exact) / exact).max() < 0.01


def test_reflections_are_the_weighted_integral() -> None:
    sky, axes = sky_with_lamps(), random_directions(25)
    maps = make_environment(shared_device(), sky)
    atlas = maps.atlas.read().astype(np.float64)[..., :3]
    weight = equirect.solid_angles(256, 128)[:, None]
    for tile, roughness in zip(atlas_layout(128).levels, level_roughnesses()[1:], strict=True):
        if roughness < 0.2:
            continue  # narrower than these texels
        cosine = np.einsum("hwc,nc->nhw", equirect.directions(256, 128), axes)
        lobe = ggx_lobe(roughness**2)(cosine) * weight
        exact = np.einsum("nhw,hwc->nc", lobe, sky.astype(np.float64)) / lobe.sum((1, 2))[:, None]
        error = np.abs(read_tile(atlas, tile, axes) - exact) / exact
        assert error.max() < 0.015, roughness


def test_second_time_reads_the_cache(tmp_path: Path) -> None:
    sky = sky_with_lamps()
    first = make_environment(shared_device(), sky).atlas.read()
    kept = list((tmp_path / "environment").glob("*.npy"))
    assert len(kept) == 1
    stamp = kept[0].stat().st_mtime_ns
    assert np.array_equal(make_environment(shared_device(), sky).atlas.read(), first)
    assert kept[0].stat().st_mtime_ns == stamp


def test_damaged_cache_is_made_again(tmp_path: Path) -> None:
    made = cached_array("kind", "key", lambda: np.arange(4.0))
    file = tmp_path / "kind" / "key.npy"
    file.write_bytes(b"\x93NUMPY broken")
    assert np.array_equal(cached_array("kind", "key", lambda: np.arange(4.0)), made)
    file.unlink()
    file.mkdir()
    assert np.array_equal(cached_array("kind", "key", lambda: np.arange(4.0)), made)


def test_skies_are_finite_and_plausible() -> None:
    studio = make_studio(64)
    assert np.isfinite(studio).all()
    assert studio.min() >= 0
    noon, evening = (make_atmosphere(s, height=64) for s in ((0.3, 0.9, 0.2), (1.0, 0.05, 0.0)))
    for sky in (noon, evening, make_atmosphere((0, -0.3, 1), height=64)):
        assert np.isfinite(sky.image).all()
        assert sky.image.min() >= 0
    top = noon.image[2].mean(0)
    assert top[2] > 1.5 * top[0], "the zenith is blue at noon"
    assert evening.sun_irradiance[0] > 3 * evening.sun_irradiance[2], "a low sun is red"
    assert noon.sun_irradiance.sum() > 2 * evening.sun_irradiance.sum()


def test_worlds_take_turns_without_making_their_skies_anew() -> None:
    scenes = []
    for height in (1.0, 0.4):
        scene = SmallWorld()
        scene.world.spawn(Environment(sun_direction=(0.3, height, 0.2)))
        scenes.append(scene)
    renderer = Renderer(shared_device())
    seen = []
    for scene in (*scenes, *scenes):
        scene.propagate()
        renderer.picture(scene.world, camera=ViewCamera.looking((0, 1, 3), (0, 1, 0)), size=(16, 16))
        seen.append(renderer.lighting.sky)
    assert seen[0] is seen[2]
    assert seen[1] is seen[3]
    assert seen[0] is not seen[1]


def test_a_missing_sky_leaves_the_studio(caplog: pytest.LogCaptureFixture) -> None:
    scene = SmallWorld()
    scene.world.spawn(Environment(sky="nowhere.hdr"))
    scene.propagate()
    renderer = Renderer(shared_device())
    renderer.picture(scene.world, camera=ViewCamera.looking((0, 1, 3), (0, 1, 0)), size=(16, 16))
    assert "nowhere.hdr" in caplog.text
    assert renderer.lighting.sky.sun_direction is None


def test_an_eight_bit_sky_is_decoded(tmp_path: Path) -> None:
    Pillow.fromarray(np.full((4, 8, 3), 188, np.uint8)).save(tmp_path / "sky.png")
    assert read_sky(SmallWorld().world, str(tmp_path / "sky.png")) == pytest.approx(0.503, abs=2e-3)
