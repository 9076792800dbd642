"""The material generator: a family, its sliders and its years to the maps of a material."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.errors import MachineError, TaixuError
from taixu.generate.generator import Details, Generator, Made, Progress
from taixu.generate.graph import Graph, evaluate
from taixu.generate.materials.ageing import Age
from taixu.generate.materials.family import families, family_named
from taixu.generate.materials.maps import MaterialMaps, maps_of, material_graph
from taixu.generate.materials.pictures import map_pictures
from taixu.generate.materials.words import parameters_of_words
from taixu.generate.request import Request

__all__ = ["MaterialGenerator", "MaterialParameters", "open_device", "ordered_graph"]

_FIRST_LOOK = 96
_UNIT = {"minimum": 0.0, "maximum": 1.0}


@dataclass(frozen=True)
class MaterialParameters:
    """Parameters of a material."""

    family: str = field(default="bricks", metadata={"doc": "What it is.", "choices": tuple(sorted(families()))})
    variant: str = field(default="", metadata={"doc": "A look of the family by name; sliders that are given go before it."})
    size_px: int = field(default=1024, metadata={"doc": "Edge of the maps.", "unit": "px", "minimum": 32, "maximum": 4096})
    sliders: str = field(default="", metadata={"doc": "The family's own: name=value, by commas; colours as #rrggbb."})
    wear: float = field(default=0.0, metadata={"doc": "Edges rubbed bare.", **_UNIT})
    dirt: float = field(default=0.0, metadata={"doc": "In hollows, and a film over all.", **_UNIT})
    moss: float = field(default=0.0, metadata={"doc": "Moss over it.", **_UNIT})
    wetness: float = field(default=0.0, metadata={"doc": "Darker and shiny; puddles from a half on.", **_UNIT})
    second: str = field(default="", metadata={"doc": "Another family in patches over it.", "choices": ("", *sorted(families()))})
    second_share: float = field(default=0.5, metadata={"doc": "How much of the second.", **_UNIT})


class MaterialGenerator(Generator):
    """Materials from node graphs, without weights."""

    name, makes, suffix = "material", "material", ".png"
    summary = "seamless materials with all their maps, from 44 families of node graphs"
    parameters = MaterialParameters

    def read_words(self, prompt: str) -> Mapping[str, Any]:
        """Family, colours and years of a prompt."""
        return parameters_of_words(prompt)

    def details(self, parameters: Mapping[str, Any]) -> Details | None:
        """The family's own sliders."""
        from taixu.generate.materials.details import details_of

        return details_of(parameters)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """Base colour first; then normal, orm (occlusion, roughness, metal), height, emission where it glows, and the graph."""
        wanted: MaterialParameters = request.parameters
        graph, size_m, relief_m = ordered_graph(wanted, request.seed)
        # By numpy: it is there before the first shader is compiled.
        first = MaterialMaps(maps_of(evaluate(graph, min(_FIRST_LOOK, wanted.size_px))), size_m, relief_m)
        progress(0.1, "a first look", map_pictures(first)["base_color"])
        device = open_device()
        try:
            made = evaluate(graph, wanted.size_px, device=device, progress=lambda done: progress(0.1 + 0.75 * done, "nodes"))
        finally:
            if device is not None:
                device.release()
        maps = MaterialMaps(maps_of(made), size_m, relief_m)
        for name, picture in maps.maps.items():
            if not np.isfinite(picture).all():
                raise TaixuError(f"the map {name} came out with numbers that are none; try other sliders")
        pictures = map_pictures(maps)
        files = []
        for i, (role, picture) in enumerate(pictures.items()):
            progress(0.85 + 0.15 * i / len(pictures), role, pictures["base_color"])
            files.append(request.save_picture(picture, role))
        text = request.path(".graph.json")
        write_atomic(text, graph.to_text().encode())
        return [*files, Made(text, "graph")]


def ordered_graph(wanted: MaterialParameters, seed: int) -> tuple[Graph, float, float]:
    """The graph that parameters mean; how wide its square is and how high 1 is, metres."""
    age = Age(wanted.wear, wanted.dirt, wanted.moss, wanted.wetness)
    second = (wanted.second, wanted.second_share) if wanted.second else None
    return material_graph(
        wanted.family, seed=seed, variant=wanted.variant, age=age, second=second, **sliders_of(wanted.family, wanted.sliders)
    )


def sliders_of(family: str, text: str) -> dict[str, Any]:
    """Sliders of a family from ``name=value, name=value``.

    Raises
    ------
    TaixuError
        Where a name or a value means nothing.
    """
    known = family_named(family).sliders
    found: dict[str, Any] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, value = (each.strip() for each in part.partition("="))
        if name not in known:
            raise TaixuError(f"{family} has no slider {name!r}; it has {', '.join(known)}")
        found[name] = _value(name, value, known[name].default)
    return found


def sliders_text(sliders: Mapping[str, Any]) -> str:
    """What `sliders_of` reads."""
    from taixu.generate.materials.family import hex_of

    return ", ".join(f"{name}={hex_of(value) if isinstance(value, tuple) else value}" for name, value in sliders.items())


def _value(name: str, text: str, default: Any) -> Any:
    from taixu.generate.materials.family import srgb

    try:
        if isinstance(default, tuple):
            return srgb(text)
        if isinstance(default, str):
            return text
        return int(text) if isinstance(default, int) else float(text)
    except (ValueError, IndexError):
        raise TaixuError(f"{name} is {text!r}; it must be like {default!r}, colours as #rrggbb") from None


def open_device() -> Any:
    """A device, or None: numpy makes the same, slower. ``TAIXU_GENERATE_ON=processor`` asks for that."""
    from taixu.gpu import create_device

    if os.environ.get("TAIXU_GENERATE_ON", "") == "processor":
        return None
    try:
        return create_device()
    except MachineError:
        return None
