"""Goldens of the core: the fast path, lines, order of blended things; and what plugins add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from PIL import Image
from render_world import SmallWorld

from golden import assert_golden, compare_pictures
from taixu.gpu import ALPHA
from taixu.render import (
    Feature,
    FrameContext,
    LineBatch,
    PassContext,
    PassNode,
    Picture,
    Rank,
    Renderer,
    RenderFeatures,
    RenderPlugin,
    TextureSpec,
    View,
    ViewCamera,
)  # fmt: skip
from taixu.scene import Light, Transform

SIZE = (320, 180)


def toys() -> SmallWorld:
    scene = SmallWorld()
    glass = scene.material(alpha_mode="BLEND", base_color=(0.9, 0.3, 0.2, 0.4), double_sided=True)
    kinds = [scene.mesh(k) for k in ("box", "sphere", "cylinder", "cone", "torus", "capsule")]
    n = 24
    angle = np.arange(n) * 2 * np.pi / n
    scene.spawn(
        n,
        np.array(kinds, np.uint32)[np.arange(n) % 6],
        translation=np.stack([4 * np.cos(angle), 0.3 * np.sin(3 * angle), 4 * np.sin(angle)]),
        tint=np.array([0xFF4060E0, 0xFF60C0F0, 0xFF70B060, 0xFFD09040], np.uint32)[np.arange(n) % 4],
    )
    scene.spawn(1, scene.mesh("plane", (14, 0, 14)), translation=(0, -1, 0), tint=0xFF808080)
    for x in (-1.2, 0.0, 1.2):
        scene.spawn(1, scene.mesh("box", (0.8, 2.0, 0.8), material=glass), translation=(x, 0.5, x))
    scene.propagate()
    return scene


def test_the_fast_path_with_lines_and_glass() -> None:
    scene, renderer = toys(), Renderer(shared_device())
    renderer.lines.add_box((-5, -1, -5), (5, 2, 5), color=(1, 0.9, 0.2))
    renderer.lines.add([(-6, 0, 0)], [(6, 0, 0)], color=(1, 0.2, 0.2), on_top=True)
    picture = renderer.picture(
        scene.world, camera=ViewCamera.looking((4, 5, 9), (0, 0, 0)), size=SIZE, quality="fast", samples=4
    )
    assert_golden(np.asarray(picture.pixels), "core/toys")
    again = renderer.picture(
        scene.world, camera=ViewCamera.looking((4, 5, 9), (0, 0, 0)), size=SIZE, quality="fast", samples=4
    )
    assert compare_pictures(np.asarray(again.pixels), np.asarray(picture.pixels)) > 0.005  # the lines were that frame's


def test_blended_things_are_drawn_from_far_to_near() -> None:
    """Red glass before green before blue, whatever order they were spawned in; from behind, the other way round."""
    scene, renderer = SmallWorld(), Renderer(shared_device())
    colors = {0: (1, 0, 0, 0.5), 1: (0, 1, 0, 0.5), 2: (0, 0, 1, 0.5)}
    for i in (1, 2, 0):
        glass = scene.material(alpha_mode="BLEND", base_color=colors[i], double_sided=True, unlit=True)
        scene.spawn(1, scene.mesh("box", (2, 2, 0.001), material=glass), translation=(0, 0, -float(i)))
    scene.propagate()
    for side, order in ((1, (2, 1, 0)), (-1, (0, 1, 2))):
        camera = ViewCamera.looking((0, 0, 6 * side - 1), (0, 0, -1), height_m=1.5)
        view = View(
            camera, (8, 8), quality="fast", settings={"background": (0, 0, 0, 1), "sun_direction": (0, 0, side)}
        )
        renderer.render(scene.world, [view])
        got = renderer.read(view)[4, 4, :3].astype(float)
        # Each pane adds its half over what is behind: the nearest keeps the most.
        near, middle, far = order[2], order[1], order[0]
        assert got[near] > got[middle] > got[far] > 0


def test_the_fast_path_is_lit_by_the_world() -> None:
    scene, renderer = SmallWorld(), Renderer(shared_device())
    scene.spawn(1, scene.mesh("box", (4, 4, 4)))
    view = View(ViewCamera.looking((6, 6, 6), (0, 0, 0)), (48, 48), quality="fast")
    lamp = scene.world.spawn(Transform(), Light(intensity=3.0))
    places = {"top": (14, 24), "left": (30, 15), "right": (30, 33)}  # rows, columns: the faces to +Y, +Z and +X
    for rotation, lit in ((quarter((1, 0, 0), -1), "top"), ((0, 0, 0, 1), "left"), (quarter((0, 1, 0), 1), "right")):
        scene.world.set(lamp, Transform, rotation=rotation)
        scene.propagate()
        renderer.render(scene.world, [view])
        pixels = renderer.read(view).astype(int)
        shades = {name: pixels[place][0] for name, place in places.items()}
        assert max(shades, key=lambda name: shades[name]) == lit
        assert sorted(shades.values())[-1] > sorted(shades.values())[-2] + 40


def quarter(axis: tuple[int, int, int], turns: int) -> tuple[float, float, float, float]:
    """A quarter of a turn around an axis."""
    half = float(np.sqrt(0.5))
    return (axis[0] * half * turns, axis[1] * half * turns, axis[2] * half * turns, half)


def test_ids_color_a_picture() -> None:
    scene, renderer = toys(), Renderer(shared_device())
    view = View(
        ViewCamera.looking((4, 5, 9), (0, 0, 0)), SIZE, quality="full", outputs=frozenset({"id", "depth", "normal"})
    )
    renderer.render(scene.world, [view])
    normals = renderer.read(view, "normal")[..., :3].astype(np.float32)
    ids = renderer.read(view, "id")[..., 0]
    assert_golden(np.rint((normals * 0.5 + 0.5) * 255).astype(np.uint8), "core/normals")
    lengths = np.linalg.norm(normals, axis=-1)[renderer.read(view, "depth")[..., 0] > 0]
    np.testing.assert_allclose(lengths, 1, atol=2e-3)
    # The floor, three panes of glass, nothing, and the toys but the one that stands behind a pane.
    assert len(np.unique(ids)) == 28
    assert {25, 26, 27, 28} < set(np.unique(ids).tolist())


@dataclass(frozen=True)
class Vignette:
    name: str = "vignette"
    rank: int = Rank.OVERLAY
    reads: Sequence[str] = ()
    writes: Mapping[str, TextureSpec | None] = field(default_factory=lambda: {"color": None})

    def run(self, context: PassContext) -> None:
        pipeline = context.device.pipeline("plugin/all.vert", "plugin/red.frag", depth=None, cull="none", blend=ALPHA)
        with context.device.render_pass(context.targets("color")) as p:
            p.pipeline(pipeline)
            p.draw(3)


class VignetteFeature:
    name = "vignette"

    def extract(self, frame: FrameContext) -> None: ...

    def prepare(self, frame: FrameContext, view: View) -> None: ...

    def nodes(self, view: View) -> Sequence[PassNode]:
        return (Vignette(),)


def test_a_plugin_adds_a_pass_and_lines(tmp_path: Path) -> None:
    (tmp_path / "plugin").mkdir()
    (tmp_path / "plugin" / "all.vert").write_text(
        "void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.5, 1.0); }"
    )
    (tmp_path / "plugin" / "red.frag").write_text(
        "layout(location = 0) out vec4 o; void main() { o = vec4(1, 0, 0, 0.5); }"
    )
    scene, device = SmallWorld(), shared_device()
    views = [
        View(ViewCamera.looking((0, 0, 4), (0, 0, 0)), (16, 16), quality="fast", settings={"background": (0, 0, 0, 1)})
    ]
    plugin = RenderPlugin(device, views)
    scene.app.add_plugin(plugin)

    def make(renderer: Renderer) -> Feature:
        renderer.device.shaders.add_root(tmp_path)
        return VignetteFeature()

    scene.world.resource(RenderFeatures).add(make)
    scene.world.resource(LineBatch).add((-9, 0, 0), (9, 0, 0), color=(0, 1, 0))
    scene.app.frame(1 / 60)
    assert plugin.renderer is not None
    pixels = plugin.renderer.read(views[0])
    assert pixels[0, 0, :3].tolist() == [128, 0, 0]
    assert (pixels[..., 1] > 100).any()
    scene.app.frame(1 / 60)
    assert not (plugin.renderer.read(views[0])[..., 1] > 100).any()
    scene.app.close()
    device.shaders.roots.remove(tmp_path)


@pytest.mark.parametrize("suffix", [".png", ".exr"])
def test_pictures_save_themselves(tmp_path: Path, suffix: str) -> None:
    linear = np.zeros((4, 6, 4), np.float32)
    linear[..., :3], linear[..., 3] = 0.2140411 * 0.5, 0.5
    file = Picture(linear).save(tmp_path / "deep" / f"x{suffix}")
    assert file.stat().st_size > 50
    if suffix == ".png":
        assert np.asarray(Image.open(file))[1, 2].tolist() == [127, 127, 127, 128]
    else:
        from taixu.assets.exr import read_exr

        np.testing.assert_allclose(read_exr(file), linear)


def test_other_endings_are_refused(tmp_path: Path) -> None:
    from taixu.errors import UsageError

    with pytest.raises(UsageError, match=r"\.png or \.exr"):
        Picture(np.zeros((2, 2, 4), np.uint8)).save(tmp_path / "x.bmp")
