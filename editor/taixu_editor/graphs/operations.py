"""What can be done with graphs of materials, by whomever: a window, a script, an agent.

They edit graphs, no worlds: each is one step of its graph's own history (`graph.undo`). Where no path is named, the graph is
meant that was opened last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from taixu.edit import Operation
from taixu.edit.conditions import no_world
from taixu.edit.parameters import PathParameters
from taixu.errors import TaixuError
from taixu.generate.graph import Graph, Ref
from taixu.generate.materials import families, material_graph
from taixu_editor.graphs import edits
from taixu_editor.graphs.arranging import arrange
from taixu_editor.graphs.baking import wear
from taixu_editor.graphs.notes import set_note

if TYPE_CHECKING:
    from taixu_editor.graphs.book import GraphBook

__all__ = ["graph_operations"]

_WHICH = {"doc": "Of the graph, in the project; the one that was opened last where it is empty."}
_NODE = {"doc": f"A node's name; {edits.OUTPUTS} is what the graph makes."}


@dataclass(frozen=True, slots=True)
class WhichParameters:
    """A graph that is open."""

    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class NewGraphParameters:
    """A new graph."""

    path: str = field(default="", metadata={"doc": "Where to; a free name in the folder materials where it is empty."})
    family: str = field(default="", metadata={"doc": "Of materials, that it begins with; nearly nothing where it is empty."})
    seed: int = field(default=0, metadata={"minimum": 0, "maximum": 2**31})


@dataclass(frozen=True, slots=True)
class AddNodeParameters:
    """A node to add."""

    kind: str = field(metadata={"doc": "noise.layers, pattern.bricks, math.formula, ..."})
    name: str = ""
    at: tuple[float, float] | None = field(default=None, metadata={"doc": "Where it is shown."})
    values: dict[str, Any] = field(default_factory=dict, metadata={"doc": 'Parameters and inputs; "@node.output" connects.'})
    feeds: str = field(default="", metadata={"doc": "node.input that reads it then."})
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class NodesParameters:
    """Nodes by name."""

    nodes: tuple[str, ...]
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class DeleteNodesParameters:
    """Nodes to take away."""

    nodes: tuple[str, ...]
    heals: bool = field(default=False, metadata={"doc": "Whether who read them reads what they read."})
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class SetNodeParameters:
    """Values for a node."""

    node: str = field(metadata=_NODE)
    values: dict[str, Any] = field(metadata={"doc": 'By parameter or input; "@node.output" connects, null takes back.'})
    graph: str = field(default="", metadata=_WHICH)
    drag: str = field(default="", metadata={"doc": "Edits that follow one another with the same word are one step: a drag."})


@dataclass(frozen=True, slots=True)
class SeedParameters:
    """Another chance for all nodes."""

    seed: int = field(metadata={"minimum": 0, "maximum": 2**31})
    graph: str = field(default="", metadata=_WHICH)
    drag: str = ""


@dataclass(frozen=True, slots=True)
class ConnectParameters:
    """A link."""

    source: str = field(metadata={"doc": "node or node.output that is read."})
    node: str = field(metadata=_NODE)
    input: str
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class InputParameters:
    """An input of a node."""

    node: str = field(metadata=_NODE)
    input: str
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class InsertParameters:
    """A node, and the link that it shall lie in: the one that ends at an input."""

    node: str
    target: str = field(metadata=_NODE)
    input: str
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class MuteParameters:
    """Nodes, and whether they let through what they read."""

    nodes: tuple[str, ...]
    is_muted: bool = True
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class MoveNodesParameters:
    """Places by node."""

    places: dict[str, Any] = field(metadata={"doc": "[x, y] by node."})
    graph: str = field(default="", metadata=_WHICH)
    drag: str = ""


@dataclass(frozen=True, slots=True)
class PasteParameters:
    """Nodes as text."""

    text: str
    at: tuple[float, float] | None = None
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class NoteParameters:
    """A frame with words behind nodes; without words it is taken away."""

    number: int = field(default=-1, metadata={"doc": "Which one; a new one where it is -1.", "minimum": -1, "maximum": 1000})
    text: str = ""
    place: tuple[float, float] = (0.0, 0.0)
    size: tuple[float, float] = (400.0, 300.0)
    graph: str = field(default="", metadata=_WHICH)
    drag: str = ""


@dataclass(frozen=True, slots=True)
class BakeParameters:
    """Maps to make beside the graph; it is saved before."""

    size_px: int = field(default=1024, metadata={"unit": "px", "minimum": 32, "maximum": 4096})
    entities: tuple[str, ...] = field(default=(), metadata={"doc": "Who wears them when they are there."})
    graph: str = field(default="", metadata=_WHICH)


@dataclass(frozen=True, slots=True)
class WearParameters:
    """Who wears the maps that a graph made; those that are selected where nobody is named."""

    entities: tuple[str, ...] = ()
    graph: str = field(default="", metadata=_WHICH)


def graph_operations(book: GraphBook) -> tuple[Operation, ...]:
    """The operations on a host's graphs."""

    def edit(act: Callable[[Graph, Any], tuple[Graph, Any]], label: str, _: object, p: Any) -> Any:
        document = book.need(p.graph)
        graph, gives = act(document.graph, p)
        if graph.nodes != document.graph.nodes or _rest(graph) != _rest(document.graph):
            document.replace(graph, label, merge=getattr(p, "drag", ""))
        return gives

    def declare(id: str, title: str, act: Callable[[Graph, Any], tuple[Graph, Any]], parameters: type, doc: str = "") -> Operation:
        return Operation(id, title, run=partial(edit, act, title), parameters=parameters, blocked=no_world, doc=doc)

    def run(id: str, title: str, act: Callable[[Any], Any], parameters: type, doc: str = "") -> Operation:
        return Operation(id, title, run=lambda _, p: act(p), parameters=parameters, blocked=no_world, doc=doc)

    return (
        run("graph.open", "Open a material's graph", lambda p: book.open(p.path).path, PathParameters),
        run("graph.new", "New material graph", partial(_new, book), NewGraphParameters,
            "Writes a graph into the project and opens it."),
        run("graph.save", "Save the graph", lambda p: book.need(p.graph).save(), WhichParameters),
        run("graph.drop", "Close the graph without a question", lambda p: book.close(book.need(p.graph)), WhichParameters),
        run("graph.undo", "Undo in the graph", lambda p: book.need(p.graph).undo(), WhichParameters),
        run("graph.redo", "Redo in the graph", lambda p: book.need(p.graph).redo(), WhichParameters),
        run("graph.text", "Text of the graph", lambda p: book.need(p.graph).graph.to_text(), WhichParameters),
        run("graph.copy", "Copy nodes", lambda p: edits.copied_text(book.need(p.graph).graph, p.nodes), NodesParameters,
            "Gives their text, which graph.paste takes."),
        run("graph.bake", "Bake maps", lambda p: _bake(book, p), BakeParameters,
            "Makes the maps in the background, beside the graph; things that wear them follow."),
        run("graph.wear", "Wear the maps", lambda p: wear(book.host, book.need(p.graph), p.entities or book.selection()),
            WearParameters, "An edit of the world: undo takes it back."),
        declare("graph.add_node", "Add a node", _add, AddNodeParameters, "Gives its name."),
        declare("graph.delete", "Delete nodes",
                lambda g, p: (edits.remove_nodes(g, p.nodes, heals=p.heals), None), DeleteNodesParameters),
        declare("graph.duplicate", "Duplicate nodes", lambda g, p: edits.duplicate_nodes(g, p.nodes), NodesParameters),
        declare("graph.paste", "Paste nodes", lambda g, p: edits.paste_text(g, p.text, at=p.at), PasteParameters),
        declare("graph.set", "Change a node", lambda g, p: (edits.set_values(g, p.node, p.values), None), SetNodeParameters),
        declare("graph.seed", "Change the graph's chance", _seed, SeedParameters),
        declare("graph.connect", "Connect nodes",
                lambda g, p: (edits.set_values(g, p.node, {p.input: f"@{p.source}"}), None), ConnectParameters),
        declare("graph.disconnect", "Disconnect an input", _disconnect, InputParameters),
        declare("graph.insert", "Put a node into a link",
                lambda g, p: (edits.insert_node(g, p.node, p.target, p.input), None), InsertParameters),
        declare("graph.mute", "Mute nodes", lambda g, p: (edits.mute_nodes(g, p.nodes, is_muted=p.is_muted), None), MuteParameters,
                "Muted nodes let through what they read."),
        declare("graph.move", "Move nodes", _move, MoveNodesParameters),
        declare("graph.arrange", "Arrange nodes", lambda g, p: (edits.move_nodes(g, arrange(g)), None), WhichParameters),
        declare("graph.note", "Frame with words", _note, NoteParameters),
    )  # fmt: skip


