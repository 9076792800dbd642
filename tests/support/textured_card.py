"""A square metre that faces +Z, with textures made in code, drawn from afar or close by."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from gpu_device import shared_device
from numpy.typing import NDArray
from render_world import SmallWorld

from taixu.assets.image import encode_png
from taixu.assets.model import Image, Material, ModelData, Primitive, Sampler, Texture
from taixu.render import Renderer
from taixu.render.stills import accumulate
from taixu.render.views import ViewCamera
from taixu.scene import Environment, Light, MeshInstance, Transform
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLibrary

__all__ = ["TexturedCard", "card", "textured_model", "turn_between"]


def card(*, columns: int = 1, repeat: float = 1.0) -> Primitive:
    """A square from (-0.5, -0.5) to (0.5, 0.5), fronts to +Z, in vertical strips."""
    x = np.linspace(0, 1, columns + 1)
    positions = np.array([(u - 0.5, v - 0.5, 0) for u in x for v in (0, 1)], np.float32)
    uvs = np.array([(u * repeat, (1 - v) * repeat) for u in x for v in (0, 1)], np.float32)
    first = 2 * np.arange(columns, dtype=np.uint32)[:, None]
    indices = (first + np.array([0, 2, 3, 0, 3, 1], np.uint32)).reshape(-1)
    normals = np.broadcast_to(np.array((0, 0, 1), np.float32), positions.shape)
    return Primitive({"POSITION": positions, "NORMAL": normals.copy(), "TEXCOORD_0": uvs}, indices)


def textured_model(images: list[NDArray[Any]], material: Material, sampler: Sampler | None = None) -> ModelData:
    """A model whose texture i is image i."""
    encoded = [Image(name=f"image {i}", mime="image/png", data=encode_png(image)) for i, image in enumerate(images)]
    textures = [Texture(image=i, sampler=0) for i in range(len(images))]
    return ModelData(images=encoded, textures=textures, samplers=[sampler or Sampler()], materials=[material])


def turn_between(a: Any, b: Any) -> tuple[float, ...]:
    """The quaternion that turns direction a to b."""
    a, b = (np.asarray(v, float) / np.linalg.norm(v) for v in (a, b))
    q = np.append(np.cross(a, b), 1 + a @ b)
    return tuple((q / np.linalg.norm(q)).tolist())


@cache
def _renderer() -> Renderer:
    return Renderer(shared_device())


class TexturedCard:
    """A world with a card, and a sun that shines without shadows from where it is told to."""

    def __init__(
        self,
        images: list[NDArray[Any]],
        material: Material,
        *,
        sampler: Sampler | None = None,
        primitive: Primitive | None = None,
        **shape: Any,
    ) -> None:
        self.scene = SmallWorld()
        world = self.scene.world
        model = textured_model(images, material, sampler)
        number = world.resource(MaterialLibrary).put("card", LibraryMaterial(material, model))
        mesh = world.resource(MeshLibrary).put("card", LibraryMesh((primitive or card(**shape),), (number,)))
        world.spawn(Environment(intensity=0.0))
        self.card = world.spawn(Transform(), MeshInstance(mesh=mesh))
        self.sun = world.spawn(Transform(), Light(intensity=3.0, shadows=False))
        self.renderer = _renderer()

    def light_from(self, direction: Any) -> None:
        """Let the sun shine from a direction."""
        self.scene.world.set(self.sun, Transform, rotation=turn_between((0, 0, -1), -np.asarray(direction, float)))

    def draw(
        self, pixels: int, *, metres: float = 1.0, eye: Any = (0, 0, 5), samples: int = 1, encoding: str = "linear", **settings: Any
    ) -> NDArray[np.float32]:
        """Pixels [n, n, 4] of so many metres around the card's middle, by a parallel projection along the eye's direction."""
        self.scene.propagate()
        camera = ViewCamera.looking(eye, (0, 0, 0), height_m=metres)
        settings = {"background": "transparent", "exposure_ev": 0.0, "shadows": False, "occlusion": False, **settings}
        return accumulate(
            self.renderer, self.scene.world, camera, size=(pixels, pixels), samples=samples, encoding=encoding, settings=settings
        )
