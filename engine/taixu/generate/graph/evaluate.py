"""Evaluation of graphs: node after node, each a picture; by compute shaders where there is a device, else by numpy."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.graph.arrays import array_kernel, array_source
from taixu.generate.graph.glsl import GlslBackend
from taixu.generate.graph.graph import Graph, Node, Ref
from taixu.generate.graph.kernel import Kernel, Source
from taixu.generate.graph.nodes import Socket
from taixu.generate.graph.values import WIDTHS, Kind, Value

if TYPE_CHECKING:
    from taixu.gpu import Device, Texture

__all__ = ["ArrayRun", "DeviceRun", "Pictures", "Run", "evaluate", "places_of"]

Pictures = dict[str, NDArray[np.float32]]
"""Outputs by name: [size, size] or [size, size, 3], rows from the lower edge up."""
Progress = Callable[[float], None]
_FREE = Socket()
_CHANNELS = "xyzw"


def evaluate(
    graph: Graph, size: int, *, device: Device | None = None, also: Iterable[Ref] = (), progress: Progress | None = None
) -> Pictures:
    """The outputs of a graph, `size` by `size` pixels; `also` names further pictures (``"@node.output"``).

    The results of both ways agree up to rounding.
    """
    graph = graph.unmuted()
    wanted = {**graph.outputs, **{str(ref): ref for ref in also}}
    full = Graph(graph.nodes, wanted, graph.seed)
    run = DeviceRun(full, size, device) if device is not None else ArrayRun(full, size)
    try:
        names = full.needed()
        for i, name in enumerate(names):
            run.make(name)
            if progress is not None:
                progress((i + 1) / len(names))
        return {name: _filled(run, value, size) for name, value in wanted.items()}
    finally:
        run.close()


def _filled(run: Run, value: Any, size: int) -> NDArray[np.float32]:
    if isinstance(value, Ref):
        return run.read(value)
    return np.broadcast_to(np.asarray(value, np.float32), (size, size, 3) if isinstance(value, tuple) else (size, size)).copy()


def places_of(node: Node) -> dict[str, tuple[int, Kind]]:
    """Where a node's outputs are in its pixels."""
    places, start = {}, 0
    for name, kind in node.kind.outputs.items():
        places[name] = (start, kind)
        start += WIDTHS[kind]
    return places


class Run(ABC):
    """What both ways share: which pictures are still to be read."""

    def __init__(self, graph: Graph, size: int) -> None:
        self.graph, self.size = graph, size
        self._readers: dict[str, int] = {}
        needed = graph.needed()
        for name in needed:
            for value in {v.node for v in graph.nodes[name].inputs.values() if isinstance(v, Ref)}:
                self._readers[value] = self._readers.get(value, 0) + 1
        for value in graph.outputs.values():
            if isinstance(value, Ref):
                self._readers[value.node] = self._readers.get(value.node, 0) + 1

    def make(self, name: str) -> None:
        """Compute a node, and drop what nobody reads any more."""
        node = self.graph.nodes[name]
        self.compute(name, node)
        for read in {v.node for v in node.inputs.values() if isinstance(v, Ref)}:
            self._readers[read] -= 1
            if not self._readers[read]:
                self.drop(read)

    def sockets(self, node: Node) -> dict[str, tuple[Socket, Any]]:
        """Inputs with what is connected to each."""
        names = dict.fromkeys([*node.kind.inputs, *node.inputs])
        return {name: (node.kind.inputs.get(name, _FREE), node.inputs.get(name)) for name in names}

    def numbers(self, name: str, node: Node) -> list[tuple[float, ...]]:
        """What a kernel is handed as values: the seed, the parameters, then inputs that nobody makes."""
        rows: list[tuple[float, ...]] = [(float(self.graph.seed_of(name)),)]
        rows += [_numbers(node.parameters[each.name]) for each in node.kind.parameters.values() if each.kind is not None]
        for socket, value in self.sockets(node).values():
            if not isinstance(value, Ref):
                rows.append(_numbers(socket.default if value is None else value))
        return rows

    def arguments(self, k: Kernel, node: Node, number: Callable[[int, Kind], Value], source: Callable[[Ref, int], Source],
                  own: Callable[[Ref, int], Value]) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
        """Parameters and inputs for a kernel."""
        at = 1
        parameters: dict[str, Any] = {"seed": number(0, "float")}
        for each in node.kind.parameters.values():
            if each.kind is None:
                parameters[each.name] = node.parameters[each.name]
            else:
                parameters[each.name] = number(at, each.kind)
                at += 1
        inputs: dict[str, Any] = {}
        connected = 0
        for name, (socket, value) in self.sockets(node).items():
            if isinstance(value, Ref):
                if socket.is_sampled:
                    inputs[name] = source(value, connected)
                else:
                    inputs[name] = _fitting(k, own(value, connected), socket if name in node.kind.inputs else None)
                connected += 1
            else:
                plain = socket.default if value is None else value
                constant = number(at, "vec3" if isinstance(plain, tuple) else "float")
                at += 1
                inputs[name] = Source(partial(_everywhere, constant), k.at, k.size) if socket.is_sampled else constant
        return parameters, inputs

    @abstractmethod
    def compute(self, name: str, node: Node) -> None:
        """Make a node's picture."""

    @abstractmethod
    def read(self, ref: Ref) -> NDArray[np.float32]:
        """A picture as an array."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Forget a picture."""

    @abstractmethod
    def close(self) -> None:
        """Forget all."""


