"""The graphs that are open in an editor, and which of them is edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from taixu.assets.atomic import write_atomic
from taixu.errors import TaixuError
from taixu.generate.graph import Graph
from taixu_editor.graphs.arranging import arrange
from taixu_editor.graphs.baking import Bakery
from taixu_editor.graphs.document import GRAPH_ENDING, GraphDocument
from taixu_editor.graphs.edits import move_nodes

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["GraphBook"]


class GraphBook:
    """Open graphs of a host's project.

    Attributes
    ----------
    documents
        In the order in which they were opened.
    bakery
        Makes their maps.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.bakery = Bakery(host)
        self._documents: list[GraphDocument] = []
        self._current: GraphDocument | None = None
        self._root: Path | None = None

    @property
    def documents(self) -> list[GraphDocument]:
        """Those that are open; none of another project."""
        root = self.host.session.project.root
        if root != self._root or not self.host.session.worlds:
            self._root, self._documents, self._current = root, [], None
        return self._documents

    @property
    def current(self) -> GraphDocument | None:
        """The one that is edited."""
        documents = self.documents
        return self._current if self._current in documents else documents[-1] if documents else None

    def need(self, path: str = "") -> GraphDocument:
        """A document by its path, or the one that is edited.

        Raises
        ------
        TaixuError
            Where it is not open.
        """
        found = self.current if not path else self.find(path)
        if found is None:
            raise TaixuError(f"the graph {path} is not open; graph.open opens it" if path else "no graph is open")
        return found

    def find(self, path: str) -> GraphDocument | None:
        """An open document by its path in the project."""
        return next((each for each in self.documents if each.path == path), None)

    def open(self, path: str) -> GraphDocument:
        """Open a graph of the project, or go to it.

        Raises
        ------
        TaixuError
            When it cannot be read, or lies outside of the project.
        """
        project = self.host.session.project
        file = Path(path) if Path(path).is_absolute() else project.file(path)
        if not file.name.endswith(GRAPH_ENDING):
            raise TaixuError(f"{path} is no graph of a material; their names end in {GRAPH_ENDING}")
        inside = project.path_of(file)
        found = self.find(inside)
        if found is None:
            found = GraphDocument(inside, file)
            self.documents.append(found)
        self._current = found
        return found

    def make(self, path: str, graph: Graph) -> GraphDocument:
        """Write a new graph into the project, and open it.

        Raises
        ------
        TaixuError
            Where the name is taken.
        """
        project = self.host.session.project
        if not path.endswith(GRAPH_ENDING):
            path += GRAPH_ENDING
        file = project.file(path)
        if file.exists():
            raise TaixuError(f"there is a file {path} already")
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file, move_nodes(graph, arrange(graph)).to_text().encode())
        return self.open(path)

    def close(self, document: GraphDocument) -> None:
        """Close one; what is unsaved is lost."""
        documents = self.documents
        if document in documents:
            place = documents.index(document)
            documents.remove(document)
            if self._current is document:
                self._current = documents[min(place, len(documents) - 1)] if documents else None

    def selection(self) -> tuple[str, ...]:
        """Who is selected in the world."""
        return tuple(self.host.session.current.selection) if self.host.session.worlds else ()

    def free_path(self, name: str) -> str:
        """A path for a new graph of this name that no file has."""
        project = self.host.session.project
        tries = (f"materials/{name}{'' if number < 2 else f'_{number}'}{GRAPH_ENDING}" for number in range(1, 1000))
        return next((path for path in tries if not project.file(path).exists()), f"materials/{name}{GRAPH_ENDING}")
