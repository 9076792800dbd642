"""Passes on the GPU by the option of the picture that they are of: what each option costs."""

from __future__ import annotations

from collections.abc import Mapping

from taixu.render.quality import passes_by_option

__all__ = ["OPTION_TITLES", "pass_rows"]

OPTION_TITLES = {
    "depth": "Depth and ids",
    "shadows": "Shadows",
    "occlusion": "Ambient occlusion",
    "surfaces": "Surfaces",
    "lists": "Lamps and decals, sorted",
    "probes": "Light between surfaces",
    "reflections": "Reflections",
    "sky": "Sky and air",
    "particles": "Particles and weather",
    "edges": "Smooth edges",
    "exposure": "Exposure",
    "focus": "Depth of field",
    "motion": "Motion blur",
    "bloom": "Bloom",
    "lens": "Lens effects",
    "tone map": "Tone map",
    "overlays": "Lines and screens",
    "other": "Other passes",
}
"""By option, as `taixu.render.quality` has them."""
_LEAST_MS = 0.005
"""Passes that take less are told with their option only."""


def pass_rows(values: Mapping[str, tuple[float, float]], *, both: bool = True) -> list[tuple[str, str, float, str]]:
    """Rows of a table: each option with its milliseconds, the most expensive first, and its passes below it; `values` are medians
    and 95th percentiles (which are told where `both`) by "view: pass".
    """
    grouped = passes_by_option({name: p50 for name, (p50, _) in values.items()})
    most = max((sum(each.values()) for each in grouped.values()), default=0.0) or 1.0
    rows = []
    for option, passes in grouped.items():
        total = sum(passes.values())
        told = [f"{name}: {ms:.2f} ms" + (f", 95 %: {values[name][1]:.2f} ms" if both else "") for name, ms in passes.items()]
        rows.append((OPTION_TITLES[option], f"{total:.2f}", total / most, "\n".join(told)))
        shown = [each for each in sorted(passes.items(), key=lambda item: -item[1]) if each[1] >= _LEAST_MS]
        for name, ms in shown if len(passes) > 1 else ():
            rows.append((f"    {name.partition(': ')[2]}", f"{ms:.2f}", 0.0, name))
    return rows
