"""Effects of a picture that is finished already: the mean of many frames with rays, or of paths of light.

Such means are taken of light, before exposure and tone curve, and so they are developed once, as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Texture
from taixu.render.bindings import UniformSlot
from taixu.render.context import FrameContext, PassContext
from taixu.render.culling import VisibleList
from taixu.render.graph import PassGraph, Rank, TextureSpec
from taixu.render.post.effects import read_effects
from taixu.render.post.feature import PostFeature
from taixu.render.views import View, ViewCamera, view_block

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.renderer import Renderer

__all__ = ["finish_still", "is_finished_late"]


def is_finished_late(world: World, settings: dict[str, Any], camera: ViewCamera) -> bool:
    """Whether the world asks for effects that a finished picture gets."""
    return settings.get("post", "all") != "optics" and read_effects(world, settings, camera).develops


def finish_still(
    renderer: Renderer,
    world: World,
    camera: ViewCamera,
    linear: NDArray[np.float32],
    *,
    encoding: str,
    settings: dict[str, Any],
) -> NDArray[np.float32]:
    """Develop light: float32 [height, width, 4], top row first, linear Rec.709 before exposure, premultiplied.

    Gives the same shape, encoded as `DevelopingFeature` does ("display" or "linear").
    """
    height, width = linear.shape[:2]
    device = renderer.device
    view = View(camera, (width, height), name="finished", settings={**settings, "post": "developing", "encoding": encoding})
    feature, developing = renderer.feature("post"), renderer.feature("developing")
    assert isinstance(feature, PostFeature)
    given = device.texture((width, height), "rgba16f", label="finished light")
    given.write(np.ascontiguousarray(np.clip(linear[::-1], -60000.0, 60000.0).astype(np.float16)))
    with device.frame():
        view.choices = {"post": feature.choose(world, view)}
        graph = PassGraph([_GivenPass(given), *feature.nodes(view), *developing.nodes(view)])
        view.graph = graph.resolve(device, view.size, view.outputs)
        frame = FrameContext(device, renderer, world, renderer.frame_index, 0.0, 0.0, [view])
        feature.prepare(frame, view)
        context = PassContext(frame, view, VisibleList(device, label="finished"))
        device.push_uniform(UniformSlot.VIEW, view_block(view))
        for node in view.graph.nodes:
            node.run(context)
    found: NDArray[np.float32] = np.asarray(renderer.read(view), np.float32)
    view.release()
    given.release()
    return found


@dataclass(frozen=True)
class _GivenPass:
    """Copies the picture to "radiance"."""

    picture: Texture
    name: str = "given light"
    rank: int = Rank.OPAQUE
    reads: Sequence[str] = ()

    @property
    def writes(self) -> Mapping[str, TextureSpec | None]:
        """The light."""
        return {"radiance": TextureSpec("rgba16f")}

    def run(self, context: PassContext) -> None:
        """Copy."""
        context.device.copy_texture(self.picture.view(), context.texture("radiance").view())
