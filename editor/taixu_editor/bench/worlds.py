"""What the editor is measured with: a world of many entities, a project of many files, all made by code."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from taixu.ecs import World
from taixu.scene import Material, Name, Parent, Shape, Transform

__all__ = ["add_boxes", "make_assets", "make_project"]

_WORLD_FILE = "worlds/main.world.json"
_SIDE_PX = 64
_CORNERS = "".join(f"v {x} {y} {z}\n" for x in ("{w}", "{u}") for y in ("{w}", "{u}") for z in ("{w}", "{u}"))
_FACES = "f 1 2 4 3\nf 5 7 8 6\nf 1 5 6 2\nf 3 4 8 7\nf 1 3 7 5\nf 2 6 8 4\n"


def add_boxes(world: World, count: int) -> None:
    """Boxes in a square, a hundredth of them with a lid; each has a name and a material of its own."""
    lids = count // 100
    boxes = count - lids
    side = int(np.ceil(np.sqrt(boxes)))
    places = np.zeros((3, boxes), np.float32)
    places[0], places[2] = np.arange(boxes) % side * 1.5, np.arange(boxes) // side * 1.5
    names = np.array([f"Crate {number}" for number in range(boxes)], object)
    handles = world.spawn_batch(boxes, {Transform: {"translation": places}, Name: {"text": names}, Shape: {}, Material: {}})
    if lids:
        world.spawn_batch(lids, {Transform: {}, Name: {"text": "Lid"}, Parent: {"entity": handles[:lids]}})


def make_project(folder: Path, *, entities: int = 0, assets: int = 0) -> Path:
    """A project from the template *empty*, with so many entities more in its world, and so many files."""
    from taixu.cli.new import make_project as make
    from taixu_editor.host import Host

    make(folder, "empty")
    if assets:
        make_assets(folder / "assets", assets)
    if entities:
        host = Host()
        host.open(folder)
        add_boxes(host.session.world, entities)
        host.session.save()
        host.close()
    return folder


def make_assets(folder: Path, count: int) -> None:
    """Six in ten are pictures, one a model, three are scripts; no two are alike."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(1)
    for number in range(count):
        kind = number % 10
        if kind < 6:
            pixels = np.broadcast_to(
                chance.integers(0, 255, (8, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1), (_SIDE_PX, _SIDE_PX, 3)
            )
            Image.fromarray(np.ascontiguousarray(pixels)).save(folder / f"picture_{number:04}.png", compress_level=1)
        elif kind == 6:
            width = 0.5 + chance.random()
            (folder / f"box_{number:04}.obj").write_text(_CORNERS.format(w=-width, u=width) + _FACES)
        else:
            (folder / f"script_{number:04}.py").write_text(f'"""Script {number}."""\n\nSPEED = {number}\n')
