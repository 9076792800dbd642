"""Models at the gate: what is wrong with a file, and one that is mended beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.edit import Operation
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError
from taixu_editor.assets.moving import free_path

if TYPE_CHECKING:
    from taixu.generate import Generation
    from taixu_editor.host import Host

__all__ = ["GATE_OPERATIONS", "Repairing", "look_at", "repairable"]

_log = logging.getLogger(__name__)
_FILES = (".glb", ".gltf", ".obj", ".ply", ".stl", ".off", ".3mf", ".dae")
"""Models that can be mended; avatars and robots are more than their triangles."""


@dataclass(frozen=True, slots=True)
class RepairParameters:
    """A model of the project, and what is to be done; without that, what its report advises."""

    path: str
    settings: dict[str, Any] = field(default_factory=dict)


def repairable(path: str) -> bool:
    """Whether a file's kind goes through the gate."""
    return path.lower().endswith(_FILES)


def look_at(path: str) -> dict[str, Any]:
    """A worker's job: the report of a file as plain data, with what is advised."""
    from taixu.assets.importers import import_model
    from taixu.generate.gate import inspect_model
    from taixu.generate.gate.advice import advised

    report = inspect_model(import_model(Path(path)))
    return report.to_json() | {"advised": advised(report)}


class Repairing:
    """A model that is being mended; the file itself stays as it is.

    Attributes
    ----------
    path
        In the project.
    made
        Where the mended one is; empty until then.
    error
        Why there is none.
    """

    def __init__(
        self, host: Host, path: str, settings: Mapping[str, Any], *, then: Callable[[Repairing], object] | None = None
    ) -> None:
        from taixu.generate import Generations, Order

        self.path, self.made, self.error = path, "", ""
        self._then, self._root = then, host.session.project.root
        out = free_path(self._root, f"{path.rpartition('.')[0]}.repaired.glb")
        order = Order("repair", settings=dict(settings), parents=(host.session.project.file(path),))
        self._generation = Generations(host.jobs).submit(order, out=self._root / out, then=self._end)

    def cancel(self) -> None:
        """Give it up."""
        self._generation.cancel()

    def _end(self, generation: Generation) -> None:
        if generation.result is None:
            self.error = str(generation.error or "")
        else:
            self.made = Path(generation.result.files[0]).relative_to(self._root).as_posix()
        if self._then is not None:
            self._then(self)


def _repair(host: Host, p: RepairParameters) -> None:
    if not host.session.project.file(p.path).is_file():
        raise TaixuError(f"{p.path}: there is no such file in the project any more")
    if not repairable(p.path):
        raise TaixuError(f"{p.path}: is no model that can be repaired; those end in {', '.join(_FILES)}")
    if p.settings:
        Repairing(host, p.path, p.settings, then=_tell)
        return

    def begin(job: Any) -> None:
        if job.result is None:
            _log.error("%s", job.error)
        elif not job.result["advised"]:
            _log.info("%s: there is nothing to repair", p.path)
        else:
            Repairing(host, p.path, job.result["advised"], then=_tell)

    host.jobs.submit("taixu_editor.assets.gate:look_at", (str(host.session.project.file(p.path)),), label=p.path, then=begin)


def _tell(repairing: Repairing) -> None:
    if repairing.error:
        _log.error("%s", repairing.error)
    elif repairing.made:
        _log.info("%s is mended: %s", repairing.path, repairing.made)


GATE_OPERATIONS = (
    Operation(
        "asset.repair", "Repair model", run=_repair, parameters=RepairParameters, blocked=no_world,
        doc="Mends a model in the background (specks, winding, size, pivot, triangles ...) into a file beside it; the file itself "
        "stays as it is.",
    ),
)
"""What can be done with models that came from outside."""
