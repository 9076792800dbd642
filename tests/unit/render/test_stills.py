from __future__ import annotations

import numpy as np
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.render import Renderer, View, ViewCamera
from taixu.render.stills import accumulate, render_still, sample_offsets


def test_offsets_are_centred_and_within_a_tent() -> None:
    assert np.array_equal(sample_offsets(1), np.zeros((1, 2)))
    for count in (2, 7, 64):
        offsets = sample_offsets(count)
        assert np.abs(offsets.mean(0)).max() < 1e-12
        assert np.abs(offsets).max() < 1.6
    assert np.abs(sample_offsets(256).std(0) - 1 / np.sqrt(6)).max() < 0.02


def test_many_samples_smooth_edges() -> None:
    renderer = Renderer(shared_device())
    scene = SmallWorld()
    scene.spawn(1, scene.mesh(material=scene.material(unlit=True)), rotation=(0, 0, 0.13, 0.9915))
    scene.propagate()
    camera = ViewCamera.looking((0, 0, 3), (0, 0, 0))
    options = {"background": "transparent"}
    one = render_still(renderer, scene.world, camera, size=(40, 40), samples=1, settings=options).pixels
    many = render_still(renderer, scene.world, camera, size=(40, 40), samples=16, settings=options).pixels
    assert set(np.unique(one[..., 3])) == {0, 255}
    assert len(np.unique(many[..., 3])) > 8
    assert abs(float(many[..., 3].mean()) - float(one[..., 3].mean())) < 3
    inside = many[..., 3] == 255
    assert np.abs(many[inside].astype(int) - many[20, 20].astype(int)).max() <= 1


def test_linear_pictures_are_premultiplied_and_scaled_by_exposure() -> None:
    renderer = Renderer(shared_device())
    scene = SmallWorld()
    material = scene.material(unlit=True, base_color=(0.5, 0.25, 2.0, 0.5), alpha_mode="BLEND")
    scene.spawn(1, scene.mesh(material=material))
    scene.propagate()
    pixels = accumulate(
        renderer,
        scene.world,
        ViewCamera.looking((0, 0, 3), (0, 0, 0)),
        size=(16, 16),
        samples=1,
        encoding="linear",
        settings={"background": "transparent", "exposure_ev": 1.0},
    )
    assert np.allclose(pixels[8, 8], (0.5, 0.25, 2.0, 0.5), atol=2e-3)
    assert (pixels[0, 0] == 0).all()


def test_edge_filter_smooths_edges_and_leaves_the_rest() -> None:
    renderer = Renderer(shared_device())
    scene = SmallWorld()
    scene.spawn(1, scene.mesh(material=scene.material(unlit=True)), rotation=(0, 0, 0.13, 0.9915))
    scene.propagate()
    camera = ViewCamera.looking((0, 0, 3), (0, 0, 0))
    pictures = []
    for settings in ({}, {"antialias": "fxaa"}):
        view = View(camera, (60, 60), settings={"background": (0.0, 0.0, 0.0), **settings})
        renderer.render(scene.world, [view])
        pictures.append(renderer.read(view)[..., 0].astype(int))
    sharp, smooth = pictures
    assert len(np.unique(sharp)) == 2
    assert len(np.unique(smooth)) > 6
    flat = np.abs(np.diff(sharp, axis=0, prepend=0)) + np.abs(np.diff(sharp, axis=1, prepend=0)) == 0
    assert (sharp == smooth)[flat].mean() > 0.9
    assert abs(sharp.mean() - smooth.mean()) < 3
