"""Transmissive surfaces in pictures: what is seen through them, in which order, and what that costs."""

from __future__ import annotations

import numpy as np
import pytest
from glass_scenes import GlassScene, glass, look
from gpu_device import shared_device
from render_world import SmallWorld

from taixu.assets.model import DiffuseTransmission, Sheen, Transmission, Volume
from taixu.gpu import NullDevice
from taixu.math.projection import perspective
from taixu.render import Renderer, View, ViewCamera
from taixu.render.blending import plan_captures, screen_rects, sort_blended
from taixu.render.reflectance import ggx_distribution, lookup_energy, specular_energy
from taixu.render.reflectance.transmission import transmission_lobe
from taixu.render.stills import accumulate
from taixu.scene import Light, Transform, WorldTransforms


@pytest.fixture
def renderer() -> Renderer:
    return Renderer(shared_device())


def even_light(renderer: Renderer) -> None:
    renderer.lighting.use_sky(np.ones((16, 32, 3), np.float32))


# -- energy ----------------------------------------------------------------------------------------------------------

LOSSLESS = {
    "thin": glass(),
    "thin and rough": glass(roughness=0.5),
    "ball": glass(thickness_m=1.6),
    "rough ball": glass(thickness_m=1.6, roughness=0.7),
    "diamond": glass(thickness_m=1.6, ior=2.42, roughness=0.2),
    "dispersed": glass(thickness_m=1.6, ior=1.8, dispersion=2.0),
    "half clear": glass(roughness=0.4) | {"transmission": Transmission(0.5)},
    "leaf": {"roughness": 0.6, "metallic": 0.0, "diffuse_transmission": DiffuseTransmission(0.7)},
    "clear leaf": glass(roughness=0.3, diffuse_transmission=DiffuseTransmission(0.5)) | {"transmission": Transmission(0.4)},
}


@pytest.mark.parametrize("name", LOSSLESS)
@pytest.mark.parametrize("background", ["sky", "transparent"])
def test_white_furnace(renderer: Renderer, name: str, background: str) -> None:
    even_light(renderer)
    scene = SmallWorld()
    scene.spawn(1, scene.mesh("sphere", (1.6, 1.6, 1.6), material=scene.material(**LOSSLESS[name])))
    pixels = look(renderer, scene, background=background)
    on_it = pixels[40:56, 12:84]
    assert (on_it[:, 20:52, 3] == 1.0).all()  # it covers all that is behind
    color = pixels[..., :3][pixels[..., 3] > 0.999]
    assert len(color) > 1500
    assert color.min() > 0.98
    assert np.quantile(color, 0.95) < 1.005
    assert color.max() < 1.04  # a mirror's direction where the sky's map folds


def test_colour_and_depth_of_glass_dim_what_is_behind(renderer: Renderer) -> None:
    even_light(renderer)
    clear = look(renderer, _ball(thickness_m=1.6), size=(32, 32))[16, 16, :3]
    assert clear == pytest.approx(1.0, abs=0.01)
    tinted = look(renderer, _ball(thickness_m=1.6, base_color=(0.5, 0.8, 0.2, 1.0)), size=(32, 32))[16, 16, :3]
    assert tinted == pytest.approx((0.5, 0.8, 0.2), abs=0.05)
    volume = Volume(thickness_m=1.6, attenuation_distance_m=0.8, attenuation_color=(0.5, 0.9, 0.7))
    dimmed = look(renderer, _ball(thickness_m=1.6, volume=volume), size=(32, 32))[16, 16, :3]
    assert dimmed == pytest.approx((0.25, 0.81, 0.49), abs=0.05)


def test_absorption_grows_with_the_object(renderer: Renderer) -> None:
    """Thickness is of the mesh: an object twice as large is twice as thick."""
    even_light(renderer)
    found = []
    for scale in (0.5, 1.0):
        scene = SmallWorld()
        volume = Volume(thickness_m=1.0, attenuation_distance_m=1.0, attenuation_color=(0.4, 0.4, 0.4))
        mesh = scene.mesh("box", (1, 1, 1), material=scene.material(**glass(volume=volume)))
        scene.spawn(1, mesh, scale=(scale, scale, scale))
        found.append(look(renderer, scene, size=(32, 32))[16, 16, 0] - 0.04)
    assert found == pytest.approx([0.4**0.5 * 0.92, 0.4 * 0.92], abs=0.03)