def _everywhere(constant: Value, x: Value, y: Value) -> Value:
    return constant


def _numbers(value: Any) -> tuple[float, ...]:
    return tuple(float(n) for n in value) if isinstance(value, tuple) else (float(value),)


def _fitting(k: Kernel, value: Value, socket: Socket | None) -> Value:
    """A value as its socket wants it: numbers are grey, colours are as bright as they look."""
    if socket is None or value.kind == socket.kind:
        return value
    if socket.kind == "vec3" and value.kind == "float":
        return k.vec(value, value, value)
    if socket.kind == "float" and value.kind == "vec3":
        return k.dot(value, k.vec(0.2126, 0.7152, 0.0722))
    return value


class ArrayRun(Run):
    """By numpy."""

    def __init__(self, graph: Graph, size: int) -> None:
        super().__init__(graph, size)
        self._pictures: dict[str, NDArray[np.float32]] = {}

    def compute(self, name: str, node: Node) -> None:
        k = array_kernel(self.size)
        rows = self.numbers(name, node)

        def number(index: int, kind: Kind) -> Value:
            row = np.asarray(rows[index], np.float32)
            return Value(k, kind, row[:, None, None] if WIDTHS[kind] > 1 else row[:, None])

        def own(ref: Ref, index: int) -> Value:
            return Value(k, ref.kind, self._picture(ref))

        def source(ref: Ref, index: int) -> Source:
            return array_source(k, self._picture(ref), ref.kind)

        made = node.kind.kernel(k, *self.arguments(k, node, number, source, own))
        parts = [np.atleast_3d(value.data) if value.data.ndim == 2 else value.data for value in made.values()]
        parts = [part.transpose(2, 0, 1) if part.shape[-1] == 1 else part for part in parts]
        shape = (self.size, self.size)
        self._pictures[name] = np.concatenate([np.broadcast_to(part, (len(part), *shape)) for part in parts]).astype(np.float32)

    def _picture(self, ref: Ref) -> NDArray[np.float32]:
        start, kind = places_of(self.graph.nodes[ref.node])[ref.output]
        whole = self._pictures[ref.node]
        return whole[start] if WIDTHS[kind] == 1 else whole[start : start + WIDTHS[kind]]

    def read(self, ref: Ref) -> NDArray[np.float32]:
        picture = self._picture(ref)
        return picture if picture.ndim == 2 else np.ascontiguousarray(picture.transpose(1, 2, 0))

    def drop(self, name: str) -> None:
        self._pictures.pop(name, None)

    def close(self) -> None:
        self._pictures.clear()


@dataclass(frozen=True, slots=True)
class _Shader:
    path: str
    text: str


