"""What to ask of the generator "repair" for a report: one click mends what can be mended without a question."""

from __future__ import annotations

from typing import Any

from taixu.generate.gate.inspection import Budget
from taixu.generate.gate.report import Report

__all__ = ["advised"]

_UNITS = (0.001, 0.01, 0.0254, 0.3048, 1000.0, 100.0)
"""Millimetres, centimetres, inches and feet taken for metres, and the other way about."""
_USUAL_M = (0.05, 50.0)


def advised(report: Report, budget: Budget | None = None) -> dict[str, Any]:
    """Parameters that mend what the report says is wrong; empty where nothing is.

    A size is read as another unit, where one makes it usual. Holes stay open, because leaves and cloth are meant so.
    """
    settings: dict[str, Any] = {}
    for repair in report.repairs:
        match repair:
            case "size_m":
                extent = max(report.size_m)
                meant = [extent * each for each in _UNITS if _USUAL_M[0] <= extent * each <= _USUAL_M[1]]
                settings["size_m"] = round(meant[0], 6) if meant else 1.0
            case "pivot":
                settings["pivot"] = "bottom"
            case "triangles":
                settings["triangles"] = (budget or Budget()).triangles
            case _:
                settings[repair] = True
    return settings
