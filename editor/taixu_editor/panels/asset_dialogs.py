"""Questions about files: what a move changes, what a deletion breaks, what to do with a name that is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imgui_bundle import imgui

from taixu.app import Job
from taixu_editor.assets import Asset
from taixu_editor.dialogs import Choice, Dialog
from taixu_editor.interface import icon
from taixu_editor.panels.asset_tiles import draw_picture

if TYPE_CHECKING:
    from taixu_editor.panels.assets import AssetsPanel

__all__ = ["DeleteDialog", "MoveDialog", "PictureDialog"]

_MOST_LINES = 12


class _UsersDialog(Dialog):
    """A question that lists who names some files, found in the background."""

    width: ClassVar[float] = 34.0

    def __init__(self, panel: AssetsPanel, paths: tuple[str, ...]) -> None:
        super().__init__(panel.window)
        self._panel, self._paths = panel, paths
        self._uses: dict[str, list[str]] | None = None
        panel.details.ask_uses(paths, self._learn)

    def _learn(self, uses: dict[str, list[str]]) -> None:
        self._uses = uses

    def _users(self) -> list[str] | None:
        """None while they are looked for."""
        return None if self._uses is None else sorted({user for users in self._uses.values() for user in users})

    def _list(self, users: list[str]) -> None:
        for user in users[:_MOST_LINES]:
            imgui.bullet_text(user)
        if len(users) > _MOST_LINES:
            imgui.text_disabled(self.t("and {count} more", count=len(users) - _MOST_LINES))


class MoveDialog(_UsersDialog):
    """Moves at once where nobody names the file; shows who will be changed where somebody does."""

    title: ClassVar[str] = "Move file"

    def __init__(self, panel: AssetsPanel, path: str, to: str) -> None:
        super().__init__(panel, (path,))
        self._path, self._to = path, to
        self._along: list[str] | None = None
        root = str(panel.host.session.project.root)
        panel.host.jobs.submit(
            "taixu_editor.assets.usage:find_along", (root, path, to), label=path, then=self._learn_along
        )

    def _learn_along(self, job: Job) -> None:
        self._along = [old for old, _ in job.result or ()]

    def draw(self) -> None:
        """From, to, and whose text changes."""
        users, along = self._users(), self._along
        is_known = users is not None and along is not None
        if is_known and not users and not along:
            self._move()
            return
        theme = self.window.theme
        imgui.text_unformatted(self._path)
        imgui.text_colored(theme.accent, f"{icon('closed')}  {self._to}")
        imgui.dummy((0, imgui.get_font_size() * 0.3))
        if not is_known:
            imgui.text_disabled(self.t("Looking for what uses it..."))
        if users:
            imgui.text_wrapped(self.t("These name it, and will name it by its new path:"))
            self._list(users)
        if along:
            imgui.text_wrapped(self.t("It names these, which move along:"))
            self._list(along)
        waiting = "" if is_known else self.t("Looking for what uses it...")
        self.buttons([Choice("Move", self._move, waiting), Choice("Cancel", self.cancel)])

    def _move(self) -> None:
        self.close()
        self.window.do("asset.move", path=self._path, to=self._to)
        self._panel.chosen = (self._to,)
        self._panel.index.refresh()


class DeleteDialog(_UsersDialog):
    """Warns where something is used."""

    title: ClassVar[str] = "Delete file"

    def draw(self) -> None:
        """What goes, and who misses it."""
        users, theme = self._users(), self.window.theme
        for path in self._paths[:_MOST_LINES]:
            imgui.text_unformatted(path)
        imgui.dummy((0, imgui.get_font_size() * 0.3))
        if users is None:
            imgui.text_disabled(self.t("Looking for what uses it..."))
        elif users:
            imgui.text_colored(theme.warning, f"{icon('warning')}  {self.t('These use it, and will miss it:')}")
            self._list(users)
        imgui.text_disabled(self.t("It goes to the project's trash; undo brings it back."))
        self.buttons([Choice("Delete", self._delete), Choice("Cancel", self.cancel)])

    def _delete(self) -> None:
        self.close()
        self.window.do("asset.delete", paths=list(self._paths))
        self._panel.chosen = ()
        self._panel.index.refresh()


class PictureDialog(Dialog):
    """An asset's picture, as large as it is kept."""

    width: ClassVar[float] = 26.0

    def __init__(self, panel: AssetsPanel, asset: Asset) -> None:
        super().__init__(panel.window)
        self._panel, self._asset = panel, asset

    def heading(self) -> str:
        """Its name."""
        return self._asset.name

    def draw(self) -> None:
        """The picture, and what can be done with it."""
        unit = imgui.get_font_size()
        side = unit * 23
        start = imgui.get_cursor_screen_pos()
        left = start.x + (imgui.get_content_region_avail().x - side) / 2
        box = (left, start.y, left + side, start.y + side * 0.75)
        imgui.get_window_draw_list().add_rect_filled(
            (box[0], box[1]), (box[2], box[3]), self.window.theme.pack("raised"), unit * 0.4
        )
        draw_picture(self._panel, self._asset, box)
        imgui.dummy((side, side * 0.75))
        self.buttons([Choice("Place", self._place), Choice("Close", self.cancel)])

    def _place(self) -> None:
        self.close()
        self._panel.place(self._asset.path)
