"""The generator "repair": a model from outside, made fit for use as far as was asked, with a report of before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from taixu.assets.importers import import_model
from taixu.assets.model import ModelData
from taixu.errors import TaixuError, UsageError
from taixu.generate.gate.colliders import COLLIDERS, collider_model
from taixu.generate.gate.decimating import bake_look, decimate
from taixu.generate.gate.inspection import inspect_model
from taixu.generate.gate.mending import PIVOTS, clean, fill_holes, place, smooth_normals, wind
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.mesh_texturing.solid_generator import MODEL_SUFFIXES
from taixu.generate.request import Request

__all__ = ["RepairGenerator", "RepairParameters"]

_FEWEST_OF_A_LEVEL = 64


@dataclass(frozen=True)
class RepairParameters:
    """What is to be done; each does nothing where nothing is wrong."""

    clean: bool = field(default=True, metadata={"doc": "Leave out triangles without area, doubles, and loose specks."})
    winding: bool = field(default=True, metadata={"doc": "Turn triangles that face the wrong way."})
    holes: bool = field(default=False, metadata={"doc": "Close holes of up to 256 edges."})
    normals: bool = field(default=True, metadata={"doc": "Smooth normals where it brings none."})
    size_m: float = field(
        default=0.0, metadata={"doc": "Its largest extent; 0 keeps its size.", "unit": "m", "minimum": 0.0, "maximum": 1e5}
    )
    pivot: str = field(default="keep", metadata={"doc": "The middle of its foot, of itself, or where it is.", "choices": PIVOTS})
    triangles: int = field(
        default=0, metadata={"doc": "At the most; its look is then baked into one texture. 0 keeps all.", "minimum": 0,
                             "maximum": 2_000_000}
    )  # fmt: skip
    size_px: int = field(default=1024, metadata={"doc": "Edge of that texture.", "unit": "px", "minimum": 64, "maximum": 4096})
    levels: int = field(
        default=0, metadata={"doc": "Levels of detail besides, each with a quarter of the triangles.", "minimum": 0, "maximum": 4}
    )
    collider: str = field(
        default="none", metadata={"doc": "A hull around it, or convex parts that follow its hollows.", "choices": COLLIDERS}
    )
    parts: int = field(default=16, metadata={"doc": "Convex parts at the most.", "minimum": 1, "maximum": 128})


class RepairGenerator(Generator):
    """Models made fit for use."""

    name, makes, suffix = "repair", "repair", ".glb"
    summary = "a model mended and made small: specks, winding, holes, size, pivot, triangles, levels of detail, colliders"
    parameters = RepairParameters
    needs = Needs(parents=1, memory_mb=8192, suffixes=MODEL_SUFFIXES)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One GLB with the reports of before and after in its record; then its levels of detail and its collider."""
        if len(request.parents) != 1:
            raise UsageError("name one model to repair: --from MODEL")
        wanted: RepairParameters = request.parameters
        path = request.parents[0]
        try:
            return self._made(request, wanted, import_model(path), progress)
        except TaixuError as error:
            raise type(error)(f"{path.name}: {error}") from error

    def _made(self, request: Request, wanted: RepairParameters, model: ModelData, progress: Progress) -> list[Made]:
        before = inspect_model(model)
        progress(0.15, "mending")
        mended, done = mend(model, wanted)
        fine = place(mended, size_m=wanted.size_m, pivot=wanted.pivot)
        result = fine
        if 0 < wanted.triangles < before.triangles:
            progress(0.3, "fewer triangles")
            result = bake_look(fine, decimate(fine, wanted.triangles), wanted.size_px)
            done["triangles"] = before.triangles - inspect_model(result).triangles
        after = inspect_model(result)
        said: dict[str, Any] = {"before": before.to_json(), "after": after.to_json(), "done": done}
        made = [replace(request.save_model(result), said=said)]
        count = after.triangles
        for level in range(1, wanted.levels + 1):
            count //= 4
            if count < _FEWEST_OF_A_LEVEL:
                break
            progress(0.4 + 0.3 * level / wanted.levels, f"level {level}")
            size_px = max(64, wanted.size_px >> level)
            made.append(request.save_model(bake_look(fine, decimate(fine, count), size_px), f"level{level}"))
        if wanted.collider != "none":
            progress(0.75, "collider")
            made.append(request.save_model(collider_model(result, wanted.collider, most=wanted.parts), "collider"))
        return made


def mend(model: ModelData, wanted: RepairParameters) -> tuple[ModelData, dict[str, int]]:
    """All that is asked for and changes nothing that is seen, and how often each was needed."""
    done: dict[str, int] = {}
    steps = {"clean": clean, "winding": wind, "holes": fill_holes, "normals": smooth_normals}
    for name, step in steps.items():
        if getattr(wanted, name):
            model, count = step(model)
            if count:
                done[name] = count
    return model, done
