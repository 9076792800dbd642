"""The generator of buildings: one model with levels of detail, a collider beside it, and a world to look at it in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.places.buildings.spec import SHAPES, BuildingSpec, footprint_of
from taixu.generate.places.lexicon import read_prompt
from taixu.generate.request import Request

__all__ = ["BuildingGenerator", "parameters_of_words"]

_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
}


class BuildingGenerator(Generator):
    """Houses, churches, towers: façades by rules, rooms with doors and stairs inside."""

    name, makes, suffix = "building", "building", ".json"
    summary = "a building with rooms: cottage, farm, church, town house, tower, mill, courtyard house and more"
    parameters = BuildingSpec
    needs = Needs(modules=("shapely", "mapbox_earcut"), extra="models")
    makes_folder = True

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Style, plan and storeys of a prompt."""
        return parameters_of_words(prompt)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """The model, what bodies meet, door leaves, and a world of them."""
        from taixu.assets.gltf import write_gltf
        from taixu.generate.places.buildings.building import make_building
        from taixu.generate.places.buildings.doors import door_key, door_leaf, door_rotation
        from taixu.generate.places.buildings.model import building_model, collider_model, model_of
        from taixu.generate.places.buildings.plans import clean_footprint
        from taixu.generate.places.buildings.style import read_style
        from taixu.generate.places.buildings.surfaces import Palette
        from taixu.generate.places.world_text import world_text

        spec: BuildingSpec = request.parameters.check()
        style = read_style(spec.style)
        outline = footprint_of(spec, style, request.seed)
        holes = []
        if spec.shape == "court":
            low, high = outline.min(0), outline.max(0)
            deep = 0.36 * (high - low).min()
            holes = [np.array([low + deep, (low[0] + deep, high[1] - deep), high - deep, (high[0] - deep, low[1] + deep)])]
        footprint = clean_footprint(outline - outline.mean(0), [hole - outline.mean(0) for hole in holes])
        progress(0.1, style.title)
        made = make_building(style, footprint, request.seed, storeys=spec.storeys, inside=spec.inside)
        palette = Palette(spec.texture_px)
        progress(0.5, "pictures")
        main = request.folder / "building.gltf"
        write_gltf(building_model(made, palette, seed=request.seed), main)
        solid = request.folder / "building_collider.gltf"
        write_gltf(collider_model(made), solid)
        files = [Made(main, "building"), Made(solid, "building_collider")]
        entities: dict[str, dict[str, Any]] = {
            "building": {"transform": {}, "model": {"source": main.name}, "collider": {"shape": "mesh", "source": solid.name}}
        }
        written: dict[str, str] = {}
        for number, door in enumerate(made.doors):
            key = door_key(door)
            if key not in written:
                file = request.folder / f"door_{key}.gltf"
                write_gltf(model_of([door_leaf(door)], palette, name=key), file)
                files.append(Made(file, f"door_{key}"))
                written[key] = file.name
            entities[f"door {number + 1}"] = {
                "transform": {"position": door.position.tolist(), "rotation": door_rotation(door, 1.3)},
                "model": {"source": written[key]},
            }
        entities["sun"] = {
            "transform": {"rotation": [-0.42, 0.35, 0.17, 0.82]},
            "light": {"color": [1.0, 0.94, 0.85], "intensity": 3.0},
        }
        world = request.folder / "building.world.json"
        write_atomic(world, world_text(entities, settings={"physics": {"backend": "rapier"}}).encode())
        files.insert(0, Made(world, said={"style": style.name, "rooms": len(made.rooms), "doors": len(made.doors)}))
        names = {each.path.name for each in files}
        files += [
            Made(file, file.stem)
            for file in sorted(request.folder.glob("*"))
            if file.suffix in (".bin", ".png") and file.name not in names
        ]
        return files


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt.

    Raises
    ------
    TaixuError
        When no word names a building.
    """
    from taixu.generate.places.buildings.style import read_style, style_names

    text = prompt.casefold()
    tokens, score = read_prompt(prompt)
    scores = {name: score(" ".join((*read_style(name).words, *name.split("_")))) for name in style_names()}
    best = max(scores, key=lambda name: scores[name])
    if not scores[best]:
        raise TaixuError(f"no word names a building that can be made; there are {', '.join(style_names())}")
    meant: dict[str, Any] = {"style": best}
    found = re.search(r"(\w+)[ -]?(?:storey|story|storeys|stories|floors?)|([一两二三四五六\d]+)\s*层", text)
    if found:
        word = found[1] or found[2]
        count = int(word) if word.isdecimal() and len(word) < 3 else _NUMBERS.get(word, 0)
        if 1 <= count <= 90:
            meant["storeys"] = count
    shape = next((name for name in SHAPES if name.lower() in tokens and name not in ("L", "T", "U")), None)
    letter = re.search(r"\b([ltu])[- ]shaped", text)
    if letter:
        meant["shape"] = letter[1].upper()
    elif shape or ("courtyard" in tokens and best != "chinese_courtyard"):
        meant["shape"] = shape or "court"
    return meant