def _ball(**fields: object) -> SmallWorld:
    scene = SmallWorld()
    scene.spawn(1, scene.mesh("sphere", (1.6, 1.6, 1.6), material=scene.material(**glass(**fields))))  # type: ignore[arg-type]
    return scene


# -- what is seen ----------------------------------------------------------------------------------------------------


def test_a_thin_wall_does_not_bend(renderer: Renderer) -> None:
    """Through a tilted pane all edges are where they were."""
    bare = look(renderer, GlassScene())
    scene = GlassScene()
    turn = np.sin(0.4), np.cos(0.4)
    scene.add("box", (2.4, 2.4, 0.001), (0, 0, 0), rotation=(0, turn[0], 0, turn[1]), **glass(base_color=(0.5, 0.5, 0.5, 1)))
    seen = look(renderer, scene)
    inside = np.s_[40:56, 30:66]
    edges = np.abs(np.diff(bare[inside][..., 0], axis=1)) > 0.2
    assert edges.any()
    moved = np.abs(np.diff(seen[inside][..., 0], axis=1)) > 0.05
    assert (moved == edges).all()


def test_a_thick_pane_shifts_by_snell_s_law(renderer: Renderer) -> None:
    """A parallel projection through a tilted slab: the shift of its rays is d sin(a) (1 - cos a / sqrt(n^2 - sin^2 a))."""
    angle, thickness, ior = 0.6, 0.8, 1.5
    scene = GlassScene()
    turn = (0, np.sin(-angle / 2), 0, np.cos(-angle / 2))
    fields = glass(thickness_m=thickness, ior=ior)
    scene.add("box", (6, 6, thickness), (0, 0, 1.0), rotation=turn, **fields)
    size, height = (256, 64), 1.0
    bare, seen = (look(renderer, s, size=size, height_m=height)[32, :, 0] for s in (GlassScene(), scene))
    expected = thickness * np.sin(angle) * (1 - np.cos(angle) / np.sqrt(ior**2 - np.sin(angle) ** 2))
    steps_bare, steps_seen = (np.flatnonzero(np.abs(np.diff(row)) > 0.15) for row in (bare, seen))
    pixel = height / size[1]
    shifts = (steps_seen[:, None] - steps_bare[None, :]) * pixel
    nearest = np.abs(np.abs(shifts) - expected).min()
    assert nearest < 2 * pixel
    assert abs(np.abs(shifts).min(1) - min(expected, 0.5 - expected)).max() < 3 * pixel  # every edge moved as far


def test_rough_glass_blurs_more_what_is_farther(renderer: Renderer) -> None:
    def contrast(roughness: float, z: float) -> float:
        scene = GlassScene()
        scene.add("box", (6, 6, 0.001), (0, 0, z), **glass(roughness=roughness))
        return float(look(renderer, scene)[40:56, 20:76, 0].std())

    sharp = contrast(0.0, 0.0)
    near, far, rougher = contrast(0.35, -1.8), contrast(0.35, 0.0), contrast(0.6, 0.0)
    assert sharp > near * 1.02 > far * 1.3 > rougher * 1.5


def test_glass_behind_glass_shows(renderer: Renderer) -> None:
    """Two tinted panes, one before the other: what is behind is tinted twice, whatever order they came in."""
    even_light(renderer)
    for order in ((0.5, -0.5), (-0.5, 0.5)):
        scene = SmallWorld()
        for z, color in zip(order, ((1.0, 0.2, 0.6, 1.0), (0.5, 0.9, 0.6, 1.0)), strict=True):
            mesh = scene.mesh("box", (1.5, 1.5, 0.001), material=scene.material(**glass(base_color=color)))
            scene.spawn(1, mesh, translation=(0, 0, z))
        color = look(renderer, scene, size=(32, 32))[16, 16, :3]
        near, far = ((1.0, 0.2, 0.6), (0.5, 0.9, 0.6)) if order[0] > 0 else ((0.5, 0.9, 0.6), (1.0, 0.2, 0.6))
        behind = 0.04 + 0.96 * np.array(far)
        assert color == pytest.approx(0.04 + 0.96 * np.array(near) * behind, abs=0.01)
        alone = look(renderer, scene, size=(32, 32), captures=1)[16, 16, :3]
        assert alone == pytest.approx(0.04 + 0.96 * np.array(near), abs=0.01)  # one copy: the far pane is not in it


