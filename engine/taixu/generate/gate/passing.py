"""What goes through the gate: mended, placed, made small, with levels of detail and colliders, as far as was asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from taixu.assets.model import ModelData
from taixu.generate.gate.colliders import COLLIDERS, collider_model
from taixu.generate.gate.decimating import bake_look, decimate
from taixu.generate.gate.inspection import inspect_model
from taixu.generate.gate.levelled import with_levels
from taixu.generate.gate.mending import PIVOTS, clean, fill_holes, place, smooth_normals, wind
from taixu.generate.gate.parting import part, stitch
from taixu.generate.gate.rebuilding import rebuild
from taixu.generate.generator import Made, Progress
from taixu.generate.request import Request

__all__ = ["GateWishes", "mend", "pass_gate"]

_FEWEST_OF_A_LEVEL = 64


@dataclass(frozen=True)
class GateWishes:
    """What is to be done; each does nothing where nothing is wrong."""

    clean: bool = field(default=True, metadata={"doc": "Leave out triangles without area, doubles, and loose specks."})
    winding: bool = field(default=True, metadata={"doc": "Turn triangles that face the wrong way."})
    edges: bool = field(
        default=True, metadata={"doc": "Part surfaces that share an edge, and join edges to those that end on them."}
    )
    holes: bool = field(default=False, metadata={"doc": "Close holes of up to 256 edges."})
    normals: bool = field(default=True, metadata={"doc": "Smooth normals where it brings none."})
    size_m: float = field(
        default=0.0, metadata={"doc": "Its largest extent; 0 keeps its size.", "unit": "m", "minimum": 0.0, "maximum": 1e5}
    )
    pivot: str = field(default="keep", metadata={"doc": "The middle of its foot, of itself, or where it is.", "choices": PIVOTS})
    rebuild: int = field(
        default=0, metadata={"doc": "Make one closed surface anew, from so many cells along its longest side; its look is baked "
                                    "onto it. 0 keeps it.", "minimum": 0, "maximum": 384}
    )  # fmt: skip
    triangles: int = field(
        default=0, metadata={"doc": "At the most; its look is then baked into one texture. 0 keeps all.", "minimum": 0,
                             "maximum": 2_000_000}
    )  # fmt: skip
    size_px: int = field(default=1024, metadata={"doc": "Edge of that texture.", "unit": "px", "minimum": 64, "maximum": 4096})
    levels: int = field(
        default=0, metadata={"doc": "Levels of detail in it, each with a quarter of the triangles.", "minimum": 0, "maximum": 4}
    )
    collider: str = field(
        default="none", metadata={"doc": "A hull around it, or convex parts that follow its hollows.", "choices": COLLIDERS}
    )
    parts: int = field(default=16, metadata={"doc": "Convex parts at the most.", "minimum": 1, "maximum": 128})


def pass_gate(
    request: Request, model: ModelData, wanted: GateWishes, progress: Progress, *, span: tuple[float, float] = (0.15, 1.0)
) -> list[Made]:
    """One GLB with its levels of detail, and the reports of before and after in its record; then its collider.

    Parameters
    ----------
    span
        The fractions of all work between which this reports.

    Raises
    ------
    TaixuError
        When what is asked cannot be done with this model.
    """

    def tell(fraction: float, text: str) -> None:
        progress(span[0] + (span[1] - span[0]) * fraction, text)

    before = inspect_model(model)
    tell(0.0, "mending")
    mended, done = mend(model, wanted)
    fine = place(mended, size_m=wanted.size_m, pivot=wanted.pivot)
    whole, result = fine, fine
    if wanted.rebuild:
        tell(0.1, "a new surface")
        whole = rebuild(fine, wanted.rebuild)
        result = whole
        done["rebuild"] = 1
    count = inspect_model(whole).triangles
    if 0 < wanted.triangles < count:
        tell(0.2, "fewer triangles")
        result = decimate(whole, wanted.triangles)
        done["triangles"] = count - inspect_model(result).triangles
    if result is not fine:
        result = bake_look(fine, result, wanted.size_px)
    after = inspect_model(result)
    coarser: list[ModelData] = []
    count = after.triangles
    for level in range(1, wanted.levels + 1):
        count //= 4
        if count < _FEWEST_OF_A_LEVEL:
            break
        tell(0.3 + 0.4 * level / wanted.levels, f"level {level}")
        coarser.append(bake_look(fine, decimate(whole, count), max(64, wanted.size_px >> level)))
    said: dict[str, Any] = {
        "before": before.to_json(), "after": after.to_json(), "done": done,
        "levels": [inspect_model(each).triangles for each in coarser],
    }  # fmt: skip
    made = [replace(request.save_model(with_levels(result, coarser)), said=said)]
    if wanted.collider != "none":
        tell(0.75, "collider")
        made.append(request.save_model(collider_model(result, wanted.collider, most=wanted.parts), "collider"))
    return made


def mend(model: ModelData, wanted: GateWishes) -> tuple[ModelData, dict[str, int]]:
    """All that is asked for and changes nothing that is seen, and how often each was needed."""
    done: dict[str, int] = {}
    steps = {"clean": clean, "winding": wind, "edges": _right_edges, "holes": fill_holes, "normals": smooth_normals}
    for name, step in steps.items():
        if getattr(wanted, name):
            model, count = step(model)
            if count:
                done[name] = count
    return model, done


def _right_edges(model: ModelData) -> tuple[ModelData, int]:
    stitched, ends = stitch(model)
    parted, crowded = part(stitched)
    return parted, ends + crowded
