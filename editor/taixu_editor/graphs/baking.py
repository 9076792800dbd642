"""From a graph to files of maps in the project, made by the generator ``graph`` in the background, and onto things of the world."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu_editor.graphs.document import GraphDocument

if TYPE_CHECKING:
    from taixu.generate import Generation, Generations
    from taixu_editor.host import Host

__all__ = ["Bake", "Bakery", "baked_maps", "material_fields"]

_ROLES = {
    "base_color": "base_color_texture", "normal": "normal_texture", "orm": "metallic_roughness_texture",
    "emission": "emissive_texture",
}  # fmt: skip


@dataclass(slots=True)
class Bake:
    """Maps on their way."""

    path: str
    """Of the graph."""
    generation: Generation
    wearers: tuple[str, ...] = ()
    """Entities that wear the maps when they are there, by id."""

    @property
    def said(self) -> str:
        """What came of it, where it failed."""
        return "" if self.generation.error is None else str(self.generation.error)


class Bakery:
    """The bakes of a host, the latest of each graph."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._generations: Generations | None = None
        self._bakes: dict[str, Bake] = {}

    def find(self, document: GraphDocument) -> Bake | None:
        """The latest of a graph."""
        return self._bakes.get(document.path)

    def start(self, document: GraphDocument, size_px: int, *, wearers: tuple[str, ...] = ()) -> Bake:
        """Write the graph where it is unsaved, and begin to make its maps beside it.

        Raises
        ------
        TaixuError
            Where it makes nothing, cannot be written, or is being made already.
        """
        from taixu.generate import Generations, Order

        running = self.find(document)
        if running is not None and not running.generation.is_over:
            raise TaixuError(f"the maps of {document.name} are being made already")
        if not document.graph.outputs:
            raise TaixuError(f"{document.name} makes nothing yet; connect something to its output")
        if not document.is_saved or not document.file.exists():
            document.save()
        if self._generations is None:
            self._generations = Generations(self._host.jobs)
        order = Order("graph", settings={"size_px": size_px}, parents=(document.file,))
        project = self._host.session.project

        def end(_: Generation) -> None:
            if self._host.session.project is project and bake.generation.result is not None and bake.wearers:
                wear(self._host, document, bake.wearers)

        made = self._generations.submit(order, out=document.file.parent / document.name, then=end)
        bake = self._bakes[document.path] = Bake(document.path, made, wearers)
        return bake


def baked_maps(document: GraphDocument) -> dict[str, Path]:
    """The files of a graph's maps that are there, by role."""
    files = {role: document.file.parent / f"{document.name}_{role}.png" for role in (*_ROLES, "height")}
    return {role: file for role, file in files.items() if file.is_file()}


def material_fields(host: Host, document: GraphDocument) -> dict[str, Any]:
    """What a material says that wears a graph's maps.

    Raises
    ------
    TaixuError
        Where they were not made yet.
    """
    files = baked_maps(document)
    if "base_color" not in files:
        raise TaixuError(f"the maps of {document.name} were not made yet; bake them first")
    project = host.session.project
    fields: dict[str, Any] = {field: project.path_of(files[role]) for role, field in _ROLES.items() if role in files}
    if "orm" in files:
        fields |= {"occlusion_texture": fields["metallic_roughness_texture"], "metallic": 1.0, "roughness": 1.0}
    if "emission" in files:
        fields["emissive"] = [1.0, 1.0, 1.0]
    return {"base_color": [1.0, 1.0, 1.0, 1.0], **fields}


def wear(host: Host, document: GraphDocument, entities: tuple[str, ...]) -> None:
    """Let entities wear a graph's maps, as one step of the world's history.

    Raises
    ------
    TaixuError
        Where there are none, or they were not made yet.
    """
    from taixu.scene import Material

    fields, session = material_fields(host, document), host.session
    living = [text for text in entities if session.living((text,))]
    if not living:
        raise TaixuError("nothing is selected that could wear the maps")
    has = [text for text in living if session.world.has(session.entity(text), Material)]
    lacks = [text for text in living if text not in has]
    steps: list[tuple[str, dict[str, Any]]] = []
    if has:
        steps.append(("component.set", {"component": "material", "fields": fields, "entities": has}))
    if lacks:
        steps.append(("component.add", {"component": "material", "fields": fields, "entities": lacks}))
    host.operations.do_all(session, steps, label=f"Wear {document.name}")
