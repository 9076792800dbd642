"""Light for software that draws: near to the whole of it, and taken only where it knows all there is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from taixu.render import Renderer, View, ViewCamera, equirect
from taixu.render.environment import smooth_irradiance
from taixu.scene import Environment, Light, Shape, Transform

LEAN = {"lean_light": True, "occlusion": False, "soft_shadows": False, "probes": False, "cascades": 1, "shadow_texels": 256}
CAMERA = ViewCamera.looking((4.0, 3.0, 6.0), (0.0, 0.5, 0.0))


def test_smooth_irradiance_is_near_the_integral() -> None:
    d = equirect.directions(64, 32)
    sky = np.exp(1.5 * d @ np.array([0.5, 0.7, -0.2]))[..., None] * (1.0, 0.7, 0.4) + (0.1, 0.3, 0.5)
    normals = np.random.default_rng(3).normal(size=(200, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    four = np.concatenate([normals, np.ones((200, 1))], 1)
    found = np.einsum("ni,cij,nj->nc", four, smooth_irradiance(sky), four)
    wanted = equirect.irradiance(sky, normals)
    assert np.abs(found - wanted).max() < 0.03 * wanted.max()
    even = smooth_irradiance(np.full((16, 32, 3), 2.0))
    assert np.allclose(np.einsum("ni,cij,nj->nc", four, even, four), 2.0, atol=0.01), "even light comes back as it is"


@pytest.fixture(scope="module")
def drawn() -> Iterator[tuple[Renderer, tx.App]]:
    app = tx.App.headless()
    for i in range(4):
        app.world.spawn(Transform(translation=(1.2 * i - 2.0, 0.5, 0.0)), Shape(("box", "sphere", "cylinder", "capsule")[i]))
    app.world.spawn(Transform(), Shape("plane", size=(12.0, 1.0, 12.0)))
    app.world.spawn(Transform(rotation=(-0.5, 0.2, 0.1, 0.84)), Light(kind="directional", intensity=2.0))
    app.world.spawn(Environment(intensity=0.3))
    app.settle()
    renderer = Renderer(shared_device())
    yield renderer, app
    renderer.release()
    app.close()


def picture(drawn: tuple[Renderer, tx.App], **settings: object) -> tuple[np.ndarray, set[str]]:
    """A picture, and the constants that its shaders of the colour pass were compiled with."""
    renderer, app = drawn
    view = View(CAMERA, (160, 90), settings=LEAN | settings)
    before = set(map(id, renderer.device._pipelines.values()))
    renderer.render(app.world, [view])
    made = [p for p in renderer.device._pipelines.values() if p.label == "colour" and id(p) not in before]
    found = renderer.read(view)[..., :3].astype(float)
    view.release()
    return found, {name for pipeline in made for name, value in pipeline.defines.items() if value is not False}


def test_rough_ground_at_a_grazing_angle_is_as_bright_as_in_the_whole() -> None:
    with tx.App.headless() as app:
        app.world.spawn(Transform(), Shape("plane", size=(400.0, 1.0, 400.0)))
        app.world.spawn(Transform(rotation=(-0.5, 0.2, 0.1, 0.84)), Light(kind="directional", intensity=2.0))
        app.world.spawn(Environment(intensity=0.3))
        app.settle()
        renderer = Renderer(shared_device())
        grazing = ViewCamera.looking((0.0, 0.6, 0.0), (0.0, -0.6, -12.0))
        found = []
        for lean in (True, False):
            view = View(grazing, (32, 18), settings=LEAN | {"lean_light": lean, "shadows": False})
            renderer.render(app.world, [view])
            found.append(renderer.read(view)[9:, :, :3].astype(float))
            view.release()
        renderer.release()
    assert np.abs(found[0] - found[1]).max() <= 4.0


def test_it_is_near_the_whole_and_gives_way_to_what_it_does_not_know(drawn: tuple[Renderer, tx.App]) -> None:
    lean, names = picture(drawn)
    assert "LEAN_MAPS" in names
    whole, _ = picture(drawn, lean_light=False)
    apart = np.abs(lean - whole).max(-1)  # along the edges of shadows, which the whole filters more, a good deal
    assert np.median(apart) <= 3.0
    assert np.mean(apart > 24.0) < 0.04
    unshadowed, _ = picture(drawn, shadows=False)
    assert np.abs(lean - unshadowed).max() > 40, "the sun casts shadows"
    lamp = drawn[1].world.spawn(Transform(translation=(0.0, 2.0, 2.0)), Light(kind="point", intensity=40.0, color=(1.0, 0.0, 0.0)))
    drawn[1].settle()
    lit, names = picture(drawn)
    assert "LEAN_MAPS" not in names
    assert (lit - lean)[..., 0].max() > 30, "a lamp shines, too"
    drawn[1].world.despawn(lamp)
    drawn[1].settle()