def test_a_bubble_has_two_walls(renderer: Renderer) -> None:
    """A double-sided thin sphere tints twice: its far wall is drawn first, and copied."""
    even_light(renderer)
    scene = SmallWorld()
    material = scene.material(**glass(base_color=(0.5, 0.8, 1.0, 1.0)), double_sided=True)
    scene.spawn(1, scene.mesh("sphere", (1.6, 1.6, 1.6), material=material))
    color = look(renderer, scene, size=(32, 32))[16, 16, :3]
    wall = np.array((0.5, 0.8, 1.0)) * 0.96
    assert color == pytest.approx(0.04 + wall * (0.04 + wall), abs=0.015)


def test_blended_things_are_seen_through_glass(renderer: Renderer) -> None:
    scene = SmallWorld()
    smoke = scene.material(alpha_mode="BLEND", base_color=(1.0, 0.0, 0.0, 0.5), unlit=True)
    scene.spawn(1, scene.mesh("box", (3, 3, 0.01), material=smoke), translation=(0, 0, -1))
    scene.spawn(1, scene.mesh("box", (1, 1, 0.001), material=scene.material(**glass())))
    renderer.lighting.use_sky(np.full((16, 32, 3), 0.25, np.float32))
    color = look(renderer, scene, size=(32, 32))[16, 16]
    assert color[3] == 1.0
    # Half of the red, and for the rest the sky, which is seen though the background is transparent.
    assert color[:3] == pytest.approx(0.96 * np.array((0.5 + 0.125, 0.125, 0.125)) + 0.04 * 0.25, abs=0.02)


def test_coverage_is_not_transmission(renderer: Renderer) -> None:
    """A blended pane of alpha 0.3: three tenths of clear glass, seven of nothing."""
    even_light(renderer)
    scene = SmallWorld()
    fields = glass(alpha_mode="BLEND", base_color=(0.5, 0.5, 0.5, 0.3))
    scene.spawn(1, scene.mesh("box", (2, 2, 0.001), material=scene.material(**fields)))
    pixel = look(renderer, scene, size=(32, 32))[16, 16]
    assert pixel[3] == pytest.approx(0.3, abs=0.002)
    assert pixel[:3] == pytest.approx(0.3 * (0.04 + 0.96 * 0.5), abs=0.01)
    opaque = SmallWorld()  # alpha means nothing to an opaque material
    fields = glass(base_color=(0.5, 0.5, 0.5, 0.3))
    opaque.spawn(1, opaque.mesh("box", (2, 2, 0.001), material=opaque.material(**fields)))
    assert look(renderer, opaque, size=(32, 32))[16, 16, 3] == 1.0
    masked = SmallWorld()
    fields = glass(base_color=(0.5, 0.5, 0.5, 0.3), alpha_mode="MASK", alpha_cutoff=0.5)
    masked.spawn(1, masked.mesh("box", (2, 2, 0.001), material=masked.material(**fields)))
    assert look(renderer, masked, size=(32, 32))[16, 16, 3] == 0.0


def test_what_stands_before_glass_is_not_seen_in_it(renderer: Renderer) -> None:
    """A red post before a bent piece of glass: rays that would meet its place on the screen see the sky."""
    renderer.lighting.use_sky(np.full((16, 32, 3), (0.0, 0.5, 0.0), np.float32))
    scene = SmallWorld()
    red = scene.material(base_color=(4.0, 0.0, 0.0, 1.0), unlit=True)
    scene.spawn(1, scene.mesh("box", (0.25, 3, 0.1), material=red), translation=(0, 0, 1.5))
    scene.spawn(1, scene.mesh("sphere", (1.8, 1.8, 1.8), material=scene.material(**glass(thickness_m=1.8))))
    pixels = look(renderer, scene)
    beside = pixels[48, 60:70, :3]
    assert beside[:, 0].max() < 0.05
    assert beside[:, 1].min() > 0.4


