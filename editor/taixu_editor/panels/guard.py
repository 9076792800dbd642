"""A panel that fails says so in its place; the others, and the work, go on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from taixu.errors import TaixuError
from taixu_editor.interface.icons import icon

if TYPE_CHECKING:
    from taixu_editor.panels.panel import Panel
    from taixu_editor.window import EditorWindow

__all__ = ["PanelGuard"]

_log = logging.getLogger(__name__)


class PanelGuard:
    """Draws panels, and keeps what they raise from ending the editor."""

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.failed: dict[str, str] = {}
        """Sentences by panel."""

    def draw(self, panel: Panel) -> None:
        """Lay out a panel's contents, or why it has none."""
        if panel.id in self.failed:
            self._draw_failed(panel)
            return
        state = imgui.internal.ErrorRecoveryState()
        imgui.internal.error_recovery_store_state(state)
        try:
            panel.draw()
        except TaixuError as error:  # what users can cause is said, and the next frame tries again
            _recover(state)
            self._window.shell.say_error(str(error))
        except Exception as error:
            _recover(state)
            _log.exception("the panel %s failed", panel.id)
            self.failed[panel.id] = f"{type(error).__name__}: {error}"

    def _draw_failed(self, panel: Panel) -> None:
        t, unit = self._window.t, imgui.get_font_size()
        imgui.set_cursor_pos((unit, unit * 3))
        imgui.begin_group()
        imgui.text_colored(self._window.theme.bad, icon("error", t("This panel failed. Your world is as it was; save it.")))
        imgui.push_text_wrap_pos(imgui.get_content_region_avail().x)
        imgui.text_disabled(self.failed[panel.id])
        imgui.pop_text_wrap_pos()
        if imgui.button(f"{t('Try again')}###again {panel.id}"):
            del self.failed[panel.id]
        imgui.end_group()


def _recover(state: imgui.internal.ErrorRecoveryState) -> None:
    """End what the panel began and did not end."""
    io = imgui.get_io()
    io.config_error_recovery_enable_assert = False
    io.config_error_recovery_enable_debug_log = False
    io.config_error_recovery_enable_tooltip = False
    try:
        imgui.internal.error_recovery_try_to_recover_state(state)
    finally:
        io.config_error_recovery_enable_assert = True
