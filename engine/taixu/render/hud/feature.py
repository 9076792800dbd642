"""The screen in every view whose settings say ``hud``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from taixu.ecs import World
from taixu.render.context import FrameContext, PassContext
from taixu.render.graph import PassNode, Rank, TextureSpec
from taixu.render.hud.painter import HudPainter
from taixu.render.hud.screen import Screen
from taixu.render.views import View

__all__ = ["HudFeature", "screen_of"]


def screen_of(world: World) -> Screen:
    """The world's screen; where nobody gave it one, one that nobody sits before."""
    if not world.has_resource(Screen):
        world.insert_resource(Screen())
    return world.resource(Screen)


@dataclass
class HudPass:
    """Draws what the world shows over the finished picture."""

    painter: HudPainter
    name: str = "screen"
    rank: int = Rank.OVERLAY + 50
    reads: Sequence[str] = ()
    writes: Mapping[str, TextureSpec | None] = field(default_factory=lambda: {"color": None})

    def run(self, context: PassContext) -> None:
        """One draw, where there is anything."""
        screen, size = screen_of(context.frame.world), context.view.size
        rows = screen.lay_out(context.frame.world, size)
        if len(rows):
            self.painter.paint(context.device, context.targets("color"), rows, screen.atlas, size)


class HudFeature:
    """``view.settings["hud"]``: draw what scripts and mods show."""

    name = "hud"

    def __init__(self) -> None:
        self.painter = HudPainter()

    def extract(self, frame: FrameContext) -> None:
        """Nothing to follow."""

    def prepare(self, frame: FrameContext, view: View) -> None:
        """Nothing to prepare."""

    def nodes(self, view: View) -> Sequence[PassNode]:
        """The pass, where it is asked for."""
        return (HudPass(self.painter),) if view.settings.get("hud") and "color" in view.outputs else ()
