"""The camera's effects: exposure, bloom, focus, motion, lens and grading, each by a component of the world.

`PostFeature` reads the components (`effects`) once a frame for each view and gives passes for those that are on; what a pass does
is in the module of its effect. They stand between "radiance" and the picture in this order: exposure is measured, what is out of
focus is blurred, what moves is smeared, the lens bends the picture, bright light spreads and leaves ghosts; the tone map adds what
is left (`developed`).

``view.settings["post"]``: "all", by default; "optics" gives only what needs the depths of a frame (focus and motion), and
"developing" only the rest; "none".
"""

from __future__ import annotations

from taixu.render.post.effects import Effects, PostChoice, effects_of, read_effects
from taixu.render.post.feature import PostFeature
from taixu.render.post.finishing import finish_still

__all__ = ["Effects", "PostChoice", "PostFeature", "effects_of", "finish_still", "read_effects"]