@pytest.mark.parametrize("samples", [1, 4])
def test_pictures_with_many_samples_show_the_same(renderer: Renderer, samples: int) -> None:
    scene = GlassScene()
    scene.add("sphere", (1.6, 1.6, 1.6), (0, 0, 0), **glass(thickness_m=1.6, roughness=0.2))
    even_light(renderer)
    pixels = look(renderer, scene, samples=samples, background="sky")
    plain = look(renderer, scene, background="sky")
    assert np.abs(pixels[..., :3] - plain[..., :3]).mean() < 0.02
    still = accumulate(
        renderer, scene.world, ViewCamera.looking((0, 0, 5), (0, 0, 0), fov_y_rad=0.6), size=(96, 96), samples=4,
        encoding="linear", settings={"occlusion": False, "background": "sky"},
    )  # fmt: skip
    assert np.abs(still[..., :3] - plain[..., :3]).mean() < 0.02


# -- light -----------------------------------------------------------------------------------------------------------


def lit(fields: dict[str, object], *, towards: tuple[float, float, float]) -> tuple[SmallWorld, Renderer]:
    """A sheet with the sun on one side; `towards` it. The sky is dark."""
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(np.zeros((16, 32, 3), np.float32))
    scene = SmallWorld()
    mesh = scene.mesh("plane", (2, 0, 2), material=scene.material(**fields))  # type: ignore[arg-type]
    scene.spawn(1, mesh, rotation=(np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)))
    d = np.array(towards) / np.linalg.norm(towards)
    # A light shines along -Z of its node.
    axis = np.cross((0.0, 0.0, 1.0), d)
    w = 1.0 + d[2]
    q = np.array([*axis, w]) if w > 1e-6 else np.array([0.0, 1.0, 0.0, 0.0])
    scene.world.spawn(Transform(rotation=tuple(q / np.linalg.norm(q))), Light(intensity=3.0, shadows=True))
    return scene, renderer


def test_leaves_are_lit_from_behind() -> None:
    scale, bias = lookup_energy(np.array([1.0]), np.array([1.0]))[0, :2]
    entering = 1.0 - specular_energy(np.full(1, 0.04), 1.0, np.array([scale, bias])).total[0]
    green = DiffuseTransmission(0.8, color=(0.2, 0.9, 0.1))
    for towards in ((0.2, 0.3, -1.0), (0.0, 0.0, 1.0)):
        fields = {"base_color": (0.8, 0.1, 0.1, 1.0), "roughness": 1.0, "metallic": 0.0, "double_sided": True}
        leaf, renderer = lit({**fields, "diffuse_transmission": green}, towards=towards)
        found = look(renderer, leaf, size=(32, 32))[16, 16, :3]
        plain_scene, renderer = lit(fields, towards=towards)
        plain = look(renderer, plain_scene, size=(32, 32))[16, 16, :3]
        cosine = abs(towards[2]) / np.linalg.norm(towards)
        if towards[2] < 0:
            assert plain == pytest.approx(0.0, abs=1e-4)
            assert found == pytest.approx(0.8 * np.array((0.2, 0.9, 0.1)) * 3.0 / np.pi * cosine * entering, rel=0.02)
        else:
            assert found[0] - found[1] == pytest.approx((plain[0] - plain[1]) * 0.2, rel=0.02)  # without the mirror's share


def test_light_comes_through_frosted_glass() -> None:
    """A sun behind a rough pane is seen as a wide spot, tinted by it; behind an opaque one it is not."""
    fields = glass(roughness=0.6, base_color=(0.2, 0.6, 1.0, 1.0))
    pane, renderer = lit(fields, towards=(0.0, 0.0, -1.0))
    seen = look(renderer, pane)[..., :3]
    assert seen[48, 48, 1] > 0.2
    assert seen[48, 48, 0] == pytest.approx(seen[48, 48, 2] * 0.2, rel=0.05)
    assert seen[48, 48, 2] > seen[48, 84, 2] * 1.2
    wall, renderer = lit({"roughness": 0.6}, towards=(0.0, 0.0, -1.0))
    assert look(renderer, wall)[48, 48, :3] == pytest.approx(0.0, abs=1e-4)


