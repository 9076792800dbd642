"""The maps of a graph that somebody drew: the graph is the parent that their records name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from taixu.errors import MachineError, TaixuError, UsageError
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.graph import Graph, evaluate
from taixu.generate.materials.maps import MaterialMaps, maps_of
from taixu.generate.materials.pictures import map_pictures
from taixu.generate.request import Request

__all__ = ["PLAIN_MAPS", "GraphGenerator", "GraphParameters", "completed", "read_graph"]

PLAIN_MAPS = {
    "base_color": (0.5, 0.5, 0.5), "normal": (0.0, 0.0, 1.0), "roughness": 0.8, "metallic": 0.0, "height": 0.5, "occlusion": 1.0,
    "emission": (0.0, 0.0, 0.0),
}  # fmt: skip
"""What stands for maps that a graph does not make."""
_FIRST_LOOK = 96
_MOST_BYTES = 1 << 22


@dataclass(frozen=True)
class GraphParameters:
    """Parameters of a drawn material; all else is in the graph."""

    size_px: int = field(default=1024, metadata={"doc": "Edge of the maps.", "unit": "px", "minimum": 32, "maximum": 4096})


class GraphGenerator(Generator):
    """Materials from a file with a graph of nodes."""

    name, makes, suffix = "graph", "material", ".png"
    summary = "the maps of a material from a graph of nodes, as the editor or a text editor writes it"
    parameters = GraphParameters
    needs = Needs(parents=1, suffixes=(".json",))

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """Base colour first; then normal, orm (occlusion, roughness, metal), height, and emission where it glows."""
        if len(request.parents) != 1:
            raise UsageError("name one graph to make it from, a file NAME.graph.json")
        graph = completed(read_graph(request.parents[0]))
        size: int = request.parameters.size_px
        first = MaterialMaps(maps_of(evaluate(graph, min(_FIRST_LOOK, size))), 1.0, 0.01)
        progress(0.1, "a first look", map_pictures(first)["base_color"])
        from taixu.gpu import create_device

        try:
            device = create_device()
        except MachineError:
            device = None  # numpy makes the same, slower
        try:
            made = evaluate(graph, size, device=device, progress=lambda done: progress(0.1 + 0.75 * done, "nodes"))
        finally:
            if device is not None:
                device.release()
        maps = MaterialMaps(maps_of(made), 1.0, 0.01)
        for name, picture in maps.maps.items():
            if not np.isfinite(picture).all():
                raise TaixuError(f"the map {name} came out with numbers that are none; look for a division by 0 in the graph")
        pictures = map_pictures(maps)
        files = []
        for i, (role, pixels) in enumerate(pictures.items()):
            progress(0.85 + 0.15 * i / len(pictures), role, pictures["base_color"])
            files.append(request.save_picture(pixels, role))
        return files


def read_graph(file: Path) -> Graph:
    """A graph out of a file.

    Raises
    ------
    TaixuError
        When there is none, or it is broken, in one sentence.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise TaixuError(f"{file}: cannot be read ({error.strerror or error})") from None
    if len(data) > _MOST_BYTES:
        raise TaixuError(f"{file}: is larger than the {_MOST_BYTES >> 20} MiB of the largest graph")
    return Graph.from_text(data.decode("utf-8", errors="replace"), name=file.name)


def completed(graph: Graph) -> Graph:
    """The graph with all maps of a material; what it does not make is plain, and numbers are colours where a map is one.

    Normals that a graph does not make follow from its height.
    """
    full = graph.copy()
    given = dict(graph.outputs)
    if "normal" not in given and "height" in given and "made_normal" not in graph.nodes:
        given["normal"] = full.add("made_normal", "filter.normal", height=given["height"]).ref
    full.outputs = {}
    for name, plain in PLAIN_MAPS.items():
        value = given.get(name, plain)
        kind = getattr(value, "kind", "vec3" if isinstance(value, tuple) else "float")
        if isinstance(plain, tuple) and kind == "float":
            value = full.color(f"made_{name}", "vec(v, v, v)", v=value).ref
        elif not isinstance(plain, tuple) and kind == "vec3":
            value = full.number(f"made_{name}", "dot(v, vec(0.2126, 0.7152, 0.0722))", v=value).ref
        full.put_out(**{name: value})
    return full
