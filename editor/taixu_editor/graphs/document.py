"""A graph that is open: what it is now, what it was, and its file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.edit import read_file
from taixu.errors import TaixuError
from taixu.generate.graph import Graph
from taixu_editor.graphs.arranging import arrange
from taixu_editor.graphs.edits import OUTPUTS, move_nodes, place_of
from taixu_editor.shipped import refuse_installed

__all__ = ["GRAPH_ENDING", "GraphDocument"]

GRAPH_ENDING = ".graph.json"
_MOST_BYTES = 1 << 22
_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class GraphStep:
    """A step of a graph's history: what it was before."""

    label: str
    before: Graph
    merge: str = ""


class GraphDocument:
    """A graph of the project that is edited. Graphs are not changed, but replaced: history holds those that were.

    Attributes
    ----------
    path, file
        In the project, and on disk.
    graph
        As it is now.
    version
        Goes up with every change, undoing included.
    outside
        What another program wrote while something here was unsaved.
    """

    def __init__(self, path: str, file: Path) -> None:
        self.path, self.file = path, file
        self.outside: Graph | None = None
        self.version = 0
        self._done: list[GraphStep] = []
        self._undone: list[GraphStep] = []
        self.graph = self._saved = self._read()
        self._stamp = _stamp(file)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.file.name.removesuffix(GRAPH_ENDING)

    @property
    def is_saved(self) -> bool:
        """Whether it is as its file is."""
        return self.graph is self._saved

    @property
    def undo_label(self) -> str:
        """What would be undone; empty for nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty for nothing."""
        return self._undone[-1].label if self._undone else ""

    def replace(self, graph: Graph, label: str, *, merge: str = "") -> None:
        """Go on with another graph, as one step; steps that follow one another with the same `merge` become one: a drag."""
        top = self._done[-1] if self._done else None
        goes_on = bool(merge) and top is not None and top.merge == merge and self.graph is not self._saved
        if not goes_on:
            self._done.append(GraphStep(label, self.graph, merge))
            del self._done[:-_MOST_STEPS]
        self._undone.clear()
        self.graph = graph
        self.version += 1

    def undo(self) -> bool:
        """Take the latest step back; False where there is none."""
        return self._step(self._done, self._undone)

    def redo(self) -> bool:
        """Do again what was taken back; False where there is nothing."""
        return self._step(self._undone, self._done)

    def _step(self, source: list[GraphStep], target: list[GraphStep]) -> bool:
        if not source:
            return False
        step = source.pop()
        target.append(GraphStep(step.label, self.graph))
        self.graph = step.before
        self.version += 1
        return True

    def save(self) -> None:
        """Write it, whole or not at all.

        Raises
        ------
        TaixuError
            When the disk is full, the folder read-only, ...; the file is as it was then.
        """
        refuse_installed(self.file)
        try:
            write_atomic(self.file, self.graph.to_text().encode())
        except OSError as error:
            raise TaixuError(f"{self.path} is not saved: {error.strerror or error}; it is still here") from None
        self._saved, self._stamp, self.outside = self.graph, _stamp(self.file), None

    def look_outside(self) -> bool:
        """Take in what another program wrote, or keep it beside what is not saved here; whether there was anything new."""
        stamp = _stamp(self.file)
        if stamp == self._stamp or stamp is None:
            return False
        self._stamp = stamp
        try:
            graph = self._read()
        except (TaixuError, OSError):
            return False  # half written, or broken: what is open stays, and saving writes it again
        if graph.to_text() == self._saved.to_text():
            return False
        if self.is_saved:
            self.take(graph)
        else:
            self.outside = graph
        return True

    def take(self, graph: Graph) -> None:
        """What the file holds now, as a step that can be undone."""
        self.replace(graph, "Changed by another program")
        self._saved, self.outside = graph, None

    def _read(self) -> Graph:
        text = read_file(self.file, limit=_MOST_BYTES, what="a graph of nodes").decode("utf-8", errors="replace")
        graph = Graph.from_text(text, name=self.path)
        if any(place_of(graph, name) is None for name in [*graph.nodes, OUTPUTS]):
            graph = move_nodes(graph, arrange(graph))
        return graph


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size
