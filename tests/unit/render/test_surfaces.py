"""Surfaces of one's own: declared, kept in rows, compiled with what they use, saved in documents."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from hologram_plugin import Grille, Hologram, HologramPlugin
from render_world import SmallWorld
from textured_card import card

import taixu as tx
from taixu.assets.gltf import write_glb
from taixu.assets.image import encode_png
from taixu.assets.model import Material, Mesh, ModelData, Node, Scene
from taixu.ecs import F32, Bool, Color3, Text, Vec2, field
from taixu.errors import TaixuError
from taixu.render import Renderer, View, ViewCamera
from taixu.render.materials import MaterialTable
from taixu.render.surfaces import shader_of, surface_row
from taixu.scene import ColorTexture, DataTexture, NormalTexture, surface, surface_data, surface_type

GLOW = """void surface(in Fragment f, inout SurfaceInputs s) {
    s.emissive = parameters(f.material).color;
    s.base_color = vec3(0.0);
}
"""


def picture(*things: object, size: int = 48, background: object = "transparent", **settings: object) -> np.ndarray:
    """A box with these components, seen from the front, float32 linear."""
    with tx.App.headless(size=(size, size)) as app:
        app.drawing.attach(shared_device())
        for thing in things:
            if surface_type(type(thing)) and app.components.find(surface_type(type(thing)).name) is None:
                app.register_component(type(thing))
        app.scene.spawn("box", tx.Shape("box"), *things)
        app.run(ticks=1)
        camera = ViewCamera.looking((0, 0, 3), (0, 0, 0), height_m=2.0)
        settings = {"background": background, "occlusion": False, "shadows": False, **settings}
        return app.picture(camera=camera, samples=1, linear=True, settings=settings).pixels


def declare(folder: Path, name: str, glsl: str, **options: object) -> type:
    """A surface with a colour whose shader lies in a folder."""
    (folder / f"{name}.glsl").write_text(glsl)

    @surface(name, glsl=folder / f"{name}.glsl", **options)
    class Declared:
        color: Color3 = field(default=(0.25, 0.5, 1.0))

    return Declared


def test_a_declaration_says_what_is_number_and_what_is_picture() -> None:
    @surface("patterned", glsl="patterned.glsl", layers=("sheen",), alpha="mask")
    class Patterned:
        color: Color3 = field(default=(1.0, 0.5, 0.25))
        size: Vec2 = field(default=(2.0, 3.0))
        bumps: NormalTexture = field(default="")
        mask: DataTexture = field(default="")
        picture: ColorTexture = field(default="")
        kind: Text = field(default="b", choices=("a", "b"))
        is_wet: Bool = field(default=True)
        roughness: F32 = field(default=0.25)

    declared = surface_type(Patterned)
    assert declared is not None
    assert declared.textures == {"bumps": "normal", "mask": "data", "picture": "color"}
    assert declared.glsl == Path(__file__).parent / "patterned.glsl"
    row = surface_row(declared, Patterned())
    assert (row["kind"], row["is_wet"]) == (1, 1)
    assert row["size"] == pytest.approx((2, 3))
    assert "vec3 color;" in shader_of(declared).glsl()
    entry = surface_data(Patterned(picture="a.png"))
    assert entry.textures["picture"].texture == 0
    # What those see who know no surfaces.
    assert (entry.material.base_color, entry.material.roughness) == ((1.0, 0.5, 0.25, 1.0), 0.25)
    assert entry.material.alpha_mode == "MASK"


def test_what_is_no_parameter_is_refused() -> None:
    with pytest.raises(TypeError, match="numbers, choices and textures"):

        @surface("bad", glsl="bad.glsl")
        class Bad:
            name: Text = field(default="")


def test_layers_and_names_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TaixuError, match="no layer 'varnish'"):
        shader_of(surface_type(declare(tmp_path, "a", GLOW, layers=("varnish",))))
    with pytest.raises(TaixuError, match="cannot be a name"):
        shader_of(surface_type(declare(tmp_path, "two words", GLOW)))
    with pytest.raises(TaixuError, match="'filter' cannot be a name"):
        shader_of(surface_type(declare(tmp_path, "filter", GLOW)))


def test_it_shines_as_it_says(tmp_path: Path) -> None:
    glow = declare(tmp_path, "glow", "#define LIGHT_MODEL\n" + GLOW + """
        vec3 light_from_surroundings(Fragment f, SurfaceInputs s, float open) { return s.emissive; }
        vec3 light_from_lamp(Fragment f, SurfaceInputs s, vec3 to_light, vec3 irradiance, float shadow) { return vec3(0.0); }
    """)
    pixels = picture(glow(color=(0.25, 0.5, 1.0)), exposure_ev=0.0)
    assert pixels[24, 24] == pytest.approx((0.25, 0.5, 1.0, 1.0), abs=1e-3)


def test_parameters_change_while_it_runs(tmp_path: Path) -> None:
    glow = declare(tmp_path, "glow2", GLOW, unlit=False)
    with tx.App.headless(size=(16, 16)) as app:
        app.drawing.attach(shared_device())
        app.register_component(glow)
        box = app.scene.spawn("box", tx.Shape("box"), glow(color=(1.0, 0.0, 0.0)))
        camera = ViewCamera.looking((0, 0, 3), (0, 0, 0), height_m=0.5)
        red = app.picture(camera=camera, samples=1, linear=True).pixels[8, 8]
        app.world.set(box.entity, glow, color=(0.0, 1.0, 0.0))
        green = app.picture(camera=camera, samples=1, linear=True).pixels[8, 8]
    assert red[0] - green[0] == pytest.approx(1.0, abs=0.01)
    assert green[1] - red[1] == pytest.approx(1.0, abs=0.01)


def test_textures_are_read_in_their_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a world that was never saved has its pictures where it was started
    (tmp_path / "gray.png").write_bytes(encode_png(np.full((4, 4, 3), 128, np.uint8)))
    (tmp_path / "mixed.glsl").write_text(
        "void surface(in Fragment f, inout SurfaceInputs s) {"
        " s.base_color = vec3(sample_seen(f).r, sample_told(f).r, sample_missing(f).r); }\n"
    )

    @surface("mixed", glsl=tmp_path / "mixed.glsl", unlit=True)
    class Mixed:
        seen: ColorTexture = field(default="")
        told: DataTexture = field(default="")
        missing: DataTexture = field(default="")

    pixels = picture(Mixed(seen="gray.png", told="gray.png"), exposure_ev=0.0)
    assert pixels[24, 24, :3] == pytest.approx((0.2159, 0.502, 1.0), abs=2e-3)


def test_holes_are_those_of_its_function_in_depth_and_shadow_too() -> None:
    with tx.App.headless(size=(64, 64)) as app:
        app.drawing.attach(shared_device())
        app.add_plugin(HologramPlugin())
        app.scene.spawn("sheet", tx.Shape("plane", size=(2, 0, 2)), Grille(holes=(1, 1), hole_size=0.6), position=(0, 1, 0))
        app.scene.spawn("floor", tx.Shape("plane", size=(8, 0, 8)), tx.Material(base_color=(1, 1, 1, 1)))
        app.scene.spawn("night", tx.Environment(intensity=0.0))
        sun = app.scene.spawn("sun", tx.Light(intensity=3.0))
        sun.rotation = (-(0.5**0.5), 0, 0, 0.5**0.5)  # straight down
        up = ViewCamera.looking((0, 3, 0), (0, 0, 0.0001), height_m=2.0)
        view = View(up, (64, 64), outputs=frozenset({"color", "normal", "id", "velocity"}))
        app.run(ticks=1)
        app.drawing.renderer.render(app.world, [view])
        app.run(ticks=1)
        app.drawing.renderer.render(app.world, [view])
        depth = app.drawing.renderer.read(view, "depth")[..., 0]
        ids = app.drawing.renderer.read(view, "id")[..., 0]
        view.release()
        inside = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 17
        outside = np.hypot(*(np.mgrid[:64, :64] - 31.5)) > 21
        assert len(np.unique(ids[inside])) == len(np.unique(ids[outside])) == 1
        assert ids[32, 32] != ids[2, 2], "the floor is seen through the hole"
        assert depth[32, 32] < depth[2, 2]
        below = ViewCamera.looking((0, 0.5, 0), (0, 0, 0.0001), height_m=2.0)
        lit = app.picture(camera=below, samples=1, linear=True, settings={"occlusion": False}).pixels[..., 0]
    assert lit[32, 32] == pytest.approx(3.0 / np.pi, rel=0.1), "the sun shines through the hole"
    assert lit[2, 2] == pytest.approx(0.0, abs=1e-3), "and not beside it"


def test_only_what_it_uses_is_compiled() -> None:
    table = MaterialTable(shared_device())
    number = table.add(surface_data(Grille()))
    key = table.draw_keys[table.keys[number]]
    assert (key.shader, key.alpha, key.cuts_holes) == ("grille", "mask", True)
    assert set(key.signature.defines()) == {"LAYER_CLEARCOAT", "TEXTURES", "MAPPINGS"}
    assert table.buffer.size > 0
    group = table.bind_group(key)
    assert group is not None
    assert [binding for binding, _ in group.storages] == [8]
    table.remove(number)
    assert table.add(surface_data(Grille())) == number


def test_rows_grow_and_are_used_again() -> None:
    table = MaterialTable(shared_device())
    numbers = [table.add(surface_data(Grille(hole_size=i / 100))) for i in range(40)]
    assert len({int(table._rows[n]["surface"]) for n in numbers}) == 40
    assert table.buffer.size > 0
    keys = {int(table.keys[n]) for n in numbers}
    assert len(keys) == 1, "what differs in numbers only draws together"
    first = table.bind_group(table.draw_keys[keys.pop()])
    for i in range(100):
        table.add(surface_data(Grille(hole_size=i / 100)))
    assert table.buffer.size > 0
    assert table.bind_group(table.draw_keys[table.keys[numbers[0]]]) is not first, "the buffer is another one"


def test_errors_name_file_and_line_and_stop_no_picture(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = declare(tmp_path, "broken", "\nvoid surface(in Fragment f, inout SurfaceInputs s) {\n    s.colour = 1.0;\n}\n")
    picture(broken())
    said = [record.getMessage() for record in caplog.records if "broken" in record.getMessage()]
    assert len(said) == 1, "things of that surface are left out, and it is said once"
    assert re.search(r"broken\.glsl:3: ", said[0])
    (tmp_path / "broken.glsl").unlink()
    with pytest.raises(TaixuError, match=r"there is no file .*broken\.glsl"):
        MaterialTable(shared_device()).add(surface_data(broken()))


def test_edited_shaders_are_taken_up_and_bad_ones_said(tmp_path: Path) -> None:
    glow = declare(tmp_path, "edited", GLOW.replace("parameters(f.material).color", "vec3(0.5)"), unlit=False)
    scene, device = SmallWorld(), shared_device()
    from taixu.scene.library import MaterialLibrary

    number = scene.world.resource(MaterialLibrary).put("own", surface_data(glow()))
    scene.spawn(1, scene.mesh("box", material=number))
    scene.propagate()
    renderer = Renderer(device)
    camera = ViewCamera.looking((0, 0, 3), (0, 0, 0), height_m=0.5)
    view = View(camera, (8, 8), settings={"encoding": "linear", "exposure_ev": 0.0, "occlusion": False})

    def red() -> float:
        renderer.render(scene.world, [view])
        return float(renderer.read(view)[4, 4, 0])

    before = red()
    file = tmp_path / "edited.glsl"
    file.write_text(GLOW.replace("parameters(f.material).color", "vec3(0.75)"))
    os.utime(file, (time.time() + 5, time.time() + 5))
    assert not [message for message in device.reload_shaders() if "edited" in message]
    assert red() == pytest.approx(before + 0.25, abs=1e-3)
    file.write_text("void surface(in Fragment f, inout SurfaceInputs s) { nothing }\n")
    os.utime(file, (time.time() + 60, time.time() + 60))
    said = device.reload_shaders()
    assert any("edited.glsl:1: " in message for message in said)
    assert red() == pytest.approx(before + 0.25, abs=1e-3), "the last good one stays"
    file.write_text(GLOW)  # the device is everybody's: nothing broken stays on it
    device.reload_shaders(force=True)
    view.release()


def test_documents_keep_it(tmp_path: Path) -> None:
    with tx.App.headless() as app:
        app.add_plugin(HologramPlugin())
        app.scene.spawn("ghost", tx.Shape("sphere"), Hologram(color=(1.0, 0.0, 0.5), lines_per_m=4.0))
        file = app.save(tmp_path / "a.world.json")
    assert '"hologram": {' in file.read_text()
    assert "brightness" not in file.read_text(), "defaults are left out"
    with tx.App.headless() as app:
        app.add_plugin(HologramPlugin())
        app.open(file)
        (table,) = app.world.query(Hologram).tables()
        kept = table.value(Hologram, 0)
    assert (kept.color, kept.lines_per_m, kept.brightness) == ((1.0, 0.0, 0.5), 4.0, 1.5)


def test_what_nobody_knows_is_said_once_and_drawn_as_the_default(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with tx.App.headless() as app:
        app.add_plugin(HologramPlugin())
        app.scene.spawn("ghost", tx.Shape("box"), Hologram())
        file = app.save(tmp_path / "a.world.json")
    with tx.App.headless(size=(16, 16)) as app:
        app.drawing.attach(shared_device())
        app.open(file)
        app.run(ticks=2)
        camera = ViewCamera.looking((0, 0, 3), (0, 0, 0), height_m=0.5)
        drawn = app.picture(camera=camera, samples=1, linear=True).pixels[8, 8]
        said = [record.getMessage() for record in caplog.records if "hologram" in record.getMessage()]
        app.save(file)
    assert len(said) == 1
    assert "not known here" in said[0]
    assert drawn[:3].min() > 0.05
    assert '"hologram"' in file.read_text(), "what is not known is kept"


def test_beside_a_model_it_is_the_surface_of_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    red, green = (Material(base_color=(*color, 1.0), unlit=True) for color in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
    halves = [replace(card(), material=i) for i in range(2)]
    halves[1].attributes["POSITION"] = halves[1].attributes["POSITION"] + np.float32((1, 0, 0))
    nodes, meshes = [Node(mesh=0)], [Mesh(primitives=halves)]
    write_glb(ModelData(nodes=nodes, meshes=meshes, materials=[red, green], scenes=[Scene(nodes=[0])], scene=0), Path("two.glb"))
    plain = declare(tmp_path, "plain", GLOW.replace("s.emissive", "vec3 color").replace("vec3(0.0)", "color"), unlit=True)

    with tx.App.headless(size=(16, 16)) as app:
        app.drawing.attach(shared_device())
        app.register_component(plain)
        two = app.scene.spawn("two", tx.Model("two.glb"))
        camera = ViewCamera.looking((0.5, 0, 3), (0.5, 0, 0), height_m=2.0)

        def seen() -> list[tuple[float, ...]]:
            app.settle()
            app.run(ticks=1)
            pixels = app.picture(camera=camera, samples=1, linear=True, settings={"exposure_ev": 0.0}).pixels
            return [tuple(pixels[8, x, :3].tolist()) for x in (4, 12)]

        own = seen()
        app.world.insert(two.entity, plain(color=(0.0, 0.0, 1.0)))
        blue = seen()
        app.world.set(two.entity, plain, color=(0.5, 0.5, 0.0))
        olive = seen()
        app.world.remove(two.entity, plain)
        again = seen()
    assert own == again == [(1, 0, 0), (0, 1, 0)]
    assert blue == [(0, 0, 1), (0, 0, 1)]
    assert olive == [(0.5, 0.5, 0)] * 2
