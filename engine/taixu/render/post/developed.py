"""The effects' part in the tone map: what it reads, its switches, and its block after the tone map's own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.gpu import RenderPass
from taixu.render.bindings import StorageSlot
from taixu.render.context import PassContext
from taixu.render.post.drawing import exposure_buffer
from taixu.render.post.effects import Effects, effects_of
from taixu.render.post.feature import PostFeature, choice_of, developed_name
from taixu.render.post.grading import white_balance
from taixu.render.post.tables import MOST_CURVE
from taixu.render.views import View
from taixu.scene.post import ColorGrading

__all__ = ["bind_effects", "developed_block", "developed_defines", "developed_reads"]


def developed_reads(view: View) -> tuple[str, ...]:
    """The tone map's textures, the picture first."""
    passes = choice_of(view).passes
    wanted = (("bloom", "bloom_1"), ("flare", "flare"))
    return (developed_name(view), *(resource for name, resource in wanted if name in passes))


def developed_defines(context: PassContext) -> dict[str, object]:
    """Switches of the tone map's shader; empty where nothing is on."""
    effects = effects_of(context.view)
    if not effects.develops:
        return {}
    lens, bloom, grading = effects.lens, effects.bloom, effects.color_grading
    found: dict[str, object] = {"EFFECTS": True}
    for name, is_on in (
        ("MEASURED", effects.auto_exposure is not None),
        ("BLOOM", bloom is not None and bloom.intensity > 0),
        ("ALL_LIGHT", bloom is not None and bloom.threshold == 0),
        ("FLARE", lens is not None and lens.flare > 0),
        ("LENS", lens is not None and lens.vignette > 0),
        ("GRAIN", lens is not None and lens.grain > 0),
        ("GRADING", grading is not None),
        ("LUT", grading is not None and effects.lut is not None),
        ("CURVES", grading is not None and effects.lut is not None and effects.lut.table.ndim == 2),
    ):
        if is_on:
            found[name] = True
    return found


def developed_block(context: PassContext) -> NDArray[np.float32]:
    """Rows after "develop" and "behind", [10, 4] (shaders/passes/tonemap.frag); none where nothing is on."""
    effects = effects_of(context.view)
    if not effects.develops:
        return np.zeros((0, 4), np.float32)
    world, lens, bloom = context.frame.world, effects.lens, effects.bloom
    rows = np.zeros((10, 4))
    rows[0] = (
        bloom.intensity if bloom else 0.0, lens.flare if lens else 0.0, lens.vignette if lens else 0.0, lens.grain if lens else 0.0
    )  # fmt: skip
    # Grain goes by the world's time: the same moment has the same.
    rows[1, 0] = world.resource(Clock).ticks % 65_536 if world.has_resource(Clock) else 0
    rows[2:] = _grading_rows(effects)
    return rows.astype(np.float32)


def _grading_rows(effects: Effects) -> NDArray[np.float64]:
    grading = effects.color_grading or ColorGrading()
    rows = np.zeros((8, 4))
    rows[:3, :3] = white_balance(grading.temperature_k, grading.tint)
    rows[0, 3], rows[1, 3] = grading.contrast, grading.saturation
    rows[3, :3], rows[5, :3] = grading.lift, grading.gain
    rows[4, :3] = 1.0 / np.asarray(grading.gamma)
    lut = effects.lut
    if lut is not None:
        size = min(lut.size, MOST_CURVE)
        rows[6, :3], rows[6, 3] = lut.low, size
        rows[7, :3], rows[7, 3] = 1.0 / (np.asarray(lut.high) - np.asarray(lut.low)), grading.lut_strength
    return rows


def bind_effects(context: PassContext, render_pass: RenderPass) -> None:
    """Bind what the tone map reads besides the picture: units 1 to 3, and the measured exposure."""
    view, device = context.view, context.device
    effects, passes = effects_of(view), choice_of(view).passes
    smooth = device.sampler(filter="linear", mip="none", wrap="clamp")
    if "bloom" in passes:
        render_pass.bind_texture(1, context.texture("bloom_1"), smooth)
    if "flare" in passes:
        render_pass.bind_texture(2, context.texture("flare"), smooth)
    if effects.lut is not None:
        feature = context.frame.renderer.feature("post")
        assert isinstance(feature, PostFeature)
        render_pass.bind_texture(3, feature.lut, smooth)
    if effects.auto_exposure is not None:
        render_pass.bind_storage(StorageSlot.FREE, exposure_buffer(context))
