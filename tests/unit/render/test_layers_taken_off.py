from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
from gpu_device import shared_device
from PIL import Image as Pillow
from render_world import SmallWorld

from taixu.assets.material import Clearcoat, Material
from taixu.assets.model import Image, ModelData, Texture, TextureRef
from taixu.render import Renderer, ViewCamera
from taixu.scene.library import LibraryMaterial, MaterialLibrary


def noise() -> ModelData:
    file = BytesIO()
    Pillow.fromarray(np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)).save(file, "PNG")
    return ModelData(images=[Image(mime="image/png", data=file.getvalue())], textures=[Texture(image=0)])


def test_a_material_that_loses_its_only_texture_is_drawn_on() -> None:
    """What was drawn with the texture's array is empty now, and the array is gone."""
    scene, renderer = SmallWorld(), Renderer(shared_device())
    library = scene.world.resource(MaterialLibrary)
    coat = Clearcoat(factor=1.0, roughness_texture=TextureRef(0), roughness=1.0)
    entry = LibraryMaterial(Material(base_color=(0.5, 0.1, 0.1, 1.0), metallic=0.0, clearcoat=coat), noise())
    number = library.put("coated", entry)
    scene.spawn(1, scene.mesh("sphere", (2, 2, 2), material=number))
    scene.propagate()
    camera = ViewCamera.looking((0, 0, 4), (0, 0, 0))
    coated = renderer.picture(scene.world, camera=camera, size=(32, 32), samples=1).pixels
    library.replace(number, replace(entry, material=replace(entry.material, clearcoat=None)))
    bare = renderer.picture(scene.world, camera=camera, size=(32, 32), samples=1).pixels
    assert np.abs(coated.astype(int) - bare).max() > 8
    library.replace(number, entry)
    again = renderer.picture(scene.world, camera=camera, size=(32, 32), samples=1).pixels
    assert np.array_equal(again, coated)
    renderer.release()
