"""Pictures of every node of an open graph, on the device: small ones for all, and the material on a ball or a plane.

They are computed a few at a time, within a budget of each frame; numpy does it where the device refuses a node's shader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from taixu.errors import MachineError
from taixu.generate.graph import Graph, LivePictures, Ref
from taixu.generate.graph.evaluate import places_of
from taixu.generate.graph.values import WIDTHS
from taixu.generate.materials import MAPS
from taixu.generate.materials.graph_generator import PLAIN_MAPS, completed
from taixu.gpu import ImageBinding

if TYPE_CHECKING:
    from taixu.gpu import Device, Texture
    from taixu_editor.graphs.document import GraphDocument

__all__ = ["BALL_PX", "BUDGET_SECS", "TILE_PX", "Ball", "Previews"]

TILE_PX = 128
BALL_PX = 256
BUDGET_SECS = 0.005
"""Of each frame, where frames are short."""


class Previews:
    """The pictures of a document.

    Attributes
    ----------
    live
        Computes them.
    tiles
        Pictures by node, as they are shown; the first output, or the one that `choose` names.
    version
        Goes up when a picture changed.
    """

    def __init__(self, device: Device, document: GraphDocument) -> None:
        self.device, self.document = device, document
        self.live = LivePictures(TILE_PX, device=device)
        self.tiles: dict[str, Texture] = {}
        self.version = 0
        self._graph: Graph | None = None
        self._full = Graph()
        self._outputs: dict[str, str] = {}

    @property
    def is_done(self) -> bool:
        """Whether all pictures are as the graph is."""
        return self._graph is self.document.graph and self.live.is_done

    @property
    def errors(self) -> dict[str, str]:
        """Why nodes have no picture, by name."""
        return self.live.errors

    def frame(self, budget_secs: float = BUDGET_SECS) -> list[Texture]:
        """Follow the document and compute what the budget allows; gives textures that are not shown any more, to be released."""
        if self._graph is not self.document.graph:
            self._graph = self.document.graph
            self._full = completed(self._graph)
            self.live.follow(self._full)
        if self.live.is_done:
            return []
        with self.device.frame():
            made = self.live.step(budget_secs)
            for name in made:
                self._paint(name)
        if made:
            self.version += 1
        gone = [name for name in self.tiles if not self.live.has(name)]
        return [self.tiles.pop(name) for name in gone]

    def choose(self, name: str, output: str) -> None:
        """Show another output of a node."""
        if self._outputs.get(name) != output:
            self._outputs[name] = output
            if self.live.has(name) and name in self._full.nodes:
                with self.device.frame():
                    self._paint(name)
                self.version += 1

    def shown(self, name: str) -> str:
        """Which of its outputs a node shows."""
        node = self._full.nodes.get(name)
        if node is None:
            return ""
        chosen = self._outputs.get(name, "")
        return chosen if chosen in node.kind.outputs else next(iter(node.kind.outputs))

    def source(self, output: str) -> Ref | tuple[float, ...] | float:
        """Where a map comes from, with what stands for maps that the graph does not make."""
        value = self._full.unmuted().outputs.get(output, PLAIN_MAPS[output])
        return value if isinstance(value, (Ref, tuple)) else float(value)

    def _paint(self, name: str) -> None:
        """A node's picture as it is shown."""
        node = self._full.nodes.get(name)
        if node is None or not self.live.has(name):
            return
        start, kind = places_of(node)[self.shown(name)]
        if name not in self.tiles:
            self.tiles[name] = self.device.texture((TILE_PX, TILE_PX), "rgba8", levels=1, label=f"preview {name}")
        tile = self.tiles[name]
        pipeline = self.device.compute_pipeline("compute/graph_tile.comp")
        self.device.barrier()
        self.device.bind_texture(0, self.live.texture(name), self.device.sampler(filter="nearest", mip="none"))
        self.device.push_uniform(0, np.array([start, WIDTHS[kind], node.kind.shows_directions, 0], np.int32))
        self.device.bind(self.device.bind_group(images={0: ImageBinding(tile, 0)}))
        self.device.dispatch(pipeline, TILE_PX // 8, TILE_PX // 8)
        self.device.barrier()

    def release(self) -> list[Texture]:
        """Give all pictures back but those that are shown, which the caller releases."""
        self.live.release()
        gone = list(self.tiles.values())
        self.tiles.clear()
        self._graph = None
        return gone


class Ball:
    """A material's maps on a ball, or on a plane seen askew, drawn anew when they changed.

    Attributes
    ----------
    is_plane, repeats, turn_rad, height_rad
        What is seen, and from where.
    """

    def __init__(self, previews: Previews) -> None:
        self._previews = previews
        self.is_plane = False
        self.repeats = 2.0
        self.turn_rad, self.height_rad = 0.4, 0.3
        self.texture: Texture | None = None
        self._drawn: object = None

    def frame(self, ground: tuple[float, ...], size_px: int = BALL_PX) -> Texture | None:
        """The picture; None as long as there is nothing to be shown."""
        previews, device = self._previews, self._previews.device
        if not previews.is_done and self.texture is not None:
            return self.texture  # the maps of one state of the graph, never some of this and some of that
        key = (previews.version, self.is_plane, self.repeats, round(self.turn_rad, 3), round(self.height_rad, 3), ground)
        if key == self._drawn:
            return self.texture
        places, plain, textures = np.full((7, 4), -1, np.int32), np.zeros((7, 4), np.float32), {}
        for i, name in enumerate(MAPS):
            value = previews.source(name)
            node = previews.live.node(value.node) if isinstance(value, Ref) else None
            if isinstance(value, Ref) and node is not None:
                start, kind = places_of(node)[value.output]
                places[i, :2] = start, WIDTHS[kind]
                textures[i] = previews.live.texture(value.node)
            else:
                plain[i, :3] = np.asarray(PLAIN_MAPS[name] if isinstance(value, Ref) else value, np.float32)
        self._drawn = key
        if self.texture is None:
            self.texture = device.texture((size_px, size_px), "rgba8", levels=1, label="material ball")
        view = np.array([self.turn_rad, self.height_rad, self.is_plane, self.repeats], np.float32)
        block = np.concatenate([view, np.array(ground[:4], np.float32), places.ravel().view(np.float32), plain.ravel()])
        try:
            with device.frame():
                pipeline = device.compute_pipeline("compute/graph_ball.comp")
                device.barrier()
                sampler = device.sampler(filter="linear", mip="none", wrap="repeat")
                anything = next(iter(textures.values()), self.texture)
                for i in range(len(MAPS)):
                    device.bind_texture(i, textures.get(i, anything), sampler)
                device.push_uniform(0, block)
                device.bind(device.bind_group(images={0: ImageBinding(self.texture, 0)}))
                device.dispatch(pipeline, -(-size_px // 8), -(-size_px // 8))
                device.barrier()
        except MachineError:
            return None
        return self.texture
