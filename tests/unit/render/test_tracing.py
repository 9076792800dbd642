from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray

import taixu as tx
from taixu.render import Renderer, ViewCamera, tracing
from taixu.render.stills import accumulate, render_still
from taixu.render.traced_sky import sky_cells

SIZE = (48, 48)
EVEN = np.ones((64, 128, 3), np.float32)
BLACK = (0.0, 0.0, 0.0, 1.0)
HEIGHT = 1.0


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(EVEN)
    return renderer


def put(app: tx.App, shape: tx.Shape, look: tx.Material, *, position: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
    app.world.spawn(tx.Transform(translation=position), shape, look)


def floor_and_wall(wall: tx.Material) -> tx.App:
    """A grey floor, and an endless wall along x that stands on it at z = 0."""
    app = tx.App.headless()
    rough = tx.Material(base_color=(0.5, 0.5, 0.5, 1.0), roughness=1.0)
    put(app, tx.Shape(size=(400.0, 0.1, 400.0)), rough, position=(0.0, -0.05, 0.0))
    put(app, tx.Shape(size=(400.0, HEIGHT, 0.1)), wall, position=(0.0, HEIGHT / 2, -0.05))
    app.settle()
    return app


def seen_from_above(app: tx.App, renderer: Renderer, *, traced: bool, samples: int = 16) -> NDArray[np.float32]:
    """The floor between 0 and 2 m before the wall (which is at the top), linear."""
    camera = ViewCamera.looking((0.0, 5.0, 1.0), (0.0, 0.0, 1.0), height_m=2.0, up=(0.0, 0.0, -1.0))
    settings = {"traced": traced, "occlusion": False, "shadows": False}
    return accumulate(renderer, app.world, camera, size=SIZE, samples=samples, encoding="linear", settings=settings)


def hidden_share() -> NDArray[np.float64]:
    """How much of its light the wall takes from the floor, by row: the form factor of an endless strip."""
    distances = (np.arange(SIZE[1]) + 0.5) / SIZE[1] * 2
    return 0.5 * (1 - distances / np.hypot(distances, HEIGHT))


def test_a_black_wall_takes_the_sky_that_it_hides(renderer: Renderer) -> None:
    with floor_and_wall(tx.Material(base_color=BLACK, roughness=1.0)) as app:
        open_sky = seen_from_above(app, renderer, traced=False, samples=2)
        traced = seen_from_above(app, renderer, traced=True)
    share = traced[..., :3].mean((1, 2)) / open_sky[..., :3].mean((1, 2))
    # A black wall's surface still sends a little back.
    assert np.abs(share - (1 - hidden_share()))[2:].max() < 0.04
    assert np.abs(share - (1 - hidden_share()))[2:].mean() < 0.015


def test_a_wall_that_shines_lights_the_floor(renderer: Renderer) -> None:
    shining = tx.Material(base_color=BLACK, roughness=1.0, emissive=(0.0, 3.0, 0.0))
    with floor_and_wall(shining) as app:
        open_sky = seen_from_above(app, renderer, traced=False, samples=2)[..., :3].mean(1)
        traced = seen_from_above(app, renderer, traced=True)[..., :3].mean(1)
    share = traced / open_sky
    assert np.abs(share[:, 1] - (1 + 2 * hidden_share()))[2:].mean() < 0.05
    assert np.abs(share[:, 0] - (1 - hidden_share()))[2:].mean() < 0.02


def test_a_mirror_shows_what_stands_before_it(renderer: Renderer) -> None:
    """A floor of chrome before a red wall is red near the wall, and white where it mirrors the sky."""
    app = tx.App.headless()
    chrome = tx.Material(base_color=(1.0, 1.0, 1.0, 1.0), metallic=1.0, roughness=0.0)
    put(app, tx.Shape(size=(20.0, 0.1, 20.0)), chrome, position=(0.0, -0.05, 0.0))
    red = tx.Material(base_color=BLACK, emissive=(0.7, 0.0, 0.0))
    put(app, tx.Shape(size=(20.0, 1.0, 0.1)), red, position=(0.0, 0.5, -0.05))
    app.settle()
    camera = ViewCamera.looking((0.0, 1.0, 3.0), (0.0, 0.0, 1.0))
    with app:
        pixels = accumulate(renderer, app.world, camera, size=SIZE, samples=4, encoding="linear", settings={"traced": True})
        plain = accumulate(renderer, app.world, camera, size=SIZE, samples=1, encoding="linear", settings={"occlusion": False})
    # The ray of this pixel meets the wall's mirror image 0.5 m up: height 1 at z = 3 mirrored, and 0.5 at z = 0.
    image_of_wall = pixels[22, 24]
    assert image_of_wall[0] > 0.6
    assert image_of_wall[1] < 0.1
    assert pixels[-2, 24, :3].min() > 0.9  # steep: over the wall into the sky
    assert plain[22, 24, 1] > 0.9


def test_rays_change_nothing_where_nothing_is_near(renderer: Renderer) -> None:
    with tx.App.headless() as app:
        put(app, tx.Shape("sphere"), tx.Material(roughness=0.4))
        app.settle()
        camera = ViewCamera.looking((0, 0, 3), (0, 0, 0))
        both = [
            accumulate(renderer, app.world, camera, size=SIZE, samples=4, encoding="linear",
                       settings={"traced": traced, "occlusion": False})
            for traced in (False, True)
        ]  # fmt: skip
    difference = np.abs(both[0] - both[1]).max(-1)
    # At the rim smooth normals lean out of the facets, and rays into them.
    assert np.quantile(difference, 0.95) < 2e-3
    assert difference.mean() < 1e-3
    assert difference.max() < 0.1


def test_the_same_picture_comes_twice_and_worlds_without_triangles_are_drawn(renderer: Renderer) -> None:
    camera = ViewCamera.looking((0, 2, 3), (0, 0, 0))
    with floor_and_wall(tx.Material()) as app:
        first, second = (render_still(renderer, app.world, camera, size=(32, 32), samples=16).pixels for _ in range(2))
        assert np.array_equal(first, second)
        plain = render_still(renderer, app.world, camera, size=(32, 32), samples=16, settings={"traced": False}).pixels
        assert not np.array_equal(first, plain)
    with tx.App.headless() as app:
        app.settle()
        assert render_still(renderer, app.world, camera, size=(8, 8), samples=16).pixels.shape == (8, 8, 4)


def test_where_a_lamp_of_the_sky_is_hidden_there_are_few_dark_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """A black wall hides a small bright window of the sky from the floor, by the same for all of a row."""
    sky = np.full((64, 128, 3), 0.2, np.float32)
    sky[14:20, 28:36] = 120.0  # behind the wall
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(sky)
    with floor_and_wall(tx.Material(base_color=BLACK, roughness=1.0)) as app:
        found = seen_from_above(app, renderer, traced=True)[2:, :, :3].mean(-1)
        monkeypatch.setattr(tracing, "sky_cells", lambda pixels: (sky_cells(pixels)[0], 0.0))
        blind = seen_from_above(app, renderer, traced=True)[2:, :, :3].mean(-1)
        expected = seen_from_above(app, renderer, traced=True, samples=64)[2:, :, :3].mean((1, 2))
    assert found.min() >= 0.0
    assert np.abs(found.mean(1) - expected).mean() < 0.04
    assert found[:12].std(1).mean() < 0.7 * blind[:12].std(1).mean()  # where the window is hidden
    renderer.release()


def test_rays_go_where_the_sky_is_bright() -> None:
    cells, share = sky_cells(EVEN)
    assert share == pytest.approx(0.0, abs=1e-6)
    sky = np.full((100, 230, 3), 0.1, np.float32)
    sky[20:24, 100:110] = 50.0
    cells, share = sky_cells(sky)
    assert 0.4 < share < 0.5
    chances = cells[..., 1] * cells[..., 3]
    assert chances.sum() == pytest.approx(1.0, abs=1e-5)
    row, column = np.unravel_index(chances.argmax(), chances.shape)
    assert abs(row - 22 / 100 * 32) < 1.5
    assert abs(column - 105 / 230 * 64) < 1.5
    assert sky_cells(np.zeros((4, 8, 3)))[1] == 0.0
    assert np.isfinite(sky_cells(np.full((3, 5, 3), np.nan))[0]).all()