def test_glass_casts_no_shadow() -> None:
    def floor(**fields: object) -> np.ndarray:
        scene = SmallWorld()
        renderer = Renderer(shared_device())
        renderer.lighting.use_sky(np.zeros((16, 32, 3), np.float32))
        scene.spawn(1, scene.mesh("plane", (8, 0, 8), material=scene.material(roughness=1.0)), translation=(0, -1, 0))
        scene.spawn(1, scene.mesh("box", (1, 1, 1), material=scene.material(**fields)))  # type: ignore[arg-type]
        sun = (-np.sin(0.5), 0.0, 0.0, np.cos(0.5))
        scene.world.spawn(Transform(rotation=sun), Light(intensity=3.0, shadows=True))
        return look(renderer, scene, size=(128, 128))

    dark, clear = floor(roughness=1.0), floor(**glass())
    below = np.s_[97:105, 50:80]
    assert dark[below][..., 0].max() < 0.05
    assert clear[below][..., 0].min() > 0.2


# -- order, and cost -------------------------------------------------------------------------------------------------


def test_rectangles_hold_spheres() -> None:
    random = np.random.default_rng(4)
    seen, radii = random.uniform((-3, -3, -9), (3, 3, -1.5), (200, 3)), random.uniform(0.05, 1.2, 200)
    projection = perspective(0.8, 1.5, 0.1).astype(float)
    rects = screen_rects(seen, radii, projection, parallel=False)
    d = random.normal(size=(400, 3))
    d /= np.linalg.norm(d, axis=1, keepdims=True)
    for centre, radius, rect in zip(seen, radii, rects, strict=True):
        points = centre + radius * d
        points = points[points[:, 2] < -0.05]
        clip = np.c_[points, np.ones(len(points))] @ projection.T
        ndc = np.clip(clip[:, :2] / clip[:, 3:], -1, 1)
        assert (ndc.min(0) >= rect[:2] - 1e-6).all()
        assert (ndc.max(0) <= rect[2:] + 1e-6).all()
        if -centre[2] > 2 * radius:
            assert (rect[2:] - rect[:2] <= (ndc.max(0) - ndc.min(0)) * 1.25 + 0.02).all()  # and not much more


def test_copies_are_made_where_glass_lies_over_what_was_drawn_since() -> None:
    left, right, both = (-1.0, -1, -0.1, 1), (0.1, -1, 1, 1), (-1.0, -1, 1, 1)
    clear = np.array([False, True, True, True, False, True])
    rects = np.array([both, left, right, left, right, right])
    assert plan_captures(rects, clear) == [1, 3, 5]
    assert plan_captures(rects, clear, most=1) == [1]
    assert plan_captures(rects[[1, 2]], np.array([True, True])) == [0]
    assert plan_captures(rects, np.zeros(6, bool)) == []
    widest = np.array([left, left, both, left])
    assert plan_captures(widest, np.ones(4, bool), most=2) == [0, 2]


def runs_of(scene: SmallWorld) -> list[tuple[str, int, bool]]:
    renderer = Renderer(NullDevice())
    scene.propagate()
    view = View(ViewCamera.looking((0, 0, 5), (0, 0, 0)), (64, 64))
    renderer.render(scene.world, [view])
    _, _, runs = sort_blended(renderer.mirror(scene.world), scene.world.resource(WorldTransforms), view)
    return [(run.bin.cull, run.count, run.captures) for run in runs]


def test_far_sides_come_first() -> None:
    scene = SmallWorld()
    blend = scene.material(alpha_mode="BLEND", double_sided=True)
    for z, scale in ((0, (1, 1, 1)), (-2, (-1, 1, 1))):
        scene.spawn(1, scene.mesh("sphere", (1, 1, 1), material=blend), translation=(0, 0, z), scale=scale)
    assert runs_of(scene) == [("back", 1, False), ("front", 1, False), ("front", 1, False), ("back", 1, False)]


