"""MToon against its specification (VRMC_materials_mtoon 1.0), by numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld
from textured_card import TexturedCard

from taixu.assets.model import Material, ModelData, TextureRef
from taixu.assets.toon import Toon
from taixu.gpu import NullDevice
from taixu.render import Renderer, View, ViewCamera
from taixu.render.materials import MaterialTable
from taixu.scene import Environment, Light, MeshInstance, Transform
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLibrary

LIT, SHADE = (0.8, 0.6, 0.4), (0.1, 0.2, 0.3)
PLAIN = Toon(shade_color=SHADE)


def flat(value: int | tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((4, 4, 3), value, np.uint8)


def material(toon: Toon = PLAIN, **fields: object) -> Material:
    return Material(base_color=(*LIT, 1.0), toon=toon, unlit=True, **fields)


def middle(scene: TexturedCard, *, eye: object = (0, 0, 5), **settings: object) -> NDArray[np.float32]:
    return scene.draw(8, metres=0.5, eye=eye, **settings)[4, 4, :3]


def under(cosine: float, toon: Toon = PLAIN, images: tuple[NDArray[np.uint8], ...] = (), **fields: object) -> NDArray[np.float32]:
    """The card under a sun of pi lux from an angle: what a white Lambert surface that faced it would make 1."""
    scene = TexturedCard(list(images), material(toon, **fields))
    scene.scene.world.set(scene.sun, Light, intensity=float(np.pi))
    scene.light_from((np.sqrt(1 - cosine**2), 0, cosine))
    return middle(scene)


def expected(cosine: float, toon: Toon = PLAIN, shift: float = 0.0) -> NDArray[np.float64]:
    low, high = toon.shading_toony - 1.0, 1.0 - toon.shading_toony
    lit = np.clip((cosine + toon.shading_shift + shift - low) / (high - low), 0.0, 1.0)
    return np.array(SHADE) * (1 - lit) + np.array(LIT) * lit


@pytest.mark.parametrize("cosine", [1.0, 0.3, 0.06, 0.0, -0.05, -0.5])
def test_the_border_lies_where_the_specification_says(cosine: float) -> None:
    assert under(cosine) == pytest.approx(expected(cosine), abs=2e-3)


def test_shift_and_toony_move_and_widen_the_border() -> None:
    toon = replace(PLAIN, shading_shift=-0.3, shading_toony=0.4)
    for cosine in (0.9, 0.5, 0.1, -0.2):
        assert under(cosine, toon) == pytest.approx(expected(cosine, toon), abs=2e-3)


def test_a_texture_shifts_the_border() -> None:
    toon = replace(PLAIN, shading_toony=0.5, shading_shift_texture=TextureRef(0, strength=0.4))
    shift = 0.4 * 128 / 255
    assert under(0.0, toon, (flat(128),)) == pytest.approx(expected(0.0, toon, shift), abs=3e-3)


def test_shade_and_base_textures_multiply_their_own_colours() -> None:
    toon = replace(PLAIN, shade_texture=TextureRef(1))
    half = (0.5 + 0.055) / 1.055
    linear = ((round(half * 255) / 255 + 0.055) / 1.055) ** 2.4
    images = (flat(round(half * 255)), flat(round(half * 255)))
    lit = under(1.0, toon, images, base_color_texture=TextureRef(0))
    dark = under(-1.0 + 1e-6, toon, images, base_color_texture=TextureRef(0))
    assert lit == pytest.approx(np.array(LIT) * linear, abs=3e-3)
    assert dark == pytest.approx(np.array(SHADE) * linear, abs=3e-3)


def test_emission_is_added() -> None:
    glow = under(1.0, emissive=(0.1, 0.2, 0.3), emissive_strength=2.0)
    assert glow == pytest.approx(np.add(LIT, (0.2, 0.4, 0.6)), abs=2e-3)


def test_light_from_all_around_is_equal_where_it_is_equalized() -> None:
    def around(equal: float, toward: tuple[float, float, float]) -> NDArray[np.float32]:
        scene = TexturedCard([], material(replace(PLAIN, gi_equalization=equal)))
        world = scene.scene.world
        world.set(scene.sun, Light, intensity=1e-5)  # with none the sky's own sun would shine
        for table in world.query(Environment):
            world.set(int(table.entities[0]), Environment, intensity=1.0)
        from textured_card import turn_between

        world.set(scene.card, Transform, rotation=turn_between((0, 0, 1), toward))
        return middle(scene, eye=tuple(5 * np.array(toward)))

    up, down = (0.0, 0.999, 0.04), (0.0, -0.999, 0.04)
    as_it_comes = around(0.0, up), around(0.0, down)
    equal = around(1.0, up), around(1.0, down)
    assert np.abs(as_it_comes[0] - as_it_comes[1]).max() > 0.05
    assert equal[0] == pytest.approx(equal[1], rel=5e-3)
    assert equal[0] == pytest.approx((as_it_comes[0] + as_it_comes[1]) / 2, rel=0.03)


def test_the_rim_follows_its_formula() -> None:
    toon = replace(PLAIN, rim_color=(0.5, 0.25, 1.0), rim_fresnel_power=3.0, rim_lift=0.1, rim_lighting_mix=0.0)
    for mix, light in ((0.0, 1.0), (1.0, 1.0), (1.0, 1e-5)):
        scene = TexturedCard([], material(replace(toon, rim_lighting_mix=mix)))
        scene.scene.world.set(scene.sun, Light, intensity=float(np.pi) * light)
        scene.light_from((0, 0, 1))
        n_dot_v = 0.5
        seen = middle(scene, eye=(5 * np.sqrt(1 - n_dot_v**2), 0, 5 * n_dot_v))
        rim = np.clip(1 - n_dot_v + 0.1, 0, 1) ** 3 * np.array((0.5, 0.25, 1.0)) * (1 - mix + mix * light)
        assert seen == pytest.approx(np.array(LIT) * light + rim, abs=3e-3)


def test_a_fresnel_power_of_nothing_is_no_hole() -> None:
    toon = replace(PLAIN, rim_color=(0.5, 0.5, 0.5), rim_fresnel_power=0.0, rim_lighting_mix=0.0)
    assert np.isfinite(under(1.0, toon)).all()


def test_the_matcap_is_looked_up_by_the_normal_as_the_eye_sees_it() -> None:
    ball = np.zeros((64, 64, 3), np.uint8)
    ball[:32, :, 0] = 255  # its upper half is red, its right half green
    ball[:, 32:, 1] = 255
    toon = replace(PLAIN, matcap_texture=TextureRef(0), rim_lighting_mix=0.0, shade_color=(0.0, 0.0, 0.0))
    scene = SmallWorld()
    from textured_card import textured_model

    look = Material(base_color=(0, 0, 0, 1), toon=toon)
    number = scene.world.resource(MaterialLibrary).put("ball", LibraryMaterial(look, textured_model([ball], look)))
    scene.spawn(1, scene.mesh("sphere", material=number))
    scene.world.spawn(Environment(intensity=0.0))
    scene.propagate()
    settings = {"encoding": "linear", "background": "transparent", "exposure_ev": 0.0}
    view = View(ViewCamera.looking((0, 0, 3), (0, 0, 0), height_m=1.0), (32, 32), settings=settings)
    renderer = Renderer(shared_device())
    renderer.render(scene.world, [view])
    pixels = renderer.read(view)[..., :2]
    view.release()
    assert pixels[8, 8] == pytest.approx((1, 0), abs=0.02), "the upper left of the ball is the picture's"
    assert pixels[8, 24] == pytest.approx((1, 1), abs=0.02)
    assert pixels[24, 24] == pytest.approx((0, 1), abs=0.02)


def test_a_mask_multiplies_the_rim() -> None:
    toon = replace(PLAIN, rim_color=(1.0, 1.0, 1.0), rim_lift=1.0, rim_lighting_mix=0.0, rim_texture=TextureRef(0))
    assert under(1.0, toon, (flat((255, 0, 0)),)) == pytest.approx(np.add(LIT, (1, 0, 0)), abs=3e-3)


def moved(toon: Toon, time_secs: float, images: tuple[NDArray[np.uint8], ...]) -> NDArray[np.float32]:
    """Four quarters of a picture on a card, as they lie after some time: [2, 2, 3], upper left first."""
    scene = TexturedCard(list(images), material(toon, base_color_texture=TextureRef(0)))
    scene.scene.world.set(scene.sun, Light, intensity=float(np.pi))
    scene.light_from((0, 0, 1))
    scene.scene.propagate()
    settings = {"encoding": "linear", "background": "transparent", "exposure_ev": 0.0, "shadows": False, "occlusion": False}
    view = View(ViewCamera.looking((0, 0, 5), (0, 0, 0), height_m=1.0), (16, 16), settings=settings)
    scene.renderer.render(scene.scene.world, [view], time_secs=time_secs)
    pixels = scene.renderer.read(view)[..., :3] / LIT
    view.release()
    return pixels[4::8, 4::8]


QUARTERS = np.zeros((32, 32, 3), np.uint8)
QUARTERS[:16, :16] = (255, 0, 0)
QUARTERS[:16, 16:] = (0, 255, 0)
QUARTERS[16:, :16] = (0, 0, 255)
QUARTERS[16:, 16:] = 255
RED, GREEN, BLUE, WHITE = (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)


def test_textures_scroll_and_turn() -> None:
    still = moved(PLAIN, 3.0, (QUARTERS,))
    assert still == pytest.approx(np.array([[RED, GREEN], [BLUE, WHITE]]), abs=0.02)
    across = moved(replace(PLAIN, uv_scroll_x=0.25), 2.0, (QUARTERS,))
    assert across == pytest.approx(np.array([[GREEN, RED], [WHITE, BLUE]]), abs=0.02)
    down = moved(replace(PLAIN, uv_scroll_y=0.5), 5.0, (QUARTERS,))
    assert down == pytest.approx(np.array([[BLUE, WHITE], [RED, GREEN]]), abs=0.02)
    # As KHR_texture_transform turns: uv' = [[cos, sin], [-sin, cos]] uv, so a quarter takes (u, v) to (v, -u).
    turned = moved(replace(PLAIN, uv_rotation=float(np.pi) / 4), 2.0, (QUARTERS,))
    assert turned == pytest.approx(np.array([[BLUE, RED], [WHITE, GREEN]]), abs=0.02)


def test_a_mask_holds_textures_still() -> None:
    mask = np.zeros((32, 32, 3), np.uint8)
    mask[:, 16:, 2] = 255  # the right half moves
    toon = replace(PLAIN, uv_scroll_x=0.5, uv_mask_texture=TextureRef(1))
    assert moved(toon, 1.0, (QUARTERS, mask)) == pytest.approx(np.array([[RED, RED], [BLUE, BLUE]]), abs=0.02)


def test_time_goes_on_for_days_without_losing_its_place() -> None:
    days = moved(replace(PLAIN, uv_scroll_x=0.5), 200_001.0, (QUARTERS,))
    assert days == pytest.approx(np.array([[GREEN, RED], [WHITE, BLUE]]), abs=0.02)


def outlined(toon: Toon, images: tuple[NDArray[np.uint8], ...] = (), **fields: object) -> NDArray[np.float32]:
    """A ball of half a metre, 32 pixels wide, with its outline; in the dark."""
    from textured_card import textured_model

    scene = SmallWorld()
    look = material(toon, **fields)
    number = scene.world.resource(MaterialLibrary).put("ball", LibraryMaterial(look, textured_model(list(images), look)))
    scene.spawn(1, scene.mesh("sphere", (0.5, 0.5, 0.5), material=number))
    scene.world.spawn(Environment(intensity=0.0))
    scene.world.spawn(Transform(), Light(intensity=1e-5, shadows=False))
    scene.propagate()
    settings = {"encoding": "linear", "background": "transparent", "exposure_ev": 0.0, "shadows": False, "occlusion": False}
    view = View(ViewCamera.looking((0, 0, 5), (0, 0, 0), height_m=1.0), (64, 64), settings=settings)
    renderer = Renderer(shared_device())
    renderer.render(scene.world, [view])
    pixels = renderer.read(view)
    view.release()
    return pixels


LINE = replace(PLAIN, outline_color=(0.25, 0.5, 1.0), outline_lighting_mix=0.0)


def ring(pixels: NDArray[np.float32]) -> int:
    """How many pixels of the middle row an outline covers on one side."""
    row = pixels[32, :32]
    return int(((np.abs(row[:, :3] - LINE.outline_color).max(-1) < 0.01) & (row[:, 3] > 0.5)).sum())


def test_outlines_have_their_width_and_colour() -> None:
    assert ring(outlined(LINE)) == 0
    assert ring(outlined(replace(LINE, outline_mode="world", outline_width=4 / 64))) == 4
    assert ring(outlined(replace(LINE, outline_mode="screen", outline_width=4 / 64))) == 4


@pytest.mark.parametrize("double_sided", [False, True])
def test_blended_hair_that_writes_depth_has_its_outline(double_sided: bool) -> None:
    toon = replace(LINE, outline_mode="world", outline_width=4 / 64)
    fields = {"alpha_mode": "BLEND", "double_sided": double_sided}
    assert ring(outlined(replace(toon, depth_write=True), **fields)) == 4
    assert ring(outlined(toon, **fields)) == 0, "through what writes no depth its far sides would be seen"
    middle = outlined(replace(toon, depth_write=True), **fields)[32, 32]
    assert middle == pytest.approx((0, 0, 0, 1), abs=1e-3), "hidden behind the surface"


def test_a_texture_thins_the_outline() -> None:
    toon = replace(LINE, outline_mode="world", outline_width=8 / 64, outline_width_texture=TextureRef(0))
    assert ring(outlined(toon, (flat((255, 128, 255)),))) == 4
    assert ring(outlined(toon, (flat((255, 0, 255)),))) == 0


def test_light_tints_the_outline() -> None:
    toon = replace(LINE, outline_mode="world", outline_width=4 / 64, outline_lighting_mix=1.0)
    dark = outlined(toon)[32, 13]
    assert dark == pytest.approx((0, 0, 0, 1), abs=1e-3)


def test_who_has_no_outline_pays_nothing() -> None:
    def calls(toon: Toon | None) -> dict[str, int]:
        scene, device = SmallWorld(), NullDevice()
        number = scene.material(toon=toon)
        scene.spawn(1, scene.mesh("box", material=number))
        scene.propagate()
        renderer, view = Renderer(device), View(ViewCamera.looking((0, 0, 3), (0, 0, 0)), (64, 64))
        for _ in range(3):
            device.clear_calls()
            renderer.render(scene.world, [view])
        return dict(device.counts())

    plain, toon, lined = calls(None), calls(PLAIN), calls(replace(LINE, outline_mode="world", outline_width=0.1))
    assert toon["render_pass"] == plain["render_pass"]
    assert toon["draw_multi_indirect"] == plain["draw_multi_indirect"]
    assert lined["render_pass"] == plain["render_pass"] + 1


def test_queues_come_before_distance() -> None:
    table = MaterialTable(shared_device())

    def key(**fields: object) -> object:
        number = table.add(material(Toon(**fields), alpha_mode="BLEND"))
        return table.draw_keys[table.keys[number]]

    keys = [key(depth_write=True), key(depth_write=True, queue_offset=9), key(queue_offset=-9), key()]
    orders = [one.order for one in keys]
    assert orders == sorted(orders)
    assert len(set(orders)) == 4
    assert [one.writes_depth for one in keys] == [True, True, False, False]
    solid = table.add(material(Toon(depth_write=True)))
    assert table.draw_keys[table.keys[solid]].order == 0


def test_what_writes_depth_hides_what_comes_after() -> None:
    scene = SmallWorld()
    library = scene.world.resource(MaterialLibrary)
    from textured_card import card

    def put(name: str, z: float, color: tuple[float, ...], **toon: object) -> None:
        look = Material(base_color=color, toon=Toon(shade_color=color[:3], **toon), alpha_mode="BLEND")
        number = library.put(name, LibraryMaterial(look, ModelData()))
        mesh = scene.world.resource(MeshLibrary).put(name, LibraryMesh((card(),), (number,)))
        scene.world.spawn(Transform(translation=(0, 0, z)), MeshInstance(mesh=mesh))

    put("hair", 0.5, (1.0, 0.0, 0.0, 0.5), depth_write=True)
    put("veil", 0.0, (0.0, 1.0, 0.0, 0.5))
    scene.world.spawn(Environment(intensity=0.0))
    scene.world.spawn(Transform(), Light(intensity=float(np.pi), shadows=False))
    scene.propagate()
    settings = {"encoding": "linear", "background": "transparent", "exposure_ev": 0.0, "shadows": False}
    view = View(ViewCamera.looking((0, 0, 3), (0, 0, 0), height_m=0.5), (8, 8), settings=settings)
    renderer = Renderer(shared_device())
    renderer.render(scene.world, [view])
    found = renderer.read(view)[4, 4]
    view.release()
    assert found == pytest.approx((0.5, 0.0, 0.0, 0.5), abs=2e-3)
