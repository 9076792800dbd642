"""A sheet of materials: each on a ball and on a plane, under the studio's light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.materials.family import families
from taixu.generate.materials.maps import MaterialMaps, material_maps
from taixu.generate.materials.pictures import material_model

if TYPE_CHECKING:
    from taixu.render import Renderer

__all__ = ["material_sheet", "show_material", "write_sheet"]

Picture = NDArray[np.uint8]
_GREY = 34


def show_material(renderer: Renderer, made: MaterialMaps, name: str, size: int = 256) -> Picture:
    """Two pictures beside each other, uint8 [size, 2 size, 3]: a ball, and a plane seen askew."""
    from taixu.app import App, Stage
    from taixu.render import View, ViewCamera
    from taixu.scene import Light, MeshInstance, Transform
    from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
    from taixu.scene.plugin import ScenePlugin
    from taixu.scene.shapes import shape_mesh

    pictures = []
    for shape, repeats in (("sphere", (4.0, 2.0)), ("plane", (1.5, 1.5))):
        app = App()
        app.add_plugin(ScenePlugin())
        world = app.world
        model = material_model(made, name, repeats=repeats)
        number = world.resource(MaterialLibrary).put(name, LibraryMaterial(model.materials[0], model))
        mesh = add_mesh(world.resource(MeshLibrary), shape, shape_mesh(shape, (1.0, 1.0, 1.0)), material=number)
        world.spawn(Transform(), MeshInstance(mesh=mesh))
        world.spawn(Transform(rotation=(-0.42, 0.28, 0.0, 0.86)), Light(intensity=1.2, shadows=False))
        app.run_stage(Stage.PROPAGATE)
        eye = (0.0, 0.25, 2.2) if shape == "sphere" else (0.0, 1.05, 0.72)
        view = View(ViewCamera.looking(eye, (0.0, 0.0, 0.0), fov_y_rad=0.5), (size * 2, size * 2))
        renderer.render(world, [view])
        image = renderer.read(view)
        pictures.append(_half(np.asarray(image)))
        view.release()
    return np.concatenate(pictures, axis=1)


def material_sheet(
    renderer: Renderer, materials: Iterable[tuple[str, MaterialMaps]], *, size: int = 192, columns: int = 4
) -> Picture:
    """All of them in a grid with their names, uint8 [h, w, 3]."""
    from PIL import Image, ImageDraw

    shown = [(name, show_material(renderer, made, name, size)) for name, made in materials]
    rows = -(-len(shown) // columns)
    line, gap = 20, 6
    width, height = 2 * size + gap, size + line + gap
    sheet = Image.new("RGB", (columns * width + gap, rows * height + gap), (_GREY,) * 3)
    draw = ImageDraw.Draw(sheet)
    for i, (name, picture) in enumerate(shown):
        x, y = gap + i % columns * width, gap + i // columns * height
        sheet.paste(Image.fromarray(picture), (x, y))
        draw.text((x + 2, y + size + 3), name, fill=(225, 225, 225))
    return np.asarray(sheet)


def write_sheet(file: Path, *, names: Sequence[str] = (), size: int = 160, maps_px: int = 512) -> int:
    """Draw families (all by default) into a picture; the number of them.

    Raises
    ------
    MachineError
        Where there is no device to draw with.
    """
    from taixu.assets.image import write_image
    from taixu.gpu import create_device
    from taixu.render import Renderer

    device = create_device()
    renderer = Renderer(device)
    try:
        chosen = list(names) or sorted(families())
        made = ((name, material_maps(name, maps_px, seed=1, device=device)) for name in chosen)
        write_image(file, material_sheet(renderer, made, size=size))
    finally:
        renderer.release()
        device.release()
    return len(chosen)


def _half(image: NDArray[Any]) -> Picture:
    """Half as large, opaque, uint8: the four pixels of each place are averaged."""
    values = image[..., :3].astype(np.float32)
    if image.dtype.kind == "f":
        values = values * 255
    h, w = values.shape[0] // 2, values.shape[1] // 2
    return np.rint(values[: 2 * h, : 2 * w].reshape(h, 2, w, 2, 3).mean(axis=(1, 3))).clip(0, 255).astype(np.uint8)
