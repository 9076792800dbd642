"""The compute shaders that carry paths on; a surface's own are made of its material's code, once for each kind of material."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from taixu.gpu import BindGroup, ComputePipeline, ShaderError
from taixu.render.context import DrawKey
from taixu.render.path_tracing.blocks import register_sources
from taixu.render.signature import PLAIN

if TYPE_CHECKING:
    from taixu.render.materials import MaterialTable

__all__ = ["Kernels"]

_log = logging.getLogger(__name__)
_STEP = 16


class Kernels:
    """Pipelines of a world.

    Parameters
    ----------
    depth
        Nodes that wait at most while a ray walks.
    sees_through
        Whether something has holes, or is thin.
    has_decals
        Whether surfaces take decals.
    """

    def __init__(self, materials: MaterialTable, *, depth: int, sees_through: bool, has_decals: bool = False) -> None:
        self.has_decals = has_decals
        self.materials, device = materials, materials.device
        register_sources(device)
        rays: dict[str, object] = {"MOST_OPEN": -(-depth // _STEP) * _STEP}
        self.begin = device.compute_pipeline("path_tracing/begin.comp")
        self.walk = device.compute_pipeline("path_tracing/walk.comp", defines=rays)
        shadow = rays | ({"SEES_THROUGH": True} if sees_through else {})
        self.shadow = device.compute_pipeline("path_tracing/shadow.comp", defines=shadow)
        self.gather = device.compute_pipeline("path_tracing/gather.comp")
        self.finish = device.compute_pipeline("path_tracing/finish.comp")
        self._told: set[str] = set()

    def of_surface(self, key: DrawKey, kind: str) -> tuple[ComputePipeline, BindGroup | None]:
        """What a surface does to paths ("shade"), or leaves of light that is asked for ("see_through"), and what is bound for it.

        A surface whose own code can only be drawn is taken as the plain one with the numbers of its material.
        """
        try:
            return self._surface(key, kind), self.materials.bind_group(key)
        except ShaderError as error:
            if key.shader in ("", "standard"):
                raise
            if key.shader not in self._told:
                self._told.add(key.shader)
                _log.warning("the path tracer takes things with the surface %s as plain ones: %s", key.shader, error)
            plain = replace(key, shader="standard", signature=PLAIN)
            return self._surface(plain, kind), None

    def _surface(self, key: DrawKey, kind: str) -> ComputePipeline:
        device, shader = self.materials.device, key.shader or "standard"
        path = f"generated/path_tracing/{kind}/{shader}.comp"
        if shader == "standard":
            body = '#include "surface/standard.glsl"\n'
        else:
            found = self.materials.surface_shader(shader)
            body = f'#include "generated/surfaces/{shader}.glsl"\n#include "{found.path}"\n'
        device.shaders.add_source(path, body + f'#include "path_tracing/{kind}.glsl"\n')
        defines = key.signature.defines() | ({"UNLIT": True} if key.unlit else {})
        if self.has_decals and kind == "shade" and key.alpha != "blend" and "transmission" not in key.signature.layers:
            defines["DECALS"] = True
        return device.compute_pipeline(path, defines=defines, label=f"{kind} {shader}")
