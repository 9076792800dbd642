"""The generator "repair": a model from outside, made fit for use as far as was asked, with a report of before and after."""

from __future__ import annotations

from collections.abc import Sequence

from taixu.assets.importers import import_model
from taixu.errors import TaixuError, UsageError
from taixu.generate.gate.passing import GateWishes, pass_gate
from taixu.generate.generator import Generator, Made, Needs, Progress
from taixu.generate.mesh_texturing.solid_generator import MODEL_SUFFIXES
from taixu.generate.request import Request

__all__ = ["RepairGenerator"]


class RepairGenerator(Generator):
    """Models made fit for use."""

    name, makes, suffix = "repair", "repair", ".glb"
    summary = "a model mended and made small: specks, winding, edges, holes, size, pivot, triangles, levels of detail, colliders"
    parameters = GateWishes
    needs = Needs(parents=1, memory_mb=8192, suffixes=MODEL_SUFFIXES)

    def generate(self, request: Request, progress: Progress) -> Sequence[Made]:
        """One GLB with its levels of detail, and the reports of before and after in its record; then its collider."""
        if len(request.parents) != 1:
            raise UsageError("name one model to repair: --from MODEL")
        path = request.parents[0]
        try:
            return pass_gate(request, import_model(path), request.parameters, progress)
        except TaixuError as error:
            raise type(error)(f"{path.name}: {error}") from error
