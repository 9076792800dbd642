"""Families of materials: a dataclass of sliders and a function that builds a graph of them.

    @family("bricks")
    class Bricks:
        '''Fired clay in mortar.'''

        color: Color = field(default=srgb("#8c3f2b"))
        rows: int = field(default=12, minimum=2, maximum=64)

        def build(self, g: Graph) -> Surface: ...

A family says what its surface is when it is new; age comes over it afterwards, the same way for all (`ageing`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, dataclass_transform

from taixu.ecs import field
from taixu.errors import TaixuError
from taixu.generate.graph import Color, Graph, Made, Ref

__all__ = ["FAMILIES", "Family", "Input", "Surface", "Variant", "families", "family", "family_named", "hex_of", "srgb"]

T = TypeVar("T")
Input = Ref | Made | float | Color
"""What may be connected to a node."""
FAMILIES: dict[str, Family] = {}
_TAKEN = {"name", "size", "seed", "variant", "age", "second", "device", "progress"}
"""What `material_maps` is given beside sliders."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What a graph makes, by what it is for.

    Attributes
    ----------
    base_color
        Linear; of metals what they reflect.
    height
        0 to 1; `relief_m` says how high 1 is.
    size_m
        How wide the square is.
    emission
        Linear, as seen beside a sheet of white paper in the sun, which has 1.
    """

    base_color: Input
    height: Input
    roughness: Input
    metallic: Input = 0.0
    emission: Input = (0.0, 0.0, 0.0)
    relief_m: float = 0.01
    size_m: float = 1.0


@dataclass(frozen=True, slots=True)
class Variant:
    """A look of a family.

    Attributes
    ----------
    sliders
        What it sets.
    chinese
        Its name in Chinese.
    words
        What people call it, in both languages; a word that says it is one of this family at all ends in ``!``.
    """

    name: str
    sliders: Mapping[str, Any]
    chinese: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A family that is known."""

    name: str
    cls: type
    nodes: tuple[str, ...]
    """Nodes of its graph that no other family has: what makes it what it is."""
    given: Mapping[str, Mapping[str, Any]]
    """Sliders of the variants that were declared with it."""

    @property
    def doc(self) -> str:
        """What it is."""
        return (self.cls.__doc__ or "").strip().partition("\n")[0]

    @property
    def sliders(self) -> dict[str, Any]:
        """Fields by name, with default and metadata."""
        return {item.name: item for item in dataclasses.fields(self.cls)}

    @property
    def variants(self) -> dict[str, Variant]:
        """Sliders that together look like something of a name, by that name."""
        from taixu.generate.materials.variants import variants_of

        return {**variants_of(self), **{name: Variant(name, sliders=sliders) for name, sliders in self.given.items()}}

    def variant(self, name: str) -> dict[str, Any]:
        """The sliders of a variant; none of "".

        Raises
        ------
        TaixuError
            Where it has none of this name.
        """
        if not name:
            return {}
        known = self.variants
        if name not in known:
            raise TaixuError(f"{self.name} has no variant {name!r}; it has {', '.join(known) or 'none'}")
        return dict(known[name].sliders)

    def build(self, graph: Graph, *, variant: str = "", **given: Any) -> Surface:
        """Add its nodes to a graph; what is given goes before what its `variant` says.

        Raises
        ------
        TaixuError
            Where the variant or a slider is unknown, or a slider out of its range.
        """
        given = {**self.variant(variant), **given}
        for name, value in given.items():
            if name not in self.sliders:
                raise TaixuError(f"{self.name} has no {name!r}; it has {', '.join(self.sliders)}")
            _check(self.name, self.sliders[name], value)
        surface: Surface = self.cls(**given).build(graph)
        return surface


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def family(
    name: str, *, nodes: str, variants: Mapping[str, Mapping[str, Any]] | None = None
) -> Callable[[type[T]], type[T]]:
    """Make a class a family; `nodes` names, by spaces, the nodes of its graph that are its own, `variants` sliders by name."""

    def wrap(cls: type[T]) -> type[T]:
        if name in FAMILIES:
            raise TaixuError(f"two families are called {name}")
        cls = dataclass(frozen=True)(cls)
        taken = _TAKEN & {item.name for item in dataclasses.fields(cls)}  # type: ignore[arg-type]
        if taken:
            raise TaixuError(f"{name}: no slider can be called {', '.join(sorted(taken))}; each material has these")
        FAMILIES[name] = Family(name, cls, tuple(nodes.split()), dict(variants or {}))
        return cls

    return wrap


def families() -> dict[str, Family]:
    """All families by name."""
    from taixu.generate.materials import library

    library.load()
    return dict(FAMILIES)


def family_named(name: str) -> Family:
    """The family of this name."""
    known = families()
    if name not in known:
        raise TaixuError(f"there is no family of materials {name!r}; there are {', '.join(sorted(known))}")
    return known[name]


def srgb(text: str) -> Color:
    """A colour as screens have it, ``#rrggbb``, in linear numbers; ValueError where it is none."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(text)
    encoded = [int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in encoded)
    return (round(r, 5), round(g, 5), round(b, 5))


def hex_of(color: Color) -> str:
    """The colour as screens have it, ``#rrggbb``."""
    encoded = (c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in color)
    return "#" + "".join(f"{round(min(max(c, 0.0), 1.0) * 255):02x}" for c in encoded)


def _check(name: str, item: Any, value: Any) -> None:
    low, high = item.metadata.get("minimum"), item.metadata.get("maximum")
    numbers = value if isinstance(value, tuple) else (value,)
    if isinstance(item.default, str):
        choices = item.metadata.get("choices", ())
        if not isinstance(value, str) or (choices and value not in choices):
            raise TaixuError(f"{name}: {item.name} is {value!r}; it must be one of {', '.join(choices)}")
        return
    count = len(item.default) if isinstance(item.default, tuple) else 1
    right = len(numbers) == count and all(isinstance(n, (int, float)) and n == n and abs(n) < 1e9 for n in numbers)
    if not right or any((low is not None and n < low) or (high is not None and n > high) for n in numbers):
        span = f" from {low:g} to {high:g}" if low is not None and high is not None else ""
        raise TaixuError(f"{name}: {item.name} is {value!r}; it must be like {item.default!r}{span}")
