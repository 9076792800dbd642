"""Panels: the parts of the editor's window, each one a class that draws itself in a dock."""

from __future__ import annotations

from taixu_editor.panels.animation import AnimationPanel
from taixu_editor.panels.assets import AssetsPanel
from taixu_editor.panels.avatar import AvatarPanel
from taixu_editor.panels.console import ConsolePanel
from taixu_editor.panels.generate import GeneratePanel
from taixu_editor.panels.graph import GraphPanel
from taixu_editor.panels.guide import GuidePanel
from taixu_editor.panels.hierarchy import HierarchyPanel
from taixu_editor.panels.inspector import InspectorPanel
from taixu_editor.panels.log import LogPanel
from taixu_editor.panels.material import MaterialPanel
from taixu_editor.panels.mods import ModsPanel
from taixu_editor.panels.panel import Panel
from taixu_editor.panels.profiler import ProfilerPanel
from taixu_editor.panels.scripts import ScriptsPanel
from taixu_editor.panels.twin import TwinPanel
from taixu_editor.panels.twin_timeline import TwinTimelinePanel
from taixu_editor.panels.viewport import FourthView, SecondView, ThirdView, Viewport

__all__ = [
    "PANELS", "AnimationPanel", "AssetsPanel", "AvatarPanel", "ConsolePanel", "FourthView", "GeneratePanel",
    "GraphPanel", "GuidePanel", "HierarchyPanel", "InspectorPanel", "LogPanel", "MaterialPanel", "ModsPanel", "Panel",
    "ProfilerPanel", "ScriptsPanel", "SecondView", "ThirdView", "TwinPanel", "TwinTimelinePanel", "Viewport",
]  # fmt: skip

PANELS: tuple[type[Panel], ...] = (
    Viewport, ScriptsPanel, HierarchyPanel, InspectorPanel, MaterialPanel, GeneratePanel, GuidePanel, AssetsPanel, LogPanel,
    ConsolePanel, ProfilerPanel, AnimationPanel, SecondView, ThirdView, FourthView, GraphPanel, TwinPanel,
    TwinTimelinePanel, ModsPanel, AvatarPanel,
)  # fmt: skip
"""The panels of a window, in the order of their tabs."""