def test_water_comes_before_its_cup() -> None:
    """The cup's centre is farther, and still it is drawn last."""
    scene = SmallWorld()
    cup, water = scene.material(**glass(), name="cup"), scene.material(**glass(base_color=(0.1, 0.2, 1, 1)), name="water")
    scene.spawn(1, scene.mesh("sphere", (2, 2, 2), material=cup))
    scene.spawn(1, scene.mesh("sphere", (0.8, 0.8, 0.8), material=water), translation=(0, 0, 0.3))
    assert runs_of(scene) == [("back", 1, True), ("back", 1, True)]
    renderer = Renderer(shared_device())
    even_light(renderer)
    color = look(renderer, scene, size=(32, 32))[16, 16, :3]
    assert color[2] > color[0] * 2


@pytest.mark.parametrize("samples", [1, 4])
def test_frames_without_glass_pay_nothing(samples: int) -> None:
    def calls(*materials: dict[str, object]) -> dict[str, int]:
        scene, device = SmallWorld(), NullDevice()
        renderer = Renderer(device)
        for i, fields in enumerate(materials):
            mesh = scene.mesh("box", (1, 1, 1), material=scene.material(**fields))  # type: ignore[arg-type]
            scene.spawn(1, mesh, translation=(1.5 * i - 1.5, 0, 0))
        scene.propagate()
        view = View(ViewCamera.looking((0, 0, 6), (0, 0, 0)), (64, 48), samples=samples)
        for _ in range(3):
            device.clear_calls()
            renderer.render(scene.world, [view])
        assert ("behind" in view.history) == any("transmission" in m for m in materials)
        return dict(device.counts())

    smoke: dict[str, object] = {"alpha_mode": "BLEND", "base_color": (1, 1, 1, 0.5)}
    solid, blended, clear = calls({}, {}), calls({}, smoke), calls({}, smoke, glass())
    levels = 6  # of 64 x 48
    for name in ("copy_texture", "blit", "dispatch", "make_mipmaps", "texture"):
        assert blended.get(name, 0) == solid.get(name, 0), name
    assert blended["render_pass"] == solid["render_pass"] + 1
    assert clear["dispatch"] == blended["dispatch"] + levels - 1
    assert clear.get("copy_texture", 0) == (1 if samples == 1 else 0)
    assert clear["blit"] == blended.get("blit", 0) + 2
    assert clear.get("texture", 0) == 0  # made once


def test_layers_over_glass_take_their_share(renderer: Renderer) -> None:
    """Cloth over glass hides what is behind it, and even light stays even."""
    even_light(renderer)
    scene = SmallWorld()
    fields = glass(roughness=0.3, sheen=Sheen(color=(1, 1, 1), roughness=0.5))
    scene.spawn(1, scene.mesh("sphere", (1.6, 1.6, 1.6), material=scene.material(**fields)))
    pixels = look(renderer, scene)
    color = pixels[..., :3][pixels[..., 3] > 0.999]
    assert 0.97 < color.min() <= color.max() < 1.02


@pytest.mark.parametrize("samples", [1, 4])
def test_hollow_glass_shows_its_far_wall(renderer: Renderer, samples: int) -> None:
    """A ring seen on edge: light goes through both sides of its tube, and is dimmed twice."""
    even_light(renderer)
    scene = SmallWorld()
    volume = Volume(thickness_m=0.5, attenuation_distance_m=0.5, attenuation_color=(0.5, 0.5, 0.5))
    mesh = scene.mesh("torus", (2.0, 0.5, 2.0), material=scene.material(**glass(ior=1.01, volume=volume)))
    scene.spawn(1, mesh)
    once = look(renderer, scene, samples=samples)[48, 46:51, 0]
    twice = look(renderer, scene, samples=samples, glass_layers=2)[48, 46:51, 0]
    assert once == pytest.approx(0.5, abs=0.05)
    assert twice == pytest.approx(once**2, rel=0.05)
    convex = SmallWorld()
    convex.spawn(1, convex.mesh("sphere", (1.6, 1.6, 1.6), material=convex.material(**glass(volume=volume))))
    plain, layered = look(renderer, convex, samples=samples), look(renderer, convex, samples=samples, glass_layers=2)
    assert np.quantile(np.abs(plain - layered), 0.99) < 0.01  # but for single pixels at its rim
    assert np.abs(plain - layered)[30:66, 30:66].max() < 2e-3


