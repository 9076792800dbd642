"""MToon beside three-vrm: the same models, camera and light, drawn by both, are the same pictures but for edges."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import browser
from gpu_device import shared_device
from three_vrm import find_three_vrm
from toon_pictures import draw_with_three_vrm, toon_page

import taixu as tx
from taixu.assets.gltf import read_gltf_bytes
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.image import encode_png
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import Image, Material, ModelData, Node, Scene, Texture, TextureRef
from taixu.assets.toon import Toon
from taixu.render import ViewCamera
from taixu.scene import Environment, Light, Transform
from taixu.scene.instantiate import spawn_model

ROOT = Path(__file__).parents[2]
ESBUILD = ROOT / "engine/taixu/serve/viewer/node_modules/esbuild/bin/esbuild"
ASKED: dict[str, Any] = {
    "size": (200, 240), "background": (0.2, 0.2, 0.2), "light": float(np.pi), "to_light": (0.5, 0.7, 1.0), "ambient": 0.0,
    "fov_deg": 25.0, "eye": (0.3, 1.0, 4.5), "target": (0.0, 0.85, 0.0), "avatar": True,
}  # fmt: skip
MEAN, SHARE, APART = 1.6, 0.025, 24
"""Of 255: the mean difference, and the share of pixels that differ by more than so much. Edges are smoothed in other ways."""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bytes, dict[str, Any]], Any]]:
    """Draws a model as three-vrm does."""
    packages = ROOT / ".taixu" / "three-vrm"
    found = find_three_vrm(packages)
    if isinstance(found, str):
        pytest.skip(found)
    if not ESBUILD.is_file():
        pytest.skip("the viewer's packages are not here (make viewer)")
    script = toon_page(packages, ESBUILD, tmp_path_factory.mktemp("toon"))
    with browser() as running:
        page = running.blank()
        page.set_content("<html></html>")
        page.add_script_tag(content=script)
        yield lambda model, asked: draw_with_three_vrm(page, model, asked)


def ours(model: bytes, asked: dict[str, Any]) -> Any:
    with tx.App.headless() as app:
        app.drawing.attach(shared_device())
        app.world.spawn(Transform(), Environment(intensity=0.0, tonemap="linear"))
        sun = app.scene.spawn("Sun", Light(intensity=asked["light"], shadows=False), position=(0, 3, 0))
        sun.look_at(tuple(np.array((0, 3, 0)) - np.array(asked["to_light"])))
        spawn_model(app.world, app.world.spawn(Transform()), read_gltf_bytes(model, name="model.vrm"), key="model")
        camera = ViewCamera.looking(asked["eye"], asked["target"], fov_y_rad=float(np.radians(asked["fov_deg"])))
        settings = {"background": (*asked["background"], 1.0)}
        return app.picture(camera=camera, size=asked["size"], samples=4, settings=settings).bytes8()[..., :3]


def apart(first: Any, second: Any) -> tuple[float, float]:
    difference = np.abs(first.astype(int) - second.astype(int)).max(axis=-1)
    return float(difference.mean()), float((difference > APART).mean())


def ball(middle: tuple[float, float, float], radius: float, material: int) -> Primitive:
    along, around = np.meshgrid(np.linspace(0, np.pi, 25), np.linspace(0, 2 * np.pi, 49), indexing="ij")
    normals = np.stack([np.sin(along) * np.sin(around), np.cos(along), np.sin(along) * np.cos(around)], -1).reshape(-1, 3)
    corner = (np.arange(24)[:, None] * 49 + np.arange(48)).reshape(-1)
    faces = np.stack([corner, corner + 49, corner + 1, corner + 1, corner + 49, corner + 50], -1)
    coordinates = np.stack([around / (2 * np.pi), along / np.pi], -1).reshape(-1, 2)
    arrays = {"POSITION": normals * radius + middle, "NORMAL": normals, "TEXCOORD_0": coordinates}
    floats = {name: values.astype(np.float32) for name, values in arrays.items()}
    return Primitive(floats, faces.reshape(-1).astype(np.uint32), material=material)


def balls(*, shift: float = 0.0) -> bytes:
    """Six balls: a hard border, a soft and shifted one, rim, matcap, textures, outlines of both kinds."""
    ramp = np.linspace(40, 250, 16).astype(np.uint8)
    squares = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None], np.uint8(90)), -1)
    plain = Toon(shade_color=(0.25, 0.1, 0.4), shading_toony=0.95, shading_shift=shift)
    toons = [
        plain,
        replace(plain, shading_toony=0.2, shading_shift=-0.3 + shift),
        replace(plain, rim_color=(0.2, 0.9, 0.5), rim_fresnel_power=3.0, rim_lift=0.15, rim_lighting_mix=0.4),
        replace(plain, matcap_texture=TextureRef(0), matcap_color=(0.7, 0.6, 0.5), rim_lighting_mix=1.0),
        replace(plain, shade_texture=TextureRef(0), shading_shift_texture=TextureRef(0, strength=0.5), shading_toony=0.6,
                outline_mode="screen", outline_width=0.008, outline_color=(0.8, 0.1, 0.1), outline_lighting_mix=0.0),
        replace(plain, outline_mode="world", outline_width=0.015, outline_color=(0.1, 0.1, 0.6), outline_lighting_mix=0.7),
    ]  # fmt: skip
    materials = [Material(name=f"toon {i}", base_color=(0.9, 0.7, 0.5, 1.0), toon=toon, unlit=True) for i, toon in enumerate(toons)]
    materials[4].base_color_texture = TextureRef(0)
    materials[1].emissive = (0.0, 0.05, 0.1)
    places = [(x, y, 0.0) for y in (1.5, 0.85, 0.2) for x in (-0.4, 0.4)]
    mesh = Mesh(primitives=[ball(place, 0.28, number) for number, place in enumerate(places)])
    return glb_bytes(ModelData(
        nodes=[Node(mesh=0)], meshes=[mesh], scenes=[Scene(nodes=[0])], scene=0, materials=materials,
        images=[Image(data=encode_png(np.ascontiguousarray(squares)), mime="image/png")], textures=[Texture(image=0)],
    ))  # fmt: skip


def test_every_part_of_mtoon_is_as_there(theirs: Callable[..., Any]) -> None:
    asked = ASKED | {"avatar": False}
    drawn, wanted = ours(balls(), asked), theirs(balls(), asked)
    mean, share = apart(drawn, wanted)
    assert mean < MEAN and share < SHARE
    other = apart(ours(balls(shift=0.12), asked), wanted)
    assert other[0] > MEAN and other[1] > SHARE, "a border that lies a little elsewhere is found"


def test_a_cartoon_of_ours_is_as_there(theirs: Callable[..., Any]) -> None:
    from taixu.generate.avatars.cartoon import CartoonSpec, make_cartoon

    data = glb_bytes(make_cartoon(CartoonSpec()))
    mean, share = apart(ours(data, ASKED), theirs(data, ASKED))
    assert mean < MEAN and share < SHARE


@pytest.mark.parametrize("name", ["Godette_vrm0.vrm", "VRMC_materials_mtoon_UV_Animation_Test.vrm"])
def test_avatars_of_others_are_as_there(theirs: Callable[..., Any], name: str) -> None:
    content = os.environ.get("TAIXU_CONTENT")
    if not content or not (Path(content) / "vrm" / name).is_file():
        pytest.skip("TAIXU_CONTENT names no folder with real avatars")
    data = (Path(content) / "vrm" / name).read_bytes()
    mean, share = apart(ours(data, ASKED), theirs(data, ASKED))
    assert mean < MEAN and share < SHARE

