"""A sweep's report: one HTML file that needs nothing else, with a plot of each measure over each setting."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.simulation.sweeps.plan import Plan
from taixu.simulation.sweeps.runs import Run

__all__ = ["write_report"]

_WIDE, _HIGH, _LEFT, _UNDER, _EDGE = 380, 240, 64, 40, 14
_MOST_ROWS = 5000
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:78rem;padding:0 1rem;color:#1b2430}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}.plots{display:flex;flex-wrap:wrap;gap:1rem}
table{border-collapse:collapse}td,th{padding:.2rem .7rem;border-bottom:1px solid #d8dee6;text-align:right}
th{background:#f2f5f8}svg text{font:11px system-ui,sans-serif;fill:#46535f}"""


def write_report(plan: Plan, runs: Sequence[Run], failed: Sequence[str], file: Path) -> None:
    """Write the report of finished runs; sentences of those that failed stand at its end."""
    title = f"{plan.world.name}, {plan.seconds:g} s, {len(runs)} runs"
    parts = [f"<h1>{html.escape(title)}</h1>"]
    for name in plan.measures:
        plots = [_plot(setting, values, name, runs) for setting, values in plan.vary.items() if len(values) > 1]
        parts.append(f"<h2>{html.escape(name)}</h2><div class=plots>{''.join(plots)}</div>")
    heads = "".join(f"<th>{html.escape(head)}</th>" for head in (*plan.vary, *plan.measures, "seconds of work"))
    rows = "".join(_row(plan, run) for run in runs[:_MOST_ROWS])
    parts.append(f"<h2>Runs</h2><table><tr>{heads}</tr>{rows}</table>")
    if failed:
        parts.append("<h2>Failed</h2><ul>" + "".join(f"<li>{html.escape(each)}</li>" for each in failed) + "</ul>")
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title><style>{_STYLE}</style>"
    write_atomic(file, f"{page}{''.join(parts)}</html>\n".encode())


def _row(plan: Plan, run: Run) -> str:
    cells = [json.dumps(run.case[name]) for name in plan.vary]
    cells += [f"{run.measures[name]:.6g}" for name in plan.measures] + [f"{run.wall_secs:.2f}"]
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


def _plot(setting: str, values: Sequence[Any], name: str, runs: Sequence[Run]) -> str:
    """Every run as a point, and a line through the mean of each value; values that are no numbers stand side by side."""
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    places = [float(value) for value in values] if numbers else [float(number) for number in range(len(values))]
    of: Mapping[str, float] = {json.dumps(value): place for value, place in zip(values, places, strict=True)}
    points = [(of[json.dumps(run.case[setting])], run.measures[name]) for run in runs]
    if not points:
        return ""
    x0, x1 = min(places), max(places)
    y0, y1 = min(y for _, y in points), max(y for _, y in points)
    if y1 == y0:
        y0, y1 = y0 - 0.5, y1 + 0.5

    def at(x: float, y: float) -> tuple[float, float]:
        right = _LEFT + (x - x0) / ((x1 - x0) or 1.0) * (_WIDE - _LEFT - _EDGE)
        return right, _EDGE + (y1 - y) / (y1 - y0) * (_HIGH - _EDGE - _UNDER)

    means = {place: [y for x, y in points if x == place] for place in sorted(places)}
    line = [at(place, sum(each) / len(each)) for place, each in means.items() if each]
    dots = (at(*point) for point in points)
    drawn = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#2f6fb5" fill-opacity=".55"/>' for x, y in dots)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
    floor = _HIGH - _UNDER
    labels = [(place, f"{place:g}" if numbers else json.dumps(value)[:12]) for place, value in zip(places, values, strict=True)]
    shown = labels if len(labels) <= 6 else [labels[0], labels[-1]]
    ticks = "".join(
        f'<text x="{at(place, y0)[0]:.1f}" y="{floor + 14}" text-anchor="middle">{html.escape(text)}</text>'
        for place, text in shown
    )
    heights = "".join(
        f'<line x1="{_LEFT}" x2="{_WIDE - _EDGE}" y1="{at(x0, y)[1]:.1f}" y2="{at(x0, y)[1]:.1f}" stroke="#e3e8ee"/>'
        f'<text x="{_LEFT - 6}" y="{at(x0, y)[1] + 4:.1f}" text-anchor="end">{y:.4g}</text>'
        for y in (y0, (y0 + y1) / 2, y1)
    )
    return (
        f'<svg width="{_WIDE}" height="{_HIGH}" role="img">{heights}'
        f'<line x1="{_LEFT}" x2="{_WIDE - _EDGE}" y1="{floor}" y2="{floor}" stroke="#8a97a5"/>'
        f'<polyline points="{path}" fill="none" stroke="#d1602a" stroke-width="2"/>{drawn}{ticks}'
        f'<text x="{(_LEFT + _WIDE) / 2}" y="{_HIGH - 8}" text-anchor="middle">{html.escape(setting)}</text></svg>'
    )
