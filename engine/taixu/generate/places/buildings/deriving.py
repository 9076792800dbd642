"""Unfolds the rules of a style over a wall: leaves, rectangles with what is made in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.buildings.grammar import Any_, If, Name, Node, Over, Repeat, Rules, Split, Thing
from taixu.generate.places.buildings.plans import chance

__all__ = ["THINGS", "Leaf", "derive"]

THINGS = {
    "wall": "nothing: the wall as it is", "window": "an opening with glass", "door": "an opening with a door, to walk through",
    "gate": "a wide opening with two wings", "shop": "a shop front", "opening": "a hole without anything in it",
    "paint": "another material", "band": "a strip that stands out", "cornice": "a strip that steps out upwards",
    "pilaster": "a flat column", "column": "a round column before the wall", "timber": "beams of a framed wall",
    "balcony": "a slab with a rail", "awning": "cloth on a slant", "sign": "a board with a name", "shutters": "beside an opening",
    "arcade": "an arched opening", "rail": "a rail before an opening", "box": "a block that stands out", "steps": "before a door",
    "panel": "a sheet of glass or metal before the wall", "fins": "upright blades before the wall", "lamp": "a lamp on the wall",
}  # fmt: skip
_SURFACES = ("look", "frame", "shutter", "slab", "reveal_look")
_MOST_LEAVES, _MOST_DEPTH, _LEAST_M = 12_000, 60, 0.02


@dataclass(frozen=True)
class Leaf:
    """Something in a rectangle of a wall: x to the right, y up, metres."""

    thing: str
    x: float
    y: float
    w: float
    h: float
    arguments: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str, default: float) -> float:
        """An argument that is a number.

        Raises
        ------
        TaixuError
            Where it is a word.
        """
        value = self.arguments.get(name, default)
        if not isinstance(value, (int, float)):
            raise TaixuError(f"rules: {self.thing}({name}={value}) should be a number")
        return float(value)

    def word(self, name: str, default: str) -> str:
        """An argument that is a word."""
        return str(self.arguments.get(name, default))


def derive(rules: Rules, start: str, *, width: float, height: float, known: dict[str, Any], seed: object,
           looks: Mapping[str, str] | None = None) -> list[Leaf]:  # fmt: skip
    """Leaves of a rule over a wall.

    What chance decides hangs on the seed, the rule and the place on the wall: a wall that grows at one end stays as it was.

    Raises
    ------
    TaixuError
        Where rules never end, or use things that nobody makes.
    """
    leaves: list[Leaf] = []

    def named(key: str, value: Any) -> Any:
        """A purpose (trim, plinth) as the surface that it has here."""
        return looks.get(value, value) if looks and key in _SURFACES and isinstance(value, str) else value

    def unfold(node: Node, x: float, y: float, w: float, h: float, path: str, depth: int) -> None:
        if depth > _MOST_DEPTH:
            raise TaixuError(f"rules: {start} goes on without end at {path[-40:]}")
        if w < _LEAST_M or h < _LEAST_M:
            return
        if len(leaves) > _MOST_LEAVES:
            raise TaixuError(f"rules: {start} makes more than {_MOST_LEAVES:,} parts of one wall")
        count = [0]

        def drawn() -> float:
            count[0] += 1
            return chance(seed, path, round(x, 2), round(y, 2), count[0])

        here = {**known, "w": w, "h": h, "chance": drawn}
        if isinstance(node, Name):
            unfold(rules[node.name], x, y, w, h, f"{path}.{node.name}", depth + 1)
        elif isinstance(node, Thing):
            if node.name not in THINGS:
                raise TaixuError(f"rules: nothing is called {node.name!r}; there are {', '.join(THINGS)}")
            if node.name != "wall":
                leaves.append(Leaf(node.name, x, y, w, h, {key: named(key, value(here)) for key, value in node.arguments.items()}))
        elif isinstance(node, Over):
            for number, part in enumerate(node.parts):
                unfold(part, x, y, w, h, f"{path}+{number}", depth + 1)
        elif isinstance(node, If):
            unfold(node.yes if node.test(here) else node.no, x, y, w, h, path, depth + 1)
        elif isinstance(node, Any_):
            weights = [max(_number(weight(here)), 0.0) for weight, _ in node.parts]
            at = drawn() * max(sum(weights), 1e-9)
            chosen = node.parts[-1][1]
            for weight, (_, what) in zip(weights, node.parts, strict=True):
                if at < weight:
                    chosen = what
                    break
                at -= weight
            unfold(chosen, x, y, w, h, path, depth + 1)
        elif isinstance(node, Repeat):
            total = w if node.axis == "x" else h
            size = max(_number(node.size(here)), 0.05)
            times = min(max(int(total / size + 0.35), 1), 400)
            each = total / times
            for number in range(times):
                inside = {"part": number, "parts": times}
                old = {key: known.get(key) for key in inside}
                known.update(inside)
                if node.axis == "x":
                    unfold(node.what, x + number * each, y, each, h, path, depth + 1)
                else:
                    known["storey"] = known.get("storey", 0) + number + 1
                    unfold(node.what, x, y + number * each, w, each, path, depth + 1)
                    known["storey"] -= number + 1
                known.update(old)
        else:
            _split(node, x, y, w, h, path, depth, here)

    def _split(node: Split, x: float, y: float, w: float, h: float, path: str, depth: int, here: dict[str, Any]) -> None:
        total = w if node.axis == "x" else h
        sizes = [max(_number(size(here)), 0.0) for _, size, _ in node.parts]
        fixed = sum(size for size, (flexible, _, _) in zip(sizes, node.parts, strict=True) if not flexible)
        shares = sum(size for size, (flexible, _, _) in zip(sizes, node.parts, strict=True) if flexible)
        squeeze = min(1.0, total / fixed) if fixed > 0 else 1.0
        left = max(total - fixed, 0.0)
        at = 0.0
        for number, (size, (flexible, _, what)) in enumerate(zip(sizes, node.parts, strict=True)):
            length = left * size / shares if flexible else size * squeeze
            if node.axis == "x":
                unfold(what, x + at, y, length, h, f"{path}/{number}", depth + 1)
            else:
                unfold(what, x, y + at, w, length, f"{path}/{number}", depth + 1)
            at += length

    known = dict(known)
    unfold(Name(start), 0.0, 0.0, width, height, start, 0)
    return leaves


def _number(value: Any) -> float:
    if isinstance(value, (int, float)) and value == value and abs(value) < 1e6:
        return float(value)
    raise TaixuError(f"rules: {str(value)[:40]!r} stands where a size should")
