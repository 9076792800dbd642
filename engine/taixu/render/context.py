"""What passes and features are given: the frame, the view, and ways to draw the scene's bins."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import BindGroup, Buffer, Device, Pipeline, RenderPass, Targets, Texture
from taixu.render.signature import PLAIN, Signature

if TYPE_CHECKING:
    from taixu.render.bins import Bin
    from taixu.render.blending import BlendedRun
    from taixu.render.culling import VisibleList
    from taixu.render.graph import PassNode
    from taixu.render.renderer import Renderer
    from taixu.render.views import View

__all__ = ["ChoosingFeature", "DrawKey", "Feature", "FrameContext", "MaterialSource", "PassContext", "PipelineFor"]

PipelineFor: TypeAlias = "Callable[[Bin], Pipeline | tuple[Pipeline, BindGroup | None] | None]"
"""A bin's pipeline in a pass, with what is bound for it; None leaves the bin out."""


@dataclass(frozen=True, slots=True)
class DrawKey:
    """What of a material decides which pipeline draws it. `group` numbers the textures that are bound for it; the rest
    is as in `taixu.render.surfaces.SurfaceLook`.
    """

    alpha: str = "opaque"  # opaque, mask, blend
    double_sided: bool = False
    unlit: bool = False
    shader: str = ""
    signature: Signature = PLAIN
    group: int = -1
    cuts_holes: bool = False
    is_outlined: bool = False
    writes_depth: bool = False
    order: int = 0
    fades: bool = False
    """What has it gives way to an impostor, dot by dot."""
    sways: bool = False
    """What has it bends in the wind, by `TEXCOORD_1`."""


class MaterialSource(Protocol):
    """Who knows the materials (the shading side's `MaterialTable`). Material 0 exists always.

    `keys[material]` is an index into `draw_keys`; `version` changes whenever one of both does.
    """

    @property
    def version(self) -> int:
        """Changes with keys and draw keys."""
        ...

    @property
    def keys(self) -> NDArray[np.int32]:
        """Index into `draw_keys`, by material."""
        ...

    @property
    def draw_keys(self) -> Sequence[DrawKey]:
        """All draw keys there have been."""
        ...

    @property
    def buffer(self) -> Buffer:
        """Rows by material id, for `StorageSlot.MATERIALS`."""
        ...


@dataclass
class FrameContext:
    """One frame of one world, before it is split into views."""

    device: Device
    renderer: Renderer
    world: World
    frame_index: int
    time_secs: float
    delta_secs: float
    views: Sequence[View] = ()


class Feature(Protocol):
    """A part of the renderer: it gives nodes, and keeps its own data up to date. Added with `Renderer.add_feature`."""

    @property
    def name(self) -> str:
        """What `Renderer.feature` finds it by."""
        ...

    def extract(self, frame: FrameContext) -> None:
        """Once a frame, after rows that changed were taken over: follow the world, upload."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Once for each view, before its passes."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The passes for a view of this configuration; asked when the configuration changes."""


@runtime_checkable
class ChoosingFeature(Feature, Protocol):
    """A feature whose passes follow what the world asks for: an effect that is off has none, and costs nothing."""

    def choose(self, world: World, view: View) -> Hashable:
        """What the world asks of this view, small and equal while nothing changes: `nodes` finds it in `view.choices` by the
        feature's name. Asked once a frame.
        """
        ...


@dataclass
class PassContext:
    """What a node's `run` gets. What it asks for by name is as large as what it draws: over the picture, "depth" and "velocity" are
    those at the picture's size.
    """

    frame: FrameContext
    view: View
    visible: VisibleList
    _names: Mapping[str, str] = field(default_factory=dict)

    @property
    def device(self) -> Device:
        """The device."""
        return self.frame.device

    def texture(self, name: str) -> Texture:
        """The texture that a resource name stands for."""
        assert self.view.graph is not None
        return self.view.graph.textures[self._names.get(name, name)]

    def targets(self, *colors: str | None, depth: str | None = None) -> Targets:
        """Render targets made of resources."""
        assert self.view.graph is not None
        names = self._names
        return self.view.graph.targets(
            self.frame.device, [None if name is None else names.get(name, name) for name in colors],
            None if depth is None else names.get(depth, depth),
        )  # fmt: skip

    def draw_bins(self, render_pass: RenderPass, pipeline_for: PipelineFor, *,
                  visible: VisibleList | None = None, positions_only: bool = False) -> None:  # fmt: skip
        """Draw the opaque and masked bins: one multi-draw for each run of bins with the same pipeline.

        `pipeline_for` gives a bin's pipeline in this pass (None: leave it out) and should cache by `bin.key`;
        `positions_only` says that pipelines use `POSITION_VERTEX_LAYOUT`.
        """
        self.frame.renderer.draw_bins(render_pass, visible or self.visible, pipeline_for, positions_only=positions_only)

    @property
    def culls_hidden(self) -> bool:
        """Whether what stands behind something is culled (`taixu.render.culling_hidden`): a pass that draws the first depth of a
        frame then draws `find_newly_seen` as well.
        """
        return bool(self.view.settings.get("culls_hidden"))

    def find_newly_seen(self, depth: str) -> VisibleList:
        """What came into sight since the last frame, by the depth drawn so far; from then on `visible` lists it too."""
        return self.frame.renderer.find_newly_seen(self.view, self.visible, self.texture(depth))

    def blended_runs(self) -> Sequence[BlendedRun]:
        """The blended and transmissive renderables of this view, far ones first; good until it is asked again."""
        return self.frame.renderer.blended_runs(self.view)

    def draw_blended(
        self, render_pass: RenderPass, pipeline_for: PipelineFor, *, runs: Sequence[BlendedRun] | None = None
    ) -> None:
        """Draw the blended renderables of this view (or some of `blended_runs`), far ones first."""
        wanted = self.blended_runs() if runs is None else runs
        self.frame.renderer.draw_blended(render_pass, self.view, wanted, pipeline_for)

    def settings(self, name: str, default: Any) -> Any:
        """A setting of the view."""
        return self.view.settings.get(name, default)
