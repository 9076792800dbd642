"""The components that twins add to a world: known to every app, so that a twin's world is drawn and edited like any other."""

from __future__ import annotations

from taixu.app import App
from taixu.twin.device import Device
from taixu.twin.linkage import Linkage
from taixu.twin.map_feature import MapFeature
from taixu.twin.rules.fences import Fence

__all__ = ["register_twin_components"]


def register_twin_components(app: App) -> None:
    """A plugin that makes them known, and does nothing else."""
    for cls in (Device, Fence, Linkage, MapFeature):
        app.register_component(cls)
