"""A model's report in the assets panel: what it costs, what is wrong with it, and one click that mends it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from imgui_bundle import imgui

from taixu.app import Job
from taixu_editor.assets import Asset
from taixu_editor.assets.gate import Repairing, repairable
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.panels.assets import AssetsPanel

__all__ = ["GateSection"]

_SAID = {
    "numbers": "Vertices at places that are no numbers", "nothing": "It shows no triangles", "slivers": "Triangles without area",
    "doubles": "Triangles that lie on others", "normals": "No normals: each facet shows",
    "coordinates": "A picture without texture coordinates", "crowded": "Edges where more than two triangles meet",
    "winding": "Triangles that face the wrong way", "inside out": "Triangles that are inside out", "holes": "Open edges",
    "crumbs": "Loose pieces too small to see", "size": "An unusual size", "pivot": "The pivot is far away",
    "triangles": "More triangles than the budget", "draws": "More parts than the budget", "pictures": "A very large picture",
}  # fmt: skip
_LOOKS = {"error": ("error", "bad"), "warning": ("warning", "warning"), "hint": ("info", "accent")}
_MOST_KEPT = 200
_MOST_GREETED = 8


class GateSection:
    """The part of the details that tells of a model's fitness.

    Attributes
    ----------
    reports
        By path and time of change: the report as plain data; a text where the file cannot be read.
    repairing
        What is being mended; None where nothing is.
    """

    def __init__(self, panel: AssetsPanel) -> None:
        self._panel, self.t = panel, panel.t
        self.reports: dict[tuple[str, int], dict[str, Any] | str] = {}
        self._asked: set[tuple[str, int]] = set()
        self.repairing: Repairing | None = None

    def draw(self, asset: Asset) -> None:
        """Of one file."""
        if not repairable(asset.path):
            return
        key = (asset.path, asset.mtime_ns)
        if key not in self._asked:
            self._ask(asset.path, key)
        imgui.separator_text(self.t("At the gate"))
        report = self.reports.get(key)
        if report is None:
            imgui.text_disabled(self.t("Looking at the model..."))
        elif isinstance(report, str):
            imgui.push_text_wrap_pos()
            imgui.text_colored(self._panel.window.theme.bad, report)
            imgui.pop_text_wrap_pos()
        else:
            self._draw_report(asset, report)

    def _draw_report(self, asset: Asset, report: dict[str, Any]) -> None:
        size = " x ".join(f"{each:.3g}" for each in report["size_m"])
        imgui.push_text_wrap_pos()
        counts = {"triangles": f"{report['triangles']:,}", "draws": f"{report['draws']:,}"}
        imgui.text_disabled(self.t("{triangles} triangles in {draws} parts, {size} m", size=size, **counts))
        imgui.pop_text_wrap_pos()
        theme = self._panel.window.theme
        for problem in report["problems"]:
            name, color = _LOOKS[problem["severity"]]
            imgui.text_colored(getattr(theme, color), icon(name))
            imgui.same_line()
            imgui.push_text_wrap_pos()
            count = f": {problem['count']:,}" if problem["count"] else ""
            imgui.text_unformatted(self.t(_SAID[problem["code"]]) + count)
            imgui.pop_text_wrap_pos()
            if imgui.is_item_hovered() and problem["where"]:
                imgui.set_tooltip(problem["where"])
        if not report["problems"]:
            imgui.text_colored(theme.good, icon("success", self.t("Nothing is wrong with it")))
        if not report["advised"]:
            return
        is_this = self.repairing is not None and self.repairing.path == asset.path
        imgui.begin_disabled(self.repairing is not None)
        if imgui.button(f"{icon('generate', self.t('Repairing...') if is_this else self.t('Repair'))}###repair"):
            self._panel.window.shell.later(partial(self.repair, asset.path, report["advised"]))
        imgui.end_disabled()
        imgui.set_item_tooltip(self.t("Makes a mended model beside this one, which stays as it is"))

    def repair(self, path: str, settings: dict[str, Any]) -> None:
        """Mend it as its report advises."""
        if self.repairing is None:
            self.repairing = Repairing(self._panel.host, path, settings, then=self._end)

    def greet(self, paths: list[str]) -> None:
        """Look at models that have just come, and say what is wrong with them."""
        for path in [each for each in paths if repairable(each)][:_MOST_GREETED]:
            try:
                key = (path, self._panel.host.session.project.file(path).stat().st_mtime_ns)
            except OSError:
                continue
            self._ask(path, key, then=partial(self._say, path, key))

    def _say(self, path: str, key: tuple[str, int]) -> None:
        report = self.reports.get(key)
        if not isinstance(report, dict):
            return  # who places it is told why it cannot be read
        bad = [each for each in report["problems"] if each["severity"] != "hint"]
        if bad:
            text = self.t(_SAID[bad[0]["code"]]) + (f" + {len(bad) - 1}" if len(bad) > 1 else "")
            said = f"{path.rpartition('/')[2]}: {text}"
            self._panel.window.shell.toasts.say(said, "warning", action="Show", act=partial(self._show, path))

    def _ask(self, path: str, key: tuple[str, int], *, then: Callable[[], object] | None = None) -> None:
        if len(self._asked) >= _MOST_KEPT:
            self._asked.clear()
            self.reports.clear()
        self._asked.add(key)

        def arrive(job: Job) -> None:
            self.reports[key] = job.result if job.result is not None else str(job.error)
            if then is not None:
                then()

        host = self._panel.host
        host.jobs.submit("taixu_editor.assets.gate:look_at", (str(host.session.project.file(path)),), label=path, then=arrive)

    def _end(self, repairing: Repairing) -> None:
        self.repairing = None
        self._panel.index.refresh()
        shell = self._panel.window.shell
        if repairing.error:
            shell.say_error(repairing.error)
        elif repairing.made:
            name = repairing.made.rpartition("/")[2]
            shell.toasts.say(self.t("Mended: {name}", name=name), "success", action="Show", act=partial(self._show, repairing.made))

    def _show(self, path: str) -> None:
        panel = self._panel
        panel.chosen, panel.folder, panel.search = (path,), path.rpartition("/")[0], ""
