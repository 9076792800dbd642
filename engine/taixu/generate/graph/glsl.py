"""Kernels as GLSL: each operation is a line, and functions that a kernel shares are written once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taixu.generate.graph.kernel import Kernel
from taixu.generate.graph.values import Backend, Kind, Value

__all__ = ["GlslBackend"]

_CALLS = {
    "add": "{0} + {1}", "subtract": "{0} - {1}", "multiply": "{0} * {1}", "divide": "{0} / {1}", "negate": "-{0}",
    "mod": "mod({0}, {1})", "min": "min({0}, {1})", "max": "max({0}, {1})", "power": "pow({0}, {1})", "floor": "floor({0})",
    "ceil": "ceil({0})", "absolute": "abs({0})", "sign": "sign({0})", "sqrt": "sqrt({0})", "exp": "exp({0})", "log": "log({0})",
    "sin": "sin({0})", "cos": "cos({0})", "atan2": "atan({0}, {1})", "less": "{0} < {1}", "equal": "{0} == {1}",
    "and": "{0} && {1}", "or": "{0} || {1}", "not": "!{0}", "xor": "{0} ^ {1}", "right": "{0} >> {1}",
    "select": "{0} ? {1} : {2}", "dot": "dot({0}, {1})",
}  # fmt: skip
_BOTH = frozenset({"power", "mod", "min", "max"})  # GLSL wants both as wide as each other, or the second a number


class GlslBackend(Backend):
    """Writes down what is asked for; `lines` is the body, `functions` what stands before it."""

    def __init__(self) -> None:
        self.functions: list[str] = []
        self.lines: list[str] = []
        self._count = 0
        self._shared: dict[Any, tuple[str, Kind]] = {}

    def constant(self, number: float | bool, kind: Kind) -> str:
        if kind == "bool":
            return "true" if number else "false"
        if kind == "uint":
            return f"{int(number)}u"
        if kind == "int":
            return f"({int(number)})"
        return f"({float(number)!r})"

    def name(self, kind: str, text: str) -> str:
        """A variable that holds what a text says."""
        self._count += 1
        self.lines.append(f"{kind} v{self._count} = {text};")
        return f"v{self._count}"

    def call(self, name: str, kind: Kind, arguments: tuple[Value, ...]) -> str:
        texts = [each.data for each in arguments]
        if name in _BOTH or name == "select":
            skip = 1 if name == "select" else 0
            texts[skip:] = [t if each.kind == kind else f"{kind}({t})" for t, each in zip(texts[skip:], arguments[skip:])]
        return self.name(kind, _CALLS[name].format(*texts))

    def pack(self, kind: Kind, parts: tuple[Value, ...]) -> str:
        return self.name(kind, f"{kind}({', '.join(part.data for part in parts)})")

    def part(self, value: Value, index: int) -> str:
        return f"{value.data}.{'xyzw'[index]}"

    def cast(self, value: Value, kind: Kind) -> str:
        return self.name(kind, f"{kind}({value.data})")

    def share(
        self, kernel: Kernel, function: Callable[..., Value], arguments: tuple[Value, ...], constants: dict[str, Any]
    ) -> Value:
        """A call of a function, which is written at its first one."""
        kinds = tuple(each.kind for each in arguments)
        key = (function, kinds, tuple(sorted(constants.items())))
        if key not in self._shared:
            name = f"f{len(self._shared)}_{function.__name__.strip('_')}"
            outer, self.lines = self.lines, []
            result = function(kernel, *(Value(kernel, kind, f"a{i}") for i, kind in enumerate(kinds)), **constants)
            body = "".join(f"    {line}\n" for line in self.lines)
            self.lines = outer
            heads = ", ".join(f"{kind} a{i}" for i, kind in enumerate(kinds))
            self.functions.append(f"{result.kind} {name}({heads}) {{\n{body}    return {result.data};\n}}\n")
            self._shared[key] = (name, result.kind)
        name, kind = self._shared[key]
        return Value(kernel, kind, self.name(kind, f"{name}({', '.join(each.data for each in arguments)})"))