@pytest.mark.parametrize("roughness", [0.2, 0.5, 1.0])
def test_frosted_glass_blurs_an_edge_as_its_lobe_does(renderer: Renderer, roughness: float) -> None:
    """An edge a metre behind a rough pane, against the integral of the lobe over directions."""
    renderer.lighting.use_sky(np.full((16, 32, 3), 0.5, np.float32))
    scene = SmallWorld()
    for x, c in ((-10, 1.0), (10, 0.0)):
        paint = scene.material(unlit=True, base_color=(c, c, c, 1.0))
        scene.spawn(1, scene.mesh("box", (20, 40, 0.02), material=paint), translation=(x, 0, -1.01))
    scene.spawn(1, scene.mesh("box", (20, 40, 0.0001), material=scene.material(**glass(roughness=roughness))))
    found = look(renderer, scene, size=(128, 128), height_m=6.0)[64, :, 0]
    u, turn = (x.ravel() for x in np.meshgrid((np.arange(300) + 0.5) / 300, (np.arange(300) + 0.5) / 300 * 2 * np.pi))
    alpha = roughness**2
    c = np.sqrt((1 - u) / (1 + (alpha * alpha - 1) * u))  # half vectors as dense as the distribution
    h = np.stack([np.sqrt(1 - c * c) * np.cos(turn), np.sqrt(1 - c * c) * np.sin(turn), c], -1)
    v = np.broadcast_to((0.0, 0.0, 1.0), h.shape)
    below = (2 * c[:, None] * h - v) * (1, 1, -1)
    h, c, below, v = (x[below[:, 2] < -1e-3] for x in (h, c, below, v))
    lobe, _ = transmission_lobe(v, below, np.full(len(v), alpha))
    weights = lobe * 4 * c / (ggx_distribution(c, alpha) * c)
    shift = below[:, 0] / -below[:, 2]
    places = (np.arange(128) + 0.5) / 128 * 6 - 3
    bright = np.array([(weights * (x + shift < 0)).sum() for x in places]) / weights.sum()
    # What the pane sends back itself is as bright everywhere.
    share, mirrored = np.linalg.lstsq(np.stack([bright, np.ones(128)], 1), found, rcond=None)[0]
    assert 0.9 < share < 1.08
    assert np.sqrt(np.mean(np.square(found - share * bright - mirrored))) < 0.025


def test_a_window_as_large_as_the_screen_shows_all_of_it(renderer: Renderer) -> None:
    """To the last pixel: what is on the screen needs no sky in its place."""
    renderer.lighting.use_sky(np.full((16, 32, 3), 5.0, np.float32))
    bare, scene = look(renderer, GlassScene(stripes=40)), GlassScene(stripes=40)
    scene.add("box", (20, 20, 0.001), (0, 0, 0), **glass())
    seen = look(renderer, scene)
    mirrored = seen[48, 48, 0] - bare[48, 48, 0] * 0.96
    assert np.abs(seen[..., :3] - bare[..., :3] * 0.96 - mirrored).max() < 0.02


def test_thin_things_before_nothing_are_not_lost(renderer: Renderer) -> None:
    """A wire behind a tilted slab, and the sky behind it: guesses of depth find one or the other, never both."""
    renderer.lighting.use_sky(np.zeros((16, 32, 3), np.float32))

    def brightness(*, behind_glass: bool) -> float:
        scene = SmallWorld()
        wire = scene.material(unlit=True, base_color=(1.0, 1.0, 1.0, 1.0))
        scene.spawn(1, scene.mesh("box", (0.07, 5, 0.07), material=wire), translation=(0, 0, -0.5))
        if behind_glass:
            slab = scene.mesh("box", (3, 3, 0.4), material=scene.material(**glass(thickness_m=0.4)))
            scene.spawn(1, slab, translation=(0, 0, 0.6), rotation=(0, np.sin(0.3), 0, np.cos(0.3)))
        return float(look(renderer, scene)[40:56, :, 0].sum())

    assert brightness(behind_glass=True) == pytest.approx(brightness(behind_glass=False) * 0.91, rel=0.25)