class DeviceRun(Run):
    """By compute shaders; `textures` holds a node's outputs in one, side by side."""

    def __init__(self, graph: Graph, size: int, device: Device) -> None:
        super().__init__(graph, size)
        self._device = device
        self.textures: dict[str, Texture] = {}

    def compute(self, name: str, node: Node) -> None:
        from taixu.gpu import ImageBinding

        device = self._device
        shader = self._shader(node)
        device.shaders.add_source(shader.path, shader.text)
        pipeline = device.compute_pipeline(shader.path, label=node.kind.name)
        count = sum(WIDTHS[kind] for kind in node.kind.outputs.values())
        texture = device.texture((self.size, self.size), "r32f" if count == 1 else "rgba32f", label=name)
        block = np.zeros((_rows_of(len(self.numbers(name, node))), 4), np.float32)
        for row, numbers in zip(block, self.numbers(name, node)):
            row[: len(numbers)] = numbers
        sampler = device.sampler(filter="nearest", mip="none")
        device.barrier()
        refs = [value for _, value in self.sockets(node).values() if isinstance(value, Ref)]
        for unit, ref in enumerate(refs):
            device.bind_texture(unit, self.textures[ref.node], sampler)
        device.push_uniform(0, block)
        device.bind(device.bind_group(images={0: ImageBinding(texture, 0)}))
        groups = (self.size + 7) // 8
        device.dispatch(pipeline, groups, groups)
        self.drop(name)
        self.textures[name] = texture

    def _shader(self, node: Node) -> _Shader:
        backend = GlslBackend()
        k = Kernel(backend)
        k.at, k.size = Value(k, "vec2", "at"), Value(k, "float", "edge")
        rows = len(self.numbers("", node))

        def number(index: int, kind: Kind) -> Value:
            return Value(k, kind, f"numbers[{index}].{_CHANNELS[: WIDTHS[kind]]}")

        def place(ref: Ref) -> str:
            start, kind = places_of(self.graph.nodes[ref.node])[ref.output]
            return _CHANNELS[start : start + WIDTHS[kind]]

        def own(ref: Ref, index: int) -> Value:
            return Value(k, ref.kind, f"texelFetch(read{index}, pixel, 0).{place(ref)}")

        def source(ref: Ref, index: int) -> Source:
            def texel(x: Value, y: Value) -> Value:
                wrapped = f"ivec2({x.data}, {y.data}) - ivec2(floor(vec2({x.data}, {y.data}) / edge)) * int(edge)"
                return Value(k, ref.kind, backend.name(ref.kind, f"texelFetch(read{index}, {wrapped}, 0).{place(ref)}"))

            return Source(texel, k.at, k.size)

        made = node.kind.kernel(k, *self.arguments(k, node, number, source, own))
        parts = ", ".join(value.data for value in made.values())
        missing = 4 - sum(WIDTHS[value.kind] for value in made.values())
        count = 4 - missing
        samplers = [value for _, value in self.sockets(node).values() if isinstance(value, Ref)]
        text = "\n".join(
            [
                "layout(local_size_x = 8, local_size_y = 8) in;",
                f"layout({'r32f' if count == 1 else 'rgba32f'}, binding = 0) uniform writeonly image2D made;",
                f"layout(std140, binding = 0) uniform Numbers {{ vec4 numbers[{_rows_of(rows)}]; }};",
                *(f"layout(binding = {i}) uniform sampler2D read{i};" for i in range(len(samplers))),
                *backend.functions,
                "void main() {",
                "    ivec2 pixel = ivec2(gl_GlobalInvocationID.xy);",
                "    float edge = float(imageSize(made).x);",
                "    if (any(greaterThanEqual(pixel, imageSize(made)))) return;",
                "    vec2 at = (vec2(pixel) + 0.5) / edge;",
                *(f"    {line}" for line in backend.lines),
                f"    imageStore(made, pixel, vec4({parts}{', 0.0' * missing}));",
                "}\n",
            ]
        )
        return _Shader(f"generated/graph/{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}.comp", text)

    def read(self, ref: Ref) -> NDArray[np.float32]:
        start, kind = places_of(self.graph.nodes[ref.node])[ref.output]
        self._device.barrier()
        pixels = np.asarray(self.textures[ref.node].read(), np.float32).reshape(self.size, self.size, -1)
        width = WIDTHS[kind]
        return np.ascontiguousarray(pixels[..., start] if width == 1 else pixels[..., start : start + width])

    def drop(self, name: str) -> None:
        texture = self.textures.pop(name, None)
        if texture is not None:
            texture.release()

    def close(self) -> None:
        for texture in self.textures.values():
            texture.release()
        self.textures.clear()


def _rows_of(count: int) -> int:
    """Blocks of a few sizes, so that as many shaders as can be are the same."""
    return 4 * ((count + 3) // 4)
