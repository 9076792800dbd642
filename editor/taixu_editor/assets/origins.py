"""What files were made from and what was made from them, and which are out of date: known in the background, as files change."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from taixu.app import Job
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.generate.lineage import Hashes
    from taixu_editor.assets.index import AssetIndex
    from taixu_editor.host import Host

__all__ = ["Origins", "OriginsFound", "find_edited", "find_origins"]

_PAUSE_SECS = 1.0


@dataclass(frozen=True, slots=True)
class OriginsFound:
    """The lineage of a project, as the editor shows it.

    Attributes
    ----------
    stale
        Why a file is out of date ("changed", "missing" or "above"), and by which parent.
    generated
        Files that a generator made.
    parents, children
        What files were made from, and what was made from them; worlds and prefabs, which only use files, stay out.
    """

    stale: dict[str, tuple[str, str]] = field(default_factory=dict)
    generated: frozenset[str] = frozenset()
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    children: dict[str, tuple[str, ...]] = field(default_factory=dict)


def find_origins(root: str) -> OriginsFound:
    """Read the lineage of a project, in a worker process, which remembers what it has hashed."""
    from taixu.generate import Lineage

    lineage = Lineage.read(root, hashes=_hashes(root))
    made = {item.path: item for item in lineage if item.kind not in ("world", "prefab")}
    children: dict[str, list[str]] = {}
    for item in made.values():
        for parent in item.parents:
            children.setdefault(parent, []).append(item.path)
    return OriginsFound(
        {each.path: (each.reason, each.parent) for each in lineage.stale()},
        frozenset(path for path, item in made.items() if item.is_generated),
        {path: item.parents for path, item in made.items() if item.parents},
        {path: tuple(sorted(below)) for path, below in children.items()},
    )


def find_edited(root: str, path: str) -> list[str]:
    """Which files of what would be made again with a file (itself, and what hangs below) were changed by hand."""
    from taixu.generate import Generators, Lineage, plan_remake

    lineage = Lineage.read(root, hashes=_hashes(root))
    try:
        steps = plan_remake(lineage, Generators(), path or None)
    except TaixuError:  # who makes it again is told
        return [path] if path and lineage.is_edited(path) else []
    return sorted({each for step in steps for each in step.edited})


@cache
def _hashes(root: str) -> Hashes:
    from taixu.generate.lineage import Hashes

    return Hashes()


class Origins:
    """The lineage of the project that is open in a host; `frame` keeps it fresh and never waits."""

    def __init__(self, host: Host, index: AssetIndex) -> None:
        self._host, self._index = host, index
        self.found = OriginsFound()
        self.version = 0
        """Goes up when anything was found to be different."""
        self._seen = -1
        self._root: Path | None = None
        self._job: Job | None = None
        self._next = 0.0

    @property
    def is_known(self) -> bool:
        """Whether it is as the files were when they were last looked through."""
        return self._seen == self._index.version and self._job is None

    def frame(self) -> None:
        """Ask again where files have changed."""
        if not self._host.session.worlds or not self._index.is_known:
            return
        root = self._host.session.project.root
        if root != self._root:
            self._root, self._seen, self._job = root, -1, None
            self._take(OriginsFound())
        if self._job is not None or self._seen == self._index.version or monotonic() < self._next:
            return
        seen = self._index.version
        if not self._index.has_sidecars:  # nothing says of anything how it was made
            self._seen = seen
            self._take(OriginsFound())
            return
        self._job = self._host.jobs.submit(
            "taixu_editor.assets.origins:find_origins", (str(root),), label="lineage", priority=-1,
            then=lambda job: self._arrive(job, root, seen),
        )  # fmt: skip

    def _arrive(self, job: Job, root: Path, seen: int) -> None:
        if root != self._root:
            return
        self._job, self._seen, self._next = None, seen, monotonic() + _PAUSE_SECS
        if job.result is not None:
            self._take(job.result)

    def _take(self, found: OriginsFound) -> None:
        if found != self.found:
            self.found = found
            self.version += 1
