"""A sheet of materials: each on a ball and on a plane, under the studio's light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.materials.family import families, family_named
from taixu.generate.materials.maps import MaterialMaps, material_maps
from taixu.generate.materials.pictures import material_model

if TYPE_CHECKING:
    from taixu.render import Renderer

__all__ = ["material_sheet", "show_material", "variant_sheet", "write_sheet"]

Picture = NDArray[np.uint8]
_GREY = 34
_QUALITY = 82
_HIGH = (-0.42, 0.28, 0.0, 0.86)
_LOW = (-0.12052, -0.49513, -0.06958, 0.85760)
"""Sixteen degrees above the plane, from behind on the left: what stands up is seen by its shadows."""


def show_material(renderer: Renderer, made: MaterialMaps, name: str, size: int = 256) -> Picture:
    """Two pictures beside each other, uint8 [size, 2 size, 3]: a ball, and a plane seen askew."""
    from taixu.app import App, Stage
    from taixu.render import View, ViewCamera
    from taixu.scene import Light, MeshInstance, Transform
    from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
    from taixu.scene.plugin import ScenePlugin
    from taixu.scene.shapes import shape_mesh

    pictures = []
    for shape, repeats, light, lux in (("sphere", (4.0, 2.0), _HIGH, 1.2), ("plane", (1.0, 1.0), _LOW, 1.5)):
        app = App()
        app.add_plugin(ScenePlugin())
        world = app.world
        model = material_model(made, name, repeats=repeats)
        number = world.resource(MaterialLibrary).put(name, LibraryMaterial(model.materials[0], model))
        mesh = add_mesh(world.resource(MeshLibrary), shape, shape_mesh(shape, (1.0, 1.0, 1.0)), material=number)
        world.spawn(Transform(), MeshInstance(mesh=mesh))
        world.spawn(Transform(rotation=light), Light(intensity=lux, shadows=False))
        app.run_stage(Stage.PROPAGATE)
        eye = (0.0, 0.25, 2.2) if shape == "sphere" else (0.0, 1.06, 0.5)
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


def variant_sheet(
    renderer: Renderer, looks: Iterable[tuple[str, str, MaterialMaps]], *, size: int = 80
) -> Picture:
    """Looks by family, a row each (family, variant, maps), uint8 [h, w, 3]."""
    from PIL import Image, ImageDraw

    rows: dict[str, list[tuple[str, Picture]]] = {}
    for name, variant, made in looks:
        rows.setdefault(name, []).append((variant, show_material(renderer, made, f"{name} {variant}", size)))
    line, gap, label = 14, 4, 100
    width, height = 2 * size + gap, size + line + gap
    most = max((len(row) for row in rows.values()), default=0)
    sheet = Image.new("RGB", (label + most * width + gap, len(rows) * height + gap), (_GREY,) * 3)
    draw = ImageDraw.Draw(sheet)
    for j, (name, row) in enumerate(rows.items()):
        y = gap + j * height
        draw.text((gap, y + size // 2 - 5), name, fill=(245, 245, 245))
        for i, (variant, picture) in enumerate(row):
            x = label + i * width
            sheet.paste(Image.fromarray(picture), (x, y))
            draw.text((x + 2, y + size + 1), variant, fill=(200, 200, 200))
    return np.asarray(sheet)


def write_sheet(
    file: Path, *, names: Sequence[str] = (), size: int = 0, maps_px: int = 512, with_variants: bool = False
) -> int:
    """Draw families (all by default) into a picture, or each with all its variants; the number of looks.

    Raises
    ------
    MachineError
        Where there is no device to draw with.
    """
    from taixu.assets.image import write_image
    from taixu.gpu import create_device
    from taixu.render import Renderer

    chosen = list(names) or sorted(families())
    device = create_device()
    renderer = Renderer(device)
    try:
        if with_variants:
            pairs = [(name, variant) for name in chosen for variant in family_named(name).variants]
            looks = ((*pair, material_maps(pair[0], maps_px, seed=1, variant=pair[1], device=device)) for pair in pairs)
            write_image(file, variant_sheet(renderer, looks, size=size or 80), quality=_QUALITY)
            return len(pairs)
        made = ((_titled(name, each), each) for name in chosen for each in [material_maps(name, maps_px, seed=1, device=device)])
        write_image(file, material_sheet(renderer, made, size=size or 160), quality=_QUALITY)
        return len(chosen)
    finally:
        renderer.release()
        device.release()


def _titled(name: str, made: MaterialMaps) -> str:
    """Its name, and how wide the plane is."""
    return f"{name}, {made.size_m:g} m"


def _half(image: NDArray[Any]) -> Picture:
    """Half as large, opaque, uint8: the four pixels of each place are averaged."""
    values = image[..., :3].astype(np.float32)
    if image.dtype.kind == "f":
        values = values * 255
    h, w = values.shape[0] // 2, values.shape[1] // 2
    return np.rint(values[: 2 * h, : 2 * w].reshape(h, 2, w, 2, 3).mean(axis=(1, 3))).clip(0, 255).astype(np.uint8)
