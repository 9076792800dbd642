"""Each layer of a material in a picture: left without it, in the middle with it, right with a texture in all its slots."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from PIL import Image as Pillow
from render_world import SmallWorld

from golden import assert_golden
from taixu.assets.material import Anisotropy, Clearcoat, Iridescence, Material, Sheen, Specular
from taixu.assets.model import Image, ModelData, Texture, TextureRef
from taixu.render import Renderer, ViewCamera, equirect
from taixu.scene import Light, Transform
from taixu.scene.library import LibraryMaterial, MaterialLibrary

SIZE = (240, 84)
RED: dict[str, Any] = {"base_color": (0.5, 0.03, 0.02, 1.0), "metallic": 0.0, "roughness": 0.5}
GREY: dict[str, Any] = {"base_color": (0.03, 0.03, 0.03, 1.0), "metallic": 0.0, "roughness": 0.2}
STEEL: dict[str, Any] = {"base_color": (0.6, 0.6, 0.62, 1.0), "metallic": 1.0, "roughness": 0.3}
CLOTH: dict[str, Any] = {"base_color": (0.02, 0.03, 0.15, 1.0), "metallic": 0.0, "roughness": 0.9}
BLUE = (0.3, 0.4, 1.0)
BANDS, WAVES, SWIRL = (TextureRef(i, scale=(4.0, 2.0)) for i in range(3))
ALL: dict[str, Any] = {
    "clearcoat": Clearcoat(factor=1.0, roughness=0.05),
    "sheen": Sheen(color=BLUE, roughness=0.4),
    "iridescence": Iridescence(factor=1.0, thickness_max_nm=450.0),
    "anisotropy": Anisotropy(strength=0.9),
}
LAYERS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "clearcoat": (
        RED,
        {"clearcoat": Clearcoat(factor=1.0, roughness=0.05)},
        {"clearcoat": Clearcoat(1.0, BANDS, 0.6, BANDS, WAVES)},
    ),
    "sheen": (CLOTH, {"sheen": Sheen(color=BLUE, roughness=0.4)}, {"sheen": Sheen(BLUE, BANDS, 0.6, WAVES)}),
    "iridescence": (
        GREY,
        {"iridescence": Iridescence(factor=1.0, ior=1.8, thickness_max_nm=400.0)},
        {"iridescence": Iridescence(1.0, BANDS, 1.8, 250.0, 600.0, WAVES)},
    ),
    "iridescence on metal": (
        STEEL,
        {"iridescence": Iridescence(factor=1.0, ior=1.5, thickness_max_nm=350.0)},
        {"iridescence": Iridescence(1.0, BANDS, 1.5, 200.0, 500.0, WAVES)},
    ),
    "anisotropy": (STEEL, {"anisotropy": Anisotropy(strength=0.9)}, {"anisotropy": Anisotropy(0.9, 0.5, SWIRL)}),
    "specular": (
        GREY,
        {"specular": Specular(factor=1.0, color=(6.0, 4.0, 0.5))},
        {"specular": Specular(1.0, WAVES, (6.0, 4.0, 0.5), BANDS)},
    ),
    "ior": (GREY, {"ior": 2.4}, {"ior": 1.0}),
    "all layers": (STEEL, ALL, ALL | {"clearcoat": Clearcoat(1.0, BANDS, 0.3, WAVES), "sheen": Sheen(BLUE, BANDS, 0.4)}),
}


def encoded(pixels: np.ndarray) -> Image:
    file = BytesIO()
    Pillow.fromarray(np.round(pixels * 255).astype(np.uint8)).save(file, "PNG")
    return Image(mime="image/png", data=file.getvalue())


def patterns() -> ModelData:
    """Bands (of every channel), waves (a normal map, with waves in alpha), a swirl (directions and strength of a brush)."""
    y, x = np.mgrid[0:64, 0:64] / 64
    bands = np.repeat((x < 0.5)[..., None], 4, -1).astype(float)
    slope = 0.6 * np.cos(2 * np.pi * y)
    normal = np.stack([np.zeros_like(slope), slope, np.ones_like(slope)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    waves = np.concatenate([normal * 0.5 + 0.5, 0.5 + 0.5 * np.sin(2 * np.pi * y)[..., None]], -1)
    turn = 2 * np.pi * x
    swirl = np.stack([0.5 + 0.5 * np.cos(turn), 0.5 + 0.5 * np.sin(turn), np.ones_like(x)], -1)
    return ModelData(
        images=[encoded(bands), encoded(waves), encoded(swirl)], textures=[Texture(image=0), Texture(image=1), Texture(image=2)]
    )


def sky_with_lamps() -> np.ndarray:
    d = equirect.directions(128, 64)
    sky = np.repeat(0.25 + 0.2 * d[..., 1:2], 3, -1)
    lamps = [((0.5, 0.7, 0.6), 40, (9, 9, 9)), ((-0.9, 0.3, 0.2), 12, (1.2, 1.4, 1.6)), ((0.3, -0.1, 1.0), 80, (3, 2, 1))]
    for towards, width, color in lamps:
        axis = np.array(towards) / np.linalg.norm(towards)
        sky = sky + np.exp(width * (d @ axis - 1))[..., None] * color
    return sky.astype(np.float32)


def picture_of(*surfaces: dict[str, Any]) -> np.ndarray:
    """Spheres side by side, under a sky and a lamp."""
    scene, model = SmallWorld(), patterns()
    library = scene.world.resource(MaterialLibrary)
    for i, fields in enumerate(surfaces):
        number = library.put(("layers", i), LibraryMaterial(Material(**fields), model))
        scene.spawn(1, scene.mesh("sphere", (1.9, 1.9, 1.9), material=number), translation=(2.0 * i - (len(surfaces) - 1), 0, 0))
    scene.world.spawn(Transform(translation=(-3.0, 4.0, 5.0)), Light(kind="point", intensity=60.0, shadows=False))
    scene.propagate()
    renderer = Renderer(shared_device())
    renderer.lighting.use_sky(sky_with_lamps())
    camera = ViewCamera.looking((0, 0, 10.0), (0, 0, 0), fov_y_rad=0.22)
    settings = {"background": (0.1, 0.1, 0.1), "occlusion": False}
    pixels = renderer.picture(scene.world, camera=camera, size=SIZE, samples=2, settings=settings).pixels
    renderer.release()
    return np.asarray(pixels)[..., :3]


def differing(a: np.ndarray, b: np.ndarray) -> float:
    """The share of pixels in which two pictures of a sphere visibly differ."""
    return float((np.abs(a.astype(int) - b.astype(int)).max(-1) > 8).mean())


@pytest.mark.parametrize("name", LAYERS)
def test_layer_is_seen(name: str) -> None:
    base, layer, textured = LAYERS[name]
    pixels = picture_of(base, base | layer, base | textured)
    third = SIZE[0] // 3
    left, middle, right = (pixels[:, i * third : (i + 1) * third] for i in range(3))
    assert differing(left, middle) > 0.08
    assert differing(middle, right) > 0.08
    assert_golden(pixels, f"layers/{name.replace(' ', '_')}")


@pytest.mark.parametrize(
    ("base", "plain", "field", "texture"),
    [
        (RED, Clearcoat(factor=1.0, roughness=0.4), "texture", BANDS),
        (RED, Clearcoat(factor=1.0, roughness=0.4), "roughness_texture", BANDS),
        (RED, Clearcoat(factor=1.0, roughness=0.1), "normal_texture", WAVES),
        (CLOTH, Sheen(color=BLUE, roughness=0.4), "color_texture", BANDS),
        (CLOTH, Sheen(color=BLUE, roughness=0.6), "roughness_texture", BANDS),
        (GREY, Iridescence(factor=1.0, ior=1.8), "texture", BANDS),
        (GREY, Iridescence(factor=1.0, ior=1.8, thickness_min_nm=200.0), "thickness_texture", BANDS),
        (STEEL, Anisotropy(strength=0.9), "texture", SWIRL),
        (GREY, Specular(color=(5.0, 5.0, 1.0)), "texture", BANDS),
        (GREY, Specular(color=(5.0, 5.0, 1.0)), "color_texture", BANDS),
    ],
)
def test_each_texture_is_seen(base: dict[str, Any], plain: Any, field: str, texture: TextureRef) -> None:
    slot = type(plain).__name__.lower()
    textured = type(plain)(**{name: getattr(plain, name) for name in type(plain).__dataclass_fields__} | {field: texture})
    pixels = picture_of(base | {slot: plain}, base | {slot: textured})
    half = SIZE[0] // 2
    assert differing(pixels[:, :half], pixels[:, half:]) > 0.04
