"""Kinds of nodes: a dataclass of parameters, the pictures that it reads, and a kernel that makes one of them.

    @node("noise.fbm")
    class Fbm:
        '''Layers of noise, each finer and fainter than the one before.'''

        scale: int = field(default=4, minimum=1, maximum=256)
        roughness: float = field(default=0.5, minimum=0.0, maximum=1.0)

        @staticmethod
        def kernel(k, p, i):
            return {"value": ...}

Numbers are handed to the kernel as values, so that a slider that moves compiles nothing; what is annotated `Fixed`, and
texts, are handed over as they are, and kernels may loop over them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any, TypeVar, dataclass_transform, get_type_hints

from taixu.ecs import field
from taixu.errors import TaixuError
from taixu.generate.graph.kernel import Kernel
from taixu.generate.graph.values import WIDTHS, Kind, Value

__all__ = ["Color", "Fixed", "NodeKind", "Parameter", "Socket", "field", "misfit", "node", "node_kind", "node_kinds"]

T = TypeVar("T")
_FIXED = object()
Fixed = Annotated[int, _FIXED]
"""A whole number that a kernel is written anew for."""
Color = tuple[float, float, float]
"""Linear red, green and blue."""
_MOST_NUMBERS = 4

_KINDS: dict[str, NodeKind] = {}


@dataclass(frozen=True, slots=True)
class Socket:
    """A picture that a node reads; `default` stands for it where none is connected."""

    kind: Kind = "float"
    default: float | Color = 0.0
    doc: str = ""
    is_sampled: bool = False
    """Whether the kernel looks elsewhere than at its own pixel: it gets a `Source` in place of a value."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a kind of nodes."""

    name: str
    kind: Kind | None
    """None where the kernel is written for its value."""
    default: Any
    facts: Mapping[str, Any]

    def check(self, value: Any, where: str) -> Any:
        """A value of a document, or a sentence that says what is wrong with it."""
        if isinstance(self.default, (bool, str)):
            if type(value) is not type(self.default) or (self.facts["choices"] and value not in self.facts["choices"]):
                wanted = ", ".join(self.facts["choices"]) or type(self.default).__name__
                raise TaixuError(f"{where}: {self.name} is {repr(value)[:80]}; it must be one of {wanted}")
            return value
        numbers = value if isinstance(self.default, tuple) and isinstance(value, (tuple, list)) else (value,)
        wanted_count = len(self.default) if isinstance(self.default, tuple) else 1
        low, high = self.facts["minimum"], self.facts["maximum"]
        for number in numbers:
            is_number = isinstance(number, (int, float)) and not isinstance(number, bool) and abs(number) <= 1e9
            if not is_number or (low is not None and number < low) or (high is not None and number > high):
                span = f" from {low:g} to {high:g}" if low is not None and high is not None else ""
                raise TaixuError(f"{where}: {self.name} is {repr(value)[:80]}; it must be a number{span}")
        if len(numbers) != wanted_count or (isinstance(self.default, int) and int(value) != value):
            raise TaixuError(f"{where}: {self.name} is {repr(value)[:80]}; it must be like {self.default!r}")
        return tuple(numbers) if isinstance(self.default, tuple) else value


@dataclass(frozen=True, slots=True, eq=False)
class NodeKind:
    """What `node` learnt of a class."""

    name: str
    cls: type
    inputs: Mapping[str, Socket]
    outputs: Mapping[str, Kind]
    parameters: Mapping[str, Parameter]
    version: int = 1

    @property
    def doc(self) -> str:
        """What it is for."""
        return (self.cls.__doc__ or "").strip()

    @property
    def has_free_inputs(self) -> bool:
        """Whether inputs have any names, as those of formulas."""
        return bool(getattr(self.cls, "has_free_inputs", False))

    @property
    def shows_directions(self) -> bool:
        """Whether its vectors are directions, no colours."""
        return bool(getattr(self.cls, "shows_directions", False))

    def kernel(self, k: Kernel, parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Value]:
        """The values of its outputs."""
        made = self.cls.kernel(k, SimpleNamespace(**parameters), SimpleNamespace(**inputs))  # type: ignore[attr-defined]
        return {name: k.value(made[name]) for name in self.outputs}


def misfit(socket: Socket, kind: Kind) -> str:
    """Why an output of this kind cannot be connected to a socket; empty where it can.

    Numbers are grey where colours are wanted, and colours as bright as they look where numbers are, but where a node looks at
    a picture's surroundings it has to be of the very kind.
    """
    if socket.kind == kind:
        return ""
    if socket.is_sampled:
        return f"it looks at the surroundings of {_WORDS.get(socket.kind, socket.kind)}, this is {_WORDS.get(kind, kind)}"
    if {socket.kind, kind} <= {"float", "vec3"}:
        return ""
    return f"it takes {_WORDS.get(socket.kind, socket.kind)}, this is {_WORDS.get(kind, kind)}"


_WORDS = {"float": "a number", "vec3": "a colour", "vec2": "a place"}


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(name: str, *, version: int = 1) -> Callable[[type[T]], type[T]]:
    """Make a class a kind of nodes.

    It has a static method ``kernel(k, parameters, inputs) -> dict`` of its outputs, and may have class variables
    ``inputs`` (`Socket` by name) and ``outputs`` (kinds by name, four numbers at most in all; one float ``value`` by default).
    """

    def wrap(cls: type[T]) -> type[T]:
        if name in _KINDS:
            raise TaixuError(f"two kinds of nodes are called {name}")
        hints = get_type_hints(cls, include_extras=True)
        cls = dataclasses.dataclass(frozen=True)(cls)
        parameters = {item.name: _parameter(item, hints[item.name]) for item in dataclasses.fields(cls)}  # type: ignore[arg-type]
        outputs: Mapping[str, Kind] = getattr(cls, "outputs", {"value": "float"})
        if sum(WIDTHS[kind] for kind in outputs.values()) > _MOST_NUMBERS:
            raise TaixuError(f"{name}: a pixel has room for four numbers")
        _KINDS[name] = NodeKind(name, cls, getattr(cls, "inputs", {}), outputs, parameters, version)
        return cls

    return wrap


def _parameter(item: Any, hint: Any) -> Parameter:
    facts = {"unit": "", "doc": "", "minimum": None, "maximum": None, "choices": (), **item.metadata}
    if hint == Fixed or isinstance(item.default, (bool, str)):
        return Parameter(item.name, None, item.default, facts)
    if isinstance(item.default, tuple):
        kind: Kind = "vec2" if len(item.default) == 2 else "vec3"
        return Parameter(item.name, kind, item.default, facts)
    return Parameter(item.name, "float", item.default, facts)


def node_kind(name: str) -> NodeKind:
    """The kind of this name."""
    _load()
    if name not in _KINDS:
        raise TaixuError(f"there is no kind of nodes {name[:60]!r}; there are {', '.join(sorted(_KINDS))}")
    return _KINDS[name]


def node_kinds() -> dict[str, NodeKind]:
    """All kinds by name."""
    _load()
    return dict(_KINDS)


def _load() -> None:
    """Taixu's own kinds are declared where their modules are imported."""
    from taixu.generate.graph import kinds  # noqa: F401
