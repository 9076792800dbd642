"""Textures by words, without weights: the colours of a material's family, or all of its maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.generator import Made, Progress
from taixu.generate.graph import Graph, evaluate
from taixu.generate.materials.generator import MaterialGenerator, MaterialParameters, open_device, ordered_graph
from taixu.generate.pictures.reading import encoded
from taixu.generate.request import Request

__all__ = ["TextureGenerator", "TextureParameters"]

_FIRST_LOOK = 96


@dataclass(frozen=True)
class TextureParameters(MaterialParameters):
    """Parameters of a texture: those of a material, and whether all maps are wanted."""

    maps: bool = field(default=False, metadata={"doc": "All maps of the material, not its colours alone."})


class TextureGenerator(MaterialGenerator):
    """Textures from node graphs: what `MaterialGenerator` makes, but one picture unless all maps are asked for."""

    name, makes, suffix = "texture", "texture", ".png"
    summary = "a seamless picture of a material's colours, from the families of node graphs; its maps, too, where asked"
    parameters = TextureParameters

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One picture, in sRGB's encoding; with ``maps`` the files of a material."""
        wanted: TextureParameters = request.parameters
        if wanted.maps:
            return super().generate(request, progress)
        graph = _colors_of(ordered_graph(wanted, request.seed)[0])
        progress(0.1, "a first look", _bytes(evaluate(graph, min(_FIRST_LOOK, wanted.size_px))["base_color"]))
        device = open_device()
        try:
            made = evaluate(graph, wanted.size_px, device=device, progress=lambda done: progress(0.1 + 0.8 * done, "nodes"))
        finally:
            if device is not None:
                device.release()
        colors = made["base_color"]
        if not np.isfinite(colors).all():
            raise TaixuError("the colours came out with numbers that are none; try other sliders")
        return [request.save_picture(_bytes(colors))]


def _colors_of(graph: Graph) -> Graph:
    """A material's graph, less all that its colours do not need."""
    return Graph(graph.nodes, {"base_color": graph.outputs["base_color"]}, graph.seed)


def _bytes(colors: np.ndarray) -> np.ndarray:
    """As pictures have them: the upper row first, sRGB."""
    return np.rint(encoded(colors[::-1]) * 255.0).astype(np.uint8)
