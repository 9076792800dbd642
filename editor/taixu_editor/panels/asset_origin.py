"""Where a file came from, in the assets panel: parents and children as links, whether it is out of date, and making it again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.app import Job
from taixu_editor.assets.making_again import MakingAgain
from taixu_editor.dialogs import Choice
from taixu_editor.interface import icon

if TYPE_CHECKING:
    from taixu_editor.panels.asset_details import AssetDetails
    from taixu_editor.panels.assets import AssetsPanel

__all__ = ["OriginSection", "stale_sentence"]

_MOST_NAMES = 8


def stale_sentence(panel: AssetsPanel, path: str) -> str:
    """Why a file is out of date; empty where it is not."""
    reason, parent = panel.origins.found.stale.get(path, ("", ""))
    if not reason:
        return ""
    name = parent.rpartition("/")[2]
    match reason:
        case "changed":
            return panel.t("Out of date: {name} has changed since", name=name)
        case "missing":
            return panel.t("Out of date: {name} is gone", name=name)
    return panel.t("Out of date: {name} is out of date itself", name=name)


class OriginSection:
    """The part of the details that tells of parents and children.

    Attributes
    ----------
    making
        What is being made again; None where nothing is.
    """

    def __init__(self, details: AssetDetails, panel: AssetsPanel) -> None:
        self._details, self._panel, self.t = details, panel, panel.t
        self.making: MakingAgain | None = None
        self._asking = ""

    @property
    def is_busy(self) -> bool:
        """Whether something is made again, or it is asked what would be."""
        return bool(self._asking) or self.making is not None

    def draw(self, path: str, parents: list[str]) -> None:
        """Of one file; `parents` are those that its sidecar names, as it names them."""
        found = self._panel.origins.found
        if path in found.generated:
            self._draw_state(path)
        known = found.parents.get(path, ())
        if known:
            self._details.draw_links("Made from", list(known))
        else:
            for parent in parents:
                self._details.draw_fact("Made from", parent)
        if path in found.children:
            self._details.draw_links("Made from it", list(found.children[path]))

    def _draw_state(self, path: str) -> None:
        theme, said = self._panel.window.theme, stale_sentence(self._panel, path)
        if said:
            imgui.push_text_wrap_pos()
            imgui.text_colored(theme.warning, f"{icon('warning')}  {said}")
            imgui.pop_text_wrap_pos()
        is_this = self.is_busy and path in (self._asking, self.making.path if self.making is not None else "")
        imgui.begin_disabled(self.is_busy)
        label = self.t("Making it again...") if is_this else self.t("Make again")
        if imgui.button(f"{icon('generate')}  {label}###make again"):
            self._panel.window.shell.later(partial(self.ask, path))
        imgui.end_disabled()
        imgui.set_item_tooltip(self.t("The same words, seed and parameters, with what it is made from as that is now"))

    def ask(self, path: str) -> None:
        """Make it again; where a hand has changed something of it, ask whether that stays."""
        if self.is_busy:
            return
        self._asking = path
        host = self._panel.host
        host.jobs.submit(
            "taixu_editor.assets.origins:find_edited", (str(host.session.project.root), path), label=path, then=self._learn
        )

    def _learn(self, job: Job) -> None:
        path, self._asking = self._asking, ""
        if job.error is not None:
            self._panel.window.shell.say_error(str(job.error))
        elif not job.result:
            self._begin(path, discards=False)
        else:
            names = "\n".join(job.result[:_MOST_NAMES]) + ("\n..." if len(job.result) > _MOST_NAMES else "")
            self._panel.window.shell.dialogs.ask(
                self.t("Changed by hand"),
                self.t("These were changed by hand since they were made:\n{names}", names=names),
                Choice("Keep them", partial(self._begin, path, discards=False)), Choice("Cancel", lambda: None),
                Choice("Replace them", partial(self._begin, path, discards=True)),
            )  # fmt: skip

    def _begin(self, path: str, *, discards: bool) -> None:
        self.making = MakingAgain(self._panel.host, path, discard_edits=discards, then=self._end)

    def _end(self, making: MakingAgain) -> None:
        self.making = None
        self._panel.index.refresh()
        toasts = self._panel.window.shell.toasts
        if making.error:
            self._panel.window.shell.say_error(making.error)
        elif making.made:
            toasts.say(self.t("Made again: {names}", names=_listed(making.made)), "success")
        if making.kept:
            toasts.say(self.t("Kept as a hand has left it: {names}", names=_listed(making.kept)))


def _listed(paths: list[str]) -> str:
    names = [path.rpartition("/")[2] for path in paths]
    return ", ".join(names[:3]) + (f" + {len(names) - 3}" if len(names) > 3 else "")
