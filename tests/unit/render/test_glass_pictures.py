"""A golden for each extension by which light goes through things, each plainly other than the picture without it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from glass_scenes import GlassScene, glass
from gpu_device import shared_device

from golden import assert_golden, compare_pictures
from taixu.assets.model import DiffuseTransmission, Iridescence, Volume
from taixu.render import Renderer, View, ViewCamera
from taixu.scene import Light, Transform

BALL = ("sphere", (1.7, 1.7, 1.7))
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {  # with the extension, and without it
    "transmission": (glass(base_color=(0.7, 0.9, 1, 1)), {"base_color": (0.7, 0.9, 1, 1), "metallic": 0.0, "roughness": 0.0}),
    "rough_transmission": (glass(roughness=0.4), glass()),
    "volume": (glass(thickness_m=1.7), glass()),
    "attenuation": (
        glass(volume=Volume(thickness_m=1.7, attenuation_distance_m=0.9, attenuation_color=(0.2, 0.8, 0.4))),
        glass(thickness_m=1.7),
    ),
    "rough_volume": (glass(thickness_m=1.7, roughness=0.5), glass(thickness_m=1.7)),
    "ior": (glass(thickness_m=1.7, ior=1.15), glass(thickness_m=1.7)),
    "dispersion": (glass(thickness_m=1.7, ior=1.7, dispersion=6.0), glass(thickness_m=1.7, ior=1.7)),
    "diffuse_transmission": (
        {"metallic": 0.0, "diffuse_transmission": DiffuseTransmission(0.8, color=(0.9, 0.4, 0.3))},
        {"metallic": 0.0},
    ),
    "film_on_glass": (
        glass(thickness_m=0.02, ior=1.5, iridescence=Iridescence(1.0, thickness_min_nm=400, thickness_max_nm=400)),
        glass(thickness_m=0.02),
    ),
}


def picture(fields: dict[str, Any], *, count: int = 1, samples: int = 1) -> np.ndarray:
    renderer, scene = Renderer(shared_device()), GlassScene()
    for i in range(count):
        tint = {} if count == 1 else {"base_color": ((1, 0.6, 0.6, 1), (0.6, 1, 0.6, 1), (0.6, 0.7, 1, 1))[i % 3]}
        scene.add(*BALL, (0.55 * (i - (count - 1) / 2), 0, 0.9 * (i - (count - 1) / 2)), **fields, **tint)
    scene.world.spawn(Transform(rotation=(0.0, 0.94, 0.0, 0.34)), Light(intensity=4.0))  # from behind, on the left
    scene.propagate()
    camera = ViewCamera.looking((0, 0, 5), (0, 0, 0), fov_y_rad=0.5)
    view = View(camera, (180, 120), samples=samples, settings={"occlusion": False})
    renderer.render(scene.world, [view])
    pixels = np.ascontiguousarray(renderer.read(view)[..., :3])
    view.release()
    return pixels


@cache
def with_extension(name: str) -> np.ndarray:
    return picture(CASES[name][0])


@pytest.mark.parametrize("name", CASES)
def test_each_extension_is_seen(name: str) -> None:
    shown = with_extension(name)
    assert compare_pictures(shown, picture(CASES[name][1]), tolerance=8) > 0.05
    assert_golden(shown, f"glass/{name}")


@pytest.mark.parametrize("samples", [1, 4])
def test_balls_before_balls(samples: int) -> None:
    shown = picture(glass(thickness_m=1.7, ior=1.2), count=3, samples=samples)
    assert_golden(shown, f"glass/three_{samples}")


def test_pictures_differ_from_each_other() -> None:
    names = list(CASES)
    for i, name in enumerate(names):
        for other in names[i + 1 :]:
            assert compare_pictures(with_extension(name), with_extension(other), tolerance=8) > 0.02, (name, other)