def _rest(graph: Graph) -> tuple[Any, ...]:
    return (list(graph.nodes), graph.outputs, graph.seed, graph.muted, graph.layout)


def _new(book: GraphBook, p: NewGraphParameters) -> str:
    if p.family and p.family not in families():
        raise TaixuError(f"there is no family of materials {p.family[:40]!r}; there are {', '.join(sorted(families()))}")
    graph = material_graph(p.family, seed=p.seed)[0] if p.family else _plain(p.seed)
    return book.make(p.path or book.free_path(p.family or "material"), graph).path


def _bake(book: GraphBook, p: BakeParameters) -> str:
    return book.bakery.start(book.need(p.graph), p.size_px, wearers=p.entities).path


def _plain(seed: int) -> Graph:
    """The least that is a material: noise, two colours, and how rough it is."""
    graph = Graph(seed=seed)
    height = graph.add("layers", "noise.layers")
    color = graph.add("ramp", "color.ramp", value=height)
    normal = graph.add("normal", "filter.normal", height=height)
    graph.put_out(base_color=color, normal=normal, roughness=0.7, height=height)
    return graph


def _add(graph: Graph, p: AddNodeParameters) -> tuple[Graph, str]:
    made, name = edits.add_node(graph, p.kind, name=p.name, place=p.at, values=p.values)
    if p.feeds:
        node, _, key = p.feeds.partition(".")
        made = edits.set_values(made, node, {key: f"@{name}"})
    return made, name


def _seed(graph: Graph, p: SeedParameters) -> tuple[Graph, None]:
    made = graph.copy()
    made.seed = p.seed
    return made, None


def _disconnect(graph: Graph, p: InputParameters) -> tuple[Graph, None]:
    node = graph.nodes.get(p.node)
    value = graph.outputs.get(p.input) if p.node == edits.OUTPUTS else node.inputs.get(p.input) if node is not None else None
    if not isinstance(value, Ref):
        raise TaixuError(f"nothing is connected to {p.input[:64]!r} of {p.node[:64]}")
    return edits.set_values(graph, p.node, {p.input: None}), None


def _move(graph: Graph, p: MoveNodesParameters) -> tuple[Graph, None]:
    for name, place in p.places.items():
        if not (isinstance(place, (list, tuple)) and len(place) == 2 and all(type(each) in (int, float) for each in place)):
            raise TaixuError(f"the place of {name[:64]} is {str(place)[:40]}; it must be [x, y]")
    return edits.move_nodes(graph, {name: (place[0], place[1]) for name, place in p.places.items()}), None


def _note(graph: Graph, p: NoteParameters) -> tuple[Graph, int]:
    return set_note(graph, p.number, p.text, p.place, p.size)
